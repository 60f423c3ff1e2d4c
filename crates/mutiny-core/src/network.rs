//! The libp2p node: who is reachable, and a substream to each of them.
//!
//! One task owns the swarm ([`node`]); everybody else holds a [`Network`], a cheap handle, and one consumer takes the
//! [`NetworkEvent`]s. The rules that decide whom to dial ([`reach`]), what an address is worth ([`address`]) and who is
//! near ([`nearby`]) are plain functions and structs without a network in them.
//!
//! A peer is *connected* once it showed that it is a Mutiny host. Other programs speak libp2p too, and mDNS names them
//! all: those are hung up on, and nobody hears of them.
//!
//! The protocols have private names, so that no public network is ever joined: `/mutiny/…` for the substreams of each
//! [`Protocol`], `/mutiny/id/1.0.0` as what a host says it speaks. No address is known that a person, a peer or the local network did
//! not name.

mod address;
mod addresses;
mod admission;
mod backoff;
mod behaviour;
mod clocks;
mod delay;
mod links;
mod listen;
mod nearby;
mod node;
mod protocol;
mod reach;
mod substream;
mod substreams;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::io;
use std::time::Duration;

use libp2p::identity::Keypair;
use libp2p::{Multiaddr, PeerId};
use tokio::sync::{mpsc, oneshot, watch};

use self::node::{Command, Node};
pub(crate) use self::protocol::Protocol;
pub(crate) use self::reach::Outlook;
pub(crate) use self::substream::Substream;
use crate::error::Result;
use crate::policy::Policy;

/// The events that may wait for their consumer. When they are that many, peers have to wait as well.
const EVENTS: usize = 256;
/// How long to stop may take before it is left to the operating system.
const STOP_LIMIT: Duration = Duration::from_secs(8);

/// How to start the node.
pub(crate) struct Settings {
    /// Who this host is.
    pub(crate) key: Keypair,
    /// Where to listen; it is an error if one of them does not work. Where empty, on all interfaces.
    pub(crate) listen: Vec<Multiaddr>,
    /// The port of last time, for all interfaces. If it is taken, another is used.
    pub(crate) port: Option<u16>,
    /// Find peers of the same network by mDNS.
    pub(crate) mdns: bool,
    /// Whom to let in.
    pub(crate) policy: Policy,
    /// The protocols of which peers may open substreams.
    pub(crate) protocols: Vec<Protocol>,
}

/// What happened on the network.
#[derive(Debug)]
pub(crate) enum NetworkEvent {
    /// The peer can be reached from now on.
    Connected {
        /// Who.
        peer: PeerId,
        /// It is on this machine or on a network of this machine.
        nearby: bool,
    },
    /// The last connection to a connected peer is gone.
    Disconnected {
        /// Who.
        peer: PeerId,
    },
    /// Dialling this address worked.
    Reached {
        /// Who answered.
        peer: PeerId,
        /// Where.
        address: Multiaddr,
    },
    /// Addresses where the peer may be: hints, as they are whatever somebody said.
    Announced {
        /// Who.
        peer: PeerId,
        /// Where.
        addresses: Vec<Multiaddr>,
        /// The local network said so (mDNS), and no one vouches for it. Otherwise the peer itself did.
        nearby: bool,
    },
    /// A connected peer opened a substream.
    Incoming {
        /// Who.
        peer: PeerId,
        /// What for: one of [`Settings::protocols`].
        protocol: Protocol,
        /// The substream.
        stream: Substream,
    },
    /// A peer was not reached: what is to be expected of it has changed.
    Missed,
    /// The addresses where others can reach this host have changed.
    Listening {
        /// All of them, as [`Network::listen_addresses`] gives them.
        addresses: Vec<Multiaddr>,
    },
}

/// Why there is no substream.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    /// There is no connection to the peer.
    #[error("the peer is not connected")]
    NotConnected,
    /// The peer took too long.
    #[error("the peer did not answer in time")]
    TimedOut,
    /// The peer does not speak this protocol, or not this version.
    #[error("the peer does not speak this protocol")]
    Unsupported,
    /// The connection closed meanwhile.
    #[error("the connection closed")]
    Closed,
    /// The connection failed.
    #[error("the connection failed: {0}")]
    Io(#[source] io::Error),
    /// This node has stopped.
    #[error("the network is stopped")]
    Stopped,
}

/// The handle of a running node. All clones are the same node, which stops with the last of them.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    /// Not bounded: a command is small, it is carried out without waiting for anything, and what gives them (a person, a
    /// peer coming or going) is slower by far than the task that takes them. In return, none of them has to be awaited.
    commands: mpsc::UnboundedSender<Command>,
    listening: watch::Receiver<Vec<Multiaddr>>,
}

impl Network {
    /// Starts a node, and returns once it listens. The events must be taken until they end.
    pub(crate) async fn start(settings: Settings) -> Result<(Self, mpsc::Receiver<NetworkEvent>)> {
        let (commands, given) = mpsc::unbounded_channel();
        let (events, taken) = mpsc::channel(EVENTS);
        let (listens, listening) = watch::channel(Vec::new());
        let node = Node::new(settings, given, events, listens).await?;
        tokio::spawn(node.run());
        Ok((Self { commands, listening }, taken))
    }

    /// Where others can reach this host now: addresses of its interfaces, without its id. Loopback only where there is
    /// nothing else.
    pub(crate) fn listen_addresses(&self) -> Vec<Multiaddr> {
        self.listening.borrow().clone()
    }

    /// Keeps trying to be connected to `peer`, now and whenever there is reason to hope, and keeps the connection.
    pub(crate) fn want(&self, peer: PeerId, addresses: Vec<Multiaddr>) {
        self.command(Command::Want(peer, addresses));
    }

    /// Tries to reach `peer` now, whatever came of earlier attempts, and keeps trying.
    pub(crate) fn hurry(&self, peer: PeerId, addresses: Vec<Multiaddr>) {
        self.command(Command::Hurry(peer, addresses));
    }

    /// What is to be expected of peers that are not connected. Those that nobody tries to reach are left out.
    pub(crate) async fn outlook(&self, peers: Vec<PeerId>) -> HashMap<PeerId, Outlook> {
        if peers.is_empty() {
            return HashMap::new();
        }
        let (reply, answer) = oneshot::channel();
        self.command(Command::Outlook(peers, reply));
        answer.await.unwrap_or_default()
    }

    /// The connections that are open: where each peer is, and whether this side called.
    pub(crate) async fn connections(&self) -> HashMap<PeerId, Vec<(Multiaddr, bool)>> {
        let (reply, answer) = oneshot::channel();
        self.command(Command::Connections(reply));
        answer.await.unwrap_or_default()
    }

    /// Whether this address is on this machine or one of its networks.
    pub(crate) fn is_nearby(address: &Multiaddr) -> bool {
        address::ip(address).is_some_and(|ip| nearby::is_nearby(ip, &nearby::subnets()))
    }

    /// The policy has changed: closes the connections that it does not allow any more, and calls those again that it did
    /// not allow until now.
    pub(crate) fn review(&self) {
        self.command(Command::Review);
    }

    /// Does not try any more to be connected to `peer`. A connection that is open stays while the peer may reach this host.
    pub(crate) fn forget(&self, peer: PeerId) {
        self.command(Command::Forget(peer));
    }

    /// Opens a substream to a connected peer. It never dials; to be connected is what [`Network::want`] is for.
    ///
    /// Not to be waited for by whoever takes the events: see [`node`].
    pub(crate) async fn open_stream(&self, peer: PeerId, protocol: Protocol) -> Result<Substream, OpenError> {
        let (reply, answer) = oneshot::channel();
        self.commands.send(Command::Open(peer, protocol, reply)).map_err(|_| OpenError::Stopped)?;
        match tokio::time::timeout(protocol.opens_within, answer).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(OpenError::Closed),
            Err(_) => Err(OpenError::TimedOut),
        }
    }

    /// Closes all connections, stops the node, and gives its ports back.
    pub(crate) async fn stop(self) {
        let (done, stopped) = oneshot::channel();
        self.command(Command::Stop(done));
        let _ = tokio::time::timeout(STOP_LIMIT, stopped).await;
    }

    /// A node that has stopped does nothing that it is told, which is all there is to say about it: its events have ended.
    fn command(&self, command: Command) {
        let _ = self.commands.send(command);
    }
}

/// The port of one of these addresses, to be remembered for the next start.
pub(crate) fn port(addresses: &[Multiaddr]) -> Option<u16> {
    addresses.iter().find_map(address::socket).map(|(socket, _)| socket.port())
}
