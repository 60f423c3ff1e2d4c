//! The behaviour that carries the substreams of all of Mutiny's protocols, and that keeps connections which are wanted.
//!
//! Substreams arrive as events of the swarm, after the connection they belong to; none is dropped while the host is busy,
//! as long as its peer has no more of that protocol than it may. To open one never dials: a substream belongs to a
//! connection that is there.
//!
//! Who keeps an idle connection: the side that dialled it, for as long as its user has a reason (see [`Keep`]). The side
//! that was called does not hang up, or two hosts of which only one wants the other would connect and part in a circle.
//! What that costs is bounded by the limits on connections.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};

use libp2p::core::Endpoint;
use libp2p::core::transport::PortUse;
use libp2p::swarm::behaviour::{ConnectionClosed, ConnectionEstablished};
use libp2p::swarm::handler::{
    ConnectionEvent, DialUpgradeError, FullyNegotiatedInbound, FullyNegotiatedOutbound, StreamUpgradeError,
};
use libp2p::swarm::{
    ConnectionDenied, ConnectionHandler, ConnectionHandlerEvent, ConnectionId, FromSwarm, NetworkBehaviour,
    NotifyHandler, SubstreamProtocol, THandler, THandlerInEvent, THandlerOutEvent, ToSwarm,
};
use libp2p::{Multiaddr, PeerId, Stream};
use tokio::sync::oneshot;

use super::OpenError;
use super::delay::Way;
use super::protocol::{Protocol, Speaks};
use super::substream::{Places, Substream};
use crate::conditions::Conditions;

/// Where to put the substream once it is open.
pub(super) type Reply = oneshot::Sender<Result<Substream, OpenError>>;

/// A substream that somebody here wants.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) protocol: Protocol,
    pub(super) reply: Reply,
}

/// A substream that the peer opened.
#[derive(Debug)]
pub(super) struct Incoming {
    pub(super) peer: PeerId,
    pub(super) connection: ConnectionId,
    pub(super) protocol: Protocol,
    pub(super) stream: Substream,
}

/// Whether this side has a reason to keep its connections to a peer.
type Keep = Arc<AtomicBool>;

/// See the module.
pub(super) struct Behaviour {
    /// What peers may open.
    spoken: Vec<Protocol>,
    /// How slow the ways to peers are.
    conditions: Conditions,
    places: Places,
    connections: HashMap<PeerId, Vec<ConnectionId>>,
    kept: HashMap<PeerId, Keep>,
    events: VecDeque<ToSwarm<Incoming, Wanted>>,
    waker: Option<Waker>,
}

impl Behaviour {
    /// A behaviour for these protocols.
    pub(super) fn new(spoken: Vec<Protocol>, conditions: Conditions) -> Self {
        Self {
            spoken,
            conditions,
            places: Places::default(),
            connections: HashMap::new(),
            kept: HashMap::new(),
            events: VecDeque::new(),
            waker: None,
        }
    }

    /// Opens a substream to a connected peer. The reply is dropped if the connection closes meanwhile.
    pub(super) fn open(&mut self, peer: PeerId, protocol: Protocol, reply: Reply) {
        // The newest connection is the one most likely to be alive: an older one may have been left behind by a change
        // of network that nobody has noticed yet.
        let Some(newest) = self.connections.get(&peer).and_then(|all| all.last()) else {
            let _ = reply.send(Err(OpenError::NotConnected));
            return;
        };
        self.events.push_back(ToSwarm::NotifyHandler {
            peer_id: peer,
            handler: NotifyHandler::One(*newest),
            event: Wanted { protocol, reply },
        });
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    /// Says whether connections that we opened to `peer` are kept while idle.
    pub(super) fn keep(&mut self, peer: PeerId, keep: bool) {
        if keep {
            self.flag(peer).store(true, Ordering::Relaxed);
        } else if let Some(flag) = self.kept.remove(&peer) {
            // Connections that are open hold the flag as well, and see the change.
            flag.store(false, Ordering::Relaxed);
            if self.connections.contains_key(&peer) {
                self.kept.insert(peer, flag);
            }
        }
    }

    fn handler(&self, peer: PeerId, keep: Keep) -> Handler {
        let (spoken, conditions) = (self.spoken.clone(), self.conditions.clone());
        Handler { keep, peer, spoken, conditions, requests: VecDeque::new(), incoming: VecDeque::new() }
    }

    fn flag(&mut self, peer: PeerId) -> &Keep {
        self.kept.entry(peer).or_default()
    }
}

impl NetworkBehaviour for Behaviour {
    type ConnectionHandler = Handler;
    type ToSwarm = Incoming;

    fn handle_established_inbound_connection(
        &mut self,
        _: ConnectionId,
        peer: PeerId,
        _: &Multiaddr,
        _: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        Ok(self.handler(peer, Arc::new(AtomicBool::new(true))))
    }

    fn handle_established_outbound_connection(
        &mut self,
        _: ConnectionId,
        peer: PeerId,
        _: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        let keep = self.flag(peer).clone();
        Ok(self.handler(peer, keep))
    }

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        match event {
            FromSwarm::ConnectionEstablished(ConnectionEstablished { peer_id, connection_id, .. }) => {
                self.connections.entry(peer_id).or_default().push(connection_id);
            }
            FromSwarm::ConnectionClosed(ConnectionClosed { peer_id, connection_id, .. }) => {
                if let Some(all) = self.connections.get_mut(&peer_id) {
                    all.retain(|other| *other != connection_id);
                    if all.is_empty() {
                        self.connections.remove(&peer_id);
                        self.places.forget(&peer_id);
                        if !self.flag(peer_id).load(Ordering::Relaxed) {
                            self.kept.remove(&peer_id);
                        }
                    }
                }
            }
            _ => {}
        }
    }

    fn on_connection_handler_event(&mut self, peer: PeerId, connection: ConnectionId, opened: THandlerOutEvent<Self>) {
        let (protocol, stream) = opened;
        let Some(place) = self.places.take(peer, protocol) else {
            tracing::info!(%peer, protocol = protocol.name, "refusing a substream: the peer has too many");
            return;
        };
        let stream = Substream::new(stream, Way::new(self.conditions.clone(), peer), Some(place));
        self.events.push_back(ToSwarm::GenerateEvent(Incoming { peer, connection, protocol, stream }));
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        match self.events.pop_front() {
            Some(event) => Poll::Ready(event),
            None => {
                self.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

/// The part of the behaviour that lives with one connection.
pub(super) struct Handler {
    keep: Keep,
    peer: PeerId,
    spoken: Vec<Protocol>,
    conditions: Conditions,
    requests: VecDeque<Wanted>,
    incoming: VecDeque<(Protocol, Stream)>,
}

impl Handler {
    fn on_opened_by_peer(&mut self, protocol: Protocol, stream: Stream) {
        let mut waiting = self.incoming.iter().enumerate().filter(|(_, (other, _))| *other == protocol);
        let oldest = waiting.next().map(|(at, _)| at);
        if let Some(oldest) = oldest.filter(|_| waiting.count() + 1 >= protocol.most_waiting) {
            self.incoming.remove(oldest);
        }
        self.incoming.push_back((protocol, stream));
    }
}

impl ConnectionHandler for Handler {
    type FromBehaviour = Wanted;
    type ToBehaviour = (Protocol, Stream);
    type InboundProtocol = Speaks;
    type OutboundProtocol = Speaks;
    type InboundOpenInfo = ();
    type OutboundOpenInfo = Reply;

    fn listen_protocol(&self) -> SubstreamProtocol<Self::InboundProtocol> {
        let within = self.spoken.iter().map(|protocol| protocol.opens_within).max();
        let upgrade = SubstreamProtocol::new(Speaks(self.spoken.clone()), ());
        match within {
            Some(within) => upgrade.with_timeout(within),
            None => upgrade,
        }
    }

    fn connection_keep_alive(&self) -> bool {
        self.keep.load(Ordering::Relaxed)
    }

    fn poll(
        &mut self,
        _: &mut Context<'_>,
    ) -> Poll<ConnectionHandlerEvent<Self::OutboundProtocol, Reply, Self::ToBehaviour>> {
        // No waker is needed: both queues are filled only by calls that the connection makes before it polls again.
        if let Some(opened) = self.incoming.pop_front() {
            return Poll::Ready(ConnectionHandlerEvent::NotifyBehaviour(opened));
        }
        match self.requests.pop_front() {
            Some(Wanted { protocol, reply }) => Poll::Ready(ConnectionHandlerEvent::OutboundSubstreamRequest {
                protocol: SubstreamProtocol::new(Speaks(vec![protocol]), reply).with_timeout(protocol.opens_within),
            }),
            None => Poll::Pending,
        }
    }

    fn on_behaviour_event(&mut self, wanted: Wanted) {
        // Whoever asked may have given up meanwhile; a substream for nobody would only confuse the peer.
        if !wanted.reply.is_closed() {
            self.requests.push_back(wanted);
        }
    }

    fn on_connection_event(
        &mut self,
        event: ConnectionEvent<'_, Self::InboundProtocol, Self::OutboundProtocol, (), Reply>,
    ) {
        match event {
            ConnectionEvent::FullyNegotiatedInbound(FullyNegotiatedInbound {
                protocol: (protocol, stream), ..
            }) => {
                self.on_opened_by_peer(protocol, stream);
            }
            ConnectionEvent::FullyNegotiatedOutbound(FullyNegotiatedOutbound {
                protocol: (_, stream),
                info: reply,
            }) => {
                let way = Way::new(self.conditions.clone(), self.peer);
                let _ = reply.send(Ok(Substream::new(stream, way, None)));
            }
            ConnectionEvent::DialUpgradeError(DialUpgradeError { error, info: reply }) => {
                let error = match error {
                    StreamUpgradeError::Timeout => OpenError::TimedOut,
                    StreamUpgradeError::NegotiationFailed => OpenError::Unsupported,
                    StreamUpgradeError::Io(error) => OpenError::Io(error),
                    StreamUpgradeError::Apply(never) => match never {},
                };
                let _ = reply.send(Err(error));
            }
            _ => {}
        }
    }
}
