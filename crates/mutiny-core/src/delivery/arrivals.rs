//! What has arrived that the person was not told of yet: how many messages from whom, for each instance.
//!
//! It is kept in memory alone. After a restart the inbox says what was not read; nobody is told of it twice.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use libp2p::PeerId;
use uuid::Uuid;

/// Counts messages by instance and sender. All clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Arrivals(Arc<Mutex<HashMap<Uuid, BTreeMap<PeerId, u32>>>>);

impl Arrivals {
    /// Messages of `peer` for an instance are in its inbox.
    pub(super) fn add(&self, instance: Uuid, peer: PeerId, messages: u32) {
        let mut all = self.lock();
        let count = all.entry(instance).or_default().entry(peer).or_default();
        *count = count.saturating_add(messages);
    }

    /// Who sent how many to an instance since it was cleared.
    pub(crate) fn of(&self, instance: Uuid) -> Vec<(PeerId, u32)> {
        self.lock().get(&instance).into_iter().flatten().map(|(peer, count)| (*peer, *count)).collect()
    }

    /// The person knows.
    pub(crate) fn clear(&self, instance: Uuid) {
        self.lock().remove(&instance);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, BTreeMap<PeerId, u32>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_counted_by_sender_until_the_person_knows() {
        let (arrivals, [chat, ping]) = (Arrivals::default(), [1, 2].map(Uuid::from_u128));
        let [ana, ben] = [PeerId::random(), PeerId::random()];
        arrivals.add(chat, ana, 2);
        arrivals.add(chat, ben, 1);
        arrivals.add(chat, ana, 1);
        arrivals.add(ping, ana, 7);
        let mut of_chat = arrivals.of(chat);
        of_chat.sort_by_key(|(_, count)| *count);
        assert_eq!(of_chat, [(ben, 1), (ana, 3)]);
        arrivals.clear(chat);
        assert_eq!(arrivals.of(chat), []);
        assert_eq!(arrivals.of(ping), [(ana, 7)]);
    }
}
