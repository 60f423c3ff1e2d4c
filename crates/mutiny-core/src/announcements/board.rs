//! What is announced here, and what was heard from whom.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use libp2p::PeerId;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use uuid::Uuid;

/// The most announcements kept of one peer, and the most bytes of their values. What is more is ignored.
const MOST_OF_A_PEER: usize = 32;
const BYTES_OF_A_PEER: usize = 128 * 1024;

/// What an instance announces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Announced {
    /// Id of the instance's app.
    pub(crate) app: String,
    /// Its version.
    pub(crate) version: String,
    /// The value, as JSON text: parsed it might take many times the room.
    pub(crate) value: String,
}

/// What the own instances announce.
pub(crate) type Own = Arc<BTreeMap<Uuid, Announced>>;

/// What one peer announces over its current substream.
struct Heard {
    /// Which substream that is; an older one has nothing more to say.
    stream: u64,
    announced: HashMap<Uuid, Announced>,
}

#[derive(Default)]
struct Everybody {
    streams: u64,
    peers: HashMap<PeerId, Heard>,
}

/// All of it. Cheap to clone; all clones are the same one.
#[derive(Clone)]
pub(crate) struct Board {
    own: watch::Sender<Own>,
    heard: Arc<Mutex<Everybody>>,
    /// Who tells each connected peer.
    telling: Arc<Mutex<HashMap<PeerId, AbortHandle>>>,
}

impl Board {
    /// With what the own instances announce to begin with.
    pub(crate) fn new(own: BTreeMap<Uuid, Announced>) -> Self {
        Self { own: watch::Sender::new(Arc::new(own)), heard: Arc::default(), telling: Arc::default() }
    }

    /// Replaces what the own instances announce. Peers hear of what is different.
    pub(crate) fn set_own(&self, own: BTreeMap<Uuid, Announced>) {
        self.own.send_replace(Arc::new(own));
    }

    /// What the own instances announce, now and whenever it changes.
    pub(crate) fn own(&self) -> watch::Receiver<Own> {
        self.own.subscribe()
    }

    /// Somebody tells a peer from now on, in place of whoever did before.
    pub(crate) fn tells(&self, peer: PeerId, task: AbortHandle) {
        if let Some(before) = self.telling().insert(peer, task) {
            before.abort();
        }
    }

    /// A peer begins anew, with a new substream. Returns the apps whose announcements went with the old one.
    pub(super) fn begin(&self, peer: PeerId) -> (u64, Vec<String>) {
        let mut everybody = self.heard();
        everybody.streams += 1;
        let stream = everybody.streams;
        let before = everybody.peers.insert(peer, Heard { stream, announced: HashMap::new() });
        (stream, apps(before))
    }

    /// A peer says something on a substream. Returns the app that it concerns, unless nothing has changed.
    pub(super) fn hear(
        &self,
        peer: &PeerId,
        stream: u64,
        instance: Uuid,
        announced: Option<Announced>,
    ) -> Result<Option<String>, Outdated> {
        let mut everybody = self.heard();
        let Some(heard) = everybody.peers.get_mut(peer).filter(|heard| heard.stream == stream) else {
            return Err(Outdated);
        };
        let Some(announced) = announced else {
            return Ok(heard.announced.remove(&instance).map(|before| before.app));
        };
        let others = heard.announced.iter().filter(|(id, _)| **id != instance);
        let (count, bytes) = others.fold((0, 0), |(count, bytes), (_, it)| (count + 1, bytes + it.value.len()));
        if count >= MOST_OF_A_PEER || bytes + announced.value.len() > BYTES_OF_A_PEER {
            // The old value must not pass for the current one.
            return Ok(heard.announced.remove(&instance).map(|before| before.app));
        }
        let app = announced.app.clone();
        let before = heard.announced.insert(instance, announced.clone());
        Ok((before.as_ref() != Some(&announced)).then_some(app))
    }

    /// A substream of a peer has ended. Returns the apps whose announcements went with it.
    pub(super) fn end(&self, peer: &PeerId, stream: u64) -> Vec<String> {
        let mut everybody = self.heard();
        match everybody.peers.get(peer) {
            Some(heard) if heard.stream == stream => apps(everybody.peers.remove(peer)),
            _ => Vec::new(),
        }
    }

    /// A peer is gone. Returns the apps whose announcements went with it.
    pub(crate) fn forget(&self, peer: &PeerId) -> Vec<String> {
        if let Some(task) = self.telling().remove(peer) {
            task.abort();
        }
        apps(self.heard().peers.remove(peer))
    }

    /// What is announced for an app.
    pub(crate) fn of_app(&self, app: &str) -> Vec<(PeerId, Uuid, Announced)> {
        let everybody = self.heard();
        let all = everybody.peers.iter().flat_map(|(peer, heard)| heard.announced.iter().map(move |it| (peer, it)));
        all.filter(|(_, (_, announced))| announced.app == app)
            .map(|(peer, (instance, announced))| (*peer, *instance, announced.clone()))
            .collect()
    }

    fn telling(&self) -> MutexGuard<'_, HashMap<PeerId, AbortHandle>> {
        self.telling.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn heard(&self) -> MutexGuard<'_, Everybody> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The peer has begun another substream since.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Outdated;

fn apps(heard: Option<Heard>) -> Vec<String> {
    let mut apps: Vec<_> = heard.into_iter().flat_map(|it| it.announced.into_values()).map(|it| it.app).collect();
    apps.sort();
    apps.dedup();
    apps
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const APP: &str = "org.example.chat";

    fn says(value: &str) -> Option<Announced> {
        Some(Announced { app: APP.into(), version: "1.0.0".into(), value: value.into() })
    }

    fn board() -> Board {
        Board::new(BTreeMap::new())
    }

    fn values(board: &Board) -> Vec<String> {
        let mut values: Vec<_> = board.of_app(APP).into_iter().map(|(_, _, announced)| announced.value).collect();
        values.sort();
        values
    }

    #[test]
    fn the_last_value_counts_until_it_is_withdrawn() {
        let (board, peer, id) = (board(), PeerId::random(), Uuid::from_u128(1));
        let (stream, _) = board.begin(peer);
        assert_eq!(board.hear(&peer, stream, id, says("1")), Ok(Some(APP.into())));
        assert_eq!(board.hear(&peer, stream, id, says("1")), Ok(None));
        assert_eq!(board.hear(&peer, stream, id, says("2")), Ok(Some(APP.into())));
        assert_eq!(values(&board), ["2"]);
        assert_eq!(board.hear(&peer, stream, id, None), Ok(Some(APP.into())));
        assert_eq!(board.hear(&peer, stream, id, None), Ok(None));
        assert!(values(&board).is_empty());
    }

    #[test]
    fn a_new_stream_begins_anew_and_the_old_one_is_not_heard() {
        let (board, peer, id) = (board(), PeerId::random(), Uuid::from_u128(1));
        let (old, _) = board.begin(peer);
        board.hear(&peer, old, id, says("1")).unwrap();
        let (new, gone) = board.begin(peer);
        assert_eq!(gone, [APP]);
        assert_eq!(board.hear(&peer, old, id, says("1")), Err(Outdated));
        board.hear(&peer, new, id, says("2")).unwrap();
        assert!(board.end(&peer, old).is_empty());
        assert_eq!(values(&board), ["2"]);
        assert_eq!(board.end(&peer, new), [APP]);
        assert!(values(&board).is_empty());
    }

    #[test]
    fn what_is_kept_of_a_peer_is_bounded_in_number_and_bytes() {
        let (board, greedy, other) = (board(), PeerId::random(), PeerId::random());
        let (stream, _) = board.begin(greedy);
        for n in 0..1_000 {
            board.hear(&greedy, stream, Uuid::from_u128(n), says("1")).unwrap();
        }
        assert_eq!(values(&board).len(), MOST_OF_A_PEER);
        let large = "7".repeat(super::super::MAX_VALUE);
        for n in 0..1_000 {
            board.hear(&greedy, stream, Uuid::from_u128(n), says(&large)).unwrap();
        }
        assert!(values(&board).iter().map(String::len).sum::<usize>() <= BYTES_OF_A_PEER);
        let (stream, _) = board.begin(other);
        assert_eq!(board.hear(&other, stream, Uuid::from_u128(1), says("mine")), Ok(Some(APP.into())));
    }
}
