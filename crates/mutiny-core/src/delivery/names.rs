//! What peers have said that they are called, until it is written down: of each the latest. So what waits is bounded by
//! the number of peers, however often one changes its name.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use libp2p::PeerId;
use tokio::sync::mpsc;

type Latest = Arc<Mutex<HashMap<PeerId, String>>>;

/// Where names are said.
pub(crate) struct Names {
    latest: Latest,
    bell: mpsc::Sender<()>,
}

/// Where they are heard.
pub(crate) struct Heard {
    latest: Latest,
    bell: mpsc::Receiver<()>,
}

/// Both ends, without any name.
pub(crate) fn names() -> (Names, Heard) {
    let (ring, bell) = mpsc::channel(1);
    let latest = Latest::default();
    (Names { latest: latest.clone(), bell: ring }, Heard { latest, bell })
}

impl Names {
    /// A peer is called so from now on.
    pub(super) fn say(&self, peer: PeerId, name: String) {
        lock(&self.latest).insert(peer, name);
        // Where it has been rung, or nobody listens because the host is stopping, there is nothing to add.
        let _ = self.bell.try_send(());
    }
}

impl Heard {
    /// Waits for names, and takes them all. `None`: there will be no more.
    pub(crate) async fn next(&mut self) -> Option<HashMap<PeerId, String>> {
        self.bell.recv().await?;
        Some(std::mem::take(&mut *lock(&self.latest)))
    }
}

fn lock(latest: &Latest) -> MutexGuard<'_, HashMap<PeerId, String>> {
    latest.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn of_each_peer_only_the_latest_name_waits() {
        let (names, mut heard) = names();
        let [ana, ben] = [PeerId::random(), PeerId::random()];
        (0..10_000).for_each(|n| names.say(ana, format!("Ana {n}")));
        names.say(ben, "Ben".into());
        let said = heard.next().await.unwrap();
        assert_eq!(said, HashMap::from([(ana, "Ana 9999".into()), (ben, "Ben".into())]));
        drop(names);
        assert_eq!(heard.next().await, None);
    }
}
