//! The task that owns the delivery machine.
//!
//! It takes what streams, the store, the network and the host report, one after another, and carries out what the
//! machine wants. It never waits for the disk: requests that come up while a transaction is under way make up the next
//! one. So a transaction is as large as the load, up to a limit, and the machine's order is kept. Where the disk falls far
//! behind, the driver listens to no stream until it has caught up.

mod streams;
mod task;

use bytes::Bytes;
use libp2p::PeerId;
use mutiny_delivery::Ticket;
use mutiny_delivery::message::{Flow, FlowId, Message, Peer};
use mutiny_delivery::store::{Reply, Usage};
use tokio::sync::{broadcast, mpsc, watch};
use uuid::Uuid;

use self::task::Task;
use super::arrivals::Arrivals;
use super::names::Names;
use super::presence::Presence;
use crate::host::Event;
use crate::network::{Network, Substream};
use crate::policy::Policy;
use crate::store::Store;
use crate::trace::Tracer;

/// How many reports of streams may wait for the driver; each is what one read of the transport gave, 1 MiB at most.
const REPORTS: usize = 64;

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
    let task = Task::new(setting, driver.clone(), reports);
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
