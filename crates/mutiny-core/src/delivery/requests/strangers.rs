//! What a stranger may leave in an inbox that is open to anyone.

use bytes::Bytes;
use mutiny_delivery::message::{Content, Peer};

use super::*;
use crate::conditions::Conditions;
use crate::policy::Book;
use crate::store::instances::tests::instance;
use crate::store::migrations::in_memory;
use crate::view::{Accepts, PeerFilter};

const EPOCH: Epoch = Epoch(7);

/// A host with an instance that takes messages of anyone.
struct Receiver {
    db: Db,
    trust: HashMap<PeerId, Trust>,
}

impl Receiver {
    fn new() -> Self {
        let db = in_memory();
        let mut open = instance(1);
        open.app.accepts = Accepts::Anyone;
        instances::insert(&db, &open).unwrap();
        Self { db, trust: HashMap::new() }
    }

    fn does(&self, request: Request) -> Reply {
        let book = Book { filter: PeerFilter::Anyone, trust: self.trust.clone(), ..Book::default() };
        carry_out(&self.db, &Policy::new(book, Conditions::default()), request)
    }

    fn lets_in(&self, peer: &PeerId) -> bool {
        let origin = Origin { peer: Peer(peer.to_bytes().into()), source: Uuid::nil(), target: instance(1).id };
        matches!(self.does(Request::Open { origin, epoch: EPOCH, first: 0 }), Reply::Opened(Ok(_)))
    }

    /// Offers messages of `size` bytes, one at a time, from the instance `source` at a peer; returns how many were taken before the
    /// first refusal, and that.
    fn takes(&self, peer: &PeerId, source: u128, size: usize) -> (u64, Refusal) {
        let origin =
            Origin { peer: Peer(peer.to_bytes().into()), source: Uuid::from_u128(source), target: instance(1).id };
        match self.does(Request::Open { origin: origin.clone(), epoch: EPOCH, first: 0 }) {
            Reply::Opened(Ok(_)) => {}
            Reply::Opened(Err(refused)) => {
                assert_eq!(refused.next, None, "it may come again");
                return (0, refused.refusal);
            }
            other => panic!("{other:?}"),
        }
        for seq in 0..10_000 {
            let id = Uuid::now_v7();
            let message =
                Message { seq, id, content: Content::Bytes, sent: 0, deadline: 1, body: Bytes::from(vec![0; size]) };
            let items = vec![Item::Message(message)];
            if let Reply::Taken(Err(refusal)) =
                self.does(Request::Take { origin: origin.clone(), epoch: EPOCH, from: seq, items })
            {
                return (seq, refusal);
            }
        }
        panic!("there is no end to it");
    }
}

#[test]
fn a_stranger_gets_a_part_of_the_inbox_whatever_instances_it_makes_up() {
    let (receiver, stranger) = (Receiver::new(), PeerId::random());
    assert_eq!(receiver.takes(&stranger, 1, 10), (100, Refusal::Busy));
    assert_eq!(receiver.takes(&stranger, 2, 10), (0, Refusal::Busy));
    // Another one is not held back by that.
    assert_eq!(receiver.takes(&PeerId::random(), 1, 400_000), (3, Refusal::Busy));
}

#[test]
fn there_is_room_for_a_stranger_again_once_the_app_has_read() {
    let (receiver, stranger) = (Receiver::new(), PeerId::random());
    receiver.takes(&stranger, 1, 10);
    for _ in 0..30 {
        inbox::take(&receiver.db, instance(1).id, None).unwrap();
    }
    assert_eq!(receiver.takes(&stranger, 2, 10), (30, Refusal::Busy));
}

#[test]
fn a_friend_is_no_stranger() {
    let (mut receiver, friend) = (Receiver::new(), PeerId::random());
    receiver.trust.insert(friend, Trust::Friend);
    let origin = Origin { peer: Peer(friend.to_bytes().into()), source: Uuid::from_u128(1), target: instance(1).id };
    receiver.does(Request::Open { origin: origin.clone(), epoch: EPOCH, first: 0 });
    for seq in 0..200 {
        let message = Message {
            seq,
            id: Uuid::now_v7(),
            content: Content::Bytes,
            sent: 0,
            deadline: 1,
            body: Bytes::from_static(b"hello"),
        };
        let items = vec![Item::Message(message)];
        let reply = receiver.does(Request::Take { origin: origin.clone(), epoch: EPOCH, from: seq, items });
        assert!(matches!(reply, Reply::Taken(Ok(_))), "{seq}: {reply:?}");
    }
}

#[test]
fn strangers_together_leave_half_of_the_inbox_to_those_who_were_invited() {
    let (mut receiver, friend) = (Receiver::new(), PeerId::random());
    let kibibytes = 256;
    let left = |receiver: &Receiver| {
        let stranger = PeerId::random();
        receiver.takes(&stranger, 1, kibibytes << 10).0
    };
    let all: u64 = std::iter::repeat_with(|| left(&receiver)).take_while(|taken| *taken > 0).sum();
    assert_eq!(all * kibibytes as u64, 32 << 10, "as many as there is room for, whoever they are");
    receiver.trust.insert(friend, Trust::Friend);
    let usage = inboxes::usage(&receiver.db, instance(1).id).unwrap();
    assert_eq!(usage.bytes, 32 << 20);
    assert!(receiver.lets_in(&friend));
    // And as soon as some of theirs is read, there is room for as much again.
    inbox::take(&receiver.db, instance(1).id, None).unwrap();
    assert_eq!(left(&receiver), 1);
}

#[test]
fn strangers_get_no_more_flows_where_there_are_too_many_and_friends_do() {
    let (mut receiver, friend) = (Receiver::new(), PeerId::random());
    receiver.trust.insert(friend, Trust::Friend);
    receiver.db.execute("UPDATE incomings SET flows = ?1", [incoming::ALL_FLOWS]).unwrap();
    assert!(!receiver.lets_in(&PeerId::random()));
    assert!(receiver.lets_in(&friend));
}
