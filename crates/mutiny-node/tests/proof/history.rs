//! What happened, as seen from outside the hosts.

use std::sync::Mutex;

/// One direction between two instances, by their numbers in the test.
pub type Flow = (usize, usize);

/// The earliest and the latest time that may be a deadline, in milliseconds.
pub type Due = (u64, u64);

/// What a failure notice says of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    NotDelivered,
    Unknown,
}

/// Where a message stands at the end, as its sender says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Queued,
    Delivered,
    Failed(Outcome),
}

/// What happened. `n` counts a flow's calls of `send`, the ones without success included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// `send` succeeded. The deadline lies within `due`, by the clock: the host alone knows when exactly it took the call.
    Sent { flow: Flow, n: u64, id: String, due: Due },
    /// `send` got no answer: the process died.
    Doubtful { flow: Flow, n: u64 },
    /// `send` was refused.
    Refused { flow: Flow, n: u64, code: String },
    /// The target took a message out of its inbox.
    Took { flow: Flow, n: u64, id: String },
    /// The source took a failure notice out of its inbox.
    Noticed { flow: Flow, id: String, outcome: Outcome },
    /// The head of an inbox was another than before, and nobody had taken anything.
    HeadChanged { instance: usize, before: String, now: Option<String> },
    /// The status of a message, once all is over.
    Ended { id: String, status: Status },
}

/// The log, which many threads write. What concerns one flow on one side is written by one of them, in order.
#[derive(Default)]
pub struct History(Mutex<Vec<Event>>);

impl History {
    pub fn note(&self, event: Event) {
        self.0.lock().unwrap().push(event);
    }

    pub fn events(&self) -> Vec<Event> {
        self.0.lock().unwrap().clone()
    }

    pub fn count(&self, which: impl Fn(&Event) -> bool) -> usize {
        self.0.lock().unwrap().iter().filter(|event| which(event)).count()
    }
}
