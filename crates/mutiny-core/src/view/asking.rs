//! What the host asks the person in a window of its own, above an app's.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Permission;

/// A person, as an app learns of whom was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// The peer id, in libp2p's base58 form.
    pub id: String,
    /// The name to show.
    pub name: String,
}

/// What an app wants of the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Question {
    /// Whether it may do something.
    Permission {
        /// What.
        permission: Permission,
    },
    /// Whom to invite.
    Invite,
}

/// A question of an app, as the host's dialog shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Asking {
    /// Id of the app that asks.
    pub app_id: String,
    /// Name of the app that asks.
    pub app_name: String,
    /// What the person calls the instance that asks.
    pub label: String,
    /// What it wants.
    pub question: Question,
    /// There are settings in which the person can change their mind: not in the peers of `mutiny dev`.
    pub settings: bool,
}

/// Somebody who can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    /// The peer id, in libp2p's base58 form.
    pub id: String,
    /// The name to show.
    pub name: String,
    /// Connected right now.
    pub online: bool,
    /// On the same network.
    pub nearby: bool,
    /// Added by the person, or somebody an invitation was accepted of.
    pub friend: bool,
    /// The instance that asks has invited them already.
    pub invited: bool,
}
