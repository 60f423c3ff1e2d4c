//! How the store is asked for what is overdue: one question at a time.

#![allow(clippy::expect_used)]

mod subject;

use mutiny_delivery::message::{FlowId, Message, Now};
use mutiny_delivery::store::{Reply, Request};
use mutiny_delivery::{Input, Machine, Output, Rules, Ticket, Wake};
use subject::{bob, flow, message};

/// A machine that has looked once, and what it asks for from then on.
struct Looking {
    machine: Machine,
    now: Now,
    /// What it has the store expire, without having been answered.
    expiry: Option<Ticket>,
}

impl Looking {
    fn new() -> Self {
        let mut looking = Self {
            machine: Machine::new(Rules::default(), "alice".into(), Box::new(|| 1)),
            now: Now { wall: 1_000, steady: 1_000 },
            expiry: None,
        };
        let first = looking.feed(Input::Tick);
        looking.answer(first[0], [], None);
        looking
    }

    /// Questions for what is overdue that come of an input.
    fn feed(&mut self, input: Input) -> Vec<Ticket> {
        self.machine.handle(self.now, input);
        let mut looks = Vec::new();
        while let Some(output) = self.machine.poll() {
            match output {
                Output::Store { ticket, request: Request::Due { .. } } => looks.push(ticket),
                Output::Store { ticket, request: Request::Expire { .. } } => self.expiry = Some(ticket),
                _ => {}
            }
        }
        looks
    }

    fn queued_overdue(&mut self, seq: u64) -> Vec<Ticket> {
        self.feed(Input::Queued { flow: flow(1, 0), message: Message { deadline: 500, ..message(seq) }, left: false })
    }

    fn answer(&mut self, ticket: Ticket, flows: impl Into<Vec<i64>>, next: Option<i64>) -> Vec<Ticket> {
        let flows = flows.into().into_iter().map(|flow| (FlowId(flow), bob())).collect();
        self.feed(Input::Stored { ticket, reply: Reply::Due { flows, next } })
    }

    fn after(&mut self, milliseconds: u64) -> Vec<Ticket> {
        self.now.steady += milliseconds;
        self.now.wall += milliseconds as i64;
        self.feed(Input::Tick)
    }
}

#[test]
fn many_overdue_messages_are_one_question_and_at_most_one_more() {
    let mut looking = Looking::new();
    let asked: Vec<Ticket> = (0..1_000).flat_map(|seq| looking.queued_overdue(seq)).collect();
    assert_eq!(asked.len(), 1);
    assert_eq!(looking.machine.wake(), Wake { steady: None, wall: None }, "it waits for the answer, and does not spin");
    // Those that were queued behind the question may not be in its answer.
    let again = looking.answer(asked[0], [1], None);
    assert_eq!(again.len(), 1);
    assert!(looking.answer(again[0], [], None).is_empty());
    assert!(looking.after(1_000_000).is_empty());
}

#[test]
fn however_many_messages_expire_they_are_looked_for_once_and_once_more_at_the_end() {
    let mut looking = Looking::new();
    let asked = looking.queued_overdue(0);
    assert!(looking.answer(asked[0], [1], None).is_empty());
    for _ in 0..1_000 {
        let ticket = looking.expiry.take().expect("the first of them are expired, again and again");
        assert!(looking.feed(Input::Stored { ticket, reply: Reply::More }).is_empty());
    }
    let ticket = looking.expiry.take().expect("and the last");
    let again = looking.feed(Input::Stored { ticket, reply: Reply::Done });
    assert_eq!((again.len(), looking.expiry), (1, None), "once more, for what falls due next in that flow");
    assert!(looking.answer(again[0], [], Some(5_000)).is_empty());
    assert_eq!(looking.machine.wake().wall, Some(5_000));
}

#[test]
fn a_deadline_to_come_wakes_the_machine_and_is_asked_for_when_it_has_passed() {
    let mut looking = Looking::new();
    assert!(looking.feed(Input::Queued { flow: flow(1, 0), message: message(0), left: false }).is_empty());
    let deadline = message(0).deadline;
    assert_eq!(looking.machine.wake().wall, Some(deadline));
    assert_eq!(looking.after((deadline - looking.now.wall) as u64).len(), 1);
}

#[test]
fn a_calendar_that_is_put_back_during_the_question_is_one_more_question() {
    let mut looking = Looking::new();
    let asked = looking.queued_overdue(0);
    // The answer is of the time before: what falls due between 400 and 1,000 is overdue in it, and is not ended now.
    looking.now.wall = 400;
    let again = looking.answer(asked[0], [1], Some(5_000));
    assert_eq!(again.len(), 1);
    assert!(looking.answer(again[0], [], Some(700)).is_empty());
    assert_eq!(looking.machine.wake().wall, Some(700));
}

#[test]
fn a_store_that_fails_is_asked_again_after_a_pause() {
    let mut looking = Looking::new();
    let asked = looking.queued_overdue(0);
    assert!(looking.feed(Input::Stored { ticket: asked[0], reply: Reply::Failed }).is_empty());
    assert_eq!(looking.machine.wake(), Wake { steady: Some(2_000), wall: None });
    assert!(looking.queued_overdue(1).is_empty());
    assert!(looking.after(999).is_empty());
    assert_eq!(looking.after(1).len(), 1);
}
