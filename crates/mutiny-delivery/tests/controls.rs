//! The checker is worth what it catches: each of these faults must be seen in some schedule.

#![allow(clippy::unwrap_used)]

mod sim;

use sim::Fault;

/// Far more schedules than each fault needs.
const SCHEDULES: u64 = 3_000;

/// Runs schedules until the checker objects in these words.
fn caught(fault: Fault, words: &str) {
    let found = (0..SCHEDULES).find_map(|seed| {
        let violation = sim::run(seed, fault).err().filter(|violation| violation.contains(words))?;
        Some((seed, violation))
    });
    let (seed, violation) = found.unwrap_or_else(|| panic!("{fault:?} was not seen in {SCHEDULES} schedules"));
    println!("{fault:?}, schedule {seed}: {violation}");
}

#[test]
fn acknowledging_before_the_commit_is_seen() {
    caught(Fault::AckBeforeCommit, "said to be delivered and never arrived");
}

#[test]
fn taking_a_message_again_under_another_number_is_seen() {
    caught(Fault::NoDedup, "arrived twice");
}

#[test]
fn taking_what_may_be_a_forgotten_message_is_seen() {
    caught(Fault::ForgetsIds, "arrived twice");
}

#[test]
fn keeping_no_row_for_a_flow_is_seen() {
    caught(Fault::NoRow, "arrived twice");
}

/// Nothing is lost or doubled by this fault alone: a sender whose numbers mean something else than the receiver's row sees
/// by the message that the receiver has last that they do, and takes another numbering. A receiver that ignores epochs says
/// the same of that one, and of all after it. So no epochs lead to stalling. Where nobody asks for that message either, they
/// lead to loss: see the next test.
#[test]
fn ignoring_epochs_is_seen() {
    caught(Fault::NoEpochs, "stalled with messages pending");
}

#[test]
fn going_by_numbers_alone_is_seen() {
    sim::numbered_anew(Fault::None).unwrap();
    let violation = sim::numbered_anew(Fault::NumbersAlone).unwrap_err();
    assert!(violation.contains("said to be delivered and never arrived"), "{violation}");
}

#[test]
fn forgetting_a_row_of_the_outbox_is_seen() {
    caught(Fault::ForgetsRow, "has not ended");
}

#[test]
fn forgetting_that_a_message_numbered_anew_may_have_arrived_is_seen() {
    let tally = sim::renewed_and_expired(Fault::None).unwrap();
    assert_eq!((tally.sent, tally.unknown), (1, 1));
    let violation = sim::renewed_and_expired(Fault::NoDoubt).unwrap_err();
    assert!(violation.contains("said not to be delivered and arrived"), "{violation}");
}

#[test]
fn mistaking_other_messages_for_those_under_the_same_numbers_is_seen() {
    sim::numbers_given_twice(Fault::None).unwrap();
    let violation = sim::numbers_given_twice(Fault::SeesPendingOnly).unwrap_err();
    assert!(violation.contains("said to be delivered and never arrived"), "{violation}");
}

#[test]
fn taking_late_data_of_a_superseded_stream_is_seen() {
    sim::late_data(Fault::None).unwrap();
    let violation = sim::late_data(Fault::TakesLateData).unwrap_err();
    assert!(violation.contains("said not to be delivered and arrived"), "{violation}");
}

#[test]
fn telling_of_failures_out_of_order_is_seen() {
    let tally = sim::failures_behind_a_withdrawal(Fault::None).unwrap();
    assert_eq!((tally.sent, tally.not_delivered), (3, 3));
    let violation = sim::failures_behind_a_withdrawal(Fault::NoticesBackwards).unwrap_err();
    assert!(violation.contains("came behind that about"), "{violation}");
    caught(Fault::NoticesBackwards, "came behind that about");
}
