//! Flows that are to be offered again, later: after a transient refusal, a failing store, a receiver that doubts the numbers
//! for the second time. The longer, the more often in a row that was so.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::desk::Desk;
use crate::message::{Flow, FlowId};

#[derive(Default)]
pub(super) struct Retries {
    /// Those that wait, and until when, by the steady clock.
    waiting: BTreeMap<FlowId, (u64, Flow)>,
    /// The same in the order of their times: with thousands of them, none but those that are due is looked at.
    times: BTreeSet<(u64, FlowId)>,
    /// How often in a row a flow waited, for those that began anew since something of theirs was acknowledged.
    attempts: BTreeMap<FlowId, u32>,
}

impl Retries {
    /// A flow waits.
    pub(super) fn add(&mut self, flow: Flow, desk: &mut Desk) {
        let attempt = self.attempts.entry(flow.id).or_default();
        let at = desk.retry_at(*attempt);
        *attempt += 1;
        self.remove(flow.id);
        self.times.insert((at, flow.id));
        self.waiting.insert(flow.id, (at, flow));
    }

    pub(super) fn holds(&self, flow: FlowId) -> bool {
        self.waiting.contains_key(&flow)
    }

    /// A flow is offered, and so does not wait.
    pub(super) fn remove(&mut self, flow: FlowId) {
        if let Some((at, _)) = self.waiting.remove(&flow) {
            self.times.remove(&(at, flow));
        }
    }

    /// Takes out those that have waited long enough.
    pub(super) fn due(&mut self, steady: u64) -> Vec<Flow> {
        let mut due = Vec::new();
        while let Some(&(at, flow)) = self.times.first()
            && at <= steady
        {
            self.times.pop_first();
            due.extend(self.waiting.remove(&flow).map(|(_, flow)| flow));
        }
        due
    }

    /// When the next one has.
    pub(super) fn next(&self) -> Option<u64> {
        self.times.first().map(|(at, _)| *at)
    }

    /// None of them has to wait any more.
    pub(super) fn hurry(&mut self) {
        self.attempts.clear();
        self.times = self.waiting.keys().map(|flow| (0, *flow)).collect();
        self.waiting.values_mut().for_each(|(at, _)| *at = 0);
    }

    /// Something of a flow was acknowledged.
    pub(super) fn succeeded(&mut self, flow: FlowId) {
        self.attempts.remove(&flow);
    }

    /// A flow begins anew. Whether it does so for the first time since something of it was acknowledged.
    pub(super) fn begins_anew(&mut self, flow: FlowId) -> bool {
        match self.attempts.entry(flow) {
            Entry::Occupied(_) => false,
            Entry::Vacant(entry) => {
                entry.insert(0);
                true
            }
        }
    }
}
