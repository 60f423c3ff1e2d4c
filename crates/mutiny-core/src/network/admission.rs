//! The behaviour that refuses connections which the policy does not allow, before anything is said on them.

use std::convert::Infallible;
use std::task::{Context, Poll};

use libp2p::core::Endpoint;
use libp2p::core::transport::PortUse;
use libp2p::swarm::{
    ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler, THandlerInEvent, THandlerOutEvent, ToSwarm,
    dummy,
};
use libp2p::{Multiaddr, PeerId};

use super::Network;
use crate::policy::Policy;

/// Why a connection is refused.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the policy lets in nobody like this peer")]
struct NotLetIn;

/// See the module. Connections that are open when the policy changes are the node's to close.
pub(super) struct Behaviour(pub(super) Policy);

/// Whether a connection at this address may be open, whoever opened it.
pub(super) fn allows(policy: &Policy, peer: &PeerId, at: &Multiaddr) -> bool {
    policy.may_reach(peer, || Network::is_nearby(at))
}

impl Behaviour {
    /// Whom this host calls it has a reason to call. Only the blocked are never called, and whom conditions cut off.
    fn may_call(&self, peer: &PeerId) -> Result<(), ConnectionDenied> {
        if self.0.may_call(peer) { Ok(()) } else { Err(ConnectionDenied::new(NotLetIn)) }
    }
}

impl NetworkBehaviour for Behaviour {
    type ConnectionHandler = dummy::ConnectionHandler;
    type ToSwarm = Infallible;

    fn handle_established_inbound_connection(
        &mut self,
        _: ConnectionId,
        peer: PeerId,
        _: &Multiaddr,
        from: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        if allows(&self.0, &peer, from) {
            Ok(dummy::ConnectionHandler)
        } else {
            tracing::debug!(%peer, "refused");
            Err(ConnectionDenied::new(NotLetIn))
        }
    }

    fn handle_pending_outbound_connection(
        &mut self,
        _: ConnectionId,
        peer: Option<PeerId>,
        _: &[Multiaddr],
        _: Endpoint,
    ) -> Result<Vec<Multiaddr>, ConnectionDenied> {
        peer.map_or(Ok(()), |peer| self.may_call(&peer)).map(|()| Vec::new())
    }

    fn handle_established_outbound_connection(
        &mut self,
        _: ConnectionId,
        peer: PeerId,
        _: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.may_call(&peer).map(|()| dummy::ConnectionHandler)
    }

    fn on_swarm_event(&mut self, _: FromSwarm<'_>) {}

    fn on_connection_handler_event(&mut self, _: PeerId, _: ConnectionId, never: THandlerOutEvent<Self>) {
        match never {}
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        Poll::Pending
    }
}
