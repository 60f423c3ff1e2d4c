//! Whose turn it is: instances take turns, and so do the flows of each. So an instance with a thousand flows gets no more
//! than one with a single flow.

use std::collections::{BTreeMap, VecDeque};

use uuid::Uuid;

/// Flows that wait for something, by whatever names them.
pub(super) struct Turns<T> {
    /// Instances of which flows wait, in the order of their turns.
    sources: VecDeque<Uuid>,
    flows: BTreeMap<Uuid, VecDeque<T>>,
}

impl<T> Default for Turns<T> {
    fn default() -> Self {
        Self { sources: VecDeque::new(), flows: BTreeMap::new() }
    }
}

impl<T> Turns<T> {
    /// A flow of this instance waits, behind its others. It must not wait already.
    pub(super) fn push(&mut self, source: Uuid, flow: T) {
        let flows = self.flows.entry(source).or_default();
        if flows.is_empty() {
            self.sources.push_back(source);
        }
        flows.push_back(flow);
    }

    /// The flow whose turn it is.
    pub(super) fn next(&mut self) -> Option<T> {
        let source = self.sources.pop_front()?;
        let flows = self.flows.get_mut(&source)?;
        let flow = flows.pop_front();
        match flows.is_empty() {
            true => drop(self.flows.remove(&source)),
            false => self.sources.push_back(source),
        }
        flow
    }
}
