//! What this computer allows, and what comes from it to the program.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What this computer allows, and where the program is on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Computer {
    /// The desktop shows tray icons. Without one, closing the launcher ends the program whatever is wanted.
    pub tray: bool,
    /// The program starts with the person's session.
    pub autostart: bool,
    /// Where the program keeps its log.
    pub log: String,
}

/// A contact link that was opened outside of the launcher, for the person to decide on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ContactOffer {
    /// The link itself.
    pub link: String,
    /// Whom it names: the peer id, in libp2p's base58 form.
    pub id: String,
    /// The name to show: the one this host knows, or the one in the link.
    pub name: String,
    /// This host knows the peer.
    pub known: bool,
}
