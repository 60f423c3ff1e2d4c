//! The heads of inboxes, kept in memory: a page that reads the same entry again, or the next one after it has taken one,
//! need not wait for the database.
//!
//! Only `next()` and the removal of an instance change a head that is there; what arrives goes to the end. So a head is
//! right until one of these is committed, and that is told here before anybody is answered. An empty inbox is not kept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use crate::view::Entry;

/// The largest body that is kept, in bytes as the inbox has it.
const LARGEST: usize = 4096;

/// The heads of a host's inboxes. Cheap to clone; all clones are the same.
#[derive(Clone, Default)]
pub(super) struct Heads(Arc<Mutex<HashMap<Uuid, Head>>>);

#[derive(Default)]
struct Head {
    entry: Option<Entry>,
    /// How often something was taken out of this inbox: what was read before is no head any more.
    taken: u64,
    /// The instance is removed.
    removed: bool,
}

/// When somebody looked in vain, in terms of what was taken.
#[derive(Clone, Copy)]
pub(super) struct Since(u64);

impl Heads {
    /// The head of an inbox; or from when on to read it, for [`Self::read`].
    pub(super) fn get(&self, instance: Uuid) -> Result<Entry, Since> {
        let mut heads = self.lock();
        let head = heads.entry(instance).or_default();
        head.entry.clone().ok_or(Since(head.taken))
    }

    /// This was read at the head of an inbox, by a look at the database that began after [`Self::get`].
    pub(super) fn read(&self, instance: Uuid, since: Since, found: Option<&(Entry, usize)>) {
        let mut heads = self.lock();
        match (heads.get_mut(&instance), found) {
            (Some(head), Some((entry, bytes))) if head.taken == since.0 && !head.removed && *bytes <= LARGEST => {
                head.entry = Some(entry.clone());
            }
            // Whoever asks for instances that there are not must not fill the memory with them.
            (Some(head), None) if head.taken == 0 && !head.removed => drop(heads.remove(&instance)),
            _ => {}
        }
    }

    /// Something was taken out of an inbox, and this is its head now. To be called in the order of the commits.
    pub(super) fn taken(&self, instance: Uuid, now: Option<&(Entry, usize)>) {
        let mut heads = self.lock();
        let head = heads.entry(instance).or_default();
        head.taken += 1;
        head.entry = now.filter(|(_, bytes)| *bytes <= LARGEST && !head.removed).map(|(entry, _)| entry.clone());
    }

    /// An instance is about to be removed, for good: ids do not come again.
    pub(super) fn remove(&self, instance: Uuid) {
        self.lock().insert(instance, Head { removed: true, ..Head::default() });
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, Head>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::{Address, Body};

    const INBOX: Uuid = Uuid::from_u128(7);

    fn entry(id: u128, bytes: usize) -> (Entry, usize) {
        let from = Address { peer: "ana".to_owned(), instance: Uuid::nil() };
        (Entry::Message { id: Uuid::from_u128(id), from, sent: 0, body: Body::Bytes(vec![0; bytes]) }, bytes)
    }

    fn head(heads: &Heads) -> Option<u128> {
        heads.get(INBOX).ok().map(|entry| entry.id().as_u128())
    }

    fn read(heads: &Heads, found: Option<(Entry, usize)>) {
        let Err(since) = heads.get(INBOX) else { return };
        heads.read(INBOX, since, found.as_ref());
    }

    #[test]
    fn a_head_stays_until_it_is_taken() {
        let heads = Heads::default();
        read(&heads, None);
        assert_eq!(head(&heads), None);
        read(&heads, Some(entry(1, 10)));
        assert_eq!(head(&heads), Some(1));
        heads.taken(INBOX, Some(&entry(2, 10)));
        assert_eq!(head(&heads), Some(2));
        heads.taken(INBOX, None);
        assert_eq!(head(&heads), None);
    }

    #[test]
    fn what_was_read_while_it_was_taken_is_not_kept() {
        let heads = Heads::default();
        let Err(since) = heads.get(INBOX) else { unreachable!() };
        heads.taken(INBOX, None);
        heads.read(INBOX, since, Some(&entry(1, 10)));
        assert_eq!(head(&heads), None);
    }

    #[test]
    fn an_instance_that_was_removed_has_no_head_ever_again() {
        let heads = Heads::default();
        read(&heads, Some(entry(1, 10)));
        let since = Since(0);
        heads.remove(INBOX);
        heads.read(INBOX, since, Some(&entry(1, 10)));
        heads.taken(INBOX, Some(&entry(2, 10)));
        assert_eq!(head(&heads), None);
    }

    #[test]
    fn large_bodies_are_not_kept() {
        let heads = Heads::default();
        read(&heads, Some(entry(1, LARGEST + 1)));
        assert_eq!(head(&heads), None);
        heads.taken(INBOX, Some(&entry(2, LARGEST + 1)));
        assert_eq!(head(&heads), None);
        read(&heads, Some(entry(2, LARGEST)));
        assert_eq!(head(&heads), Some(2));
    }
}
