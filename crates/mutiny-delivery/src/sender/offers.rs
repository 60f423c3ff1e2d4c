//! Flows that are to be offered, in the order of their turns, and how many offers are out.

use std::collections::BTreeMap;

use super::turns::Turns;
use crate::frame::MAX_OFFERS;
use crate::message::{Flow, FlowId};

/// Flows to offer, as soon as there is room for it: whoever has thousands of them must not fill the send buffer.
#[derive(Default)]
pub(super) struct Offers {
    waiting: BTreeMap<FlowId, Flow>,
    turns: Turns<FlowId>,
    /// How many were not answered yet, of at most [`MAX_OFFERS`].
    unanswered: usize,
}

impl Offers {
    pub(super) fn hold(&self, flow: FlowId) -> bool {
        self.waiting.contains_key(&flow)
    }

    /// A flow is to be offered. It must not wait for that already.
    pub(super) fn push(&mut self, flow: Flow) {
        self.turns.push(flow.source, flow.id);
        self.waiting.insert(flow.id, flow);
    }

    /// The flow whose turn it is, as long as the other side may be given another offer to answer.
    pub(super) fn next(&mut self) -> Option<Flow> {
        if self.unanswered >= MAX_OFFERS {
            return None;
        }
        let flow = self.turns.next().and_then(|flow| self.waiting.remove(&flow))?;
        self.unanswered += 1;
        Some(flow)
    }

    /// An offer was answered, or is taken back.
    pub(super) fn answered(&mut self) {
        self.unanswered -= 1;
    }
}
