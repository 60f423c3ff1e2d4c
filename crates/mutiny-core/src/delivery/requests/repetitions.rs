//! What a receiver does with messages that come again, because their sender has lost its memory.

use std::ops::Range;

use bytes::Bytes;
use mutiny_delivery::message::{Content, Peer};

use super::*;
use crate::conditions::Conditions;
use crate::policy::Book;
use crate::store::instances::tests::instance;
use crate::store::migrations::in_memory;

/// More than a flow could remember once.
const MANY: u64 = 6_000;

/// How many messages one transaction takes.
const BATCH: usize = 256;

/// A host with an instance, and a friend who sends to it.
struct Receiver {
    db: Db,
    policy: Policy,
    origin: Origin,
}

impl Receiver {
    fn new() -> Self {
        let (db, friend) = (in_memory(), PeerId::random());
        instances::insert(&db, &instance(1)).unwrap();
        let book = Book { trust: HashMap::from([(friend, Trust::Friend)]), ..Book::default() };
        let mut receiver = Self { db, policy: Policy::new(book, Conditions::default()), origin: origin(friend, 1) };
        receiver.opens(Epoch(1));
        receiver
    }

    fn does(&self, request: Request) -> Reply {
        carry_out(&self.db, &self.policy, request)
    }

    fn opens(&mut self, epoch: Epoch) {
        let reply = self.does(Request::Open { origin: self.origin.clone(), epoch, first: 0 });
        assert!(matches!(reply, Reply::Opened(Ok(Opened { next: 0, last: None, .. }))), "{reply:?}");
    }

    /// Messages come, numbered from `from` on. Returns the first that was refused.
    fn gets(&mut self, epoch: Epoch, mut from: u64, messages: Range<u64>) -> Option<(u64, Refusal)> {
        let messages: Vec<u64> = messages.collect();
        for batch in messages.chunks(BATCH) {
            let items = (from..).zip(batch).map(|(seq, n)| Item::Message(message(seq, *n))).collect();
            match self.does(Request::Take { origin: self.origin.clone(), epoch, from, items }) {
                Reply::Taken(Ok(Taken { refused: None, .. })) => from += batch.len() as u64,
                Reply::Taken(Ok(Taken { refused, .. })) => return refused,
                other => panic!("{other:?}"),
            }
        }
        None
    }

    /// As upkeep does, in its small steps.
    fn forgets_all_but(&mut self, keep: i64) {
        while incoming::forget(&self.db, keep, 500).unwrap() > 0 {}
    }

    /// How many entries wait in the inbox, and how many different messages they are.
    fn has(&self) -> (i64, i64) {
        let query = "SELECT count(*), count(DISTINCT id) FROM inbox";
        self.db.query_row(query, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
    }
}

fn origin(peer: PeerId, source: u128) -> Origin {
    Origin { peer: Peer(peer.to_bytes().into()), source: Uuid::from_u128(source), target: instance(1).id }
}

/// The `n`th that was ever sent, under this number.
fn message(seq: u64, n: u64) -> Message {
    let id = Uuid::from_u128(0x1000 + u128::from(n));
    Message { seq, id, content: Content::Bytes, sent: n as i64, deadline: i64::MAX, body: Bytes::from_static(b"again") }
}

#[test]
fn thousands_of_messages_that_come_again_are_taken_once() {
    let mut receiver = Receiver::new();
    assert_eq!(receiver.gets(Epoch(1), 0, 0..MANY), None);
    receiver.opens(Epoch(2));
    assert_eq!(receiver.gets(Epoch(2), 0, 0..MANY + 1), None);
    assert_eq!(receiver.has(), (MANY as i64 + 1, MANY as i64 + 1));
}

#[test]
fn what_came_long_before_the_last_thousands_is_recognised_too() {
    let mut receiver = Receiver::new();
    receiver.gets(Epoch(1), 0, 0..MANY);
    receiver.opens(Epoch(2));
    // The backup was made when only the first ten were pending.
    assert_eq!(receiver.gets(Epoch(2), 0, 0..10), None);
    assert_eq!(receiver.has(), (MANY as i64, MANY as i64));
}

#[test]
fn what_may_have_come_before_is_refused_where_that_is_forgotten_and_what_is_new_is_not() {
    let mut receiver = Receiver::new();
    receiver.gets(Epoch(1), 0, 0..MANY);
    receiver.forgets_all_but(1_000);
    receiver.opens(Epoch(2));
    assert_eq!(receiver.gets(Epoch(2), 0, 10..20), Some((0, Refusal::Forgotten)));
    // The sender goes on behind what was refused. Those before it were taken, or passed over.
    assert_eq!(receiver.gets(Epoch(2), 0, MANY - 1_000..MANY + 5), None);
    assert_eq!(receiver.has(), (MANY as i64 + 5, MANY as i64 + 5));
    assert_eq!(receiver.gets(Epoch(2), 1_005, 10..11), Some((1_005, Refusal::Forgotten)));
}

#[test]
fn a_flow_that_goes_on_as_it_was_is_never_doubted_whatever_the_clock_of_its_sender_says() {
    let mut receiver = Receiver::new();
    receiver.gets(Epoch(1), 0, 1_000..2_000);
    receiver.forgets_all_but(10);
    // Its clock was put back: these say to be sent before those.
    assert_eq!(receiver.gets(Epoch(1), 1_000, 0..500), None);
    assert_eq!(receiver.has(), (1_500, 1_500));
}

#[test]
fn each_flow_knows_what_it_has_forgotten() {
    let mut receiver = Receiver::new();
    receiver.gets(Epoch(1), 0, 0..100);
    let second = Origin { source: Uuid::from_u128(2), ..receiver.origin.clone() };
    let first = std::mem::replace(&mut receiver.origin, second);
    receiver.opens(Epoch(1));
    receiver.gets(Epoch(1), 0, 200..300);
    receiver.forgets_all_but(50);
    let forgotten = |origin: &Origin| incoming::get(&receiver.db, origin).unwrap().unwrap().forgotten;
    assert_eq!([forgotten(&first), forgotten(&receiver.origin)], [99, 249]);
}

/// A sender that has lost its memory compares it with the message that it knows by the number before `next`; where that
/// one has ended, anything it remembers would do.
#[test]
fn behind_a_skip_there_is_no_last_message() {
    let mut receiver = Receiver::new();
    receiver.gets(Epoch(1), 0, 0..1);
    let items = vec![Item::Skip(5)];
    receiver.does(Request::Take { origin: receiver.origin.clone(), epoch: Epoch(1), from: 1, items });
    let reply = receiver.does(Request::Open { origin: receiver.origin.clone(), epoch: Epoch(1), first: 1 });
    assert!(matches!(reply, Reply::Opened(Ok(Opened { next: 5, last: None, .. }))), "{reply:?}");
}
