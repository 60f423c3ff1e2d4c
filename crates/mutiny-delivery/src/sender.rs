//! The sending half: one [`Sender`] for the outgoing stream to a peer.
//!
//! A flow begins with an *offer*, in its turn; once the receiver has *accepted*, messages are loaded from the store into a small
//! window and sent, pipelined, as far as the credit goes. What is acknowledged is reported to the store as delivered.
//! Nothing is remembered beyond the stream: whatever was not acknowledged is offered again on the next one. So every
//! trouble within a flow (a transient refusal, a failing disk) ends the same way: the handle is dropped and the flow is
//! offered again, later, under a fresh one.

mod offers;
mod out;
mod retries;
mod room;
mod turns;

use std::collections::BTreeMap;

use crate::desk::{Desk, Purpose};
use crate::frame::{Accept, Ack, Kind, Offer, Reject};
use crate::io::{Broken, StreamId};
use crate::message::{Class, Failure, Flow, FlowId, Message, Peer, Refusal};
use crate::store::{Extent, Reply, Request, Usage};
use bytes::Bytes;
use uuid::Uuid;

use self::offers::Offers;
use self::out::{Out, State};
use self::retries::Retries;
use self::room::Room;
use self::turns::Turns;

/// How many bytes may wait in a stream's send buffer before the machine holds back.
pub(crate) const HIGH_WATER: usize = 256 * 1024;

/// How long a flow may leave overdue messages unacknowledged before the stream is given up, in milliseconds: long
/// enough for a slow disk.
const SILENCE: u64 = 60_000;

pub(crate) struct Sender {
    stream: StreamId,
    pub(crate) peer: Peer,
    flows: BTreeMap<u32, Out>,
    handles: BTreeMap<FlowId, u32>,
    next_handle: u32,
    /// Flows to offer.
    offers: Offers,
    /// Flows with something to send.
    ready: Turns<u32>,
    /// To load messages in.
    room: Room,
    /// Flows to offer again, later.
    retries: Retries,
    /// Flows whose messages are being ended, since they were refused for good: not to be offered before that is done, or
    /// messages might leave that are about to be called undelivered. With the flow, where something was sent meanwhile.
    failing: BTreeMap<FlowId, Option<Flow>>,
    /// Flows on which overdue messages are on their way, and since when, by the steady clock.
    overdue: BTreeMap<u32, u64>,
    /// Bytes in the send buffer.
    unsent: usize,
}

impl Sender {
    pub(crate) fn begin(stream: StreamId, peer: Peer, desk: &mut Desk) -> Self {
        desk.ask(Purpose::Begin(stream), Request::Flows { peer: peer.clone() });
        Self {
            stream,
            peer,
            flows: BTreeMap::new(),
            handles: BTreeMap::new(),
            next_handle: 0,
            offers: Offers::default(),
            ready: Turns::default(),
            room: Room::default(),
            retries: Retries::default(),
            failing: BTreeMap::new(),
            overdue: BTreeMap::new(),
            unsent: 0,
        }
    }

    /// Offers flows: in their turn, and not those that are offered already.
    pub(crate) fn offer(&mut self, flows: impl IntoIterator<Item = Flow>, desk: &mut Desk) {
        for flow in flows {
            if self.handles.contains_key(&flow.id) || self.offers.hold(flow.id) {
                continue;
            }
            if let Some(sent) = self.failing.get_mut(&flow.id) {
                *sent = Some(flow);
                continue;
            }
            self.retries.remove(flow.id);
            self.offers.push(flow);
        }
        self.pump(desk);
    }

    fn offer_now(&mut self, flow: Flow, desk: &mut Desk) {
        let handle = self.next_handle;
        self.next_handle += 1;
        self.handles.insert(flow.id, handle);
        self.unsent += desk.send(
            self.stream,
            Kind::Offer(Offer {
                handle,
                source: Bytes::copy_from_slice(flow.source.as_bytes()),
                target: Bytes::copy_from_slice(flow.target.as_bytes()),
                epoch: Bytes::copy_from_slice(&flow.epoch.0.to_be_bytes()),
                first: flow.first,
            }),
        );
        self.flows.insert(handle, Out::offered(flow));
    }

    /// A message was put into the outbox. `left`: it is marked as one that may have left.
    pub(crate) fn queued(&mut self, flow: &Flow, message: Message, left: bool, desk: &mut Desk) {
        let Some(&handle) = self.handles.get(&flow.id) else {
            if !self.retries.holds(flow.id) {
                self.offer([flow.clone()], desk);
            }
            return;
        };
        let Some(out) = self.flows.get_mut(&handle) else { return };
        if self.room.has_some() && out.takes_directly(flow, &message, left) {
            out.loaded = message.seq + 1;
            out.window_bytes += message.body.len();
            out.window.push_back(message);
        } else {
            out.more = true;
        }
        self.count(handle);
        self.make_ready(handle);
        self.pump(desk);
    }

    pub(crate) fn accepted(&mut self, accept: &Accept, desk: &mut Desk) -> Result<(), Broken> {
        let Some(out) = self.flows.get_mut(&accept.handle) else {
            return known(accept.handle, self.next_handle);
        };
        if out.state != State::Offered || accept.next < out.flow.first {
            return Err(Broken::Protocol("an accept that answers no offer"));
        }
        let last = match accept.last.len() {
            0 => None,
            _ => Some(Uuid::from_slice(&accept.last).map_err(|_| Broken::Protocol("a message id of wrong length"))?),
        };
        self.offers.answered();
        out.gets_credit(Usage { messages: accept.messages, bytes: accept.bytes });
        if accept.next == out.flow.first {
            // Nothing new is delivered, so there is nothing to write and nothing to doubt.
            self.open(accept.handle, accept.next, desk);
        } else {
            out.state = State::Resuming { next: accept.next, last };
            out.resume(self.stream, accept.handle, desk);
            self.pump(desk);
        }
        Ok(())
    }

    fn open(&mut self, handle: u32, next: u64, desk: &mut Desk) {
        let Some(out) = self.flows.get_mut(&handle) else { return };
        out.state = State::Open;
        (out.loaded, out.sent, out.acked, out.reported) = (next, next, next, next);
        out.more = true;
        desk.deadlines.look();
        self.make_ready(handle);
        self.pump(desk);
        // Also where the send buffer is full: it is for when there is room again.
        self.load(handle, desk);
    }

    pub(crate) fn acknowledged(&mut self, ack: &Ack, desk: &mut Desk) -> Result<(), Broken> {
        let Some(out) = self.flows.get_mut(&ack.handle) else {
            return known(ack.handle, self.next_handle);
        };
        if out.state != State::Open || ack.next < out.acked || ack.next > out.sent {
            return Err(Broken::Protocol("an acknowledgement of what was never sent"));
        }
        if ack.next > out.acked {
            out.acked = ack.next;
            self.retries.succeeded(out.flow.id);
            if out.draining {
                self.overdue.insert(ack.handle, desk.now.steady);
            }
            if out.draining && out.acked == out.sent {
                out.draining = false;
                self.overdue.remove(&ack.handle);
                if !out.expiring {
                    out.expire(self.stream, ack.handle, desk);
                }
            }
        }
        out.gets_credit(Usage { messages: ack.messages, bytes: ack.bytes });
        out.report(self.stream, ack.handle, desk);
        self.make_ready(ack.handle);
        self.pump(desk);
        Ok(())
    }

    pub(crate) fn rejected(&mut self, reject: &Reject, desk: &mut Desk) -> Result<(), Broken> {
        let Some(out) = self.flows.get(&reject.handle) else {
            return known(reject.handle, self.next_handle);
        };
        let refusal = Refusal::from_number(reject.code);
        let extent = match (&out.state, reject.next) {
            (State::Open, Some(next)) if next < out.acked || next > out.sent => {
                return Err(Broken::Protocol("a refusal of what was never sent"));
            }
            (State::Open, Some(next)) => Extent::From(next),
            // Before both sides agreed on the numbering, a receiver that stands where the offer begins is believed, as it
            // is with an accept. Any other has taken something under those numbers, which this side may have forgotten.
            (State::Offered | State::Resuming { .. }, Some(next)) if next == out.flow.first => Extent::From(next),
            (_, next) => Extent::All { left: next.unwrap_or(0) },
        };
        let (flow, sent) = (out.flow.clone(), out.sent);
        let (extent, goes_on) = match (refusal.class(), extent) {
            (Class::Message, Extent::From(at)) if at < sent => (Extent::One(at), Some(at + 1)),
            (Class::Message, _) => return Err(Broken::Protocol("a refusal of no message")),
            (Class::Flow, extent) => (extent, None),
            (Class::Transient, _) => {
                self.park(reject.handle, desk);
                return Ok(());
            }
        };
        self.drop_handle(reject.handle);
        let request = Request::Fail { flow: flow.id, extent, failure: Failure::Refused(refusal) };
        self.fail(flow, goes_on, request, desk);
        self.pump(desk);
        Ok(())
    }

    /// The reply to what was asked in order to resume the flow of `handle`, or to load more of it.
    pub(crate) fn stored(&mut self, handle: u32, reply: Reply, desk: &mut Desk) {
        let Some(out) = self.flows.get_mut(&handle) else { return };
        match (reply, &out.state) {
            (Reply::Resumed(Ok(())), State::Resuming { next, .. }) => {
                let next = *next;
                self.open(handle, next, desk);
            }
            (Reply::More, State::Resuming { .. }) => out.resume(self.stream, handle, desk),
            (Reply::Resumed(Err(flow)), _) => {
                self.drop_handle(handle);
                // At once for the first time; a receiver that waits for numbers that never were would have it so for ever.
                if self.retries.begins_anew(flow.id) {
                    self.offer([flow], desk);
                } else {
                    self.retry(flow, desk);
                    self.pump(desk);
                }
            }
            (Reply::Loaded { messages, more }, _) => {
                (out.loading, out.asked) = (false, 0);
                if out.expiring {
                    // Some of these may have been expired since; they are loaded anew when that is settled.
                    out.more = true;
                } else {
                    out.more |= more;
                    if let Some(last) = messages.last() {
                        out.loaded = last.seq + 1;
                    }
                    out.window_bytes += messages.iter().map(|message| message.body.len()).sum::<usize>();
                    out.window.extend(messages);
                }
                self.count(handle);
                self.make_ready(handle);
                self.pump(desk);
            }
            _ => self.park(handle, desk),
        }
    }

    /// The store knows what is delivered.
    pub(crate) fn reported(&mut self, handle: u32, reply: &Reply, desk: &mut Desk) {
        let Some(out) = self.flows.get_mut(&handle) else { return };
        out.reporting = false;
        match reply {
            Reply::Done => out.report(self.stream, handle, desk),
            _ => self.park(handle, desk),
        }
    }

    /// The store has expired what was overdue.
    pub(crate) fn expired(&mut self, handle: u32, reply: &Reply, desk: &mut Desk) {
        let Some(out) = self.flows.get_mut(&handle) else { return };
        out.expiring = false;
        out.more = true;
        match reply {
            Reply::Done => {
                // Others may have fallen due meanwhile.
                desk.deadlines.look();
                self.make_ready(handle);
                self.pump(desk);
            }
            Reply::More => out.expire(self.stream, handle, desk),
            _ => self.park(handle, desk),
        }
    }

    /// Has the store end messages of a flow that was refused for good; `goes_on` behind them, if at all.
    pub(crate) fn fail(&mut self, flow: Flow, goes_on: Option<u64>, request: Request, desk: &mut Desk) {
        self.failing.entry(flow.id).or_default();
        let again = Box::new(request.clone());
        desk.ask(Purpose::Fail { stream: self.stream, flow, goes_on, again }, request);
    }

    /// They have ended.
    pub(crate) fn failed(&mut self, flow: Flow, goes_on: Option<u64>, desk: &mut Desk) {
        let sent = self.failing.remove(&flow.id).flatten();
        // Others of it may be overdue, which were to wait for what was on its way.
        desk.deadlines.look();
        self.offer(goes_on.map(|first| Flow { first, ..flow }).or(sent), desk);
    }

    /// They have not: the store failed. The other side will say again that it does not want them.
    pub(crate) fn not_failed(&mut self, flow: Flow, desk: &mut Desk) {
        self.failing.remove(&flow.id);
        self.retry(flow, desk);
        desk.deadlines.retry(desk.now);
    }

    /// Whether this session answers for the flow's overdue messages; if so, it sees to them.
    pub(crate) fn sees_to_overdue(&mut self, flow: FlowId, desk: &mut Desk) -> bool {
        let Some(&handle) = self.handles.get(&flow) else {
            return false;
        };
        let Some(out) = self.flows.get_mut(&handle).filter(|out| out.state == State::Open) else {
            return false;
        };
        if out.sent > out.acked {
            // Those among them that are on their way end with their acknowledgement, or with the stream.
            out.draining = true;
            self.overdue.entry(handle).or_insert(desk.now.steady);
        } else if !out.expiring {
            out.expire(self.stream, handle, desk);
        }
        true
    }

    pub(crate) fn flushed(&mut self, bytes: usize, desk: &mut Desk) {
        self.unsent = self.unsent.saturating_sub(bytes);
        self.pump(desk);
    }

    /// Offers again what has waited long enough. Returns the stream if it is to be given up.
    pub(crate) fn tick(&mut self, desk: &mut Desk) -> Option<StreamId> {
        let steady = desk.now.steady;
        let due = self.retries.due(steady);
        if !due.is_empty() {
            self.offer(due, desk);
        }
        self.overdue.values().any(|since| since + SILENCE <= steady).then_some(self.stream)
    }

    /// When to call [`Self::tick`], by the steady clock.
    pub(crate) fn wake(&self) -> Option<u64> {
        self.overdue.values().map(|since| since + SILENCE).chain(self.retries.next()).min()
    }

    /// Offers `flow` again later, unless that happens already.
    fn retry(&mut self, flow: Flow, desk: &mut Desk) {
        if !self.handles.contains_key(&flow.id) {
            self.retries.add(flow, desk);
        }
    }

    /// Forgets how long refused flows were to wait; the next [`Self::tick`] offers them.
    pub(crate) fn hurry(&mut self) {
        self.retries.hurry();
    }

    fn park(&mut self, handle: u32, desk: &mut Desk) {
        if let Some(mut out) = self.drop_handle(handle) {
            out.report_now(self.stream, handle, desk);
            self.retry(out.flow, desk);
            desk.deadlines.look();
            self.pump(desk);
        }
    }

    /// The stream is gone. What was acknowledged on it counts.
    pub(crate) fn end(mut self, desk: &mut Desk) {
        for (handle, out) in &mut self.flows {
            out.report_now(self.stream, *handle, desk);
        }
    }

    fn drop_handle(&mut self, handle: u32) -> Option<Out> {
        let out = self.flows.remove(&handle)?;
        self.handles.remove(&out.flow.id);
        self.overdue.remove(&handle);
        if out.state == State::Offered {
            self.offers.answered();
        }
        self.room.count(out.counted, 0);
        Some(out)
    }

    fn make_ready(&mut self, handle: u32) {
        if let Some(out) = self.flows.get_mut(&handle)
            && out.state == State::Open
            && !out.waits_for_turn
        {
            out.waits_for_turn = true;
            self.ready.push(out.flow.source, handle);
        }
    }

    /// Offers and sends while there is room in the send buffer, flow after flow; and loads while there is room for that.
    fn pump(&mut self, desk: &mut Desk) {
        while self.unsent < HIGH_WATER
            && let Some(flow) = self.offers.next()
        {
            self.offer_now(flow, desk);
        }
        while self.unsent < HIGH_WATER
            && let Some(handle) = self.ready.next()
        {
            let Some(out) = self.flows.get_mut(&handle) else {
                continue;
            };
            out.waits_for_turn = false;
            let (bytes, again) = out.take_turn(self.stream, handle, desk);
            self.unsent += bytes;
            if again {
                self.make_ready(handle);
            }
            self.load(handle, desk);
        }
        while let Some(handle) = self.room.next() {
            if let Some(out) = self.flows.get_mut(&handle) {
                out.hungry = false;
                self.load(handle, desk);
            }
        }
    }

    /// Fills the window of a flow, now or when there is room for it.
    fn load(&mut self, handle: u32, desk: &mut Desk) {
        let Some(out) = self.flows.get_mut(&handle) else { return };
        if self.room.has_some() {
            out.load(self.stream, handle, desk);
        } else if out.wants() > 0 && !out.hungry {
            out.hungry = true;
            self.room.wait(out.flow.source, handle);
        }
        self.count(handle);
    }

    /// Counts what a flow holds.
    fn count(&mut self, handle: u32) {
        if let Some(out) = self.flows.get_mut(&handle) {
            let holds = out.window_bytes + out.asked;
            self.room.count(out.counted, holds);
            out.counted = holds;
        }
    }
}

/// A frame for a handle that was dropped is late, and ignored; one for a handle never used is an error.
fn known(handle: u32, next: u32) -> Result<(), Broken> {
    if handle < next { Ok(()) } else { Err(Broken::Protocol("a handle that was never offered")) }
}
