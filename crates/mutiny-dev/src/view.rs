//! What the inspector is told: plain data, serialised as camelCase JSON. `make types` writes `ui/bindings/dev.ts` from it.
//! Times are milliseconds since the Unix epoch.

use mutiny_core::view::{App, FailureReason, Invitation, Level, Millis, Outcome, Queues};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// A session of `mutiny dev`: an app, and the peers that run it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// The app's folder.
    pub folder: String,
    /// The app, as the peers read it; `null` while none of them runs.
    pub app: Option<App>,
    /// The peers, in the order in which they were started.
    pub peers: Vec<Peer>,
    /// The links between them: each pair once.
    pub links: Vec<Link>,
    /// Peers were introduced to one another, and accept each other's invitations by themselves.
    pub introduced: bool,
    /// How many happenings were forgotten, because there were too many. A session of which something was forgotten
    /// cannot be saved.
    pub forgotten: u32,
}

/// A peer of the session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Peer {
    /// What it is called: `ana`, `ben`, ….
    pub name: String,
    /// Its peer id; empty until it runs for the first time.
    pub id: String,
    /// Its instance of the app, likewise.
    #[ts(type = "string | null")]
    pub instance: Option<Uuid>,
    /// How it is.
    pub state: PeerState,
    /// Why it does not run, where that was not asked for.
    pub problem: Option<String>,
    /// It reaches nobody, and nobody reaches it.
    pub offline: bool,
    /// Its inbox is full: what is sent to it waits at its senders.
    pub full: bool,
    /// How far its calendar is ahead, in milliseconds.
    #[ts(type = "number")]
    pub ahead: Millis,
    /// Its queues; `null` while it does not run.
    pub queues: Option<Queues>,
    /// Invitations that wait for an answer. There are none where peers accept by themselves.
    pub invitations: Vec<Invitation>,
    /// It has a window, which can be shown.
    pub window: bool,
}

/// How a peer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum PeerState {
    /// On its way.
    Starting,
    /// There.
    Running,
    /// Ended: killed, or its window was closed.
    Ended,
}

/// The link between two peers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Link {
    /// One of them, by name: the one that was started first.
    pub from: String,
    /// The other.
    pub to: String,
    /// There is no way between the two.
    pub cut: bool,
    /// How much later all that they say to each other arrives, each way, in milliseconds.
    pub delay: u32,
    /// They are connected.
    pub connected: bool,
    /// They were introduced: each has the other's contact link.
    pub introduced: bool,
}

/// Something that happened in the session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Happening {
    /// Its number: rising, from 1.
    pub number: u32,
    /// When.
    #[ts(type = "number")]
    pub at: Millis,
    /// The peer at which it happened, by name. For [`Event::Link`], one of the two.
    pub peer: String,
    /// What.
    #[serde(flatten)]
    #[ts(flatten)]
    pub event: Event,
}

/// What can happen. Peers are named by their names; one that is not of the session, by its id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase", tag = "kind")]
pub enum Event {
    /// A message is durably in the outbox.
    Sent {
        /// Its id.
        #[ts(type = "string")]
        message: Uuid,
        /// Whom it is for.
        to: String,
        /// The beginning of what it says, as text. The whole is asked for by the happening's number.
        preview: String,
        /// How long that is, in bytes of its JSON text, or of its bytes.
        size: u32,
        /// It is bytes, and no JSON value; the preview is hexadecimal.
        bytes: bool,
    },
    /// A message is durably in the inbox.
    Received {
        /// Its id.
        #[ts(type = "string")]
        message: Uuid,
        /// Who sent it.
        from: String,
    },
    /// An own message, or an own invitation, is known to be delivered.
    Acknowledged {
        /// Its id.
        #[ts(type = "string")]
        message: Uuid,
    },
    /// An own message, or an own invitation, was given up.
    Failed {
        /// Its id.
        #[ts(type = "string")]
        message: Uuid,
        /// Why.
        reason: FailureReason,
        /// Whether it may have arrived all the same.
        outcome: Outcome,
    },
    /// The app took an entry out of the inbox: a message by its id, or a failure notice.
    Taken {
        /// The entry's id.
        #[ts(type = "string")]
        entry: Uuid,
    },
    /// An invitation is durably in the outbox.
    Invited {
        /// The id of the message that carries it.
        #[ts(type = "string")]
        message: Uuid,
        /// Whom.
        to: String,
        /// It is the answer to theirs, which was accepted.
        answer: bool,
    },
    /// An invitation has arrived.
    Invitation {
        /// The id of the message that carried it.
        #[ts(type = "string")]
        message: Uuid,
        /// Who invites.
        from: String,
    },
    /// The app announces something else than before.
    Announced {
        /// The beginning of what, as JSON text; `null` withdraws it.
        preview: String,
    },
    /// Another's app announces something else than before.
    Heard {
        /// Whose.
        from: String,
        /// The beginning of what, as JSON text; `null` withdraws it.
        preview: String,
    },
    /// Another peer can be reached.
    Connected {
        /// Which.
        to: String,
    },
    /// Another peer cannot be reached any more.
    Disconnected {
        /// Which.
        to: String,
    },
    /// A call of the app failed.
    Refused {
        /// The call's name: `send`, `invite`, ….
        call: String,
        /// The error's code.
        code: String,
        /// The error's sentence.
        text: String,
    },
    /// The app's page wrote to its console, or failed.
    Page {
        /// How serious it is.
        level: Level,
        /// What it says.
        text: String,
    },
    /// The peer runs.
    Started,
    /// The peer ended: `killed`, or by itself.
    Ended {
        /// It was killed on purpose.
        killed: bool,
    },
    /// An invitation was accepted or declined for the peer.
    Answered {
        /// Who had invited.
        from: String,
        /// Accepted, not declined.
        accepted: bool,
    },
    /// The peer's conditions were changed.
    Conditions {
        /// It reaches nobody, and nobody reaches it.
        offline: bool,
        /// Its inbox is full.
        full: bool,
        /// How far its calendar is ahead, in milliseconds.
        #[ts(type = "number")]
        ahead: Millis,
    },
    /// The conditions of a link were changed.
    Link {
        /// The other peer.
        to: String,
        /// There is no way between the two.
        cut: bool,
        /// How much later all that they say to each other arrives, in milliseconds.
        delay: u32,
    },
    /// The connection between two peers was lost, on purpose. They make another.
    Lost {
        /// The other peer.
        to: String,
    },
    /// Two peers were introduced: each has the other's contact link now.
    Introduced {
        /// The other peer.
        to: String,
    },
    /// The app's files have changed, and its page was loaded anew, or its styles.
    Reloaded {
        /// The files, from the app's folder.
        files: Vec<String>,
    },
}

/// The whole of what a happening's message or announcement says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Payload {
    /// As text: JSON, indented; or bytes as lines of hexadecimal, with what is printable beside.
    pub text: String,
    /// The text is not the whole: that would be too long to show.
    pub cut: bool,
}

/// What the inspector is woken for: it then asks for what it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// A peer or a link is different.
    Session,
    /// Something has happened.
    Timeline,
}
