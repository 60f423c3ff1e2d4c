//! What goes into the machine and what comes out of it, and what the runtime lays down for it.

use uuid::Uuid;

use crate::frame::{Frame, MAX_BODY};
use crate::message::{Content, Flow, FlowId, Message, Peer};
use crate::store::{Reply, Request, Usage};

/// A stream, by the number that the runtime gave it; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StreamId(pub u64);

/// Pairs a [`Request`] with its [`Reply`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// What happens to the machine.
#[derive(Debug)]
pub enum Input {
    /// A stream to `peer` was opened by this side: for sending.
    Opened {
        /// The stream.
        stream: StreamId,
        /// The authenticated peer.
        peer: Peer,
    },
    /// A stream was opened by `peer`: for receiving.
    Incoming {
        /// The stream.
        stream: StreamId,
        /// The authenticated peer.
        peer: Peer,
    },
    /// The stream is gone.
    Closed {
        /// The stream.
        stream: StreamId,
    },
    /// A frame arrived.
    Frame {
        /// The stream.
        stream: StreamId,
        /// The frame.
        frame: Frame,
    },
    /// Frames of this weight ([`Frame::weight`]) left the send buffer.
    Flushed {
        /// The stream.
        stream: StreamId,
        /// Their weight.
        weight: usize,
    },
    /// `send()` put a message into the outbox.
    Queued {
        /// Its flow, as it stands behind that message.
        flow: Flow,
        /// The message.
        message: Message,
        /// It is marked in the store as one that may have left this machine.
        left: bool,
    },
    /// Messages were withdrawn: in the store, their deadline lies in the past now. They end as overdue ones do, and
    /// like those, what is on its way already ends as the receiver's answer says.
    Withdrawn {
        /// Their flow.
        flow: FlowId,
        /// The peer it leads to.
        peer: Peer,
    },
    /// The person does not want to wait: what a peer refused for the time being is offered again at once.
    Hurry {
        /// The peer.
        peer: Peer,
    },
    /// An app took something out of its inbox.
    Freed {
        /// The instance.
        instance: Uuid,
        /// What is left in its inbox.
        usage: Usage,
    },
    /// The person's name has changed.
    Renamed(String),
    /// A request was carried out.
    Stored {
        /// Which.
        ticket: Ticket,
        /// How it went.
        reply: Reply,
    },
    /// Time has passed.
    Tick,
}

/// What the machine wants done.
#[derive(Debug)]
pub enum Output {
    /// Send a frame.
    Send {
        /// The stream.
        stream: StreamId,
        /// The frame.
        frame: Frame,
    },
    /// Close a stream. It counts as gone already.
    Close {
        /// The stream.
        stream: StreamId,
        /// Why.
        why: Broken,
    },
    /// Carry out a request: after all that were emitted before it.
    Store {
        /// To be given back with the reply.
        ticket: Ticket,
        /// The request.
        request: Request,
    },
    /// A peer said how it would like to be called, and that is new on its stream.
    Named {
        /// The peer.
        peer: Peer,
        /// The name, as it came.
        name: String,
    },
}

/// Why a stream was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The other side does not keep to the protocol.
    #[error("the other side sent {0}")]
    Protocol(&'static str),
    /// The other side speaks another version.
    #[error("the other side speaks version {0} of the protocol")]
    Version(u32),
    /// The store failed.
    #[error("the store failed")]
    Store,
    /// The other side does not acknowledge.
    #[error("the other side does not acknowledge")]
    Silent,
    /// A newer stream took its place.
    #[error("a newer stream took its place")]
    Replaced,
}

/// When the machine wants an [`Input::Tick`], at the latest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wake {
    /// By the steady clock.
    pub steady: Option<u64>,
    /// By the calendar.
    pub wall: Option<i64>,
}

/// What the runtime lays down for the machine.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// The largest body taken, in bytes; [`MAX_BODY`] at most.
    pub max_body: usize,
    /// How much an inbox may hold: not less than one body of [`MAX_BODY`], or some messages wait for room for ever.
    pub inbox: Usage,
    /// Whether a body is what it says.
    pub well_formed: fn(Content, &[u8]) -> bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self { max_body: MAX_BODY, inbox: Usage { messages: 10_000, bytes: 64 << 20 }, well_formed: |_, _| true }
    }
}
