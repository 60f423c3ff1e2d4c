//! What a sender's store does that has lost its memory.

use bytes::Bytes;
use mutiny_delivery::message::{Content, Peer};

use super::*;
use crate::delivery::outgoing::{Outgoing, enqueue, renew_all};
use crate::store::instances::tests::instance;
use crate::store::migrations::in_memory;
use crate::view::Entry;

const LATER: Millis = 1_000_000;

/// A database with an instance that sends.
struct Sender {
    db: Db,
}

impl Sender {
    fn new() -> Self {
        let db = in_memory();
        instances::insert(&db, &instance(1)).unwrap();
        Self { db }
    }

    /// Puts a message into the outbox; returns its flow and id.
    fn sends(&self, n: u128, deadline: Millis) -> (FlowId, Uuid) {
        let id = Uuid::from_u128(n);
        let outgoing = Outgoing {
            id,
            source: instance(1).id,
            peer: peer(),
            target: Uuid::from_u128(2),
            content: Content::Json,
            body: Bytes::from_static(b"1"),
            sent: 0,
            deadline,
        };
        let (flow, _) = enqueue(&self.db, &outgoing, false).unwrap();
        (flow.id, id)
    }

    fn does(&self, request: Request) -> Reply {
        carry_out(&self.db, &Policy::default(), request)
    }

    /// The receiver waits for `next`, and has `last` before it. Whether this side believes that.
    fn believes(&self, flow: FlowId, next: u64, last: Option<Uuid>) -> bool {
        let epoch = flows::get(&self.db, flow).unwrap().unwrap().epoch;
        let reply = self.does(Request::Resume { flow, epoch, next, last, fresh: Epoch(99) });
        let Reply::Resumed(outcome) = reply else { panic!("{reply:?}") };
        outcome.is_ok()
    }

    fn state(&self, id: Uuid) -> MessageState {
        outbox::state(&self.db, instance(1).id, id).unwrap()
    }

    /// How the notice at the head of the inbox says that a message ended.
    fn notice(&self) -> (Uuid, Outcome) {
        match inbox::take(&self.db, instance(1).id, None).unwrap() {
            Some(Entry::Failure { message, outcome, .. }) => (message, outcome),
            other => panic!("{other:?}"),
        }
    }
}

fn peer() -> Peer {
    let key = [&[0, 0x24, 8, 1, 0x12, 0x20][..], &[7; 32]].concat();
    Peer(Bytes::from(key))
}

#[test]
fn a_message_numbered_anew_that_expires_unsent_may_have_arrived_in_the_old_numbering() {
    let sender = Sender::new();
    let (flow, old) = sender.sends(1, 10);
    renew_all(&sender.db).unwrap();
    let (_, new) = sender.sends(2, 10);
    // The receiver said where it stands in the new numbering: before both.
    sender.does(Request::Expire { flow, from: 0, wall: 10, outcome: Some(message::Outcome::NotDelivered) });
    assert_eq!([sender.notice(), sender.notice()], [(old, Outcome::Unknown), (new, Outcome::NotDelivered)]);
}

#[test]
fn a_message_numbered_anew_that_is_refused_may_have_arrived_in_the_old_numbering() {
    let sender = Sender::new();
    let (flow, old) = sender.sends(1, LATER);
    renew_all(&sender.db).unwrap();
    let failure = Failure::Refused(Refusal::NotInvited);
    sender.does(Request::Fail { flow, extent: Extent::From(0), failure });
    assert_eq!(sender.notice(), (old, Outcome::Unknown));
}

#[test]
fn what_a_refusing_receiver_took_something_under_the_number_of_may_have_arrived() {
    let sender = Sender::new();
    let (flow, first) = sender.sends(1, LATER);
    let (_, second) = sender.sends(2, LATER);
    // The store is an old backup: in it, neither of the two has left this machine.
    let failure = Failure::Refused(Refusal::Blocked);
    sender.does(Request::Fail { flow, extent: Extent::All { left: 1 }, failure });
    assert_eq!([sender.notice(), sender.notice()], [(first, Outcome::Unknown), (second, Outcome::NotDelivered)]);
}

#[test]
fn a_receiver_that_has_the_last_message_is_believed() {
    let sender = Sender::new();
    let (flow, first) = sender.sends(1, LATER);
    let (_, second) = sender.sends(2, LATER);
    assert!(sender.believes(flow, 2, Some(second)));
    assert_eq!([sender.state(first), sender.state(second)], [MessageState::Delivered; 2]);
}

#[test]
fn a_receiver_is_believed_where_the_last_message_expired_without_an_answer() {
    let sender = Sender::new();
    let (flow, first) = sender.sends(1, LATER);
    let (_, second) = sender.sends(2, 10);
    sender.does(Request::Load { flow, from: 0, messages: 9, bytes: 99 });
    sender.does(Request::Expire { flow, from: 0, wall: 10, outcome: None });
    assert_eq!(sender.notice(), (second, Outcome::Unknown));
    assert!(sender.believes(flow, 2, Some(second)));
    assert_eq!(sender.state(first), MessageState::Delivered);
}

#[test]
fn a_receiver_that_has_another_message_is_told_of_the_old_ones_anew() {
    let stranger = Uuid::from_u128(77);
    for last in [Some(stranger), None] {
        let sender = Sender::new();
        let (flow, first) = sender.sends(1, LATER);
        sender.sends(2, LATER);
        assert!(!sender.believes(flow, 2, last), "{last:?}");
        assert_eq!(sender.state(first), MessageState::Queued);
    }
}

#[test]
fn numbers_given_twice_are_noticed_also_where_the_last_message_has_ended_here() {
    let stranger = Uuid::from_u128(77);
    let sender = Sender::new();
    let (flow, first) = sender.sends(1, LATER);
    let (_, second) = sender.sends(2, 10);
    sender.does(Request::Expire { flow, from: 0, wall: 10, outcome: None });
    assert_eq!(sender.notice(), (second, Outcome::NotDelivered));
    assert!(!sender.believes(flow, 2, Some(stranger)));
    assert_eq!(sender.state(first), MessageState::Queued);
    let row = flows::get(&sender.db, flow).unwrap().unwrap();
    assert_eq!((row.epoch, row.next, row.doubt), (Epoch(99), 2, 2));
}

#[test]
fn of_a_flow_that_is_gone_with_its_instance_nothing_is_to_be_offered_again() {
    let sender = Sender::new();
    let (flow, id) = sender.sends(1, LATER);
    instances::remove(&sender.db, instance(1).id).unwrap();
    let resume = Request::Resume { flow, epoch: Epoch(1), next: 1, last: Some(id), fresh: Epoch(2) };
    assert_eq!(sender.does(resume), Reply::Resumed(Ok(())));
}

#[test]
fn there_is_room_for_failure_notices_where_the_inbox_is_full_and_they_take_none_from_messages() {
    let (sender, own) = (Sender::new(), instance(1).id);
    let full = Usage { messages: 10_000, bytes: 64 << 20 };
    let origin = Origin { peer: Peer(Bytes::from_static(b"ben")), source: Uuid::nil(), target: own };
    incoming::begin(&sender.db, &origin, Epoch(1), 0).unwrap();
    let flow = incoming::get(&sender.db, &origin).unwrap().unwrap();
    incoming::save(&sender.db, &origin, flow, full, 1).unwrap();
    let (flow, message) = sender.sends(1, 10);
    sender.does(Request::Expire { flow, from: 0, wall: 10, outcome: None });
    assert_eq!(inboxes::usage(&sender.db, own).unwrap(), full);
    assert_eq!(queues::notices(&sender.db, own).unwrap(), 1);
    assert_eq!(sender.notice(), (message, Outcome::NotDelivered));
    assert_eq!(inboxes::usage(&sender.db, own).unwrap(), full);
    assert_eq!(queues::notices(&sender.db, own).unwrap(), 0);
}

#[test]
fn a_flow_of_many_messages_ends_bit_by_bit_and_goes_on_from_there_after_a_crash() {
    let sender = Sender::new();
    sender.db.execute_batch("BEGIN").unwrap();
    let sent: Vec<_> = (1..=2 * STEP as u128 + 1).map(|n| sender.sends(n, LATER)).collect();
    sender.db.execute_batch("COMMIT").unwrap();
    let flow = sent[0].0;
    let refuse = || {
        let failure = Failure::Refused(Refusal::NotInvited);
        sender.does(Request::Fail { flow, extent: Extent::From(0), failure })
    };
    assert_eq!(refuse(), Reply::More);
    let queued = sent.iter().filter(|(_, id)| sender.state(*id) == MessageState::Queued).count();
    assert_eq!(queued, STEP + 1, "the others wait as they did");
    // Whoever starts then finds them in a flow that is pending, and asks for nothing but what is asked for here.
    let Reply::Flows(pending) = sender.does(Request::Flows { peer: peer() }) else { panic!() };
    assert_eq!(pending[0].first, STEP as u64);
    assert_eq!([refuse(), refuse(), refuse()], [Reply::More, Reply::Done, Reply::Done]);
    for (_, id) in &sent {
        assert_eq!(sender.notice(), (*id, Outcome::NotDelivered));
    }
    assert_eq!(outboxes::usage(&sender.db, instance(1).id).unwrap(), Usage::default());
}

#[test]
fn what_a_receiver_has_of_a_long_flow_ends_bit_by_bit() {
    let sender = Sender::new();
    sender.db.execute_batch("BEGIN").unwrap();
    let sent: Vec<_> = (1..=STEP as u128 + 1).map(|n| sender.sends(n, LATER)).collect();
    sender.db.execute_batch("COMMIT").unwrap();
    let (flow, last) = sent[STEP];
    let epoch = flows::get(&sender.db, flow).unwrap().unwrap().epoch;
    let resume =
        || sender.does(Request::Resume { flow, epoch, next: 1 + STEP as u64, last: Some(last), fresh: Epoch(99) });
    assert_eq!([resume(), resume()], [Reply::More, Reply::Resumed(Ok(()))]);
    assert!(sent.iter().all(|(_, id)| sender.state(*id) == MessageState::Delivered));
}
