//! Rows that the writer has read or written, kept in memory while it may soon need them again.
//!
//! With a thousand flows nearly every message finds a flow of its own: looking for its row, for that of its instance and for
//! the door that its sender comes through then takes as long as writing it. Whoever changes such a row changes or
//! forgets it here as well; and where a transaction is taken back, all is forgotten ([`super::db::Db::forget`]).

use std::collections::HashMap;
use std::hash::Hash;

/// How many rows of a kind are kept: a few hundred bytes each. Where there are more of them in use, they are read anew.
pub(super) const ROOM: usize = 4096;

/// Rows of one kind, by what they are looked for.
#[derive(Debug)]
pub(super) struct Known<K, V> {
    rows: HashMap<K, V>,
}

impl<K, V> Default for Known<K, V> {
    fn default() -> Self {
        Self { rows: HashMap::new() }
    }
}

impl<K: Eq + Hash, V> Known<K, V> {
    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.rows.get(key)
    }

    pub(super) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.rows.get_mut(key)
    }

    /// Keeps a row as it is now. Where there is no room, all others go: which of them would be needed again nobody knows.
    pub(super) fn keep(&mut self, key: K, row: V) {
        if self.rows.len() >= ROOM && !self.rows.contains_key(&key) {
            self.rows.clear();
        }
        self.rows.insert(key, row);
    }

    pub(super) fn forget(&mut self, key: &K) {
        self.rows.remove(key);
    }

    pub(super) fn clear(&mut self) {
        self.rows.clear();
    }

    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.rows.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_bounded() {
        let mut known = Known::default();
        for key in 0..3 * ROOM {
            known.keep(key, ());
            assert!(known.rows.len() <= ROOM);
            assert!(known.get(&key).is_some());
        }
    }

    #[test]
    fn a_row_that_is_kept_anew_costs_no_other_its_place() {
        let mut known = Known::default();
        (0..ROOM).for_each(|key| known.keep(key, 1));
        known.keep(7, 2);
        assert_eq!((known.get(&6), known.get(&7)), (Some(&1), Some(&2)));
    }
}
