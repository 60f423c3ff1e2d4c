//! Judges a history: what an app may rely on, and nothing less.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::history::{Due, Event, Flow, Outcome, Status};

/// A promise that was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Said to be delivered, and never seen.
    Lost { flow: Flow, n: u64 },
    /// Taken more than once.
    Doubled { flow: Flow, n: u64 },
    /// Taken after one that was sent later.
    Reordered { flow: Flow, n: u64, after: u64 },
    /// Taken, and never sent; or under another id than it was sent with.
    Invented { flow: Flow, n: u64 },
    /// Still under way when all is over.
    Unended { flow: Flow, n: u64 },
    /// Failed, and its sender was not told.
    Unnoticed { flow: Flow, n: u64 },
    /// Told of more than once.
    NoticedTwice { flow: Flow, id: String },
    /// Told of after one that was sent later and had no earlier deadline.
    NoticesReordered { flow: Flow, n: u64, after: u64 },
    /// Told of, and never sent.
    NoticeInvented { flow: Flow, id: String },
    /// Ended in two ways that exclude each other.
    Contradicted { flow: Flow, n: u64, what: &'static str },
    /// An entry of an inbox was not the same when it was read again.
    HeadChanged { instance: usize, before: String, now: Option<String> },
}

/// All that is known of one flow.
#[derive(Default)]
struct Known<'a> {
    sent: BTreeMap<u64, (&'a str, Due)>,
    doubtful: HashSet<u64>,
    taken: Vec<(u64, &'a str)>,
    noticed: Vec<(&'a str, Outcome)>,
}

/// Finds the faults of a history.
pub fn check(history: &[Event]) -> Vec<Fault> {
    let mut flows: BTreeMap<Flow, Known> = BTreeMap::new();
    let mut ends: HashMap<&str, Status> = HashMap::new();
    let mut faults = Vec::new();
    for event in history {
        match event {
            Event::Sent { flow, n, id, due } => {
                flows.entry(*flow).or_default().sent.insert(*n, (id, *due));
            }
            Event::Doubtful { flow, n } => drop(flows.entry(*flow).or_default().doubtful.insert(*n)),
            // Whatever becomes of it would be out of thin air.
            Event::Refused { .. } => {}
            Event::Took { flow, n, id } => flows.entry(*flow).or_default().taken.push((*n, id)),
            Event::Noticed { flow, id, outcome } => flows.entry(*flow).or_default().noticed.push((id, *outcome)),
            Event::HeadChanged { instance, before, now } => {
                faults.push(Fault::HeadChanged { instance: *instance, before: before.clone(), now: now.clone() });
            }
            Event::Ended { id, status } => drop(ends.insert(id, *status)),
        }
    }
    for (flow, known) in &flows {
        known.check_taken(*flow, &mut faults);
        known.check_notices(*flow, &mut faults);
        known.check_ends(*flow, &ends, &mut faults);
    }
    faults
}

impl Known<'_> {
    fn check_taken(&self, flow: Flow, faults: &mut Vec<Fault>) {
        let (mut seen, mut last) = (HashSet::new(), None);
        for (n, id) in &self.taken {
            let n = *n;
            if !seen.insert(n) {
                faults.push(Fault::Doubled { flow, n });
            } else if let Some(after) = last.filter(|last| n < *last) {
                faults.push(Fault::Reordered { flow, n, after });
            }
            last = last.max(Some(n));
            if !(self.sent.get(&n).is_some_and(|(sent, _)| sent == id) || self.doubtful.contains(&n)) {
                faults.push(Fault::Invented { flow, n });
            }
        }
    }

    fn check_notices(&self, flow: Flow, faults: &mut Vec<Fault>) {
        let numbers: HashMap<&str, (u64, Due)> = self.sent.iter().map(|(n, (id, due))| (*id, (*n, *due))).collect();
        let taken: HashMap<&str, u64> = self.taken.iter().map(|(n, id)| (*id, *n)).collect();
        // A `send` without an answer has no id that could be recognised, but it has one notice at most.
        let mut unanswered = self.doubtful.len();
        let (mut seen, mut told) = (HashSet::new(), Vec::<(u64, Due)>::new());
        for (id, outcome) in &self.noticed {
            if !seen.insert(*id) {
                faults.push(Fault::NoticedTwice { flow, id: (*id).to_owned() });
                continue;
            }
            if let Some(&(n, due)) = numbers.get(id) {
                let was_last = |(after, later): &&(u64, Due)| n < *after && due.1 <= later.0;
                if let Some((after, _)) = told.iter().find(was_last) {
                    faults.push(Fault::NoticesReordered { flow, n, after: *after });
                }
                told.push((n, due));
            } else if unanswered > 0 {
                unanswered -= 1;
            } else {
                faults.push(Fault::NoticeInvented { flow, id: (*id).to_owned() });
            }
            if let (Outcome::NotDelivered, Some(n)) = (outcome, taken.get(id)) {
                faults.push(Fault::Contradicted { flow, n: *n, what: "said not to be delivered, and it was" });
            }
        }
    }

    fn check_ends(&self, flow: Flow, ends: &HashMap<&str, Status>, faults: &mut Vec<Fault>) {
        let taken: HashSet<u64> = self.taken.iter().map(|(n, _)| *n).collect();
        // A second notice is a fault of its own.
        let noticed: HashMap<&str, Outcome> = self.noticed.iter().rev().copied().collect();
        for (n, (id, _)) in &self.sent {
            let (n, told) = (*n, noticed.get(id));
            match ends.get(id) {
                None | Some(Status::Queued) => faults.push(Fault::Unended { flow, n }),
                Some(Status::Delivered) => {
                    if !taken.contains(&n) {
                        faults.push(Fault::Lost { flow, n });
                    }
                    if told.is_some() {
                        faults.push(Fault::Contradicted { flow, n, what: "delivered, and said to have failed" });
                    }
                }
                Some(Status::Failed(outcome)) => match told {
                    None => faults.push(Fault::Unnoticed { flow, n }),
                    Some(told) if told != outcome => {
                        faults.push(Fault::Contradicted { flow, n, what: "its status and its notice disagree" });
                    }
                    // That it did not arrive, if it did not, is held against the notice.
                    Some(_) => {}
                },
            }
        }
    }
}

/// Histories that break one promise each, so that the checker is known to see it.
mod tests {
    use super::*;

    const FLOW: Flow = (0, 1);

    fn id(n: u64) -> String {
        format!("message-{n}")
    }

    fn sent(n: u64, due: u64) -> Event {
        Event::Sent { flow: FLOW, n, id: id(n), due: (due, due) }
    }

    /// Three messages that arrived, and one that expired.
    fn good() -> Vec<Event> {
        let mut history = Vec::new();
        for n in 0..4 {
            history.push(sent(n, 1000 + n));
        }
        for n in [0, 1, 3] {
            history.push(Event::Took { flow: FLOW, n, id: id(n) });
            history.push(Event::Ended { id: id(n), status: Status::Delivered });
        }
        history.push(Event::Noticed { flow: FLOW, id: id(2), outcome: Outcome::NotDelivered });
        history.push(Event::Ended { id: id(2), status: Status::Failed(Outcome::NotDelivered) });
        history
    }

    fn position(history: &[Event], wanted: impl Fn(&Event) -> bool) -> usize {
        history.iter().position(wanted).unwrap()
    }

    fn taking(history: &[Event], number: u64) -> usize {
        position(history, |event| matches!(event, Event::Took { n, .. } if *n == number))
    }

    #[test]
    fn a_good_history_has_no_fault() {
        assert_eq!(check(&good()), []);
    }

    #[test]
    fn a_lost_message_is_found() {
        let mut history = good();
        history.remove(taking(&history, 1));
        assert_eq!(check(&history), [Fault::Lost { flow: FLOW, n: 1 }]);
    }

    #[test]
    fn a_doubled_message_is_found() {
        let mut history = good();
        history.push(history[taking(&history, 3)].clone());
        assert_eq!(check(&history), [Fault::Doubled { flow: FLOW, n: 3 }]);
    }

    #[test]
    fn a_reordered_message_is_found() {
        let mut history = good();
        let (first, second) = (taking(&history, 0), taking(&history, 1));
        history.swap(first, second);
        assert_eq!(check(&history), [Fault::Reordered { flow: FLOW, n: 0, after: 1 }]);
    }

    #[test]
    fn an_invented_message_is_found() {
        let mut history = good();
        history.push(Event::Took { flow: FLOW, n: 9, id: id(9) });
        assert_eq!(check(&history), [Fault::Invented { flow: FLOW, n: 9 }]);
        let mut history = good();
        let place = taking(&history, 1);
        history[place] = Event::Took { flow: FLOW, n: 1, id: id(7) };
        assert_eq!(check(&history), [Fault::Invented { flow: FLOW, n: 1 }]);
    }

    #[test]
    fn a_message_whose_send_was_refused_is_out_of_thin_air() {
        let mut history = good();
        history.push(Event::Refused { flow: FLOW, n: 4, code: "Storage".into() });
        assert_eq!(check(&history), []);
        history.push(Event::Took { flow: FLOW, n: 4, id: id(4) });
        assert_eq!(check(&history), [Fault::Invented { flow: FLOW, n: 4 }]);
    }

    #[test]
    fn a_send_without_an_answer_may_arrive_once_or_not_at_all() {
        let mut history = good();
        history.push(Event::Doubtful { flow: FLOW, n: 4 });
        assert_eq!(check(&history), []);
        history.push(Event::Took { flow: FLOW, n: 4, id: id(4) });
        assert_eq!(check(&history), []);
        history.push(Event::Took { flow: FLOW, n: 4, id: id(4) });
        assert_eq!(check(&history), [Fault::Doubled { flow: FLOW, n: 4 }]);
    }

    #[test]
    fn a_second_notice_is_found() {
        let mut history = good();
        history.push(Event::Noticed { flow: FLOW, id: id(2), outcome: Outcome::Unknown });
        assert_eq!(check(&history), [Fault::NoticedTwice { flow: FLOW, id: id(2) }]);
    }

    #[test]
    fn a_missing_notice_is_found() {
        let mut history = good();
        history.remove(position(&history, |event| matches!(event, Event::Noticed { .. })));
        assert_eq!(check(&history), [Fault::Unnoticed { flow: FLOW, n: 2 }]);
    }

    #[test]
    fn a_notice_out_of_thin_air_is_found() {
        let mut history = good();
        let invented = Event::Noticed { flow: FLOW, id: id(8), outcome: Outcome::NotDelivered };
        history.push(invented.clone());
        assert_eq!(check(&history), [Fault::NoticeInvented { flow: FLOW, id: id(8) }]);
        // Unless there was a send that nobody knows the id of.
        history.push(Event::Doubtful { flow: FLOW, n: 4 });
        assert_eq!(check(&history), []);
    }

    /// Two failures, of which the second to be sent is told of first.
    fn crossed(due_first: u64, due_second: u64) -> Vec<Event> {
        let mut history = good();
        history.extend([sent(5, due_first), sent(6, due_second)]);
        for n in [6, 5] {
            history.push(Event::Noticed { flow: FLOW, id: id(n), outcome: Outcome::Unknown });
            history.push(Event::Ended { id: id(n), status: Status::Failed(Outcome::Unknown) });
        }
        history
    }

    #[test]
    fn notices_out_of_order_are_found_unless_the_deadlines_are_so_too() {
        assert_eq!(check(&crossed(2000, 2000)), [Fault::NoticesReordered { flow: FLOW, n: 5, after: 6 }]);
        assert_eq!(check(&crossed(2001, 2000)), []);
    }

    #[test]
    fn a_failed_message_that_arrives_is_found_unless_its_outcome_was_unknown() {
        let mut history = good();
        history.insert(taking(&history, 3), Event::Took { flow: FLOW, n: 2, id: id(2) });
        let what = "said not to be delivered, and it was";
        assert_eq!(check(&history), [Fault::Contradicted { flow: FLOW, n: 2, what }]);
        fails_as_unknown(&mut history);
        assert_eq!(check(&history), []);
    }

    /// The one that expired may have arrived.
    fn fails_as_unknown(history: &mut [Event]) {
        for event in history {
            match event {
                Event::Noticed { outcome, .. } => *outcome = Outcome::Unknown,
                Event::Ended { status: Status::Failed(outcome), .. } => *outcome = Outcome::Unknown,
                _ => {}
            }
        }
    }

    #[test]
    fn a_status_that_says_another_end_than_the_history_is_found() {
        let ends_as = |n: u64, status: Status| {
            let mut history = good();
            let end = position(&history, |event| matches!(event, Event::Ended { id: of, .. } if *of == id(n)));
            history[end] = Event::Ended { id: id(n), status };
            check(&history)
        };
        let what = "its status and its notice disagree";
        assert_eq!(ends_as(2, Status::Failed(Outcome::Unknown)), [Fault::Contradicted { flow: FLOW, n: 2, what }]);
        let what = "delivered, and said to have failed";
        let delivered = ends_as(2, Status::Delivered);
        assert_eq!(delivered, [Fault::Lost { flow: FLOW, n: 2 }, Fault::Contradicted { flow: FLOW, n: 2, what }]);
        assert_eq!(ends_as(1, Status::Failed(Outcome::NotDelivered)), [Fault::Unnoticed { flow: FLOW, n: 1 }]);
    }

    #[test]
    fn a_message_without_an_end_and_one_with_two_are_found() {
        let mut history = good();
        history.remove(position(&history, |event| matches!(event, Event::Ended { .. })));
        assert_eq!(check(&history), [Fault::Unended { flow: FLOW, n: 0 }]);
        let mut history = good();
        history.push(Event::Noticed { flow: FLOW, id: id(3), outcome: Outcome::Unknown });
        let what = "delivered, and said to have failed";
        assert_eq!(check(&history), [Fault::Contradicted { flow: FLOW, n: 3, what }]);
    }

    #[test]
    fn an_entry_that_changed_under_its_reader_is_found() {
        let mut history = good();
        history.push(Event::HeadChanged { instance: 1, before: id(0), now: None });
        assert_eq!(check(&history), [Fault::HeadChanged { instance: 1, before: id(0), now: None }]);
    }
}
