//! Who may reach this host, and write to its instances: the walls that a peer has to pass, in their order.
//!
//! 1. Blocked peers reach nothing.
//! 2. The peer filter is the person's: anyone, friends and peers nearby, or friends. Whom an own instance invited passes
//!    it too, or no answer could ever come.
//! 3. The instance's door: whom it invited, and whom its app's manifest lets in besides.
//!
//! Before all of them, a developer's [`Conditions`] may keep a peer away. That is no decision about the peer, so delivery,
//! which would fail its messages for one, does not go by it.
//!
//! The rules are plain functions. [`Policy`] is what is known of everybody, in memory, for those that cannot wait for
//! the database: the network asks it about each connection.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

use libp2p::PeerId;
use rusqlite::Connection;

use crate::conditions::Conditions;
use crate::error::Result;
use crate::store::{doors, peers, preferences};
use crate::view::{Accepts, PeerFilter, Trust};

/// What counts of a peer that wants something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    /// What the person thinks of it.
    pub(crate) trust: Trust,
    /// It is connected over this machine or one of its networks.
    pub(crate) nearby: bool,
    /// Some own instance invited it.
    pub(crate) expected: bool,
}

/// What a peer did not get past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wall {
    /// The person blocked it.
    Blocked,
    /// The person lets in nobody like it.
    Filter,
    /// The instance does not let it in.
    Door,
}

/// Whether a peer may reach this host at all.
pub(crate) fn may_reach(filter: PeerFilter, caller: Caller) -> Result<(), Wall> {
    let Caller { trust, nearby, expected } = caller;
    let passes = match filter {
        PeerFilter::Anyone => true,
        PeerFilter::Nearby => trust == Trust::Friend || nearby || expected,
        PeerFilter::Friends => trust == Trust::Friend || expected,
    };
    match (trust, passes) {
        (Trust::Blocked, _) => Err(Wall::Blocked),
        (_, false) => Err(Wall::Filter),
        (_, true) => Ok(()),
    }
}

/// Whether a peer may write to an instance of an app that `accepts` so many, and that has `invited` it or not.
pub(crate) fn may_write(filter: PeerFilter, caller: Caller, accepts: Accepts, invited: bool) -> Result<(), Wall> {
    may_reach(filter, caller)?;
    let friend = caller.trust == Trust::Friend;
    let open = match accepts {
        Accepts::Invited => false,
        Accepts::Friends => friend,
        Accepts::Nearby => friend || caller.nearby,
        Accepts::Anyone => true,
    };
    if invited || open { Ok(()) } else { Err(Wall::Door) }
}

/// What the rules need to know of everybody.
#[derive(Clone, Debug, Default)]
pub(crate) struct Book {
    /// The person's setting.
    pub(crate) filter: PeerFilter,
    /// Friends, and blocked peers. The others are neither.
    pub(crate) trust: HashMap<PeerId, Trust>,
    /// Peers that some own instance invited.
    pub(crate) expected: HashSet<PeerId>,
}

impl Book {
    /// What the database holds of it.
    pub(crate) fn read(db: &Connection) -> Result<Self> {
        let filter = preferences::read(db)?.reach;
        let trust = peers::decided(db)?.into_iter().collect();
        Ok(Self { filter, trust, expected: doors::expected(db)?.into_iter().collect() })
    }
}

/// The book of this host, for whoever has to decide at once. All clones are the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Policy {
    book: Arc<RwLock<Book>>,
    conditions: Conditions,
}

impl Policy {
    /// A policy that goes by this book, under these conditions.
    pub(crate) fn new(book: Book, conditions: Conditions) -> Self {
        Self { book: Arc::new(RwLock::new(book)), conditions }
    }

    /// What it goes by besides the book.
    pub(crate) fn conditions(&self) -> &Conditions {
        &self.conditions
    }

    /// Goes by another book from now on.
    pub(crate) fn replace(&self, book: Book) {
        *self.book.write().unwrap_or_else(PoisonError::into_inner) = book;
    }

    /// The person's setting, and what counts of a peer.
    pub(crate) fn look_up(&self, peer: &PeerId, nearby: bool) -> (PeerFilter, Caller) {
        let book = self.book.read().unwrap_or_else(PoisonError::into_inner);
        let trust = book.trust.get(peer).copied().unwrap_or(Trust::None);
        (book.filter, Caller { trust, nearby, expected: book.expected.contains(peer) })
    }

    /// Whether a peer may reach this host; `nearby` is asked only where it matters.
    pub(crate) fn may_reach(&self, peer: &PeerId, nearby: impl FnOnce() -> bool) -> bool {
        if self.conditions.cut_off(peer) {
            return false;
        }
        let (filter, caller) = self.look_up(peer, false);
        match may_reach(filter, caller) {
            Err(Wall::Filter) => may_reach(filter, Caller { nearby: nearby(), ..caller }).is_ok(),
            outcome => outcome.is_ok(),
        }
    }

    /// Whether this host may call a peer that it has a reason to call.
    pub(crate) fn may_call(&self, peer: &PeerId) -> bool {
        !self.is_blocked(peer) && !self.conditions.cut_off(peer)
    }

    /// Whether a peer is one of those that the person blocked.
    pub(crate) fn is_blocked(&self, peer: &PeerId) -> bool {
        self.book.read().unwrap_or_else(PoisonError::into_inner).trust.get(peer) == Some(&Trust::Blocked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRANGER: Caller = Caller { trust: Trust::None, nearby: false, expected: false };
    const NEIGHBOUR: Caller = Caller { nearby: true, ..STRANGER };
    const INVITED: Caller = Caller { expected: true, ..STRANGER };
    const FRIEND: Caller = Caller { trust: Trust::Friend, ..STRANGER };
    const BLOCKED: Caller = Caller { trust: Trust::Blocked, nearby: true, expected: true };
    const FILTERS: [PeerFilter; 3] = [PeerFilter::Anyone, PeerFilter::Nearby, PeerFilter::Friends];
    const DOORS: [Accepts; 4] = [Accepts::Invited, Accepts::Friends, Accepts::Nearby, Accepts::Anyone];

    #[test]
    fn each_filter_lets_in_whom_its_name_says() {
        let let_in = |caller| FILTERS.map(|filter| may_reach(filter, caller).is_ok());
        assert_eq!(let_in(STRANGER), [true, false, false]);
        assert_eq!(let_in(NEIGHBOUR), [true, true, false]);
        assert_eq!(let_in(FRIEND), [true, true, true]);
        assert_eq!(let_in(INVITED), [true, true, true]);
    }

    #[test]
    fn each_door_lets_in_whom_its_name_says_and_always_the_invited() {
        let let_in = |caller, invited| DOORS.map(|door| may_write(PeerFilter::Anyone, caller, door, invited).is_ok());
        assert_eq!(let_in(STRANGER, false), [false, false, false, true]);
        assert_eq!(let_in(NEIGHBOUR, false), [false, false, true, true]);
        assert_eq!(let_in(FRIEND, false), [false, true, true, true]);
        assert_eq!(let_in(STRANGER, true), [true; 4]);
    }

    #[test]
    fn another_instance_s_invitation_opens_no_door_but_its_own() {
        assert_eq!(may_write(PeerFilter::Nearby, INVITED, Accepts::Invited, false), Err(Wall::Door));
        assert_eq!(may_write(PeerFilter::Nearby, INVITED, Accepts::Nearby, false), Err(Wall::Door));
    }

    #[test]
    fn the_walls_stand_in_their_order() {
        for filter in FILTERS {
            for door in DOORS {
                for invited in [false, true] {
                    assert_eq!(may_write(filter, BLOCKED, door, invited), Err(Wall::Blocked));
                }
            }
        }
        assert_eq!(may_write(PeerFilter::Friends, NEIGHBOUR, Accepts::Anyone, false), Err(Wall::Filter));
        assert_eq!(may_write(PeerFilter::Anyone, NEIGHBOUR, Accepts::Friends, false), Err(Wall::Door));
    }

    #[test]
    fn the_book_is_asked_by_name_and_can_be_another_at_any_time() {
        let [friend, blocked, invited, stranger] = std::array::from_fn(|_| PeerId::random());
        let trust = HashMap::from([(friend, Trust::Friend), (blocked, Trust::Blocked)]);
        let book = Book { filter: PeerFilter::Nearby, trust, expected: HashSet::from([invited, blocked]) };
        let policy = Policy::new(book.clone(), Conditions::default());
        let all = [friend, blocked, invited, stranger];
        assert_eq!(all.map(|peer| policy.may_reach(&peer, || false)), [true, false, true, false]);
        assert_eq!(all.map(|peer| policy.may_reach(&peer, || true)), [true, false, true, true]);
        assert_eq!(all.map(|peer| policy.is_blocked(&peer)), [false, true, false, false]);
        policy.replace(Book { filter: PeerFilter::Anyone, ..book });
        assert_eq!(all.map(|peer| policy.may_reach(&peer, || false)), [true, false, true, true]);
    }

    #[test]
    fn whom_conditions_cut_off_neither_comes_nor_is_called_and_stays_a_friend() {
        let (friend, conditions) = (PeerId::random(), Conditions::default());
        let book = Book { trust: HashMap::from([(friend, Trust::Friend)]), ..Book::default() };
        let policy = Policy::new(book, conditions.clone());
        let reached = || (policy.may_reach(&friend, || true), policy.may_call(&friend));
        assert_eq!(reached(), (true, true));
        conditions.replace(crate::view::Conditions { offline: true, ..Default::default() });
        assert_eq!(reached(), (false, false));
        assert_eq!(policy.look_up(&friend, false).1.trust, Trust::Friend);
    }
}
