//! Who is connected.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};

use libp2p::PeerId;

/// Who is connected, for whoever wants to know without asking the driver.
#[derive(Clone, Default)]
pub(crate) struct Presence(Arc<RwLock<Connected>>);

#[derive(Default)]
struct Connected {
    peers: HashSet<PeerId>,
    nearby: HashSet<PeerId>,
}

impl Presence {
    /// A peer is connected.
    pub(crate) fn arrived(&self, peer: PeerId, nearby: bool) {
        let mut connected = self.0.write().unwrap_or_else(PoisonError::into_inner);
        connected.peers.insert(peer);
        if nearby {
            connected.nearby.insert(peer);
        }
    }

    /// A peer is not connected any more.
    pub(crate) fn gone(&self, peer: &PeerId) {
        let mut connected = self.0.write().unwrap_or_else(PoisonError::into_inner);
        connected.peers.remove(peer);
        connected.nearby.remove(peer);
    }

    pub(crate) fn is_online(&self, peer: &PeerId) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).peers.contains(peer)
    }

    pub(crate) fn is_nearby(&self, peer: &PeerId) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).nearby.contains(peer)
    }

    pub(super) fn nearby(&self) -> HashSet<PeerId> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).nearby.clone()
    }
}
