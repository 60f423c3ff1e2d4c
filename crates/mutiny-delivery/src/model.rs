//! A model of the store, for tests: every [`Request`] as a change of plain tables. The words of [`crate::store`], executed.
//!
//! The simulation runs machines on it, and a real store is compared with it. So what is shown of the one holds for the
//! other.

#![allow(missing_docs)]

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::message::{Epoch, Failure, Flow, FlowId, Message, Origin, Outcome, Peer, Refusal};
use crate::store::{Extent, Item, Opened, Refused, Reply, Request, Taken, Usage};
use uuid::Uuid;

/// What is done wrong, so that a checker can show that it sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// The receiver acknowledges before the commit.
    AckBeforeCommit,
    /// The receiver does not recognise a message by its id.
    NoDedup,
    /// The receiver takes what it has forgotten for what never came.
    ForgetsIds,
    /// The receiver keeps no row a flow: it starts where the sender offers.
    NoRow,
    /// The receiver ignores the epoch of an offer.
    NoEpochs,
    /// The same, and the sender does not ask which message the receiver has last: they go by numbers alone.
    NumbersAlone,
    /// The sender forgets some rows of its outbox.
    ForgetsRow,
    /// The sender takes messages that were numbered anew after a loss of memory for not delivered when they fail.
    NoDoubt,
    /// The sender compares what the receiver has last with pending messages alone, and doubts nothing where that one has
    /// ended.
    SeesPendingOnly,
    /// The receiver goes on taking data from streams whose flow was offered elsewhere since.
    TakesLateData,
    /// The sender tells of failures in another order than that of sending.
    NoticesBackwards,
}

/// What is on the disk of a peer.
#[derive(Clone, Default)]
pub struct Tables {
    pub flows: BTreeMap<FlowId, Outgoing>,
    incoming: BTreeMap<Origin, Row>,
    /// The messages that came, oldest first: flow, id, and when it was sent.
    received: VecDeque<(Origin, Uuid, i64)>,
    /// The same, by flow and id.
    remembered: BTreeSet<(Origin, Uuid)>,
    /// How many of these are kept; all of them without.
    keeps: Option<usize>,
    /// How many messages end in one transaction, where that may be any number; all of them without.
    step: Option<usize>,
    pub inboxes: BTreeMap<Uuid, VecDeque<Entry>>,
    /// How own messages ended; `None` for those delivered.
    pub ended: BTreeMap<Uuid, Option<Outcome>>,
    /// Instances that do not let others in, and what they answer.
    pub doors: BTreeMap<Uuid, Refusal>,
}

#[derive(Clone)]
pub struct Outgoing {
    source: Uuid,
    peer: Peer,
    target: Uuid,
    epoch: Epoch,
    next: u64,
    pub pending: BTreeMap<u64, Pending>,
}

#[derive(Clone)]
pub struct Pending {
    pub message: Message,
    /// It may have left this machine.
    pub left: bool,
    /// It has been numbered anew: where the receiver stands says nothing about it.
    doubtful: bool,
}

#[derive(Clone)]
struct Row {
    epoch: Epoch,
    next: u64,
    last: Option<Uuid>,
    /// The latest time of sending among messages that came and are not remembered.
    forgotten: i64,
    /// Its sender has numbered it anew.
    renewed: bool,
}

/// What an app reads.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    Message { origin: Origin, id: Uuid, size: usize },
    Notice { id: Uuid, outcome: Outcome },
}

impl Outgoing {
    fn flow(&self, id: FlowId) -> Flow {
        Flow {
            id,
            source: self.source,
            peer: self.peer.clone(),
            target: self.target,
            epoch: self.epoch,
            first: self.pending.keys().next().copied().unwrap_or(self.next),
        }
    }

    /// All before a number may have left this machine.
    fn mark_before(&mut self, seq: u64) {
        self.pending.range_mut(..seq).for_each(|(_, row)| row.left = true);
    }

    /// Another numbering, in which what is pending keeps its numbers.
    fn renew(&mut self, fresh: Epoch) {
        self.epoch = fresh;
        self.pending.values_mut().for_each(|row| (row.left, row.doubtful) = (true, true));
    }
}

impl Tables {
    /// Empty ones, that remember so many messages as received.
    pub fn keeping(keeps: Option<usize>) -> Self {
        Self { keeps, ..Self::default() }
    }

    /// The same tables, that end so many messages of a flow in one transaction.
    pub fn in_steps(self, step: Option<usize>) -> Self {
        Self { step, ..self }
    }

    /// `send()`: the flow as it stands behind the message, and the message with its number.
    pub fn insert(
        &mut self,
        (source, peer, target): (Uuid, &Peer, Uuid),
        epoch: Epoch,
        mut message: Message,
        left: bool,
    ) -> (Flow, Message) {
        let found = self
            .flows
            .iter()
            .find(|(_, flow)| flow.source == source && flow.peer == *peer && flow.target == target)
            .map(|(id, _)| *id);
        let id = found.unwrap_or(FlowId(self.flows.len() as i64 + 1));
        let flow = self.flows.entry(id).or_insert_with(|| Outgoing {
            source,
            peer: peer.clone(),
            target,
            epoch,
            next: 0,
            pending: BTreeMap::new(),
        });
        message.seq = flow.next;
        flow.next += 1;
        flow.pending.insert(message.seq, Pending { message: message.clone(), left, doubtful: false });
        if left {
            flow.mark_before(message.seq + 1);
        }
        (flow.flow(id), message)
    }

    /// `next()`: removes the head of an inbox.
    pub fn remove_head(&mut self, instance: Uuid) -> Option<Entry> {
        self.inboxes.get_mut(&instance)?.pop_front()
    }

    /// Puts the deadline of a message that is pending into the past.
    pub fn withdraw(&mut self, id: Uuid) -> Option<(FlowId, Peer)> {
        self.flows.iter_mut().find_map(|(flow, row)| {
            let pending = row.pending.values_mut().find(|pending| pending.message.id == id)?;
            pending.message.deadline = 0;
            Some((*flow, row.peer.clone()))
        })
    }

    pub fn usage(&self, instance: Uuid) -> Usage {
        let entries = self.inboxes.get(&instance).into_iter().flatten();
        entries.fold(Usage::default(), |sum, entry| match entry {
            Entry::Message { size, .. } => Usage { messages: sum.messages + 1, bytes: sum.bytes + *size as u64 },
            Entry::Notice { .. } => sum,
        })
    }

    pub fn pending(&self) -> impl Iterator<Item = &Pending> {
        self.flows.values().flat_map(|flow| flow.pending.values())
    }

    pub fn pending_to<'a>(&'a self, peer: &'a Peer) -> impl Iterator<Item = &'a Pending> {
        self.flows.values().filter(move |flow| flow.peer == *peer).flat_map(|flow| flow.pending.values())
    }

    pub fn pending_for(&self, peer: &Peer) -> bool {
        self.flows.values().any(|flow| flow.peer == *peer && !flow.pending.is_empty())
    }

    /// The peer knows that its store is an old one.
    pub fn loss_of_memory(&mut self, mut fresh: impl FnMut() -> Epoch) {
        self.flows.values_mut().for_each(|flow| flow.renew(fresh()));
    }

    pub fn carry_out(&mut self, request: Request, fault: Fault) -> Reply {
        match request {
            Request::Flows { peer } => Reply::Flows(
                self.flows
                    .iter()
                    .filter(|(_, flow)| flow.peer == peer && !flow.pending.is_empty())
                    .map(|(id, flow)| flow.flow(*id))
                    .collect(),
            ),
            Request::Resume { flow: id, epoch, next, last, fresh } => {
                let Some(flow) = self.flows.get_mut(&id) else { return Reply::Resumed(Ok(())) };
                if flow.epoch != epoch {
                    return Reply::Resumed(Err(flow.flow(id)));
                }
                let before = next.checked_sub(1).and_then(|before| flow.pending.get(&before));
                // Whether the receiver's last message is the one that this side knows by that number; where it has ended,
                // that it is known at all.
                let same = match before {
                    _ if fault == Fault::NumbersAlone => true,
                    Some(row) => Some(row.message.id) == last,
                    None => fault == Fault::SeesPendingOnly || last.is_some_and(|id| self.ended.contains_key(&id)),
                };
                let concerned = flow.pending.range(..next).next().is_some();
                if next > flow.next || (concerned && !same) {
                    flow.renew(fresh);
                    return Reply::Resumed(Err(flow.flow(id)));
                }
                if self.delivered(id, next, self.step) { Reply::More } else { Reply::Resumed(Ok(())) }
            }
            Request::Load { flow, from, messages, bytes } => self.load(flow, from, messages, bytes),
            Request::Delivered { flow, next } => {
                self.delivered(flow, next, None);
                Reply::Done
            }
            Request::Expire { flow, from, wall, outcome } => {
                self.delivered(flow, from, None);
                let more = self.fail(flow, from..u64::MAX, |row| row.message.deadline <= wall, outcome, fault);
                if more { Reply::More } else { Reply::Done }
            }
            Request::Fail { flow, extent, failure } => {
                assert!(matches!(failure, Failure::Refused(_)));
                let (range, outcome) = match extent {
                    Extent::One(seq) => (seq..seq + 1, Some(Outcome::NotDelivered)),
                    Extent::From(next) => (next..u64::MAX, Some(Outcome::NotDelivered)),
                    Extent::All { left } => {
                        self.flows.get_mut(&flow).into_iter().for_each(|row| row.mark_before(left));
                        (0..u64::MAX, None)
                    }
                };
                self.delivered(flow, range.start, None);
                let more = self.fail(flow, range, |_| true, outcome, fault);
                if more { Reply::More } else { Reply::Done }
            }
            Request::Due { wall } => {
                let overdue = |flow: &Outgoing| flow.pending.values().any(|row| row.message.deadline <= wall);
                let flows = self.flows.iter().filter(|(_, flow)| overdue(flow));
                let flows = flows.map(|(id, flow)| (*id, flow.peer.clone())).collect();
                let others = self.flows.values().filter(|flow| !overdue(flow));
                let next = others.flat_map(|flow| flow.pending.values()).map(|row| row.message.deadline).min();
                Reply::Due { flows, next }
            }
            Request::Open { origin, epoch, first } => Reply::Opened(self.open(&origin, epoch, first, fault)),
            Request::Take { origin, epoch, from, items } => Reply::Taken(self.take(&origin, epoch, from, items, fault)),
        }
    }

    /// Returns whether there are more.
    fn delivered(&mut self, id: FlowId, next: u64, step: Option<usize>) -> bool {
        let Some(flow) = self.flows.get_mut(&id) else { return false };
        let ending: Vec<u64> = flow.pending.range(..next).map(|(seq, _)| *seq).collect();
        let step = step.unwrap_or(ending.len());
        for row in ending.iter().take(step).filter_map(|seq| flow.pending.remove(seq)) {
            self.ended.insert(row.message.id, None);
        }
        ending.len() > step
    }

    /// Returns whether there are more.
    fn fail(
        &mut self,
        id: FlowId,
        range: std::ops::Range<u64>,
        which: impl Fn(&Pending) -> bool,
        outcome: Option<Outcome>,
        fault: Fault,
    ) -> bool {
        let Some(flow) = self.flows.get_mut(&id) else { return false };
        let mut ending: Vec<u64> =
            flow.pending.range(range).filter(|(_, row)| which(row)).map(|(seq, _)| *seq).collect();
        if fault == Fault::NoticesBackwards {
            ending.reverse();
        }
        let step = self.step.unwrap_or(ending.len());
        for row in ending.iter().take(step).filter_map(|seq| flow.pending.remove(seq)) {
            let outcome = match outcome.filter(|_| !row.doubtful || fault == Fault::NoDoubt) {
                Some(outcome) => outcome,
                None if row.left => Outcome::Unknown,
                None => Outcome::NotDelivered,
            };
            self.ended.insert(row.message.id, Some(outcome));
            self.inboxes.entry(flow.source).or_default().push_back(Entry::Notice { id: row.message.id, outcome });
        }
        ending.len() > step
    }

    fn load(&mut self, id: FlowId, from: u64, limit: usize, bytes: usize) -> Reply {
        let (mut messages, mut size, mut more) = (Vec::new(), 0, false);
        let Some(flow) = self.flows.get_mut(&id) else { return Reply::Loaded { messages, more } };
        for row in flow.pending.range(from..).map(|(_, row)| row) {
            more = messages.len() >= limit || size >= bytes;
            if more {
                break;
            }
            size += row.message.body.len();
            messages.push(row.message.clone());
        }
        if let Some(last) = messages.last() {
            flow.mark_before(last.seq + 1);
        }
        Reply::Loaded { messages, more }
    }

    fn open(&mut self, origin: &Origin, epoch: Epoch, first: u64, fault: Fault) -> Result<Opened, Refused> {
        if let Some(refusal) = self.doors.get(&origin.target) {
            let row = self.incoming.get(origin).filter(|row| row.epoch == epoch);
            return Err(Refused { refusal: *refusal, next: Some(row.map_or(first, |row| row.next.max(first))) });
        }
        let begin = Row { epoch, next: first, last: None, forgotten: i64::MIN, renewed: false };
        let row = self.incoming.entry(origin.clone()).or_insert(begin);
        let known = row.epoch == epoch || matches!(fault, Fault::NoEpochs | Fault::NumbersAlone);
        row.renewed |= !known;
        if !known || row.next < first || fault == Fault::NoRow {
            (row.next, row.last) = (first, None);
        }
        row.epoch = epoch;
        let (next, last) = (row.next, row.last);
        Ok(Opened { next, last, usage: self.usage(origin.target) })
    }

    fn take(
        &mut self,
        origin: &Origin,
        epoch: Epoch,
        from: u64,
        items: Vec<Item>,
        fault: Fault,
    ) -> Result<Taken, Refusal> {
        if let Some(refusal) = self.doors.get(&origin.target) {
            return Err(*refusal);
        }
        let row = self.incoming.get_mut(origin).ok_or(Refusal::OutOfStep)?;
        if (row.epoch, row.next) != (epoch, from) && fault != Fault::NoRow {
            return Err(Refusal::OutOfStep);
        }
        let mut refused = None;
        for item in items {
            match item {
                Item::Skip(to) => (row.next, row.last) = (to, None),
                Item::Message(message) => {
                    assert!(message.seq == row.next || fault == Fault::NoRow, "items without gaps");
                    let name = (origin.clone(), message.id);
                    let new = !self.remembered.contains(&name);
                    if new && row.renewed && message.sent <= row.forgotten && fault != Fault::ForgetsIds {
                        refused = Some((message.seq, Refusal::Forgotten));
                        break;
                    }
                    (row.next, row.last) = (message.seq + 1, Some(message.id));
                    if new {
                        self.remembered.insert(name);
                        self.received.push_back((origin.clone(), message.id, message.sent));
                    }
                    if new || matches!(fault, Fault::NoDedup | Fault::NoRow) {
                        let size = message.body.len();
                        let entry = Entry::Message { origin: origin.clone(), id: message.id, size };
                        self.inboxes.entry(origin.target).or_default().push_back(entry);
                    }
                }
            }
        }
        if let Some(keep) = self.keeps {
            self.forget(keep);
        }
        Ok(Taken { usage: self.usage(origin.target), refused })
    }

    /// Forgets which messages came, but for the last so many.
    pub fn forget(&mut self, keep: usize) {
        while self.received.len() > keep
            && let Some((origin, id, sent)) = self.received.pop_front()
        {
            if let Some(row) = self.incoming.get_mut(&origin) {
                row.forgotten = row.forgotten.max(sent);
            }
            self.remembered.remove(&(origin, id));
        }
    }

    /// What a receiver does that forgets to close a flow on an old stream: it takes what fits the row.
    pub fn take_late(&mut self, origin: &Origin, epoch: Epoch, message: Message) {
        let fits = self.incoming.get(origin).is_some_and(|row| (row.epoch, row.next) == (epoch, message.seq));
        if fits {
            let _ = self.take(origin, epoch, message.seq, vec![Item::Message(message)], Fault::None);
        }
    }
}
