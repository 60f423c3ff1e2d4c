//! What the launcher and the apps are told: plain data, serialised as camelCase JSON.
//!
//! The TypeScript side of these types is generated (`make types` writes `ui/bindings/core.ts`) and a test
//! fails when it is stale, so nothing here is ever written twice. Times are milliseconds since the Unix epoch.

mod activity;
mod announcements;
mod asking;
mod computer;
mod damage;
mod offer;
mod people;
mod permissions;
mod policy;
mod settings;
mod simulation;
mod transfer;

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

pub use self::activity::{Exchange, Holdup, OwnMessage, OwnMessages, Trouble, Withdrawal};
pub use self::announcements::Announcement;
pub use self::asking::{Asking, Candidate, Person, Question};
pub use self::computer::{Computer, ContactOffer};
pub use self::damage::Damage;
pub use self::offer::Offer;
pub use self::people::PeerConnection;
pub use self::permissions::{Decision, Grant, Permission};
pub use self::policy::{Accepts, PeerFilter};
pub use self::settings::{Settings, SettingsChange};
pub use self::simulation::{Conditions, Level, LinkConditions, Queues, Step, Trace, Waiting};
pub use self::transfer::{Review, Transfer, TransferState};

/// Milliseconds since the Unix epoch. A double holds them exactly until the year 287396.
pub type Millis = i64;

/// Who this host is: the person's own card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Me {
    /// The peer id, in libp2p's base58 form.
    pub id: String,
    /// The name that other people see.
    pub name: String,
    /// The contact link (`mutiny:` URI) that another person needs to add this one.
    pub link: String,
    /// The contact link as a QR code, as a standalone SVG document.
    pub qr: String,
    /// The profile this host runs in.
    pub profile: String,
}

/// How a peer is reached right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Presence {
    /// Connected.
    Online,
    /// Not connected; the host tries again by itself.
    Offline,
}

/// What the person of this host thinks of a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Trust {
    /// Seen, and nothing more.
    None,
    /// Added by contact link, or an invitation went one way or the other and was accepted.
    Friend,
    /// May not reach this host at all.
    Blocked,
}

/// Another person's host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Peer {
    /// The peer id, in libp2p's base58 form.
    pub id: String,
    /// The name to show: the person's own for it, or the one the peer gives itself, or a short form of its id.
    pub name: String,
    /// What the person of this host calls it. Apps are not told.
    pub own_name: Option<String>,
    /// The name that the peer gives itself, once known.
    pub says: Option<String>,
    /// Connected or not.
    pub presence: Presence,
    /// What the person of this host thinks of it.
    pub trust: Trust,
    /// On the same network (found by mDNS, or connected through an address of it).
    pub nearby: bool,
    /// When it was last connected, if ever.
    #[ts(type = "number | null")]
    pub last_seen: Option<Millis>,
    /// Addresses it was reached at or announced, for "Details". libp2p multiaddrs.
    pub addresses: Vec<String>,
    /// The connections that are open now.
    pub connections: Vec<PeerConnection>,
    /// Messages of all instances that wait for it, counted up to 1,000.
    pub waiting: u32,
}

/// Where a message goes to or comes from: an instance at a peer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    /// The peer id, in libp2p's base58 form.
    pub peer: String,
    /// The instance at that peer.
    #[ts(type = "string")]
    pub instance: Uuid,
}

/// What an app's manifest says of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct App {
    /// The manifest's `id`, or one made from the folder's name.
    pub id: String,
    /// The manifest's `name`, or the folder's.
    pub name: String,
    /// Semantic version; `0.0.0` where there is no manifest.
    pub version: String,
    /// One sentence, where the manifest has one.
    pub description: Option<String>,
    /// Hash over every file's path and content, `sha256-` and hex.
    pub hash: String,
    /// Who may send to its instances, besides whom they invited.
    pub accepts: Accepts,
    /// What the app asks the person for, by the manifest's names (`peers`, …).
    pub permissions: Vec<String>,
}

/// One installed, running identity of an app on this host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Instance {
    /// The instance's UUID; its window's origin is `mutiny-app://<id>/`.
    #[ts(type = "string")]
    pub id: Uuid,
    /// The app, as its folder was read last.
    pub app: App,
    /// What the person calls this instance; the app's name until renamed.
    pub label: String,
    /// The folder it is opened from; `null` where this host keeps the app's package itself.
    pub folder: Option<String>,
    /// The version it can go back to: the one before its last update.
    pub previous_version: Option<String>,
    /// Inbox entries not yet taken by the app.
    pub unread: u32,
    /// Own messages not yet delivered or failed.
    pub waiting: u32,
    /// Its window is open.
    pub open: bool,
    /// Its window is open, and its page stopped working.
    pub crashed: bool,
    /// Last time it was opened, sent or was sent something.
    #[ts(type = "number")]
    pub last_active: Millis,
    /// Why it cannot be opened at the moment (its folder is gone, say), as a sentence.
    pub problem: Option<String>,
}

/// What became of an invitation that this host received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// Waiting for the person.
    Open,
    /// Accepted: an instance of this host talks to the inviter's.
    Accepted,
    /// Declined.
    Declined,
}

/// An invitation from another person's instance, as the launcher shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    /// Stable id of this invitation on this host.
    #[ts(type = "string")]
    pub id: Uuid,
    /// Who invites: the peer and its instance.
    pub from: Address,
    /// The inviting peer's name.
    pub from_name: String,
    /// Id of the app it is for.
    pub app_id: String,
    /// The app's name, as the inviter's manifest says.
    pub app_name: String,
    /// The inviter's version of the app.
    pub app_version: String,
    /// Hash of the inviter's package.
    pub app_hash: String,
    /// When it arrived.
    #[ts(type = "number")]
    pub received: Millis,
    /// What became of it.
    pub answer: Answer,
    /// The own instance it was accepted with.
    #[ts(type = "string | null")]
    pub instance: Option<Uuid>,
    /// Own instances of the same app: the ones it can be accepted with.
    #[ts(type = "string[]")]
    pub candidates: Vec<Uuid>,
}

/// How to accept an invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "with")]
pub enum Acceptance {
    /// With an instance that exists.
    Existing {
        /// One of the invitation's `candidates`.
        #[ts(type = "string")]
        instance: Uuid,
    },
    /// With a new instance of the app, which this host already has.
    New,
    /// With a new instance of the app in this folder.
    Folder {
        /// Absolute path of the app's folder, or of its package file.
        folder: String,
    },
    /// With a new instance of the app that was fetched from the inviter, and that the person has reviewed.
    Fetched,
}

/// What an instance may talk to: the other side of an accepted invitation, as the app sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Correspondent {
    /// The other peer and, once it is known, its instance: `null` until the other side has accepted.
    pub peer: String,
    /// The other side's instance; `null` until the other side has accepted.
    #[ts(type = "string | null")]
    pub instance: Option<Uuid>,
    /// The other person's name.
    pub name: String,
    /// Their host is connected right now. Sending works either way: messages wait.
    pub online: bool,
    /// The other side's version of the app, once known.
    pub version: Option<String>,
}

/// The content of a message: a JSON value, or bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "type", content = "value")]
pub enum Body {
    /// A JSON value.
    Json(serde_json::Value),
    /// Bytes, in base64 on the way to and from a page.
    Bytes(
        #[ts(type = "string")]
        #[serde(with = "crate::base64")]
        Vec<u8>,
    ),
}

/// Whether a message that failed may have arrived all the same.
#[derive(Clone, Copy, Debug, PartialEq, Hash, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was not delivered and never will be.
    NotDelivered,
    /// It left this machine and no answer ever came.
    Unknown,
}

/// Why a message was not delivered.
#[derive(Clone, Copy, Debug, PartialEq, Hash, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum FailureReason {
    /// Its deadline passed.
    Expired,
    /// The target has no such instance.
    UnknownInstance,
    /// The target instance did not invite this peer.
    NotInvited,
    /// The target's person lets nobody like this peer in.
    Blocked,
    /// Larger than the target takes.
    TooLarge,
    /// The target could not make sense of it.
    Malformed,
    /// It was sent again after a loss of memory, and the target has forgotten whether it had it: so it did not take it.
    Forgotten,
    /// The sender withdrew it.
    Withdrawn,
}

/// An entry of an instance's inbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind")]
pub enum Entry {
    /// A message from another instance.
    Message {
        /// Stable id of this entry: the message's id.
        #[ts(type = "string")]
        id: Uuid,
        /// Who sent it. The peer is authenticated, never claimed.
        from: Address,
        /// When its sender sent it, by the sender's clock.
        #[ts(type = "number")]
        sent: Millis,
        /// What it says.
        body: Body,
    },
    /// A failure notice: an own message was not, or may not have been, delivered.
    Failure {
        /// Stable id of this entry.
        #[ts(type = "string")]
        id: Uuid,
        /// The own message it is about.
        #[ts(type = "string")]
        message: Uuid,
        /// Whom it was for.
        to: Address,
        /// Why it failed.
        reason: FailureReason,
        /// Whether it may have arrived all the same.
        outcome: Outcome,
    },
}

impl Entry {
    /// Its stable id.
    pub fn id(&self) -> Uuid {
        match self {
            Self::Message { id, .. } | Self::Failure { id, .. } => *id,
        }
    }
}

/// Where an own message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum MessageState {
    /// In the outbox, on its way or waiting for the other side.
    Queued,
    /// Durably in the target's inbox.
    Delivered,
    /// Given up; a failure notice is in the sender's inbox.
    Failed,
}

/// Where an own message stands, as its app is told: its [`MessageState`], and what belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Hash, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase", rename_all_fields = "camelCase", tag = "state")]
pub enum Status {
    /// In the outbox, on its way or waiting for the other side.
    Queued {
        /// The other person's host is connected: the message is on its way, or waits for room in the inbox there.
        online: bool,
        /// When that host is tried next; `null` while it is connected, while it is being tried, and where nothing is to be tried.
        #[ts(type = "number | null")]
        next_try: Option<Millis>,
    },
    /// Durably in the target's inbox.
    Delivered,
    /// Given up; a failure notice that says the same is in the sender's inbox.
    Failed {
        /// Why it failed.
        reason: FailureReason,
        /// Whether it may have arrived all the same.
        outcome: Outcome,
    },
}

impl Status {
    /// The bare state.
    pub fn state(&self) -> MessageState {
        match self {
            Self::Queued { .. } => MessageState::Queued,
            Self::Delivered => MessageState::Delivered,
            Self::Failed { .. } => MessageState::Failed,
        }
    }
}

/// What of the host's state has changed; whoever shows it reads it anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Topic {
    /// Name, contact link or addresses of this host.
    Me,
    /// The list of peers, or one of them.
    Peers,
    /// The list of instances, or counts of one.
    Instances,
    /// The list of invitations.
    Invitations,
    /// What the person has set.
    Settings,
    /// What messages wait for. When they are sent and end is told as [`Self::Instances`].
    Activity,
    /// What apps may do.
    Permissions,
    /// Apps that are fetched from whoever invited.
    Transfers,
}

/// What an instance's page is woken for.
#[derive(Clone, Debug, PartialEq, Hash, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "type")]
pub enum AppEvent {
    /// There is something in the inbox.
    Message,
    /// An own message reached its end.
    Delivery {
        /// The message.
        #[ts(type = "string")]
        id: Uuid,
        /// How it ended: never `queued`.
        #[serde(flatten)]
        status: Status,
    },
    /// A peer came, went or changed its name.
    Peer,
    /// An invitation of this instance was sent, accepted, or is new.
    Invitation,
    /// What other instances announce has changed.
    Announcement,
}

/// Limits an app can read and rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// Largest message, in bytes of its JSON text or of its bytes.
    pub message_bytes: u32,
    /// Largest value to announce, in bytes of its JSON text.
    pub announcement_bytes: u32,
    /// Default time until a message is given up, in milliseconds.
    #[ts(type = "number")]
    pub deadline: Millis,
}

/// All an instance's page is told about itself when it loads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Introduction {
    /// This instance's address.
    pub address: Address,
    /// The name of this host's person.
    pub name: String,
    /// What the person calls this instance.
    pub label: String,
    /// The app this is an instance of.
    pub app: App,
    /// What it may rely on.
    pub limits: Limits,
}

/// A peer, as far as an app may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AppPeer {
    /// The peer id, in libp2p's base58 form.
    pub id: String,
    /// The name to show.
    pub name: String,
    /// Connected right now.
    pub online: bool,
}

/// An error as the web side gets it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ErrorView {
    /// Stable code, for programs: `UnknownInstance`, `TooLarge`, ….
    pub code: String,
    /// A sentence, for people: what is wrong and what to do.
    pub message: String,
}
