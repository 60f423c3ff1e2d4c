//! What a stranger may leave in an inbox that is open to anyone.

use bytes::Bytes;
use mutiny_delivery::message::{Content, Peer};

use super::*;
use crate::policy::Book;
use crate::store::instances::tests::instance;
use crate::store::migrations::in_memory;
use crate::view::{Accepts, PeerFilter};

const EPOCH: Epoch = Epoch(7);

/// A host with an instance that takes messages of anyone.
struct Receiver {
    db: Connection,
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
        carry_out(&self.db, &Policy::new(book), request)
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
