//! The machine as a whole: all streams of one peer, and the way between inputs and halves.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::credit::Inboxes;
use crate::desk::{Desk, Purpose, Random};
use crate::frame::{Frame, Hello, Kind, VERSION};
use crate::greeting::Greeting;
use crate::io::{Broken, Input, Output, Rules, StreamId, Ticket, Wake};
use crate::message::{FlowId, Now, Origin, Peer, Refusal};
use crate::receiver::Receiver;
use crate::sender::Sender;
use crate::store::{Refused, Reply, Request};

/// The delivery machine of one peer.
pub struct Machine {
    rules: Rules,
    name: String,
    desk: Desk,
    senders: BTreeMap<StreamId, Sender>,
    outgoing: BTreeMap<Peer, StreamId>,
    receivers: BTreeMap<StreamId, Receiver>,
    /// What the other side of each stream has said of itself.
    greetings: BTreeMap<StreamId, Greeting>,
    /// Where each incoming flow is open: in one place at most.
    incoming: BTreeMap<Origin, (StreamId, u32)>,
    inboxes: Inboxes,
}

impl Machine {
    /// A machine without streams. `name` is what this peer calls itself, `random` gives 128 bits at each call.
    pub fn new(rules: Rules, name: String, random: Random) -> Self {
        Self {
            inboxes: Inboxes::new(rules.inbox),
            rules,
            name,
            desk: Desk::new(random),
            senders: BTreeMap::new(),
            outgoing: BTreeMap::new(),
            receivers: BTreeMap::new(),
            greetings: BTreeMap::new(),
            incoming: BTreeMap::new(),
        }
    }

    /// Takes an input. Afterwards, carry out [`Self::poll`]'s outputs until there are none.
    pub fn handle(&mut self, now: Now, input: Input) {
        self.desk.now = now;
        match input {
            Input::Opened { stream, peer } => self.opened(stream, peer),
            Input::Incoming { stream, peer } => {
                self.greetings.insert(stream, Greeting::awaited(peer.clone()));
                self.receivers.insert(stream, Receiver::new(stream, peer));
                self.greet(stream);
            }
            Input::Closed { stream } => self.end(stream),
            Input::Frame { stream, frame } => {
                if let Err(why) = self.frame(stream, frame) {
                    self.give_up(stream, why);
                }
            }
            Input::Flushed { stream, weight } => {
                if let Some(sender) = self.senders.get_mut(&stream) {
                    sender.flushed(weight, &mut self.desk);
                }
            }
            Input::Queued { flow, message, left } => {
                self.desk.deadlines.add(message.deadline);
                if let Some(sender) = self.outgoing.get(&flow.peer).and_then(|stream| self.senders.get_mut(stream)) {
                    sender.queued(&flow, message, left, &mut self.desk);
                }
            }
            Input::Withdrawn { flow, peer } => self.see_to_overdue(flow, &peer),
            Input::Hurry { peer } => {
                if let Some(sender) = self.outgoing.get(&peer).and_then(|stream| self.senders.get_mut(stream)) {
                    sender.hurry();
                }
            }
            Input::Freed { instance, usage } => {
                self.inboxes.used(instance, usage);
                self.give_credit(instance);
            }
            Input::Renamed(name) => {
                self.name = name;
                let streams: Vec<_> = self.senders.keys().chain(self.receivers.keys()).copied().collect();
                streams.into_iter().for_each(|stream| self.greet(stream));
            }
            Input::Stored { ticket, reply } => self.stored(ticket, reply),
            Input::Tick => {}
        }
        self.tick();
        for (origin, stream, handle) in std::mem::take(&mut self.desk.refused) {
            self.forget_incoming(stream, handle, &origin);
        }
    }

    /// The next thing to do.
    pub fn poll(&mut self) -> Option<Output> {
        self.desk.outputs.pop_front()
    }

    /// When to come back without any other input.
    pub fn wake(&self) -> Wake {
        let overdue = self.desk.deadlines.wake(self.desk.now);
        let parked = self.senders.values().filter_map(Sender::wake).min();
        Wake { steady: overdue.steady.into_iter().chain(parked).min(), wall: overdue.wall }
    }

    fn opened(&mut self, stream: StreamId, peer: Peer) {
        if let Some(old) = self.outgoing.get(&peer).copied() {
            self.give_up(old, Broken::Replaced);
        }
        self.outgoing.insert(peer.clone(), stream);
        self.greetings.insert(stream, Greeting::awaited(peer.clone()));
        self.greet(stream);
        let sender = Sender::begin(stream, peer, &mut self.desk);
        self.senders.insert(stream, sender);
    }

    fn greet(&mut self, stream: StreamId) {
        self.desk.send(stream, Kind::Hello(Hello { version: VERSION, name: self.name.clone() }));
    }

    fn frame(&mut self, stream: StreamId, frame: Frame) -> Result<(), Broken> {
        let Some(kind) = frame.kind else { return Ok(()) };
        let desk = &mut self.desk;
        // Some frames come together with the one that ended their stream.
        let Some(greeting) = self.greetings.get_mut(&stream) else { return Ok(()) };
        if let Kind::Hello(hello) = kind {
            desk.outputs.extend(greeting.hears(hello)?);
            return Ok(());
        }
        if !greeting.came() {
            return Err(Broken::Protocol("something before its hello"));
        }
        if let Some(sender) = self.senders.get_mut(&stream) {
            return match kind {
                Kind::Accept(accept) => sender.accepted(&accept, desk),
                Kind::Ack(ack) => sender.acknowledged(&ack, desk),
                Kind::Reject(reject) => sender.rejected(&reject, desk),
                _ => Err(Broken::Protocol("a sender's frame on a stream it receives on")),
            };
        }
        let Some(receiver) = self.receivers.get_mut(&stream) else {
            return Ok(());
        };
        match kind {
            Kind::Offer(offer) => {
                let Some(origin) = receiver.offered(&offer, desk)? else {
                    return Ok(());
                };
                // From here on nothing that an older stream still holds may be taken: the answer to this offer tells
                // where the flow stands, and the sender builds on it.
                let place = (stream, offer.handle);
                if let Some((stream, handle)) = self.incoming.insert(origin, place)
                    && let Some(old) = self.receivers.get_mut(&stream)
                {
                    old.supersede(handle, &mut self.inboxes, desk);
                }
                Ok(())
            }
            Kind::Data(data) => receiver.data(data, &self.rules, &mut self.inboxes, desk),
            Kind::Skip(skip) => receiver.skipped(&skip, &mut self.inboxes, desk),
            _ => Err(Broken::Protocol("a receiver's frame on a stream it sends on")),
        }
    }

    fn stored(&mut self, ticket: Ticket, reply: Reply) {
        let Some(purpose) = self.desk.purpose(ticket) else {
            return;
        };
        let desk = &mut self.desk;
        match purpose {
            Purpose::Begin(stream) => match (self.senders.get_mut(&stream), reply) {
                (Some(sender), Reply::Flows(flows)) => sender.offer(flows, desk),
                (Some(_), _) => self.give_up(stream, Broken::Store),
                (None, _) => {}
            },
            Purpose::Resume(stream, handle) | Purpose::Load(stream, handle) => {
                if let Some(sender) = self.senders.get_mut(&stream) {
                    sender.stored(handle, reply, desk);
                }
            }
            Purpose::Delivered(stream, handle) => {
                if let Some(sender) = self.senders.get_mut(&stream) {
                    sender.reported(handle, &reply, desk);
                }
            }
            Purpose::Expire(stream, handle) => {
                if let Some(sender) = self.senders.get_mut(&stream) {
                    sender.expired(handle, &reply, desk);
                }
            }
            Purpose::Fail { stream, flow, goes_on, again } => {
                if let Some(sender) = self.senders.get_mut(&stream) {
                    match reply {
                        Reply::More => sender.fail(flow, goes_on, *again, desk),
                        Reply::Done => sender.failed(flow, goes_on, desk),
                        _ => sender.not_failed(flow, desk),
                    }
                }
            }
            Purpose::ExpireIdle(flow, peer) => {
                match reply {
                    Reply::Failed => desk.deadlines.retry(desk.now),
                    // A session may have begun by now, and know more.
                    Reply::More => self.see_to_overdue(flow, &peer),
                    _ => {}
                }
                self.desk.deadlines.seen_to();
            }
            Purpose::Due => self.due(reply),
            Purpose::Open(stream, handle) => {
                let opened = match reply {
                    Reply::Opened(opened) => opened,
                    _ => Err(Refused { refusal: Refusal::Storage, next: None }),
                };
                if let Some(receiver) = self.receivers.get_mut(&stream) {
                    receiver.opened(handle, opened, &mut self.inboxes, desk);
                }
            }
            Purpose::Take { stream, handle, inbox, used } => {
                self.inboxes.settled(inbox, used);
                let taken = match reply {
                    Reply::Taken(Ok(taken)) => {
                        self.inboxes.used(inbox, taken.usage);
                        Ok(taken.refused)
                    }
                    Reply::Taken(Err(refusal)) => Err(refusal),
                    _ => Err(Refusal::Storage),
                };
                if let Some(receiver) = self.receivers.get_mut(&stream) {
                    receiver.taken(handle, taken, &mut self.inboxes, desk);
                }
                self.give_credit(inbox);
            }
        }
    }

    fn due(&mut self, reply: Reply) {
        let Reply::Due { flows, next } = reply else {
            return self.desk.deadlines.failed(self.desk.now);
        };
        self.desk.deadlines.answered(next);
        for (flow, peer) in flows {
            self.see_to_overdue(flow, &peer);
        }
    }

    /// Has the overdue messages of a flow ended, by whoever holds it.
    fn see_to_overdue(&mut self, flow: FlowId, peer: &Peer) {
        let sender = self.outgoing.get(peer).and_then(|stream| self.senders.get_mut(stream));
        if !sender.is_some_and(|sender| sender.sees_to_overdue(flow, &mut self.desk)) {
            let request = Request::Expire { flow, from: 0, wall: self.desk.now.wall, outcome: None };
            self.desk.deadlines.see_to();
            self.desk.ask(Purpose::ExpireIdle(flow, peer.clone()), request);
        }
    }

    fn tick(&mut self) {
        let desk = &mut self.desk;
        if let Some(request) = desk.deadlines.ask(desk.now) {
            desk.ask(Purpose::Due, request);
        }
        let silent: Vec<_> = self.senders.values_mut().filter_map(|sender| sender.tick(desk)).collect();
        silent.into_iter().for_each(|stream| self.give_up(stream, Broken::Silent));
    }

    fn give_credit(&mut self, inbox: Uuid) {
        for (stream, handle) in self.inboxes.waiting(inbox) {
            if let Some(receiver) = self.receivers.get_mut(&stream) {
                receiver.more_credit(handle, &mut self.inboxes, &mut self.desk);
            }
        }
    }

    fn give_up(&mut self, stream: StreamId, why: Broken) {
        self.desk.outputs.push_back(Output::Close { stream, why });
        self.end(stream);
    }

    fn end(&mut self, stream: StreamId) {
        self.greetings.remove(&stream);
        if let Some(sender) = self.senders.remove(&stream) {
            if self.outgoing.get(&sender.peer) == Some(&stream) {
                self.outgoing.remove(&sender.peer);
            }
            sender.end(&mut self.desk);
            // Messages that fell due while they were on their way are nobody's now.
            self.desk.deadlines.look();
        }
        if let Some(receiver) = self.receivers.remove(&stream) {
            for (handle, origin) in receiver.end(&mut self.inboxes) {
                self.forget_incoming(stream, handle, &origin);
            }
        }
    }

    /// An incoming flow is closed: its place is free, and so is the credit that it held.
    fn forget_incoming(&mut self, stream: StreamId, handle: u32, origin: &Origin) {
        if self.incoming.get(origin) == Some(&(stream, handle)) {
            self.incoming.remove(origin);
        }
        self.give_credit(origin.target);
    }
}
