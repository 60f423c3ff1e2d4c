//! Who may reach this host, and who may write to an instance.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which peers may reach this host at all. Blocked ones never may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum PeerFilter {
    /// Everybody.
    Anyone,
    /// Friends, and peers of the same network.
    #[default]
    Nearby,
    /// Friends only.
    Friends,
}

/// Who may send to an instance, besides whom it invited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Accepts {
    /// Nobody.
    #[default]
    Invited,
    /// The person's friends.
    Friends,
    /// Friends, and peers of the same network.
    Nearby,
    /// Everybody that reaches this host.
    Anyone,
}
