//! What instances of an app tell all others.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Address;

/// What another instance of the same app announces.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Announcement {
    /// Who announces it. The peer is authenticated, never claimed.
    pub from: Address,
    /// The other person's name.
    pub name: String,
    /// The other side's version of the app.
    pub version: String,
    /// What it says.
    pub data: serde_json::Value,
    /// The two instances have accepted each other: messages go through.
    pub correspondent: bool,
}
