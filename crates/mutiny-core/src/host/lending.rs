//! Gives apps to whomever an instance of theirs was invited by.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use libp2p::PeerId;
use tokio::sync::Semaphore;
use tokio_util::compat::FuturesAsyncReadCompatExt as _;
use uuid::Uuid;

use super::Host;
use super::start::blocking;
use crate::error::Result;
use crate::network::Substream;
use crate::package::Package;
use crate::store::editions::{self, Source};
use crate::store::{doors, instances, peers};
use crate::transfer::{Reason, serve};
use crate::view::Trust;

/// How many apps may leave this host at a time.
const MOST_AT_ONCE: usize = 8;
/// How often a peer may ask within [`MINUTE`]: as often as somebody asks whose connection keeps breaking.
const MOST_ASKED: usize = 30;
const MINUTE: Duration = Duration::from_secs(60);

/// Keeps those who ask in bounds.
pub(super) struct Counter {
    places: Arc<Semaphore>,
    asked: Mutex<HashMap<PeerId, VecDeque<Instant>>>,
}

impl Default for Counter {
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(MOST_AT_ONCE)), asked: Mutex::default() }
    }
}

impl Counter {
    /// Whether a peer may ask once more.
    fn admits(&self, peer: PeerId, now: Instant) -> bool {
        let mut all = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, times| times.back().is_some_and(|last| now.saturating_duration_since(*last) < MINUTE));
        let times = all.entry(peer).or_default();
        times.retain(|time| now.saturating_duration_since(*time) < MINUTE);
        if times.len() >= MOST_ASKED {
            return false;
        }
        times.push_back(now);
        true
    }
}

impl Host {
    /// Answers a peer that asks for an app.
    pub(super) fn lend(&self, peer: PeerId, stream: Substream) {
        let host = self.downgrade();
        let (places, admitted) = (self.0.counter.places.clone(), self.0.counter.admits(peer, Instant::now()));
        tokio::spawn(async move {
            let place = places.try_acquire().ok().filter(|_| admitted);
            let found = async |instance, hash| match (host.upgrade(), &place) {
                (Some(host), Some(_)) => Self(host).lendable(peer, instance, hash).await,
                _ => Err(Reason::Busy),
            };
            if let Err(error) = serve::serve(stream.compat(), found).await {
                tracing::debug!(%peer, %error, "an app was not taken to the end");
            }
        });
    }

    /// The package that a peer asks for, if it was invited to it: the instance's own, or the one it had before its last
    /// update, which is what older invitations name.
    async fn lendable(&self, peer: PeerId, instance: Uuid, hash: String) -> Result<Package, Reason> {
        let read = self.0.store.read(move |db| {
            let blocked = peers::get(db, &peer)?.is_some_and(|peer| peer.trust == Trust::Blocked);
            if blocked || !doors::may_send(db, instance, &peer)? {
                return Ok(None);
            }
            let before = editions::previous(db, instance)?.map(|edition| edition.source);
            Ok(Some((instances::get(db, instance)?.source, before)))
        });
        let Some((now, before)) = read.await.map_err(|_| Reason::Other)? else {
            return Err(Reason::NotInvited);
        };
        let kept = Source::Package(hash.clone());
        if now == kept || before == Some(kept.clone()) {
            return self.open_source(kept).await.map_err(|_| Reason::Other);
        }
        let shared = self.package(instance).await.map_err(|_| Reason::Other)?;
        let read = shared.clone();
        let read = blocking(move || {
            let mut package = read.lock().unwrap_or_else(PoisonError::into_inner);
            let edited = package.reload()?;
            Ok((package.clone(), edited))
        });
        let (package, edited) = read.await.map_err(|_| Reason::Other)?;
        if edited {
            // The next invitation says what it is now.
            self.edited(instance, &shared).await.map_err(|_| Reason::Other)?;
        }
        if package.to_view().hash == hash { Ok(package) } else { Err(Reason::Changed) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_that_asks_too_often_has_to_wait_and_others_have_not() {
        let (counter, ana, now) = (Counter::default(), PeerId::random(), Instant::now());
        assert!((0..MOST_ASKED).all(|_| counter.admits(ana, now)));
        assert!(!counter.admits(ana, now));
        assert!(counter.admits(PeerId::random(), now));
        assert!(counter.admits(ana, now + MINUTE));
    }
}
