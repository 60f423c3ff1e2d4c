//! The words of delivery: messages, flows, and the reasons for which they end.

use bytes::Bytes;
use uuid::Uuid;

/// A peer, by its id's bytes. Opaque here: the runtime knows it authenticated.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Peer(pub Bytes);

impl std::fmt::Debug for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().rev().take(4).try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The instance that stands for the host itself: the target of invitations.
pub const HOST: Uuid = Uuid::nil();

/// One numbering of a flow: 128 random bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Epoch(pub u128);

/// A flow's row in the outgoing store. While a machine lives, no other flow gets it, whatever became of the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FlowId(pub i64);

/// A flow as its sender keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Its row.
    pub id: FlowId,
    /// The own instance that sends.
    pub source: Uuid,
    /// The peer it leads to.
    pub peer: Peer,
    /// The instance there.
    pub target: Uuid,
    /// The numbering in force.
    pub epoch: Epoch,
    /// The first sequence number that is still pending; the next to be assigned where none is.
    pub first: u64,
}

/// A flow as its receiver names it. The peer is the authenticated one of the connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin {
    /// The peer that sends.
    pub peer: Peer,
    /// Its instance.
    pub source: Uuid,
    /// The own instance it is for, or [`HOST`].
    pub target: Uuid,
}

/// What a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum Content {
    /// A JSON text in UTF-8.
    Json = 1,
    /// Bytes.
    Bytes = 2,
    /// An invitation, for [`HOST`].
    Invitation = 3,
}

impl Content {
    /// From its number on the wire.
    pub fn from_number(number: u32) -> Option<Self> {
        [Self::Json, Self::Bytes, Self::Invitation].into_iter().find(|content| *content as u32 == number)
    }
}

/// A message on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its number within the flow's epoch.
    pub seq: u64,
    /// Its id, for good.
    pub id: Uuid,
    /// What the body is.
    pub content: Content,
    /// When it was sent, in milliseconds since the Unix epoch.
    pub sent: i64,
    /// When it is given up, likewise.
    pub deadline: i64,
    /// The body.
    pub body: Bytes,
}

/// Why a receiver closes a flow. The class decides what the sender does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum Refusal {
    /// The body is over the receiver's limit. Fatal for the message at `next`.
    TooLarge = 1,
    /// The body is not what it says. Fatal for the message at `next`.
    Malformed = 2,
    /// It may have come before, under another number, and it is forgotten whether it did. Fatal for the message at `next`.
    Forgotten = 3,
    /// No such instance. Fatal for the flow.
    UnknownInstance = 16,
    /// The instance did not invite this peer. Fatal for the flow.
    NotInvited = 17,
    /// The person lets nobody like this peer in. Fatal for the flow.
    Blocked = 18,
    /// Too much to do. Offer it again later.
    Busy = 32,
    /// The disk is full or failing. Offer it again later.
    Storage = 33,
    /// What was sent does not follow what was received. Offer it again.
    OutOfStep = 34,
}

/// What a refusal puts an end to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// One message; the flow goes on behind it.
    Message,
    /// All that is pending in the flow.
    Flow,
    /// Nothing: it is tried again.
    Transient,
}

impl Refusal {
    /// From its number on the wire. Unknown numbers are told apart by their range, so that later versions can add some.
    pub fn from_number(number: u32) -> Self {
        const ALL: [Refusal; 9] = [
            Refusal::TooLarge,
            Refusal::Malformed,
            Refusal::Forgotten,
            Refusal::UnknownInstance,
            Refusal::NotInvited,
            Refusal::Blocked,
            Refusal::Busy,
            Refusal::Storage,
            Refusal::OutOfStep,
        ];
        ALL.into_iter().find(|refusal| *refusal as u32 == number).unwrap_or(match number {
            0..16 => Self::Malformed,
            16..32 => Self::Blocked,
            _ => Self::Busy,
        })
    }

    /// What it puts an end to.
    pub fn class(self) -> Class {
        match self as u32 {
            0..16 => Class::Message,
            16..32 => Class::Flow,
            _ => Class::Transient,
        }
    }
}

/// Why a message ended as failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Failure {
    /// Its deadline passed.
    Expired,
    /// The other side refused it for good.
    Refused(Refusal),
}

/// Whether a message that failed may have arrived all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It was not delivered and never will be.
    NotDelivered,
    /// It left this machine, and no answer ever came.
    Unknown,
}

/// The time, twice: the calendar for deadlines, and a clock that never jumps for retries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Milliseconds since the Unix epoch; jumps when somebody sets the clock.
    pub wall: i64,
    /// Milliseconds since some start; only ever rises.
    pub steady: u64,
}
