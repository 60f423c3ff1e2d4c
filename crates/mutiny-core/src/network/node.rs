//! The task that owns the swarm.
//!
//! It turns the swarm's events into the few that the rest of the host cares for, and dials whom [`Reach`] says. It waits
//! for nothing but the swarm, its commands and the clock, and never for the disk. When whoever takes the events falls far
//! behind, the swarm is left alone until there is room again, which slows the peers down; commands are still taken then,
//! but a substream opens only after. So the consumer of the events should not wait for a substream before it takes the
//! next event, or it may wait until that times out.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant, SystemTime};

use futures::StreamExt as _;
use libp2p::core::ConnectedPoint;
use libp2p::swarm::dial_opts::{DialOpts, PeerCondition};
use libp2p::swarm::{ConnectionId, DialError, SwarmEvent};
use libp2p::{Multiaddr, PeerId, Swarm, identify, mdns};
use tokio::sync::{mpsc, oneshot, watch};

use super::behaviour::{Behaviour, BehaviourEvent, is_ours, swarm};
use super::clocks::Clocks;
use super::links::{Introduced, Link, Links};
use super::protocol::Protocol;
use super::reach::{Outlook, Reach};
use super::substreams::{Incoming, Reply};
use super::{NetworkEvent, Settings, address, addresses, admission, listen, nearby};
use crate::error::{Error, Result};
use crate::policy::Policy;

/// The most events that wait in the task itself, on top of those in the channel, before the swarm is left alone. One turn
/// of the swarm adds a handful.
const MOST_WAITING: usize = 64;
/// How often to look for silent connections, and whether the machine slept, as long as there is a reason to.
const HOUSEKEEPING: Duration = Duration::from_secs(10);
/// How long the system may take to confirm an address that was asked for.
const LISTEN_WITHIN: Duration = Duration::from_secs(5);
/// How long to wait for the addresses of the interfaces where none was asked for. They may come later as well.
const INTERFACES_WITHIN: Duration = Duration::from_secs(1);
/// How long saying goodbye may take.
const HANG_UP_WITHIN: Duration = Duration::from_secs(1);
/// How long to wait, after that, for the ports to be free again.
const RELEASE_WITHIN: Duration = Duration::from_secs(5);

/// What the handle asks of the task.
pub(super) enum Command {
    Want(PeerId, Vec<Multiaddr>),
    Hurry(PeerId, Vec<Multiaddr>),
    Outlook(Vec<PeerId>, oneshot::Sender<HashMap<PeerId, Outlook>>),
    Connections(oneshot::Sender<HashMap<PeerId, Vec<(Multiaddr, bool)>>>),
    Forget(PeerId),
    Review,
    Open(PeerId, Protocol, Reply),
    Stop(oneshot::Sender<()>),
}

/// The task's state.
pub(super) struct Node {
    own: PeerId,
    swarm: Swarm<Behaviour>,
    policy: Policy,
    reach: Reach,
    links: Links,
    commands: mpsc::UnboundedReceiver<Command>,
    waiting: VecDeque<NetworkEvent>,
    events: mpsc::Sender<NetworkEvent>,
    listening: watch::Sender<Vec<Multiaddr>>,
    clocks: Clocks,
    /// When to keep house next.
    housekeeping: Option<Instant>,
}

impl Node {
    /// A node that listens as the settings say.
    pub(super) async fn new(
        settings: Settings,
        commands: mpsc::UnboundedReceiver<Command>,
        events: mpsc::Sender<NetworkEvent>,
        listening: watch::Sender<Vec<Multiaddr>>,
    ) -> Result<Self> {
        let own = settings.key.public().to_peer_id();
        let (listen, port, policy) = (settings.listen.clone(), settings.port, settings.policy.clone());
        let swarm = swarm(settings).map_err(|error| {
            Error::InvalidArgument(format!("This host's key cannot be used on the network: {error}."))
        })?;
        let mut node = Self {
            own,
            swarm,
            reach: Reach::new(own, policy.clone(), rand::random::<f64>),
            policy,
            links: Links::default(),
            commands,
            waiting: VecDeque::new(),
            events,
            listening,
            clocks: Clocks::new(SystemTime::now(), Instant::now()),
            housekeeping: None,
        };
        node.listen(&listen, port).await?;
        Ok(node)
    }

    /// Listens, and waits until it is so.
    async fn listen(&mut self, addresses: &[Multiaddr], port: Option<u16>) -> Result<()> {
        let asked_for = !addresses.is_empty();
        let mut unconfirmed = if asked_for {
            listen::explicit(&mut self.swarm, addresses)?
        } else {
            listen::everywhere(&mut self.swarm, port)?
        };
        let limit = if asked_for { LISTEN_WITHIN } else { INTERFACES_WITHIN };
        let deadline = tokio::time::Instant::now() + limit;
        while let Some((_, address)) = unconfirmed.first() {
            let Ok(event) = tokio::time::timeout_at(deadline, self.swarm.select_next_some()).await else {
                if asked_for {
                    return Err(listen::cannot(address, &std::io::ErrorKind::TimedOut.into()));
                }
                break;
            };
            match &event {
                SwarmEvent::NewListenAddr { listener_id, .. } => unconfirmed.retain(|(id, _)| id != listener_id),
                SwarmEvent::ListenerClosed { listener_id, reason, .. } => {
                    let closed = unconfirmed.iter().find(|(id, _)| id == listener_id);
                    if let (Some((_, address)), Err(error), true) = (closed, reason, asked_for) {
                        return Err(listen::cannot(address, error));
                    }
                    unconfirmed.retain(|(id, _)| id != listener_id);
                }
                _ => {}
            }
            self.on_swarm_event(event);
        }
        Ok(())
    }

    /// Runs until told to stop, or until nobody is left who could say so.
    pub(super) async fn run(mut self) {
        let events = self.events.clone();
        let stopped = loop {
            self.dial();
            self.plan_housekeeping();
            let due = self.reach.next_due();
            tokio::select! {
                command = self.commands.recv() => match command {
                    Some(Command::Stop(done)) => break Some(done),
                    Some(command) => self.on_command(command),
                    None => break None,
                },
                room = events.reserve(), if !self.waiting.is_empty() => match room {
                    Ok(room) => if let Some(event) = self.waiting.pop_front() {
                        room.send(event);
                    },
                    Err(_) => break None,
                },
                event = self.swarm.select_next_some(), if self.waiting.len() < MOST_WAITING => self.on_swarm_event(event),
                () = until(due) => {}
                () = until(self.housekeeping) => self.keep_house(),
            }
        };
        self.hang_up().await;
        let sockets: Vec<Multiaddr> = self.swarm.listeners().cloned().collect();
        drop(self);
        if let Some(done) = stopped {
            // QUIC keeps its socket for a moment after the last connection, to answer what is still under way. Whoever
            // starts this host again at once wants the same port.
            let _ = tokio::time::timeout(RELEASE_WITHIN, listen::released(&sockets)).await;
            let _ = done.send(());
        }
    }

    /// Closes all connections, so that peers learn at once that this host is gone.
    async fn hang_up(&mut self) {
        let peers: Vec<PeerId> = self.swarm.connected_peers().copied().collect();
        for peer in peers {
            let _ = self.swarm.disconnect_peer_id(peer);
        }
        let all_closed = async {
            while self.swarm.connected_peers().next().is_some() {
                self.swarm.select_next_some().await;
            }
        };
        let _ = tokio::time::timeout(HANG_UP_WITHIN, all_closed).await;
    }

    fn dial(&mut self) {
        let now = Instant::now();
        for (peer, addresses) in self.reach.due(now) {
            tracing::debug!(%peer, ?addresses, "dialling");
            let attempt = DialOpts::peer_id(peer)
                // The policy dials only who is neither connected nor being dialled. Should the swarm know better, its
                // refusal counts as a failure, and the policy comes back to it.
                .condition(PeerCondition::DisconnectedAndNotDialing)
                .addresses(addresses)
                // From a port of its own: where both sides dial from the port they listen on, TCP can make one
                // connection of the two that each side believes to have opened, and the handshake fails.
                .allocate_new_port()
                .build();
            if let Err(error) = self.swarm.dial(attempt) {
                tracing::debug!(%peer, %error, "cannot dial");
                self.reach.failed(peer, None, now);
            }
        }
    }

    fn on_command(&mut self, command: Command) {
        let now = Instant::now();
        match command {
            Command::Want(peer, addresses) => {
                self.reach.want(peer, addresses, self.links.is_connected(peer), now);
                self.keep(peer);
            }
            Command::Hurry(peer, addresses) => {
                self.reach.want(peer, addresses, self.links.is_connected(peer), now);
                self.reach.hurry(peer, now);
                self.keep(peer);
            }
            Command::Outlook(peers, reply) => {
                let outlook = |peer| Some((peer, self.reach.outlook(peer, now)?));
                // Nobody may wait for it any more.
                drop(reply.send(peers.into_iter().filter_map(outlook).collect()));
            }
            Command::Forget(peer) => {
                self.reach.forget(peer);
                self.keep(peer);
            }
            Command::Connections(reply) => {
                let mut open: HashMap<_, Vec<_>> = HashMap::new();
                for (peer, _, link) in self.links.all().filter(|(_, _, link)| link.known) {
                    open.entry(*peer).or_default().push((link.address.clone(), link.dialled));
                }
                // Nobody may wait for it any more.
                drop(reply.send(open));
            }
            Command::Review => self.review(now),
            Command::Open(peer, protocol, reply) => {
                self.swarm.behaviour_mut().substreams.open(peer, protocol, reply);
            }
            // Taken by `run`.
            Command::Stop(_) => {}
        }
    }

    /// Goes through all that is open and all that is known, with the policy as it is now.
    fn review(&mut self, now: Instant) {
        let may_stay = |peer: &PeerId, link: &Link| {
            let called = link.dialled && self.reach.wants(peer) && self.policy.may_call(peer);
            called || admission::allows(&self.policy, peer, &link.address)
        };
        let refused: Vec<_> = self.links.all().filter(|(peer, _, link)| !may_stay(peer, link)).collect();
        for connection in refused.into_iter().map(|(_, connection, _)| connection) {
            self.swarm.close_connection(connection);
        }
        self.reach.review(now);
    }

    fn on_swarm_event(&mut self, event: SwarmEvent<BehaviourEvent>) {
        let now = Instant::now();
        match event {
            SwarmEvent::ConnectionEstablished { peer_id, connection_id, endpoint, .. } => {
                let address = endpoint.get_remote_address().clone();
                let address = address::dialable(address.clone(), peer_id).unwrap_or(address);
                let dialled = endpoint.is_dialer();
                let here = match &endpoint {
                    ConnectedPoint::Listener { local_addr, .. } => address::ip(local_addr),
                    ConnectedPoint::Dialer { .. } => None,
                };
                let here = here.filter(|ip| !ip.is_unspecified());
                self.reach.connected(peer_id, dialled.then_some(&address), now);
                self.links.open(peer_id, connection_id, Link { address, here, dialled, since: now, known: false });
            }
            SwarmEvent::ConnectionClosed { peer_id, connection_id, cause, .. } => {
                tracing::debug!(peer = %peer_id, ?cause, "connection closed");
                let closed = self.links.close(peer_id, connection_id);
                if closed.last {
                    self.reach.disconnected(peer_id, now);
                    self.keep(peer_id);
                }
                if closed.absent {
                    self.waiting.push_back(NetworkEvent::Disconnected { peer: peer_id });
                }
            }
            SwarmEvent::OutgoingConnectionError { peer_id: Some(peer), error, .. } => {
                tracing::debug!(%peer, %error, "not reached");
                let wrong = match error {
                    DialError::WrongPeerId { address, .. } => address::dialable(address, peer),
                    _ => None,
                };
                self.reach.failed(peer, wrong.as_ref(), now);
                self.waiting.push_back(NetworkEvent::Missed);
            }
            SwarmEvent::NewListenAddr { .. } => self.on_listening(now),
            SwarmEvent::ExpiredListenAddr { address, .. } => {
                for connection in address::ip(&address).into_iter().flat_map(|lost| self.links.stranded(lost)) {
                    self.swarm.close_connection(connection);
                }
                self.on_listening(now);
            }
            SwarmEvent::ListenerClosed { reason, addresses, .. } => {
                tracing::warn!(?reason, ?addresses, "no longer listening");
                self.on_listening(now);
            }
            SwarmEvent::ListenerError { error, .. } => tracing::warn!(%error, "trouble while listening"),
            SwarmEvent::Behaviour(event) => self.on_behaviour_event(event, now),
            _ => {}
        }
    }

    fn on_behaviour_event(&mut self, event: BehaviourEvent, now: Instant) {
        match event {
            BehaviourEvent::Substreams(Incoming { peer, connection, protocol, stream }) => {
                // Who opens one is one of us, even if the introduction is still under way.
                self.introduce(peer, connection);
                self.waiting.push_back(NetworkEvent::Incoming { peer, protocol, stream });
            }
            BehaviourEvent::Identify(identify::Event::Received { connection_id, peer_id, info }) => {
                self.on_introduction(connection_id, peer_id, info, now);
            }
            BehaviourEvent::Identify(identify::Event::Error { connection_id, peer_id, error }) => {
                let known = self.links.get(peer_id, connection_id).is_some_and(|link| link.known);
                tracing::debug!(peer = %peer_id, %error, known, "no introduction");
                if !known {
                    self.swarm.close_connection(connection_id);
                }
            }
            BehaviourEvent::Ping(event) => {
                if let Err(error) = event.result {
                    tracing::debug!(peer = %event.peer, %error, "the peer does not answer");
                    self.swarm.close_connection(event.connection);
                }
            }
            BehaviourEvent::Mdns(mdns::Event::Discovered(found)) => self.on_discovered(found, now),
            BehaviourEvent::Mdns(mdns::Event::Expired(gone)) => {
                for (peer, address) in gone {
                    if let Some(address) = address::dialable(address, peer) {
                        self.reach.expired(peer, &address);
                        self.keep(peer);
                    }
                }
            }
            _ => {}
        }
    }

    fn on_introduction(&mut self, connection: ConnectionId, peer: PeerId, info: identify::Info, now: Instant) {
        if !is_ours(&info.protocol_version) {
            tracing::debug!(%peer, speaks = info.protocol_version, "a stranger");
            self.reach.stranger(peer);
            self.keep(peer);
            self.swarm.close_connection(connection);
            return;
        }
        self.introduce(peer, connection);
        let remote = self.links.get(peer, connection).and_then(|link| address::ip(&link.address));
        let on_this_machine = remote.is_some_and(|ip| ip.is_loopback());
        let addresses = address::announced(info.listen_addrs, peer, on_this_machine, addresses::MOST);
        if !addresses.is_empty() {
            self.reach.add_addresses(peer, addresses.clone(), now);
            self.waiting.push_back(NetworkEvent::Announced { peer, addresses, nearby: false });
        }
    }

    fn introduce(&mut self, peer: PeerId, connection: ConnectionId) {
        let introduced = self.links.introduce(peer, connection);
        let Some(link) = self.links.get(peer, connection) else { return };
        let address = link.address.clone();
        if introduced == Introduced::Connection {
            for old in self.links.left_behind(peer, connection, Instant::now()) {
                tracing::debug!(%peer, %old, "closing a connection that the peer has left behind");
                self.swarm.close_connection(old);
            }
        }
        if introduced == Introduced::Peer {
            let nearby = address::ip(&address).is_some_and(|ip| nearby::is_nearby(ip, &nearby::subnets()));
            self.waiting.push_back(NetworkEvent::Connected { peer, nearby });
        }
        if introduced != Introduced::Nothing && link.dialled {
            self.waiting.push_back(NetworkEvent::Reached { peer, address });
        }
    }

    fn on_discovered(&mut self, found: Vec<(PeerId, Multiaddr)>, now: Instant) {
        for (peer, address) in found {
            let Some(address) = address::dialable(address, peer).filter(|_| peer != self.own) else {
                continue;
            };
            self.reach.discovered(peer, vec![address.clone()], self.links.is_connected(peer), now);
            self.keep(peer);
            // Of those that may not come, nothing is kept that somebody on the network says.
            if self.reach.wants(&peer) || self.policy.may_reach(&peer, || true) {
                self.waiting.push_back(NetworkEvent::Announced { peer, addresses: vec![address], nearby: true });
            }
        }
    }

    fn on_listening(&mut self, now: Instant) {
        let addresses = address::to_tell(self.swarm.listeners(), self.own);
        let changed = self.listening.send_if_modified(|current| {
            let changed = *current != addresses;
            current.clone_from(&addresses);
            changed
        });
        if changed {
            self.reach.fresh_round(now);
            self.waiting.push_back(NetworkEvent::Listening { addresses });
        }
    }

    /// A host that is connected to everybody it looks for is left alone: it does not wake just to look around. If this machine
    /// sleeps meanwhile, the pings find out what is left of the connections.
    fn plan_housekeeping(&mut self) {
        if !(self.reach.seeks() || self.links.are_strange()) {
            self.housekeeping = None;
        } else if self.housekeeping.is_none() {
            let now = Instant::now();
            self.clocks = Clocks::new(SystemTime::now(), now);
            self.housekeeping = Some(now + HOUSEKEEPING);
        }
    }

    fn keep_house(&mut self) {
        let now = Instant::now();
        self.housekeeping = Some(now + HOUSEKEEPING);
        for connection in self.links.silent(now) {
            self.swarm.close_connection(connection);
        }
        if self.clocks.slept(HOUSEKEEPING, SystemTime::now(), now) {
            tracing::debug!("this machine slept");
            self.reach.fresh_round(now);
        }
    }

    /// Lets the connections to `peer` know whether they are still worth keeping.
    fn keep(&mut self, peer: PeerId) {
        let keep = self.reach.keeps(peer);
        self.swarm.behaviour_mut().substreams.keep(peer, keep);
    }
}

/// Waits until then; for ever if there is no such moment.
async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment.into()).await,
        None => std::future::pending().await,
    }
}
