//! The driver's loop: one thing after another, and what the machine makes of it.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::{Duration, Instant};

use libp2p::PeerId;
use mutiny_delivery::message::{Content, Now};
use mutiny_delivery::store::{Reply, Request};
use mutiny_delivery::{Input, Machine, Output, Rules, StreamId, Ticket};
use tokio::sync::mpsc;

use super::{Driver, Order, Setting, key, random};
use crate::clock::wall;
use crate::delivery::invitation::Invitation;
use crate::delivery::requests::Office;
use crate::delivery::stream::{Report, Stream};
use crate::failpoint::{failpoint, is_armed};
use crate::policy::Book;

/// How many requests share a transaction at most: whoever writes behind them is not to wait long.
const BATCH: usize = 1024;

/// How many requests may wait for their transaction before the driver listens to no stream. What they ask for is held back by
/// their transport then.
const BACKLOG: usize = 4 * BATCH;

/// How long the machine may sleep. It asks to be woken earlier where it has a reason; this is for clocks that jump.
const NAP: Duration = Duration::from_secs(30);

/// What owns the machine.
pub(super) struct Task {
    machine: Machine,
    pub(super) setting: Setting,
    pub(super) driver: Driver,
    pub(super) reports: mpsc::Sender<Report>,
    pub(super) streams: HashMap<StreamId, (PeerId, Stream)>,
    /// The stream to each peer, if it is open; `None` while it is being opened or waits to be.
    pub(super) outgoing: HashMap<PeerId, Option<StreamId>>,
    pub(super) next_stream: u64,
    /// Requests for the next transactions.
    requests: VecDeque<(Ticket, Request)>,
    /// A transaction is under way.
    busy: bool,
    started: Instant,
}

impl Task {
    pub(super) fn new(setting: Setting, driver: Driver, reports: mpsc::Sender<Report>) -> Self {
        let rules = Rules { well_formed, ..Rules::default() };
        Self {
            machine: Machine::new(rules, setting.name.clone(), Box::new(random)),
            setting,
            driver,
            reports,
            streams: HashMap::new(),
            outgoing: HashMap::new(),
            next_stream: 0,
            requests: VecDeque::new(),
            busy: false,
            started: Instant::now(),
        }
    }

    /// Runs until it is told to stop, or nobody is left who could, and the last transaction is through.
    pub(super) async fn run(mut self, mut orders: mpsc::UnboundedReceiver<Order>, mut reports: mpsc::Receiver<Report>) {
        self.connect_to_self();
        self.input(Input::Tick);
        loop {
            let nap = self.nap();
            tokio::select! {
                order = orders.recv() => match order {
                    Some(Order::Stop) | None => break,
                    Some(order) => self.order(order),
                },
                Some(report) = reports.recv(), if self.requests.len() < BACKLOG => self.report(report),
                () = tokio::time::sleep(nap) => self.input(Input::Tick),
            }
        }
        self.streams.clear();
        while self.busy {
            match orders.recv().await {
                Some(Order::Stored(_)) | None => self.busy = false,
                Some(_) => {}
            }
        }
    }

    fn now(&self) -> Now {
        Now { wall: wall(), steady: self.started.elapsed().as_millis() as u64 }
    }

    fn nap(&self) -> Duration {
        let (wake, now) = (self.machine.wake(), self.now());
        let steady = wake.steady.map(|at| at.saturating_sub(now.steady));
        let wall = wake.wall.map(|at| u64::try_from(at.saturating_sub(now.wall)).unwrap_or(0));
        steady.into_iter().chain(wall).min().map_or(NAP, |pause| Duration::from_millis(pause).min(NAP))
    }

    fn order(&mut self, order: Order) {
        match order {
            Order::Connected(peer) => self.connected(peer),
            Order::Disconnected(peer) => self.disconnected(peer),
            Order::Incoming(peer, stream) => self.incoming(peer, stream),
            Order::Opened(peer, stream) => self.opened(peer, stream),
            Order::Reopen(peer) => self.reopen(peer),
            Order::Queued { flow, message, left } => self.input(Input::Queued { flow, message, left }),
            Order::Withdrawn(flow, peer) => self.input(Input::Withdrawn { flow, peer }),
            Order::Hurry(peer) => {
                self.input(Input::Hurry { peer: key(&peer) });
                self.reopen(peer);
            }
            Order::Freed(instance, usage) => self.input(Input::Freed { instance, usage }),
            Order::Renamed(name) => self.input(Input::Renamed(name)),
            Order::Look => self.input(Input::Tick),
            Order::Stored(replies) => {
                self.busy = false;
                for (ticket, reply) in replies {
                    self.input(Input::Stored { ticket, reply });
                }
                failpoint("delivery-acknowledged");
                self.commit();
            }
            Order::Stop => {}
        }
    }

    fn report(&mut self, report: Report) {
        match report {
            Report::Frames(stream, frames) => {
                for frame in frames {
                    self.input(Input::Frame { stream, frame });
                }
            }
            Report::Flushed(stream, weight) => self.input(Input::Flushed { stream, weight }),
            Report::Ended(stream) => self.ended(stream),
        }
    }

    pub(super) fn input(&mut self, input: Input) {
        self.machine.handle(self.now(), input);
        while let Some(output) = self.machine.poll() {
            match output {
                Output::Send { stream, frame } => {
                    if self.streams.get(&stream).is_some_and(|(_, stream)| !stream.send(frame)) {
                        tracing::info!(?stream, "closing a stream that the other side does not read");
                        self.ended(stream);
                    }
                }
                Output::Close { stream, why } => {
                    if let Some((peer, _)) = self.streams.get(&stream) {
                        tracing::info!(%peer, %why, "closing a stream");
                    }
                    self.forget(stream);
                }
                Output::Store { ticket, request } => self.requests.push_back((ticket, request)),
                Output::Named { peer, name } => {
                    if let Ok(peer) = PeerId::from_bytes(&peer.0) {
                        self.setting.names.say(peer, name);
                    }
                }
            }
        }
        self.commit();
    }

    /// Hands the store what is requested, as one transaction, unless one is under way.
    fn commit(&mut self) {
        if self.busy || self.requests.is_empty() {
            return;
        }
        self.busy = true;
        let batch = self.requests.len().min(BATCH);
        let requests: Vec<_> = self.requests.drain(..batch).collect();
        let tickets: Vec<Ticket> = requests.iter().map(|(ticket, _)| *ticket).collect();
        let (driver, events, nearby) =
            (self.driver.clone(), self.setting.events.clone(), self.setting.presence.nearby());
        let (me, network, early) = (self.setting.me, self.setting.network.clone(), self.driver.clone());
        let arrivals = self.setting.arrivals.clone();
        let (policy, enforced) = (self.setting.policy.clone(), self.setting.policy.clone());
        let tracer = self.setting.tracer.clone();
        let traced = tracer.is_watched();
        // In its turn: that the disk has much to do is no reason to tell a peer that it fails. There is never another one
        // under way, so their order is kept.
        self.setting.store.write_in_turn(
            move |db| {
                let mut office = Office {
                    db,
                    now: wall(),
                    me,
                    nearby: &nearby,
                    policy: &policy,
                    decided: false,
                    events: Vec::new(),
                    told: HashSet::new(),
                    flows: HashMap::new(),
                    arrived: Vec::new(),
                    steps: traced.then(Vec::new),
                };
                let mut replies = Vec::with_capacity(requests.len());
                for (ticket, request) in requests {
                    replies.push((ticket, office.carry_out(request)?));
                }
                failpoint("delivery-written");
                let book = if office.decided { Some(Book::read(db)?) } else { None };
                if is_armed("acknowledge-early") {
                    early.tell(Order::Stored(std::mem::take(&mut replies)));
                    // Until it is at the other side.
                    std::thread::sleep(Duration::from_millis(100));
                    failpoint("acknowledge-early");
                }
                Ok((replies, office.events, office.arrived, office.steps, book))
            },
            move |done| {
                failpoint("delivery-committed");
                let replies = match done {
                    Ok((replies, news, arrived, steps, book)) => {
                        steps.into_iter().flatten().for_each(|step| tracer.tell(|| step));
                        arrived.into_iter().for_each(|(to, from, messages)| arrivals.add(to, from, messages));
                        if let Some(book) = book {
                            enforced.replace(book);
                            network.review();
                        }
                        // Nobody may be watching.
                        news.into_iter().for_each(|event| drop(events.send(event)));
                        replies
                    }
                    Err(error) => {
                        tracing::error!(%error, "a transaction of the delivery failed");
                        tickets.into_iter().map(|ticket| (ticket, Reply::Failed)).collect()
                    }
                };
                driver.tell(Order::Stored(replies));
            },
        );
    }
}

fn well_formed(content: Content, body: &[u8]) -> bool {
    match content {
        // As strictly as it is read later: what passed here must never block an inbox.
        Content::Json => serde_json::from_slice::<serde_json::Value>(body).is_ok(),
        Content::Bytes => true,
        Content::Invitation => Invitation::decode(body).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_read_later_is_refused_on_arrival() {
        let deep = "[".repeat(200) + &"]".repeat(200);
        for body in [&deep, "1e999", r#""\ud800""#, "{", "", "\"\u{0}\""] {
            assert!(!well_formed(Content::Json, body.as_bytes()), "{body}");
        }
        assert!(!well_formed(Content::Json, b"\"\xff\""));
        assert!(well_formed(Content::Json, br#"{"b":1.1,"a":[null]}"#));
    }
}
