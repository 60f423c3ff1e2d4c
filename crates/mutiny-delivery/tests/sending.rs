//! The sending half, case by case.

mod subject;

use bytes::Bytes;
use mutiny_delivery::Broken;
use mutiny_delivery::frame::MAX_OFFERS;
use mutiny_delivery::message::{Failure, Flow, FlowId, Message, Outcome, Refusal};
use mutiny_delivery::store::{Extent, Reply, Request};
use subject::*;

fn delivered(next: u64) -> Request {
    Request::Delivered { flow: FlowId(1), next }
}

fn resume(next: u64) -> Request {
    Request::Resume { flow: FlowId(1), epoch: EPOCH, next, last: Some(id(next - 1)), fresh: FRESH }
}

fn fail(extent: Extent, refusal: Refusal) -> Request {
    Request::Fail { flow: FlowId(1), extent, failure: Failure::Refused(refusal) }
}

fn expire(from: u64, wall: i64, outcome: Option<Outcome>) -> Request {
    Request::Expire { flow: FlowId(1), from, wall, outcome }
}

#[test]
fn messages_go_out_once_accepted_and_end_with_their_acknowledgement() {
    Subject::with_messages([message(0), message(1)], PLENTY)
        .sends(data(0, 0))
        .sends(data(0, 1))
        .gets(ack(0, 2, PLENTY))
        .asks(delivered(2))
        .answer(Reply::Done)
        .rests();
}

#[test]
fn a_new_message_goes_out_at_once() {
    Subject::with_messages([], PLENTY).rests().queued(1, message(0)).sends(data(0, 0)).rests();
}

#[test]
fn a_resume_ends_what_the_receiver_has_and_goes_on_behind_it() {
    Subject::sending([flow(1, 3)])
        .sends(offer(0, 1, 3))
        .gets(accept(0, 5, PLENTY))
        .asks(resume(5))
        .answer(Reply::Resumed(Ok(())))
        .loads(5)
        .answer(loaded([message(5)]))
        .sends(data(0, 5));
}

#[test]
fn a_store_that_ends_a_flow_bit_by_bit_is_asked_until_all_have_ended() {
    Subject::sending([flow(1, 3)])
        .sends(offer(0, 1, 3))
        .gets(accept(0, 5, PLENTY))
        .asks(resume(5))
        .answer(Reply::More)
        .asks(resume(5))
        .answer(Reply::Resumed(Ok(())))
        .loads(5)
        .answer(loaded([]))
        .overdue(1, 1_000)
        .asks(expire(5, 2_000, Some(Outcome::NotDelivered)))
        .answer(Reply::More)
        .asks(expire(5, 2_000, Some(Outcome::NotDelivered)));
}

#[test]
fn a_refused_flow_is_not_offered_before_the_last_of_its_messages_has_ended() {
    Subject::with_messages([message(0), message(1)], PLENTY)
        .sends(data(0, 0))
        .sends(data(0, 1))
        .gets(reject(0, Refusal::NotInvited, Some(0)))
        .asks(fail(Extent::From(0), Refusal::NotInvited))
        .answer(Reply::More)
        .asks(fail(Extent::From(0), Refusal::NotInvited))
        .queued(1, message(2))
        .rests()
        .answer(Reply::Done)
        .sends(offer(1, 1, 2))
        .rests();
}

#[test]
fn after_a_loss_of_memory_the_flow_is_offered_in_its_new_epoch() {
    Subject::sending([flow(1, 3)])
        .sends(offer(0, 1, 3))
        .gets(accept(0, 5, PLENTY))
        .asks(resume(5))
        .answer(Reply::Resumed(Err(flow(1, 0))))
        .sends(offer(1, 1, 0));
}

#[test]
fn a_flow_that_is_numbered_anew_again_and_again_is_offered_after_a_pause() {
    let absurd = |handle| accept(handle, 1 << 60, PLENTY);
    Subject::sending([flow(1, 0)])
        .sends(offer(0, 1, 0))
        .gets(absurd(0))
        .asks(resume(1 << 60))
        .answer(Reply::Resumed(Err(flow(1, 0))))
        .sends(offer(1, 1, 0))
        .gets(absurd(1))
        .asks(resume(1 << 60))
        .answer(Reply::Resumed(Err(flow(1, 0))))
        .rests()
        .after(500)
        .sends(offer(2, 1, 0))
        .gets(absurd(2))
        .asks(resume(1 << 60))
        .answer(Reply::Resumed(Err(flow(1, 0))))
        .after(500)
        .rests()
        .after(500)
        .sends(offer(3, 1, 0));
}

#[test]
fn what_expired_before_it_was_sent_is_skipped_after_the_commit() {
    let short = Message { deadline: 1_500, ..message(0) };
    Subject::with_messages([short, message(1)], (1, 3))
        .overdue(1, 1_000)
        .asks(expire(0, 2_000, Some(Outcome::NotDelivered)))
        .gets(ack(0, 0, PLENTY))
        .rests()
        .answer(Reply::Done)
        .loads(0)
        .answer(loaded([message(1)]))
        .sends(skip(0, 1))
        .sends(data(0, 1));
}

#[test]
fn a_session_looks_for_what_is_due_once_all_that_was_has_ended() {
    let mut all = Subject::with_messages([], PLENTY)
        .overdue(1, 1_000)
        .asks(expire(0, 2_000, Some(Outcome::NotDelivered)))
        .answer(Reply::More);
    let before = all.looks();
    for _ in 0..1_000 {
        all = all.asks(expire(0, 2_000, Some(Outcome::NotDelivered))).answer(Reply::More);
    }
    assert_eq!(all.looks(), before);
}

#[test]
fn what_is_withdrawn_before_it_was_sent_never_leaves_even_where_it_was_loaded() {
    Subject::with_messages([message(0), message(1)], (1, 3))
        .withdrawn(1)
        .asks(expire(0, 1_000, Some(Outcome::NotDelivered)))
        .gets(ack(0, 0, PLENTY))
        .rests()
        .answer(Reply::Done)
        .loads(0)
        .answer(loaded([message(1)]))
        .sends(skip(0, 1))
        .sends(data(0, 1));
}

#[test]
fn what_is_withdrawn_while_it_is_loaded_never_leaves() {
    Subject::sending([flow(1, 0)])
        .sends(offer(0, 1, 0))
        .gets(accept(0, 0, PLENTY))
        .loads(0)
        .withdrawn(1)
        // The load was asked for first and is answered first, with what was not withdrawn then.
        .answer(loaded([message(0)]))
        .asks(expire(0, 1_000, Some(Outcome::NotDelivered)))
        .answer(Reply::Done)
        .loads(0)
        .answer(loaded([]))
        .rests();
}

#[test]
fn what_is_withdrawn_on_its_way_ends_as_the_receiver_says() {
    Subject::with_messages([message(0), message(1)], (1, 1_000))
        .sends(data(0, 0))
        .withdrawn(1)
        .rests()
        .gets(ack(0, 1, PLENTY))
        .asks(delivered(1))
        .asks(expire(1, 1_000, Some(Outcome::NotDelivered)))
        .answer(Reply::Done)
        .loads(1)
        .answer(loaded([]))
        .rests();
}

#[test]
fn what_is_withdrawn_without_a_stream_ends_by_its_mark() {
    Subject::sending([flow(1, 0)]).sends(offer(0, 1, 0)).withdrawn(1).asks(expire(0, 1_000, None));
}

#[test]
fn what_expires_waits_for_the_answer_to_what_was_sent_before_it() {
    let short = Message { deadline: 1_500, ..message(1) };
    Subject::with_messages([message(0), short], (1, 1_000))
        .sends(data(0, 0))
        .overdue(1, 1_000)
        .rests()
        .gets(ack(0, 1, (1, 1_000)))
        .asks(delivered(1))
        .asks(expire(1, 2_000, Some(Outcome::NotDelivered)));
}

#[test]
fn without_an_accept_the_mark_of_a_message_tells_how_it_ends() {
    Subject::sending([flow(1, 0)]).sends(offer(0, 1, 0)).overdue(1, 1_000).asks(expire(0, 2_000, None));
}

#[test]
fn a_silent_receiver_loses_the_stream_and_the_outcome_is_unknown() {
    let short = Message { deadline: 1_500, ..message(0) };
    Subject::with_messages([short], PLENTY)
        .sends(data(0, 0))
        .overdue(1, 1_000)
        .rests()
        .overdue(1, 60_000)
        .closes(Broken::Silent);
}

#[test]
fn a_refusal_of_a_message_ends_that_one_and_goes_on_behind_it() {
    Subject::with_messages([message(0), message(1)], PLENTY)
        .sends(data(0, 0))
        .sends(data(0, 1))
        .gets(reject(0, Refusal::TooLarge, Some(0)))
        .asks(fail(Extent::One(0), Refusal::TooLarge))
        .answer(Reply::Done)
        .sends(offer(1, 1, 1));
}

#[test]
fn a_refusal_of_the_flow_ends_all_of_it() {
    Subject::with_messages([message(0)], PLENTY)
        .sends(data(0, 0))
        .gets(reject(0, Refusal::NotInvited, Some(0)))
        .asks(fail(Extent::From(0), Refusal::NotInvited))
        .answer(Reply::Done)
        .after(600_000)
        .rests();
}

#[test]
fn a_refused_offer_says_nothing_of_what_had_left() {
    Subject::sending([flow(1, 0)])
        .sends(offer(0, 1, 0))
        .gets(reject(0, Refusal::Blocked, None))
        .asks(fail(Extent::All { left: 0 }, Refusal::Blocked));
}

#[test]
fn a_receiver_that_refuses_an_offer_tells_of_what_left_in_a_time_that_is_forgotten() {
    Subject::sending([flow(1, 0)])
        .sends(offer(0, 1, 0))
        .gets(reject(0, Refusal::Blocked, Some(7)))
        .asks(fail(Extent::All { left: 7 }, Refusal::Blocked));
}

#[test]
fn a_transient_refusal_ends_nothing_and_is_tried_again_later() {
    Subject::sending([flow(1, 0)])
        .sends(offer(0, 1, 0))
        .gets(reject(0, Refusal::Busy, None))
        .after(300)
        .rests()
        .after(200)
        .sends(offer(1, 1, 0));
}

#[test]
fn whoever_does_not_want_to_wait_has_it_tried_at_once() {
    Subject::sending([flow(1, 0)])
        .sends(offer(0, 1, 0))
        .gets(reject(0, Refusal::Busy, None))
        .hurried()
        .sends(offer(1, 1, 0))
        .rests();
}

#[test]
fn no_more_is_sent_than_there_is_credit_for() {
    Subject::with_messages([message(0), message(1)], (1, 4))
        .sends(data(0, 0))
        .rests()
        .gets(ack(0, 1, (2, 7)))
        .asks(delivered(1))
        .rests()
        .gets(ack(0, 1, (2, 8)))
        .loads(1)
        .answer(loaded([message(1)]))
        .sends(data(0, 1));
}

#[test]
fn credit_without_measure_is_no_more_than_enough() {
    Subject::with_messages([message(0)], (2, 8))
        .sends(data(0, 0))
        .gets(ack(0, 1, (2, 8)))
        .asks(delivered(1))
        .queued(1, message(100))
        .loads(1)
        .answer(loaded([message(100)]))
        .sends(skip(0, 100))
        .sends(data(0, 100))
        .gets(ack(0, 1, (u64::MAX, u64::MAX)))
        .queued(1, message(101))
        .sends(data(0, 101))
        .rests();
}

#[test]
fn nothing_is_loaded_that_there_is_no_credit_for() {
    Subject::sending([flow(1, 0)])
        .sends(offer(0, 1, 0))
        .gets(accept(0, 0, (0, 0)))
        .rests()
        .queued(1, message(0))
        .rests()
        .gets(ack(0, 0, (1, 4)))
        .loads(0)
        .answer(loaded([message(0)]))
        .sends(data(0, 0));
}

#[test]
fn whoever_has_many_flows_offers_them_bit_by_bit() {
    let mut all = Subject::sending((1..=25_000).map(|n| flow(n, 0)));
    assert_eq!(all.offers(), MAX_OFFERS, "so many wait for an answer");
    for handle in 0..4_000 {
        all = all.gets(reject(handle, Refusal::UnknownInstance, Some(0)));
    }
    // An answer makes room for one more, as long as they leave.
    assert_eq!(all.offers(), 4_096 - MAX_OFFERS, "256 KiB may wait in the send buffer");
    all = all.flushed(64 * 4_096);
    assert_eq!(all.offers(), 4_000 + MAX_OFFERS - 4_096);
}

#[test]
fn an_instance_with_many_flows_lets_those_of_another_go_first() {
    let own = |n| Flow { source: flow(1, 0).source, ..flow(n, 0) };
    let many = (1..=2_000).map(own).chain([flow(2_001, 0)]);
    Subject::sending(many).sends(offer_of(0, &own(1))).sends(offer(1, 2_001, 0)).sends(offer_of(2, &own(2)));
}

#[test]
fn a_thousand_flows_share_the_room_for_what_is_loaded() {
    let flows = 1..=1_000;
    let mut all = Subject::sending(flows.clone().map(|n| flow(n, 0))).forgets_outputs();
    for handle in 0..1_000 {
        all = all.gets(accept(handle, 0, PLENTY));
    }
    // 512 KiB each, of 16 MiB.
    assert_eq!(all.loadings(), 32);
}

#[test]
fn a_flow_that_waits_for_room_is_loaded_when_another_has_sent() {
    let large = |seq| Message { body: Bytes::from(vec![0; 500_000]), ..message(seq) };
    let mut all = Subject::sending((1..=34).map(|n| flow(n, 0))).forgets_outputs();
    all = all.gets(accept(0, 0, PLENTY)).loads(0);
    for handle in 1..34 {
        all = all.gets(accept(handle, 0, PLENTY));
    }
    assert_eq!(all.loadings(), 31, "two wait");
    let mut all = all.answer(loaded([large(0)]));
    assert_eq!(all.loadings(), 1);
}

/// `count` messages of 20 kB, of which two make a turn.
fn several(from: u64, count: u64) -> impl Iterator<Item = Message> {
    (from..from + count).map(|seq| sized(seq, 20_000))
}

fn sized(seq: u64, size: usize) -> Message {
    Message { body: Bytes::from(vec![0; size]), ..message(seq) }
}

/// The sequence of flows in which messages are sent, after one of the first has filled the send buffer.
fn turns(flows: impl IntoIterator<Item = Flow>, messages: u64) -> Vec<u32> {
    let flows: Vec<Flow> = flows.into_iter().collect();
    let count = flows.len() as u32;
    let first = std::iter::once(sized(0, 300_000)).chain(several(1, messages));
    let mut subject = Subject::sending(flows).forgets_outputs();
    subject = subject.gets(accept(0, 0, PLENTY)).loads(0).answer(loaded(first)).forgets_outputs();
    for handle in 1..count {
        subject = subject.gets(accept(handle, 0, PLENTY)).loads(0).answer(loaded(several(0, messages)));
    }
    subject.flushed(400_000).turns()
}

#[test]
fn flows_take_turns() {
    assert_eq!(turns([flow(1, 0), flow(2, 0)], 4), [0, 0, 1, 1, 0, 0, 1, 1]);
}

#[test]
fn instances_take_turns_however_many_flows_each_has() {
    let own = |n| Flow { source: flow(1, 0).source, ..flow(n, 0) };
    let turns = turns([own(1), own(2), flow(3, 0)], 4);
    assert_eq!(turns, [0, 0, 1, 1, 2, 2, 1, 1, 0, 0, 2, 2]);
}

#[test]
fn answers_to_nothing_are_objected_to() {
    let open = || Subject::with_messages([message(0)], PLENTY).sends(data(0, 0));
    open().gets(ack(0, 2, PLENTY)).objects();
    open().gets(accept(0, 0, PLENTY)).objects();
    open().gets(ack(7, 0, PLENTY)).objects();
    open().gets(reject(0, Refusal::TooLarge, Some(1))).objects();
    open().gets(data(0, 0)).objects();
    Subject::sending([flow(1, 3)]).sends(offer(0, 1, 3)).gets(accept(0, 2, PLENTY)).objects();
}
