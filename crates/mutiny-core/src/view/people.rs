//! How another person's host is connected.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One open connection with a peer, for "Details".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PeerConnection {
    /// Where the peer is, as this host sees it. A libp2p multiaddr.
    pub address: String,
    /// That is this machine, or on one of its networks.
    pub nearby: bool,
    /// No other peer passes it on.
    pub direct: bool,
    /// This host called; otherwise the peer did.
    pub outgoing: bool,
}
