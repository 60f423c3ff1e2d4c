//! The receiving half: one [`Receiver`] for an incoming stream.
//!
//! What arrives for a flow is collected while the store is busy with what came before it, taken in one transaction, and
//! acknowledged after the commit. So there is at most one transaction a flow under way, its size follows the load, and
//! an acknowledgement never runs ahead of the disk.

use std::collections::BTreeMap;

use bytes::Bytes;
use uuid::Uuid;

use crate::credit::Inboxes;
use crate::desk::{Desk, Purpose};
use crate::frame::{Accept, Ack, Data, Kind, MAX_OFFERS, Offer, Reject, Skip};
use crate::io::{Broken, Rules, StreamId};
use crate::message::{Content, Epoch, Message, Origin, Peer, Refusal};
use crate::store::{Item, Opened, Refused, Request, Usage};

/// How many flows may be open on one stream.
pub(crate) const MAX_FLOWS: usize = 4096;

pub(crate) struct Receiver {
    stream: StreamId,
    pub(crate) peer: Peer,
    flows: BTreeMap<u32, In>,
    /// Handles below were in use; late frames for those that are closed are ignored.
    next_handle: u32,
    /// How many offers the store has not answered yet, of at most [`MAX_OFFERS`]: also those of flows that were offered again
    /// since, or whoever offers the same one without end would have no limit.
    opening: usize,
}

struct In {
    origin: Origin,
    epoch: Epoch,
    open: bool,
    /// The number of the next item to arrive.
    expected: u64,
    /// The number that everything before is durable.
    committed: u64,
    /// Arrived, and not yet handed to the store.
    queue: Vec<Item>,
    /// With the store: the number behind the last item.
    taking: Option<u64>,
    /// All credit ever given, and how much of it arrived.
    granted: Usage,
    arrived: Usage,
    /// To be refused once all before it is durable; until then, whatever comes is ignored.
    refusal: Option<Refusal>,
}

impl Receiver {
    pub(crate) fn new(stream: StreamId, peer: Peer) -> Self {
        Self { stream, peer, flows: BTreeMap::new(), next_handle: 0, opening: 0 }
    }

    /// Looks at an offer. Returns the flow that is open here from now on, unless there are too many.
    pub(crate) fn offered(&mut self, offer: &Offer, desk: &mut Desk) -> Result<Option<Origin>, Broken> {
        let uuid =
            |bytes: &Bytes| Uuid::from_slice(bytes).map_err(|_| Broken::Protocol("an instance id of wrong length"));
        let epoch = <[u8; 16]>::try_from(&offer.epoch[..]).map_err(|_| Broken::Protocol("an epoch of wrong length"))?;
        if offer.handle < self.next_handle || offer.handle == u32::MAX {
            return Err(Broken::Protocol("a handle offered twice"));
        }
        if offer.first > u64::MAX / 2 {
            return Err(Broken::Protocol("a sequence number out of range"));
        }
        self.next_handle = offer.handle + 1;
        if self.flows.len() >= MAX_FLOWS || self.opening >= MAX_OFFERS {
            desk.send(
                self.stream,
                Kind::Reject(Reject { handle: offer.handle, code: Refusal::Busy as u32, next: None }),
            );
            return Ok(None);
        }
        let origin = Origin { peer: self.peer.clone(), source: uuid(&offer.source)?, target: uuid(&offer.target)? };
        let flow = In::offered(origin.clone(), Epoch(u128::from_be_bytes(epoch)));
        self.opening += 1;
        desk.ask(
            Purpose::Open(self.stream, offer.handle),
            Request::Open { origin: origin.clone(), epoch: flow.epoch, first: offer.first },
        );
        self.flows.insert(offer.handle, flow);
        Ok(Some(origin))
    }

    /// The store's answer to an offer.
    pub(crate) fn opened(
        &mut self,
        handle: u32,
        opened: Result<Opened, Refused>,
        inboxes: &mut Inboxes,
        desk: &mut Desk,
    ) {
        self.opening -= 1;
        let Some(flow) = self.flows.get_mut(&handle) else {
            return;
        };
        match opened {
            Err(Refused { refusal, next }) => self.refuse(handle, refusal, next, inboxes, desk),
            Ok(opened) => {
                (flow.open, flow.expected, flow.committed) = (true, opened.next, opened.next);
                inboxes.opened(flow.origin.target, opened.usage);
                flow.top_up((self.stream, handle), inboxes);
                let last = opened.last.map(|id| Bytes::copy_from_slice(id.as_bytes())).unwrap_or_default();
                let Usage { messages, bytes } = flow.granted;
                desk.send(self.stream, Kind::Accept(Accept { handle, next: opened.next, last, messages, bytes }));
            }
        }
    }

    pub(crate) fn data(
        &mut self,
        data: Data,
        rules: &Rules,
        inboxes: &mut Inboxes,
        desk: &mut Desk,
    ) -> Result<(), Broken> {
        let Some(flow) = self.flows.get_mut(&data.handle) else {
            return self.late(data.handle);
        };
        if !flow.open {
            return Err(Broken::Protocol("data before the offer was accepted"));
        }
        if flow.refusal.is_some() || data.seq < flow.expected {
            return Ok(());
        }
        if data.seq > flow.expected {
            self.refuse(data.handle, Refusal::OutOfStep, None, inboxes, desk);
            return Ok(());
        }
        let size = Usage { messages: 1, bytes: data.body.len() as u64 };
        if !flow.granted.covers(flow.arrived + size) {
            return Err(Broken::Protocol("more data than there was credit for"));
        }
        let id = Uuid::from_slice(&data.id).map_err(|_| Broken::Protocol("a message id of wrong length"))?;
        match check(&data, &flow.origin, rules) {
            Err(refusal) => flow.refusal = Some(refusal),
            Ok(_) if !inboxes.arrives(flow.origin.target, size) => flow.refusal = Some(Refusal::Busy),
            Ok(content) => {
                flow.arrived = flow.arrived + size;
                flow.expected += 1;
                let Data { seq, sent, body, .. } = data;
                flow.queue.push(Item::Message(Message { seq, id, content, sent, deadline: i64::MAX, body }));
            }
        }
        self.proceed(data.handle, inboxes, desk);
        Ok(())
    }

    pub(crate) fn skipped(&mut self, skip: &Skip, inboxes: &mut Inboxes, desk: &mut Desk) -> Result<(), Broken> {
        let Some(flow) = self.flows.get_mut(&skip.handle) else {
            return self.late(skip.handle);
        };
        if !flow.open {
            return Err(Broken::Protocol("a skip before the offer was accepted"));
        }
        if skip.to > u64::MAX / 2 {
            return Err(Broken::Protocol("a sequence number out of range"));
        }
        if flow.refusal.is_none() && skip.to > flow.expected {
            flow.expected = skip.to;
            match flow.queue.last_mut() {
                Some(Item::Skip(to)) => *to = skip.to,
                _ => flow.queue.push(Item::Skip(skip.to)),
            }
            self.proceed(skip.handle, inboxes, desk);
        }
        Ok(())
    }

    /// The store's answer to what it was to take: all of it, or what comes before a message that it refuses.
    pub(crate) fn taken(
        &mut self,
        handle: u32,
        taken: Result<Option<(u64, Refusal)>, Refusal>,
        inboxes: &mut Inboxes,
        desk: &mut Desk,
    ) {
        let Some(flow) = self.flows.get_mut(&handle) else {
            return;
        };
        let Some(next) = flow.taking.take() else {
            return;
        };
        match taken {
            Ok(Some((next, refusal))) => self.refuse(handle, refusal, Some(next), inboxes, desk),
            Ok(None) => {
                flow.committed = next;
                flow.top_up((self.stream, handle), inboxes);
                flow.acknowledge(self.stream, handle, desk);
                self.proceed(handle, inboxes, desk);
            }
            Err(refusal) => {
                let committed = flow.committed;
                self.refuse(handle, refusal, Some(committed), inboxes, desk);
            }
        }
    }

    /// There may be room in the inbox again.
    pub(crate) fn more_credit(&mut self, handle: u32, inboxes: &mut Inboxes, desk: &mut Desk) {
        let Some(flow) = self.flows.get_mut(&handle) else {
            return;
        };
        if flow.top_up((self.stream, handle), inboxes) {
            flow.acknowledge(self.stream, handle, desk);
        }
    }

    /// The flow is offered on another stream: what this one still holds must never be taken. The answer is for a sender
    /// whose offers overtook one another on their way; it will offer the flow again.
    pub(crate) fn supersede(&mut self, handle: u32, inboxes: &mut Inboxes, desk: &mut Desk) {
        if self.flows.contains_key(&handle) {
            self.refuse(handle, Refusal::OutOfStep, None, inboxes, desk);
        }
    }

    /// Forgets a flow.
    pub(crate) fn close(&mut self, handle: u32, inboxes: &mut Inboxes) -> Option<Origin> {
        let flow = self.flows.remove(&handle)?;
        inboxes.settled(flow.origin.target, flow.queued());
        inboxes.closed(flow.origin.target, flow.granted.less(flow.arrived), (self.stream, handle));
        Some(flow.origin)
    }

    /// Ends the receiver; returns the flows it had.
    pub(crate) fn end(mut self, inboxes: &mut Inboxes) -> Vec<(u32, Origin)> {
        let handles: Vec<u32> = self.flows.keys().copied().collect();
        handles.into_iter().filter_map(|handle| Some((handle, self.close(handle, inboxes)?))).collect()
    }

    /// Hands the store what has arrived, or refuses what is to be refused.
    fn proceed(&mut self, handle: u32, inboxes: &mut Inboxes, desk: &mut Desk) {
        let Some(flow) = self.flows.get_mut(&handle) else {
            return;
        };
        if flow.taking.is_some() {
            return;
        }
        if flow.queue.is_empty() {
            if let Some(refusal) = flow.refusal {
                let committed = flow.committed;
                self.refuse(handle, refusal, Some(committed), inboxes, desk);
            }
            return;
        }
        let used = flow.queued();
        let items = std::mem::take(&mut flow.queue);
        flow.taking = Some(flow.expected);
        desk.ask(
            Purpose::Take { stream: self.stream, handle, inbox: flow.origin.target, used },
            Request::Take { origin: flow.origin.clone(), epoch: flow.epoch, from: flow.committed, items },
        );
    }

    fn refuse(&mut self, handle: u32, refusal: Refusal, next: Option<u64>, inboxes: &mut Inboxes, desk: &mut Desk) {
        if let Some(origin) = self.close(handle, inboxes) {
            desk.refused.push((origin, self.stream, handle));
        }
        desk.send(self.stream, Kind::Reject(Reject { handle, code: refusal as u32, next }));
    }

    fn late(&self, handle: u32) -> Result<(), Broken> {
        if handle < self.next_handle { Ok(()) } else { Err(Broken::Protocol("a handle that was never offered")) }
    }
}

impl In {
    fn offered(origin: Origin, epoch: Epoch) -> Self {
        Self {
            origin,
            epoch,
            open: false,
            expected: 0,
            committed: 0,
            queue: Vec::new(),
            taking: None,
            granted: Usage::default(),
            arrived: Usage::default(),
            refusal: None,
        }
    }

    fn acknowledge(&self, stream: StreamId, handle: u32, desk: &mut Desk) {
        let Usage { messages, bytes } = self.granted;
        desk.send(stream, Kind::Ack(Ack { handle, next: self.committed, messages, bytes }));
    }

    /// Asks for credit; tells whether there was some.
    fn top_up(&mut self, place: (StreamId, u32), inboxes: &mut Inboxes) -> bool {
        let given = inboxes.grant(self.origin.target, self.granted.less(self.arrived), place);
        self.granted = self.granted + given;
        given != Usage::default()
    }

    /// The credit that is used by what waits to be handed to the store.
    fn queued(&self) -> Usage {
        self.queue.iter().fold(Usage::default(), |sum, item| match item {
            Item::Message(message) => sum + Usage { messages: 1, bytes: message.body.len() as u64 },
            Item::Skip(_) => sum,
        })
    }
}

/// Whether a message can be taken at all.
fn check(data: &Data, origin: &Origin, rules: &Rules) -> Result<Content, Refusal> {
    if data.body.len() > rules.max_body {
        return Err(Refusal::TooLarge);
    }
    let content = Content::from_number(data.content).ok_or(Refusal::Malformed)?;
    if (content == Content::Invitation) != (origin.target == crate::message::HOST) {
        return Err(Refusal::Malformed);
    }
    if (rules.well_formed)(content, &data.body) { Ok(content) } else { Err(Refusal::Malformed) }
}
