//! When to ask the store for overdue messages: by the calendar, and one question at a time.
//!
//! The machine does not know all deadlines: most messages wait in the store, unloaded. It knows the next one, and asks
//! when that has passed. The store names the flows concerned ([`Request::Due`]); what becomes of their messages is then
//! the business of whoever holds the flow: its sender, where a stream is open, and the store alone where none is.

use crate::io::Wake;
use crate::message::Now;
use crate::store::Request;

/// How long to wait before asking a store again that failed, in milliseconds.
const STORE_RETRY: u64 = 1000;

/// The next deadline, and whether it is being seen to.
pub(crate) struct Deadlines {
    /// When to ask next, by the calendar: no later than the first deadline that no question under way covers.
    next: Option<i64>,
    /// Not before, by the steady clock: after the store failed.
    hold: u64,
    /// A question is under way. What falls due meanwhile waits for its answer, so that there is never more than one.
    asked: bool,
    /// In so many flows the store is ending what is overdue, and nobody has said when their next messages are due.
    seeing_to: usize,
    /// The calendar as it was seen last.
    seen: i64,
}

impl Deadlines {
    /// Nothing is known at first, so the store is to be asked at once.
    pub(crate) fn new() -> Self {
        Self { next: Some(i64::MIN), hold: 0, asked: false, seeing_to: 0, seen: i64::MIN }
    }

    /// There is a message with this deadline.
    pub(crate) fn add(&mut self, deadline: i64) {
        self.next = Some(self.next.map_or(deadline, |next| next.min(deadline)));
    }

    /// Messages may be overdue that nobody sees to: asks as soon as possible.
    pub(crate) fn look(&mut self) {
        self.next = Some(i64::MIN);
    }

    /// The question that is to be put to the store now, if any.
    pub(crate) fn ask(&mut self, now: Now) -> Option<Request> {
        if now.wall < self.seen {
            // It was put back. What was said to be overdue is not, as far as it is still there; and what was said to come next
            // comes behind that.
            self.look();
        }
        self.seen = now.wall;
        let due = !self.asked && self.hold <= now.steady && self.next.is_some_and(|next| next <= now.wall);
        due.then(|| {
            (self.next, self.asked) = (None, true);
            Request::Due { wall: now.wall }
        })
    }

    /// The store has named the flows in which something is overdue; `next` is the first deadline in the others. Whoever sees
    /// to one of those flows asks for a look when that is done.
    pub(crate) fn answered(&mut self, next: Option<i64>) {
        self.asked = false;
        next.into_iter().for_each(|next| self.add(next));
    }

    /// The store ends what is overdue in a flow.
    pub(crate) fn see_to(&mut self) {
        self.seeing_to += 1;
    }

    /// It has, or could not. After the last of them it is asked what falls due next in those flows; before, it would name
    /// again those that it has not come to.
    pub(crate) fn seen_to(&mut self) {
        self.seeing_to -= 1;
        if self.seeing_to == 0 {
            self.look();
        }
    }

    /// The store could not say.
    pub(crate) fn failed(&mut self, now: Now) {
        self.asked = false;
        self.retry(now);
    }

    /// Asks again, after a pause.
    pub(crate) fn retry(&mut self, now: Now) {
        self.hold = now.steady + STORE_RETRY;
        self.look();
    }

    /// When [`Self::ask`] will have a question, unless an answer comes first.
    pub(crate) fn wake(&self, now: Now) -> Wake {
        let next = self.next.filter(|_| !self.asked);
        let held = self.hold > now.steady;
        Wake { steady: next.filter(|_| held).map(|_| self.hold), wall: next.filter(|_| !held) }
    }
}
