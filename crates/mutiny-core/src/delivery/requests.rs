//! Carries out what the delivery machine asks of the store: its words ([`Request`]) in terms of the tables.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use libp2p::PeerId;
use mutiny_delivery::message::{self, Epoch, Failure, FlowId, HOST, Message, Origin, Refusal};
use mutiny_delivery::store::{Extent, Item, Opened, Refused, Reply, Request, Taken, Usage};
use uuid::Uuid;

use super::invitation::Invitation;
use crate::error::Result;
use crate::host::Event;
use crate::policy::{self, Policy, Wall};
use crate::store::doors::{self, Threshold};
use crate::store::inbox::{self, Failed};
use crate::store::incoming::{self, Incoming};
use crate::store::outbox::{self, Ending};
use crate::store::{Db, activity, ended, flows, inboxes, instances, outboxes, queues};
use crate::trace;
use crate::view::{AppEvent, FailureReason, MessageState, Millis, Outcome, Status, Step, Topic, Trust};

/// What requests need to know, and what comes of them for others.
pub(crate) struct Office<'a> {
    pub(crate) db: &'a Db,
    /// Milliseconds since the Unix epoch.
    pub(crate) now: Millis,
    /// This host itself.
    pub(crate) me: PeerId,
    /// Peers of the same network.
    pub(crate) nearby: &'a HashSet<PeerId>,
    /// Who may reach this host, as of the last commit.
    pub(crate) policy: &'a Policy,
    /// Something was written that changes who may reach it.
    pub(crate) decided: bool,
    /// What is to be told once this is committed.
    pub(crate) events: Vec<Event>,
    /// What of that need not be told twice: of a thousand flows each would have to look through all of it.
    pub(crate) told: HashSet<Event>,
    /// How many flows each peer has to this host, as far as it was counted: whoever offers a thousand new ones at once
    /// must not have them counted a thousand times.
    pub(crate) flows: HashMap<message::Peer, i64>,
    /// What arrived for whom, from whom, and how many: for [`super::arrivals::Arrivals`], once this is committed.
    pub(crate) arrived: Vec<(Uuid, PeerId, u32)>,
    /// What is to be told to whoever watches closely, once this is committed; `None` where nobody does.
    pub(crate) steps: Option<Vec<Step>>,
}

impl Office<'_> {
    /// Carries out one request.
    pub(crate) fn carry_out(&mut self, request: Request) -> Result<Reply> {
        match request {
            Request::Flows { peer } => Ok(Reply::Flows(flows::pending(self.db, &peer)?)),
            Request::Resume { flow, epoch, next, last, fresh } => self.resume(flow, epoch, next, last, fresh),
            Request::Load { flow, from, messages, bytes } => self.load(flow, from, messages, bytes),
            Request::Delivered { flow, next } => {
                self.delivered(flow, next, usize::MAX)?;
                Ok(Reply::Done)
            }
            Request::Expire { flow, from, wall, outcome } => {
                self.delivered(flow, from, usize::MAX)?;
                self.fail(flow, from..MOST, wall, FailureReason::Expired, outcome)
            }
            Request::Fail { flow, extent, failure } => self.refused(flow, extent, failure),
            Request::Due { wall } => {
                let (flows, next) = outbox::due(self.db, wall)?;
                Ok(Reply::Due { flows, next })
            }
            Request::Open { origin, epoch, first } => Ok(Reply::Opened(self.open(&origin, epoch, first)?)),
            Request::Take { origin, epoch, from, items } => Ok(Reply::Taken(self.take(&origin, epoch, from, items)?)),
        }
    }

    fn resume(&mut self, flow: FlowId, epoch: Epoch, next: u64, last: Option<Uuid>, fresh: Epoch) -> Result<Reply> {
        // Gone with its instance: nothing is pending that could be in doubt.
        let Some(row) = flows::get(self.db, flow)? else { return Ok(Reply::Resumed(Ok(()))) };
        if row.epoch != epoch {
            return Ok(Reply::Resumed(Err(row.flow(outbox::first(self.db, flow)?))));
        }
        let concerned = outbox::first(self.db, flow)?.is_some_and(|first| first < next);
        if next > row.next || (concerned && !self.is_own(&row, next, last)?) {
            flows::renew(self.db, flow, fresh)?;
            tracing::warn!(?flow, "the other side knows more of this flow than this one; it is numbered anew");
            let row = flows::Outgoing { epoch: fresh, ..row };
            return Ok(Reply::Resumed(Err(row.flow(outbox::first(self.db, flow)?))));
        }
        let more = self.delivered(flow, next, STEP)?;
        Ok(if more { Reply::More } else { Reply::Resumed(Ok(())) })
    }

    /// Whether the last message that the receiver has is the one that this side knows by the number before `next`; where
    /// that one has ended, whether it is known at all. Another was sent under that number in a time that is forgotten.
    fn is_own(&self, flow: &flows::Outgoing, next: u64, last: Option<Uuid>) -> Result<bool> {
        let (Some(last), Some(seq)) = (last, next.checked_sub(1)) else { return Ok(false) };
        match outbox::id_at(self.db, flow.id, seq)? {
            Some(pending) => Ok(pending == last),
            None => ended::is_known(self.db, flow.source, last),
        }
    }

    fn load(&mut self, flow: FlowId, from: u64, messages: usize, bytes: usize) -> Result<Reply> {
        let (messages, more) = outbox::load(self.db, flow, from, messages, bytes)?;
        if let Some(last) = messages.last() {
            flows::leave(self.db, flow, last.seq + 1)?;
        }
        Ok(Reply::Loaded { messages, more })
    }

    /// Ends the first `most` messages before `next` as delivered. Returns whether there may be more.
    fn delivered(&mut self, flow: FlowId, next: u64, most: usize) -> Result<bool> {
        let delivered = self.end(flow, 0..next.min(MOST), Millis::MAX, most, MessageState::Delivered)?;
        let Some(instance) = delivered.first().map(|ending| ending.source) else { return Ok(false) };
        self.ended(instance, delivered.iter().map(|ending| (ending.id, Status::Delivered)));
        self.steps(delivered.iter().map(|ending| Step::Acknowledged { message: ending.id, instance }));
        Ok(delivered.len() == most)
    }

    fn refused(&mut self, flow: FlowId, extent: Extent, failure: Failure) -> Result<Reply> {
        let (range, outcome) = match extent {
            Extent::One(seq) => (seq..seq + 1, Some(message::Outcome::NotDelivered)),
            Extent::From(next) => (next..MOST, Some(message::Outcome::NotDelivered)),
            Extent::All { left } => {
                flows::leave(self.db, flow, left.min(MOST))?;
                (0..MOST, None)
            }
        };
        self.delivered(flow, range.start, usize::MAX)?;
        self.fail(flow, range, Millis::MAX, reason(failure), outcome)
    }

    /// Ends the first [`STEP`] messages as failed, each with a notice. Without an `outcome`, the mark tells.
    fn fail(
        &mut self,
        flow: FlowId,
        range: std::ops::Range<u64>,
        deadline: Millis,
        reason: FailureReason,
        outcome: Option<message::Outcome>,
    ) -> Result<Reply> {
        let Some(row) = flows::get(self.db, flow)? else { return Ok(Reply::Done) };
        let Ok(peer) = PeerId::from_bytes(&row.peer.0) else { return Ok(Reply::Done) };
        let endings = self.end(flow, range, deadline, STEP, MessageState::Failed)?;
        if endings.is_empty() {
            return Ok(Reply::Done);
        }
        let more = endings.len() == STEP;
        for ending in endings {
            let outcome = match outcome {
                _ if ending.seq < row.doubt => Outcome::Unknown,
                Some(message::Outcome::NotDelivered) => Outcome::NotDelivered,
                None if ending.seq >= row.gone => Outcome::NotDelivered,
                Some(message::Outcome::Unknown) | None => Outcome::Unknown,
            };
            let reason = match reason {
                FailureReason::Expired if ending.withdrawn => FailureReason::Withdrawn,
                reason => reason,
            };
            activity::explain(self.db, ending.id, reason, outcome)?;
            self.ended(row.source, [(ending.id, Status::Failed { reason, outcome })]);
            self.steps([Step::Failed { message: ending.id, instance: row.source, reason, outcome }]);
            let failed = Failed { message: ending.id, reason, outcome };
            inbox::notify(self.db, row.source, (&peer, row.target), &failed, self.now)?;
        }
        self.tell(row.source, AppEvent::Message);
        Ok(if more { Reply::More } else { Reply::Done })
    }

    /// Tells an instance how messages of its own ended.
    fn ended(&mut self, instance: Uuid, messages: impl IntoIterator<Item = (Uuid, Status)>) {
        let news = messages.into_iter().map(|(id, status)| AppEvent::Delivery { id, status });
        self.events.extend(news.map(|event| Event::App(instance, event)));
    }

    fn end(
        &mut self,
        flow: FlowId,
        range: std::ops::Range<u64>,
        deadline: Millis,
        most: usize,
        state: MessageState,
    ) -> Result<Vec<Ending>> {
        let (ended, less) = outbox::end(self.db, flow, range, deadline, most, (state, self.now))?;
        if let Some(Ending { source, .. }) = ended.first() {
            // A failed message's place is its notice's.
            let messages = if state == MessageState::Failed { 0 } else { less.messages };
            outboxes::release(self.db, *source, Usage { messages, ..less });
            self.changed(Topic::Instances);
        }
        Ok(ended)
    }

    fn open(&mut self, origin: &Origin, epoch: Epoch, first: u64) -> Result<Result<Opened, Refused>> {
        let row = incoming::get(self.db, origin)?;
        let next = row.as_ref().filter(|row| row.epoch == epoch).map_or(first, |row| row.next.max(first));
        let Admitted { welcome, usage } = match self.admit(origin)? {
            Ok(admitted) => admitted,
            // What is busy now may come again; all else has its end here.
            Err(refusal) => return Ok(Err(Refused { refusal, next: (refusal != Refusal::Busy).then_some(next) })),
        };
        let (next, last) = match row {
            None => {
                let flows = match self.flows.entry(origin.peer.clone()) {
                    Entry::Occupied(counted) => counted.into_mut(),
                    Entry::Vacant(peer) => peer.insert(incoming::count(self.db, origin)?),
                };
                let crowded = welcome == Welcome::Stranger && incoming::count_all(self.db)? >= incoming::ALL_FLOWS;
                if *flows >= incoming::MAX_FLOWS || crowded {
                    return Ok(Err(Refused { refusal: Refusal::Busy, next: None }));
                }
                incoming::begin(self.db, origin, epoch, first)?;
                *flows += 1;
                (first, None)
            }
            Some(row) if row.epoch != epoch => {
                incoming::restart(self.db, origin, row.id, epoch, first)?;
                (first, None)
            }
            Some(row) if row.next < first => {
                let row = Incoming { next: first, last: None, ..row };
                incoming::save(self.db, origin, row, Usage::default(), self.now)?;
                (first, None)
            }
            Some(row) => (row.next, row.last),
        };
        Ok(Ok(Opened { next, last, usage: self.shown(origin.target, usage) }))
    }

    fn take(&mut self, origin: &Origin, epoch: Epoch, from: u64, items: Vec<Item>) -> Result<Result<Taken, Refusal>> {
        let admitted = match self.admit(origin)? {
            Ok(admitted) => admitted,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let Some(mut row) = incoming::get(self.db, origin)?.filter(|row| (row.epoch, row.next) == (epoch, from)) else {
            return Ok(Err(Refusal::OutOfStep));
        };
        let Ok(peer) = PeerId::from_bytes(&origin.peer.0) else { return Ok(Err(Refusal::Blocked)) };
        let (mut received, mut refused) = (Vec::with_capacity(items.len()), None);
        for item in items {
            match item {
                Item::Skip(to) => (row.next, row.last) = (to, None),
                Item::Message(message) => {
                    if row.may_be_repeated(&message) && !incoming::is_remembered(self.db, row.id, message.id)? {
                        refused = Some((message.seq, Refusal::Forgotten));
                        break;
                    }
                    (row.next, row.last) = (message.seq + 1, Some(message.id));
                    if incoming::remember(self.db, row.id, &message)? {
                        received.push(message);
                    }
                }
            }
        }
        let more = if origin.target == HOST { Usage::default() } else { inbox::size(&received) };
        incoming::save(self.db, origin, row, more, self.now)?;
        if !received.is_empty() {
            self.receive(origin, &peer, &received, admitted)?;
        }
        let usage = admitted.usage + more;
        Ok(Ok(Taken { usage: self.shown(origin.target, usage), refused }))
    }

    /// Puts messages where they belong.
    fn receive(&mut self, origin: &Origin, peer: &PeerId, messages: &[Message], admitted: Admitted) -> Result<()> {
        let from = || trace::address(&origin.peer.0, origin.source);
        if origin.target == HOST {
            self.steps(messages.iter().map(|it| Step::Invitation { message: it.id, from: from() }));
            // Their form was checked before they were taken.
            let mut invitations = messages.iter().filter_map(|message| Invitation::decode(&message.body));
            return invitations.try_for_each(|invitation| invitation.receive(self, peer, origin.source));
        }
        let stranger = admitted.welcome == Welcome::Stranger;
        inbox::receive(self.db, origin.target, (peer, origin.source), messages, stranger)?;
        instances::touch(self.db, origin.target, self.now)?;
        let instance = origin.target;
        self.steps(messages.iter().map(|it| Step::Received { message: it.id, instance, from: from() }));
        self.arrived.push((origin.target, *peer, u32::try_from(messages.len()).unwrap_or(u32::MAX)));
        self.tell(origin.target, AppEvent::Message);
        Ok(())
    }

    /// The walls a sender has to pass.
    fn admit(&self, origin: &Origin) -> Result<Result<Admitted, Refusal>> {
        let Ok(peer) = PeerId::from_bytes(&origin.peer.0) else { return Ok(Err(Refusal::Blocked)) };
        let (filter, mut caller) = self.policy.look_up(&peer, self.nearby.contains(&peer));
        if peer == self.me {
            caller.trust = Trust::Friend;
        }
        // Whether there is such an instance is nobody's business who may not reach this host.
        let reaches = policy::may_reach(filter, caller).map_err(refusal);
        let friend = caller.trust == Trust::Friend;
        if origin.target == HOST || reaches.is_err() {
            let welcome = if friend { Welcome::Known } else { Welcome::Stranger };
            return Ok(reaches.map(|()| Admitted { welcome, usage: Usage::default() }));
        }
        let Some(Threshold { accepts, invited }) = doors::threshold(self.db, origin.target, &peer)? else {
            return Ok(Err(Refusal::UnknownInstance));
        };
        if let Err(wall) = policy::may_write(filter, caller, accepts, invited) {
            return Ok(Err(refusal(wall)));
        }
        let usage = inboxes::used(self.db, origin.target)?;
        if invited || friend {
            return Ok(Ok(Admitted { welcome: Welcome::Known, usage }));
        }
        let full = |used: Usage, room: Usage| used.messages >= room.messages || used.bytes >= room.bytes;
        let full = full(queues::strangers(self.db, origin.target)?, inbox::OF_STRANGERS)
            || full(inbox::of_stranger(self.db, origin.target, &peer)?, inbox::OF_STRANGER);
        Ok(if full { Err(Refusal::Busy) } else { Ok(Admitted { welcome: Welcome::Stranger, usage }) })
    }

    /// How full an inbox is to be for the machine. Invitations are not credited: their table has limits of its own.
    fn shown(&self, target: Uuid, usage: Usage) -> Usage {
        if target == HOST { Usage::default() } else { self.policy.conditions().fills(usage) }
    }

    fn steps(&mut self, more: impl IntoIterator<Item = Step>) {
        if let Some(steps) = &mut self.steps {
            steps.extend(more);
        }
    }

    /// Wakes an instance's page, once.
    pub(crate) fn tell(&mut self, instance: Uuid, event: AppEvent) {
        self.say(Event::App(instance, event));
        self.changed(Topic::Instances);
    }

    pub(crate) fn changed(&mut self, topic: Topic) {
        self.say(Event::Changed(topic));
    }

    fn say(&mut self, event: Event) {
        if self.told.insert(event.clone()) {
            self.events.push(event);
        }
    }
}

/// A sender that passes all walls, and the instance that it writes to.
#[derive(Clone, Copy)]
struct Admitted {
    welcome: Welcome,
    /// How full the inbox is.
    usage: Usage,
}

/// How a sender that passes all walls is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Welcome {
    /// It was invited, or is a friend.
    Known,
    /// The app lets it in, or the host, and nobody asked for it: it gets [`inbox::OF_STRANGER`] of an inbox.
    Stranger,
}

/// How many messages end in one transaction, where a whole flow does: few enough that nobody else waits long.
const STEP: usize = 1_000;

/// Beyond every number that is assigned; SQLite's integers are signed.
const MOST: u64 = i64::MAX as u64;

fn refusal(wall: Wall) -> Refusal {
    match wall {
        Wall::Blocked | Wall::Filter => Refusal::Blocked,
        Wall::Door => Refusal::NotInvited,
    }
}

fn reason(failure: Failure) -> FailureReason {
    match failure {
        Failure::Expired => FailureReason::Expired,
        Failure::Refused(Refusal::TooLarge) => FailureReason::TooLarge,
        Failure::Refused(Refusal::Malformed) => FailureReason::Malformed,
        Failure::Refused(Refusal::UnknownInstance) => FailureReason::UnknownInstance,
        Failure::Refused(Refusal::Forgotten) => FailureReason::Forgotten,
        Failure::Refused(Refusal::NotInvited) => FailureReason::NotInvited,
        // The others are transient, and never an end.
        Failure::Refused(Refusal::Blocked | Refusal::Busy | Refusal::Storage | Refusal::OutOfStep) => {
            FailureReason::Blocked
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod strangers;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod repetitions;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod twin;

/// Carries out one request at time 1, for a host of nobody in particular.
#[cfg(test)]
#[allow(clippy::unwrap_used)]
fn carry_out(db: &Db, policy: &Policy, request: Request) -> Reply {
    let nearby = HashSet::new();
    let mut office = Office {
        db,
        now: 1,
        me: PeerId::random(),
        nearby: &nearby,
        policy,
        decided: false,
        events: Vec::new(),
        told: HashSet::new(),
        arrived: Vec::new(),
        steps: None,
        flows: HashMap::new(),
    };
    office.carry_out(request).unwrap()
}
