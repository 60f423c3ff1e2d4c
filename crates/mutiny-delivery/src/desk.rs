//! What the halves of the machine share: the way out, the time, and chance.

use std::collections::{BTreeMap, VecDeque};

use crate::deadlines::Deadlines;
use crate::frame::{Frame, Kind};
use crate::io::{Output, StreamId, Ticket};
use crate::message::{Epoch, Flow, FlowId, Now, Origin, Peer};
use crate::store::{Request, Usage};
use uuid::Uuid;

/// First and longest pause before a flow is offered again after a transient refusal, in milliseconds.
const RETRY: std::ops::RangeInclusive<u64> = 500..=60_000;

/// Whom the reply to a request is for.
#[derive(Clone, Debug)]
pub(crate) enum Purpose {
    /// To begin the session of this outgoing stream.
    Begin(StreamId),
    /// To go on with the flow of this handle.
    Resume(StreamId, u32),
    /// To fill its window.
    Load(StreamId, u32),
    /// To go on acknowledging.
    Delivered(StreamId, u32),
    /// To go on after an expiry of its messages.
    Expire(StreamId, u32),
    /// To go on with an expiry outside any session, in the flow to this peer; or to know that it went well.
    ExpireIdle(FlowId, Peer),
    /// To go on with a flow behind a message that was refused, from a number on; to ask `again`, as long as there is more to
    /// end; or to try again, with the flow as it was, where the store failed.
    Fail { stream: StreamId, flow: Flow, goes_on: Option<u64>, again: Box<Request> },
    /// To expire what is due.
    Due,
    /// To accept an offer.
    Open(StreamId, u32),
    /// To acknowledge; and the inbox it goes to, with the credit that it used, also where the flow is closed by then.
    Take { stream: StreamId, handle: u32, inbox: Uuid, used: Usage },
}

/// Random 128 bits, handed in so that a simulation can repeat itself.
pub type Random = Box<dyn FnMut() -> u128 + Send>;

pub(crate) struct Desk {
    pub(crate) now: Now,
    pub(crate) outputs: VecDeque<Output>,
    /// Incoming flows that were refused while this input was handled. Whose receiver refuses is borrowed just then, and others
    /// may have to be given the credit; so the machine comes to them at the end.
    pub(crate) refused: Vec<(Origin, StreamId, u32)>,
    random: Random,
    next_ticket: u64,
    purposes: BTreeMap<Ticket, Purpose>,
    pub(crate) deadlines: Deadlines,
}

impl Desk {
    pub(crate) fn new(random: Random) -> Self {
        Self {
            now: Now { wall: 0, steady: 0 },
            outputs: VecDeque::new(),
            refused: Vec::new(),
            random,
            next_ticket: 0,
            purposes: BTreeMap::new(),
            deadlines: Deadlines::new(),
        }
    }

    pub(crate) fn send(&mut self, stream: StreamId, kind: Kind) -> usize {
        let frame = Frame::from(kind);
        let weight = frame.weight();
        self.outputs.push_back(Output::Send { stream, frame });
        weight
    }

    pub(crate) fn ask(&mut self, purpose: Purpose, request: Request) {
        let ticket = Ticket(self.next_ticket);
        self.next_ticket += 1;
        self.purposes.insert(ticket, purpose);
        self.outputs.push_back(Output::Store { ticket, request });
    }

    pub(crate) fn purpose(&mut self, ticket: Ticket) -> Option<Purpose> {
        self.purposes.remove(&ticket)
    }

    pub(crate) fn epoch(&mut self) -> Epoch {
        Epoch((self.random)())
    }

    /// When to try again for the `attempt`th time (from 0): exponential, with a jitter of a quarter, so that peers
    /// that failed together do not come back together.
    pub(crate) fn retry_at(&mut self, attempt: u32) -> u64 {
        let pause = RETRY.start().saturating_mul(1 << attempt.min(20)).min(*RETRY.end());
        let jitter = (self.random)() as u64 % (pause / 4);
        self.now.steady + pause - jitter
    }
}
