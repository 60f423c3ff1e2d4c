//! The task that owns the delivery machine.
//!
//! It takes what streams, the store, the network and the host report, one after another, and carries out what the
//! machine wants. It never waits for the disk: requests that come up while a transaction is under way make up the next
//! one. So a transaction is as large as the load, up to a limit, and the machine's order is kept. Where the disk falls far
//! behind, the driver listens to no stream until it has caught up.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use bytes::Bytes;
use libp2p::PeerId;
use mutiny_delivery::message::{Content, Flow, FlowId, Message, Now, Peer};
use mutiny_delivery::store::{Reply, Request, Usage};
use mutiny_delivery::{Input, Machine, Output, Rules, StreamId, Ticket};
use tokio::sync::{broadcast, mpsc, watch};
use tokio_util::compat::FuturesAsyncReadCompatExt;
use uuid::Uuid;

use super::arrivals::Arrivals;
use super::invitation::Invitation;
use super::names::Names;
use super::presence::Presence;
use super::requests::Office;
use super::stream::{PROTOCOL, Report, Stream};
use crate::clock::wall;
use crate::failpoint::{failpoint, is_armed};
use crate::host::Event;
use crate::network::{Network, Substream};
use crate::policy::{Book, Policy};
use crate::store::Store;
use crate::trace::Tracer;

/// How many reports of streams may wait for the driver; each is what one read of the transport gave, 1 MiB at most.
const REPORTS: usize = 64;

/// How many requests share a transaction at most: whoever writes behind them is not to wait long.
const BATCH: usize = 1024;

/// How many requests may wait for their transaction before the driver listens to no stream. What they ask for is held back by
/// their transport then.
const BACKLOG: usize = 4 * BATCH;

/// How long to wait before a stream is opened again on a connection that still stands.
const REOPEN: Duration = Duration::from_secs(2);

/// How long the machine may sleep. It asks to be woken earlier where it has a reason; this is for clocks that jump.
const NAP: Duration = Duration::from_secs(30);

/// What the host and the network tell the driver.
pub(crate) enum Order {
    /// A peer is connected.
    Connected(PeerId),
    /// A peer is not connected any more.
    Disconnected(PeerId),
    /// A peer has opened a stream.
    Incoming(PeerId, Substream),
    /// A stream to a peer was opened, or not.
    Opened(PeerId, Option<Substream>),
    /// A stream is to be opened again.
    Reopen(PeerId),
    /// A message was put into the outbox.
    Queued { flow: Flow, message: Message, left: bool },
    /// Messages of this flow were withdrawn.
    Withdrawn(FlowId, Peer),
    /// The person does not want to wait for this peer.
    Hurry(PeerId),
    /// Something was taken out of an inbox.
    Freed(Uuid, Usage),
    /// The person has another name.
    Renamed(String),
    /// The calendar was set.
    Look,
    /// Replies of the store, and what it was that they are told of.
    Stored(Vec<(Ticket, Reply)>),
    /// End.
    Stop,
}

/// The near end of the driver. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Driver {
    orders: mpsc::UnboundedSender<Order>,
    tracer: Tracer,
    stopped: watch::Receiver<bool>,
}

impl Driver {
    /// Tells the driver something. Orders are few (one a call of an app or an event of the network, and each waits for a
    /// commit or a handshake), so their queue has no bound: what they stand for is bounded by quotas and limits.
    pub(crate) fn tell(&self, order: Order) {
        // Where it has stopped, there is nothing left to deliver.
        drop(self.orders.send(order));
    }

    /// Tells it of a message in the outbox. To be called before whoever sent it is answered, so that its step comes first.
    pub(crate) fn queued(&self, flow: Flow, message: Message, left: bool) {
        self.tracer.queued(&flow, &message);
        self.tell(Order::Queued { flow, message, left });
    }

    /// Ends the driver; resolves when its last transaction is through.
    pub(crate) async fn stop(&self) {
        self.tell(Order::Stop);
        let mut stopped = self.stopped.clone();
        while !*stopped.borrow_and_update() && stopped.changed().await.is_ok() {}
    }
}

/// What the driver works with.
pub(crate) struct Setting {
    pub(crate) me: PeerId,
    pub(crate) name: String,
    pub(crate) store: Store,
    pub(crate) network: Network,
    pub(crate) presence: Presence,
    pub(crate) policy: Policy,
    pub(crate) arrivals: Arrivals,
    pub(crate) events: broadcast::Sender<Event>,
    pub(crate) tracer: Tracer,
    /// Told when a peer says its name.
    pub(crate) names: Names,
}

/// Starts the driver.
pub(crate) fn start(setting: Setting) -> Driver {
    let (orders, inbox) = mpsc::unbounded_channel();
    let (reports, reported) = mpsc::channel(REPORTS);
    let (stopping, stopped) = watch::channel(false);
    let driver = Driver { orders, tracer: setting.tracer.clone(), stopped };
    let rules = Rules { well_formed, ..Rules::default() };
    let machine = Machine::new(rules, setting.name.clone(), Box::new(random));
    let task = Task {
        machine,
        driver: driver.clone(),
        reports,
        streams: HashMap::new(),
        outgoing: HashMap::new(),
        next_stream: 0,
        requests: VecDeque::new(),
        busy: false,
        started: Instant::now(),
        setting,
    };
    tokio::spawn(async move {
        task.run(inbox, reported).await;
        stopping.send_replace(true);
    });
    driver
}

/// 128 random bits. A version 4 UUID fixes six of its own; a second one fills them.
pub(crate) fn random() -> u128 {
    Uuid::new_v4().as_u128() ^ Uuid::new_v4().as_u128().rotate_left(64)
}

/// A peer as the machine knows it.
pub(crate) fn key(peer: &PeerId) -> Peer {
    Peer(Bytes::from(peer.to_bytes()))
}

fn well_formed(content: Content, body: &[u8]) -> bool {
    match content {
        // As strictly as it is read later: what passed here must never block an inbox.
        Content::Json => serde_json::from_slice::<serde_json::Value>(body).is_ok(),
        Content::Bytes => true,
        Content::Invitation => Invitation::decode(body).is_some(),
    }
}

struct Task {
    machine: Machine,
    setting: Setting,
    driver: Driver,
    reports: mpsc::Sender<Report>,
    streams: HashMap<StreamId, (PeerId, Stream)>,
    /// The stream to each peer, if it is open; `None` while it is being opened or waits to be.
    outgoing: HashMap<PeerId, Option<StreamId>>,
    next_stream: u64,
    /// Requests for the next transactions.
    requests: VecDeque<(Ticket, Request)>,
    /// A transaction is under way.
    busy: bool,
    started: Instant,
}

impl Task {
    async fn run(mut self, mut orders: mpsc::UnboundedReceiver<Order>, mut reports: mpsc::Receiver<Report>) {
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
            Order::Connected(peer) => {
                self.outgoing.entry(peer).or_insert_with(|| {
                    open(&self.setting.network, &self.driver, peer);
                    None
                });
            }
            Order::Disconnected(peer) => {
                self.outgoing.remove(&peer);
                let gone: Vec<_> = self.streams.iter().filter(|(_, (of, _))| *of == peer).map(|(id, _)| *id).collect();
                gone.into_iter().for_each(|stream| self.ended(stream));
            }
            Order::Incoming(peer, stream) => {
                let id = self.add_stream(peer, stream);
                self.input(Input::Incoming { stream: id, peer: key(&peer) });
            }
            Order::Opened(peer, stream) => self.opened(peer, stream),
            Order::Reopen(peer) => {
                if self.outgoing.get(&peer) == Some(&None) {
                    open(&self.setting.network, &self.driver, peer);
                }
            }
            Order::Queued { flow, message, left } => self.input(Input::Queued { flow, message, left }),
            Order::Withdrawn(flow, peer) => self.input(Input::Withdrawn { flow, peer }),
            Order::Hurry(peer) => {
                self.input(Input::Hurry { peer: key(&peer) });
                self.order(Order::Reopen(peer));
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

    fn input(&mut self, input: Input) {
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

    fn opened(&mut self, peer: PeerId, stream: Option<Substream>) {
        if self.outgoing.get(&peer) != Some(&None) {
            return;
        }
        match stream {
            Some(stream) => {
                let id = self.add_stream(peer, stream);
                self.outgoing.insert(peer, Some(id));
                self.input(Input::Opened { stream: id, peer: key(&peer) });
            }
            None => self.reopen_later(peer),
        }
    }

    fn add_stream(&mut self, peer: PeerId, stream: Substream) -> StreamId {
        let (from, to) = tokio::io::split(stream.compat());
        let id = self.new_stream();
        self.streams.insert(id, (peer, Stream::start(id, from, to, self.reports.clone())));
        id
    }

    fn new_stream(&mut self) -> StreamId {
        self.next_stream += 1;
        StreamId(self.next_stream)
    }

    /// Instances of this host reach one another the same way, only that both ends of the stream are here.
    fn connect_to_self(&mut self) {
        let me = self.setting.me;
        let (near, far) = tokio::io::duplex(256 * 1024);
        let ids = [self.new_stream(), self.new_stream()];
        for (id, end) in ids.into_iter().zip([near, far]) {
            let (from, to) = tokio::io::split(end);
            self.streams.insert(id, (me, Stream::start(id, from, to, self.reports.clone())));
        }
        self.outgoing.insert(me, Some(ids[0]));
        self.input(Input::Incoming { stream: ids[1], peer: key(&me) });
        self.input(Input::Opened { stream: ids[0], peer: key(&me) });
    }

    /// A stream is over, by the other side's doing or the transport's.
    fn ended(&mut self, stream: StreamId) {
        self.forget(stream);
        self.input(Input::Closed { stream });
    }

    fn forget(&mut self, stream: StreamId) {
        let Some((peer, _)) = self.streams.remove(&stream) else { return };
        if self.outgoing.get(&peer) == Some(&Some(stream)) {
            if peer == self.setting.me {
                return self.connect_to_self();
            }
            self.outgoing.insert(peer, None);
            self.reopen_later(peer);
        }
    }

    fn reopen_later(&self, peer: PeerId) {
        let driver = self.driver.clone();
        tokio::spawn(async move {
            tokio::time::sleep(REOPEN).await;
            driver.tell(Order::Reopen(peer));
        });
    }
}

fn open(network: &Network, driver: &Driver, peer: PeerId) {
    let (network, driver) = (network.clone(), driver.clone());
    tokio::spawn(async move {
        let stream = network.open_stream(peer, PROTOCOL).await;
        if let Err(error) = &stream {
            tracing::debug!(%peer, %error, "no stream could be opened");
        }
        driver.tell(Order::Opened(peer, stream.ok()));
    });
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
