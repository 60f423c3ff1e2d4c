//! What `mutiny dev` does to a host, and what it sees of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;
use uuid::Uuid;

use super::{Address, Body, Entry, FailureReason, Millis, Outcome};

/// What a developer makes happen to a host, to see how an app takes it. By default, nothing. It ends with the process.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Conditions {
    /// The host reaches nobody, and nobody reaches it.
    pub offline: bool,
    /// All its inboxes are full: what is sent to them waits at its senders.
    pub full: bool,
    /// How far its calendar is ahead, in milliseconds; negative, how far behind.
    #[ts(type = "number")]
    pub ahead: Millis,
    /// What is different for single peers, by their ids.
    pub links: BTreeMap<String, LinkConditions>,
}

/// What a developer makes happen between a host and one peer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct LinkConditions {
    /// There is no way between the two.
    pub cut: bool,
    /// How much later all that the peer says arrives, in milliseconds.
    pub delay: u32,
}

/// One step of a host, for whoever watches closely.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Trace {
    /// When, in milliseconds since the Unix epoch and parts of them, by the system's calendar whatever the host's own says:
    /// so the steps of several hosts can be put in order.
    pub at: f64,
    /// What happened.
    #[serde(flatten)]
    #[ts(flatten)]
    pub step: Step,
}

/// What can happen at a host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase", tag = "step")]
pub enum Step {
    /// A message is durably in the outbox.
    Sent {
        /// Its id.
        #[ts(type = "string")]
        message: Uuid,
        /// The own instance that sent it.
        #[ts(type = "string")]
        instance: Uuid,
        /// Whom it is for.
        to: Address,
        /// What it says.
        body: Body,
        /// How long it may wait, in milliseconds.
        #[ts(type = "number")]
        patience: Millis,
    },
    /// A message is durably in an inbox.
    Received {
        /// Its id.
        #[ts(type = "string")]
        message: Uuid,
        /// The own instance that it is for.
        #[ts(type = "string")]
        instance: Uuid,
        /// Who sent it.
        from: Address,
    },
    /// An own message is known to be delivered, or an own invitation.
    Acknowledged {
        /// Its id.
        #[ts(type = "string")]
        message: Uuid,
        /// The own instance that sent it.
        #[ts(type = "string")]
        instance: Uuid,
    },
    /// An own message was given up, or an own invitation.
    Failed {
        /// Its id.
        #[ts(type = "string")]
        message: Uuid,
        /// The own instance that sent it.
        #[ts(type = "string")]
        instance: Uuid,
        /// Why.
        reason: FailureReason,
        /// Whether it may have arrived all the same.
        outcome: Outcome,
    },
    /// An app took an entry out of its inbox.
    Taken {
        /// The entry's id.
        #[ts(type = "string")]
        entry: Uuid,
        /// The own instance.
        #[ts(type = "string")]
        instance: Uuid,
    },
    /// An invitation is durably in the outbox.
    Invited {
        /// The id of the message that carries it.
        #[ts(type = "string")]
        message: Uuid,
        /// The own instance that invites.
        #[ts(type = "string")]
        instance: Uuid,
        /// Whom.
        peer: String,
        /// It is the answer to theirs, which was accepted.
        answer: bool,
    },
    /// An invitation has arrived.
    Invitation {
        /// The id of the message that carried it.
        #[ts(type = "string")]
        message: Uuid,
        /// Who invites.
        from: Address,
    },
    /// An own instance announces something else than before.
    Announced {
        /// The instance.
        #[ts(type = "string")]
        instance: Uuid,
        /// What; `null` withdraws it.
        value: Value,
    },
    /// Another instance announces something else than before.
    Heard {
        /// Which.
        from: Address,
        /// What; `null` withdraws it.
        value: Value,
    },
    /// A peer can be reached.
    Connected {
        /// Which.
        peer: String,
    },
    /// A peer cannot be reached any more.
    Disconnected {
        /// Which.
        peer: String,
    },
    /// A call of an app failed.
    Refused {
        /// The own instance.
        #[ts(type = "string")]
        instance: Uuid,
        /// The call's name.
        call: String,
        /// The error's code.
        code: String,
        /// The error's sentence.
        text: String,
    },
    /// An app's page wrote to its console, or failed.
    Page {
        /// The own instance.
        #[ts(type = "string")]
        instance: Uuid,
        /// How serious it is.
        level: Level,
        /// What it says.
        text: String,
    },
    /// An app's files have changed, and its page was loaded anew, or its styles.
    Reloaded {
        /// The own instance.
        #[ts(type = "string")]
        instance: Uuid,
        /// The files that changed, from the app's folder.
        files: Vec<String>,
    },
    /// Nothing: whoever watches asked for a mark, and has seen all that came before it.
    Mark,
}

/// How serious it is what a page says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// A note of the developer's own.
    Info,
    /// Something to look at.
    Warning,
    /// Something is broken.
    Error,
}

/// The two queues of an instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Queues {
    /// How many entries are in the inbox.
    pub inbox: u32,
    /// The first of them.
    pub inbox_head: Option<Entry>,
    /// How many messages are in the outbox, invitations included.
    pub outbox: u32,
    /// The first of them.
    pub outbox_head: Option<Waiting>,
}

/// A message that waits in an outbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Waiting {
    /// Its id.
    #[ts(type = "string")]
    pub id: Uuid,
    /// Whom it is for; an invitation is for the nil instance, which is the host itself.
    pub to: Address,
    /// When it was sent, by the sender's calendar.
    #[ts(type = "number")]
    pub sent: Millis,
    /// What it says; nothing for an invitation.
    pub body: Option<Body>,
}
