//! The receiving half, case by case.

mod subject;

use bytes::Bytes;
use mutiny_delivery::frame::{Data, Hello, Kind, MAX_BODY, MAX_OFFERS, Offer};
use mutiny_delivery::message::{Origin, Refusal};
use mutiny_delivery::store::{Refused, Reply, Request, Usage};
use mutiny_delivery::{Broken, MAX_NAMES};
use subject::*;
use uuid::Uuid;

const ROOM: Usage = Usage { messages: 1_000, bytes: 64 << 20 };
/// What an empty inbox with [`ROOM`] gives a flow.
const WINDOW: (u64, u64) = (256, 2 * MAX_BODY as u64);

fn receiving() -> Subject {
    Subject::receiving(ROOM).gets(offer(0, 1, 0)).opens(1, 0).answer(opened(0)).sends(accept(0, 0, WINDOW))
}

fn with_body(seq: u64, body: &'static [u8]) -> Kind {
    match data(0, seq) {
        Kind::Data(data) => Kind::Data(Data { body: Bytes::from_static(body), ..data }),
        other => other,
    }
}

#[test]
fn messages_are_acknowledged_after_the_commit() {
    receiving().gets(data(0, 0)).takes(0, 1).rests().answer(taken(1)).sends(ack(0, 1, WINDOW)).rests();
}

#[test]
fn what_arrives_during_a_commit_is_taken_together_in_the_next() {
    receiving()
        .gets(data(0, 0))
        .takes(0, 1)
        .gets(data(0, 1))
        .gets(data(0, 2))
        .rests()
        .answer(taken(1))
        .sends(ack(0, 1, WINDOW))
        .takes(1, 2);
}

#[test]
fn a_skip_advances_the_row_without_a_message() {
    receiving().gets(skip(0, 5)).takes(0, 1).answer(taken(0)).sends(ack(0, 5, WINDOW)).gets(data(0, 5)).takes(5, 1);
}

#[test]
fn an_accept_tells_where_the_flow_stands() {
    let subject = Subject::receiving(ROOM).gets(offer(0, 1, 2)).opens(1, 2).answer(opened(7));
    subject.sends(accept(0, 7, WINDOW)).gets(data(0, 3)).rests();
}

#[test]
fn a_refused_message_is_named_once_all_before_it_is_durable() {
    for (body, refusal) in [(&b"!"[..], Refusal::Malformed), (&[b'.'; 65][..], Refusal::TooLarge)] {
        receiving()
            .gets(data(0, 0))
            .takes(0, 1)
            .gets(with_body(1, body))
            .rests()
            .answer(taken(1))
            .sends(ack(0, 1, WINDOW))
            .sends(reject(0, refusal, Some(1)));
    }
}

#[test]
fn a_message_that_the_store_refuses_is_named_and_those_before_it_are_delivered() {
    receiving()
        .gets(data(0, 0))
        .takes(0, 1)
        .gets(data(0, 1))
        .gets(data(0, 2))
        .answer(taken(1))
        .sends(ack(0, 1, WINDOW))
        .takes(1, 2)
        .answer(taken_up_to(2, Some((2, Refusal::Forgotten))))
        .sends(reject(0, Refusal::Forgotten, Some(2)))
        .gets(data(0, 3))
        .rests();
}

#[test]
fn a_refused_offer_and_a_failed_commit_close_the_flow() {
    Subject::receiving(ROOM)
        .gets(offer(0, 1, 0))
        .opens(1, 0)
        .answer(Reply::Opened(Err(Refused { refusal: Refusal::NotInvited, next: Some(0) })))
        .sends(reject(0, Refusal::NotInvited, Some(0)));
    receiving()
        .gets(data(0, 0))
        .takes(0, 1)
        .answer(Reply::Failed)
        .sends(reject(0, Refusal::Storage, Some(0)))
        .gets(data(0, 1))
        .rests();
}

#[test]
fn a_gap_is_out_of_step() {
    receiving().gets(data(0, 1)).sends(reject(0, Refusal::OutOfStep, None)).rests();
}

#[test]
fn a_full_inbox_withholds_credit_until_something_is_taken_out() {
    Subject::receiving(Usage { messages: 1, bytes: 100 })
        .gets(offer(0, 1, 0))
        .opens(1, 0)
        .answer(opened(0))
        .sends(accept(0, 0, (1, 100)))
        .gets(data(0, 0))
        .takes(0, 1)
        .answer(taken(1))
        .sends(ack(0, 1, (1, 100)))
        .rests()
        .freed(1, 0)
        .sends(ack(0, 1, (2, 104)));
}

#[test]
fn a_full_inbox_does_not_hold_up_another() {
    Subject::receiving(Usage { messages: 1, bytes: 100 })
        .gets(offer(0, 1, 0))
        .opens(1, 0)
        .answer(opened(0))
        .sends(accept(0, 0, (1, 100)))
        .gets(data(0, 0))
        .takes(0, 1)
        .answer(taken(1))
        .sends(ack(0, 1, (1, 100)))
        .gets(offer(1, 2, 0))
        .opens(2, 0)
        .answer(opened(0))
        .sends(accept(1, 0, (1, 100)));
}

#[test]
fn credit_that_nobody_uses_starves_no_other_flow() {
    let source = Uuid::from_u128(0xbb);
    let Kind::Offer(other) = offer(1, 1, 0) else { panic!("an offer") };
    let other = Kind::Offer(Offer { source: Bytes::copy_from_slice(source.as_bytes()), ..other });
    let both = Subject::receiving(Usage { messages: 1, bytes: 100 })
        .gets(offer(0, 1, 0))
        .opens(1, 0)
        .answer(opened(0))
        .sends(accept(0, 0, (1, 100)))
        .gets(other)
        .asks(Request::Open { origin: Origin { source, ..origin(1) }, epoch: EPOCH, first: 0 })
        .answer(opened(0))
        .sends(accept(1, 0, (1, 100)));
    // What comes too much is turned away, and will be offered again.
    both.gets(data(1, 0)).takes(0, 1).gets(data(0, 0)).sends(reject(0, Refusal::Busy, Some(0)));
}

#[test]
fn an_older_stream_delivers_nothing_once_its_flow_is_offered_elsewhere() {
    receiving()
        .on_another_stream()
        .gets(offer(0, 1, 0))
        .opens(1, 0)
        .sends(reject(0, Refusal::OutOfStep, None))
        .on_the_first_stream()
        .gets(data(0, 0))
        .rests();
}

#[test]
fn a_name_is_told_once_and_whoever_has_too_many_loses_the_stream() {
    let called = |name: &str| Kind::Hello(Hello { version: 1, name: name.into() });
    let mut subject = Subject::receiving(ROOM);
    for _ in 0..1_000 {
        subject = subject.gets(called("bob"));
    }
    assert_eq!(subject.names(), ["bob"]);
    for n in 1..MAX_NAMES {
        subject = subject.gets(called(&n.to_string()));
    }
    assert_eq!(subject.names().len(), MAX_NAMES as usize - 1);
    subject.gets(called("0")).objects();
}

#[test]
fn whoever_offers_one_flow_without_end_is_held_back() {
    let mut subject = Subject::receiving(ROOM);
    for handle in 0..MAX_OFFERS as u32 {
        subject = subject.gets(offer(handle, 1, 0)).opens(1, 0);
        if handle > 0 {
            subject = subject.sends(reject(handle - 1, Refusal::OutOfStep, None));
        }
    }
    // The last one is still to be answered, and so are those before it.
    let (last, next) = (MAX_OFFERS as u32 - 1, MAX_OFFERS as u32);
    subject
        .gets(offer(next, 1, 0))
        .sends(reject(next, Refusal::Busy, None))
        .rests()
        .answer(opened(0))
        .sends(accept(last, 0, WINDOW))
        .gets(offer(next + 1, 1, 0))
        .opens(1, 0);
}

#[test]
fn what_breaks_the_protocol_ends_the_stream() {
    receiving().gets(data(3, 0)).objects();
    receiving().gets(offer(0, 2, 0)).objects();
    receiving().gets(accept(0, 0, WINDOW)).objects();
    receiving().gets(skip(0, u64::MAX)).objects();
    Subject::receiving(ROOM).gets(offer(u32::MAX, 1, 0)).objects();
    Subject::receiving(ROOM).gets(offer(0, 1, 0)).opens(1, 0).gets(data(0, 0)).objects();
    Subject::receiving(Usage { messages: 1, bytes: 100 })
        .gets(offer(0, 1, 0))
        .opens(1, 0)
        .answer(opened(0))
        .sends(accept(0, 0, (1, 100)))
        .gets(data(0, 0))
        .takes(0, 1)
        .gets(data(0, 1))
        .objects();
    Subject::receiving(ROOM).gets(Kind::Hello(Hello { version: 2, name: String::new() })).closes(Broken::Version(2));
}
