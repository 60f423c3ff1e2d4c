//! How own messages fare, as the person sees it: sizes, times and reasons. What a message says is its app's, and is never
//! part of this.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use super::{FailureReason, MessageState, Millis, Outcome};

/// What went from one own instance to one peer, summed up. Counts end at 1000, which stands for "that many or more".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Exchange {
    /// The own instance.
    #[ts(type = "string")]
    pub instance: Uuid,
    /// What the person calls it.
    pub label: String,
    /// Id of its app.
    pub app_id: String,
    /// Name of its app.
    pub app_name: String,
    /// The other peer; this host itself, where two of its instances talk.
    pub peer: String,
    /// The other person's name.
    pub name: String,
    /// Messages that are neither delivered nor failed yet.
    pub waiting: u32,
    /// When the first of those was sent.
    #[ts(type = "number | null")]
    pub since: Option<Millis>,
    /// Messages that failed lately.
    pub failed: u32,
    /// Messages that were delivered lately.
    pub delivered: u32,
    /// When something of it was sent or ended last.
    #[ts(type = "number")]
    pub last: Millis,
    /// What the waiting ones wait for.
    pub holdup: Holdup,
}

/// What messages to a peer wait for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind")]
pub enum Holdup {
    /// Nothing that this host could do: they are on their way, or the other app has to make room for them.
    None,
    /// That the peer can be reached.
    Away {
        /// Attempts since it was reached last, or since this host was started.
        attempts: u32,
        /// An attempt is under way.
        trying: bool,
        /// When the next attempt begins.
        #[ts(type = "number | null")]
        next: Option<Millis>,
        /// What came of the last attempt.
        trouble: Option<Trouble>,
    },
    /// That the person unblocks the peer.
    Blocked,
}

/// Why a peer could not be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// Nobody has said where it could be reached.
    NoAddress,
    /// Nobody answered where it was last.
    NoAnswer,
    /// Somebody else answered there.
    SomebodyElse,
    /// It answered and hung up.
    HungUp,
}

/// An own message, without what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OwnMessage {
    /// Its id.
    #[ts(type = "string")]
    pub id: Uuid,
    /// Where it stands.
    pub state: MessageState,
    /// It is an invitation, or the answer to one.
    pub invitation: bool,
    /// Size of what it says, in bytes.
    pub bytes: u32,
    /// When it was sent.
    #[ts(type = "number")]
    pub sent: Millis,
    /// It may have left this machine.
    pub left: bool,
    /// It was withdrawn while it may have been on its way; the other side's answer decides.
    pub withdrawing: bool,
    /// When it is given up, while it waits.
    #[ts(type = "number | null")]
    pub deadline: Option<Millis>,
    /// When it ended, if it has.
    #[ts(type = "number | null")]
    pub ended: Option<Millis>,
    /// Why it failed, if it did.
    pub reason: Option<FailureReason>,
    /// Whether it may have arrived all the same, if it failed.
    pub outcome: Option<Outcome>,
}

/// A page of own messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OwnMessages {
    /// The messages: those that wait oldest first, others newest first.
    pub messages: Vec<OwnMessage>,
    /// What to ask for the next page with, if there is one.
    pub next: Option<String>,
}

/// What came of a withdrawal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Withdrawal {
    /// Messages that failed as withdrawn; they will never be delivered, or, if they had left already, never again.
    pub withdrawn: u32,
    /// Of those, messages that had left this machine without an answer: they may have arrived before.
    pub uncertain: u32,
    /// Messages for which it was too late: they had arrived.
    pub arrived: u32,
    /// Messages that are on their way at this moment; the other side's answer decides.
    pub under_way: u32,
}
