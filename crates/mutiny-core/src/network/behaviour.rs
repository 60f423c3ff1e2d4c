//! What the node speaks: the transports and behaviours, and their limits.

use std::time::Duration;

use libp2p::connection_limits::{self, ConnectionLimits};
use libp2p::identity::Keypair;
use libp2p::swarm::NetworkBehaviour;
use libp2p::swarm::behaviour::toggle::Toggle;
use libp2p::{Swarm, SwarmBuilder, identify, mdns, noise, ping, tcp, yamux};

use super::protocol::Protocol;
use super::{Settings, admission, substreams};
use crate::policy::Policy;

/// What every Mutiny host says it speaks. A peer that does not say so is none of us, whatever mDNS found.
const FAMILY: &str = "/mutiny/";
const IDENTITY: &str = "/mutiny/id/1.0.0";

/// Connections to one peer. Two are usual for a moment; a host that moves between networks, or restarts, leaves others
/// behind until they are found dead.
const MOST_PER_PEER: u32 = 8;
/// Connections that others opened. Fewer than all, so that strangers cannot take the places of those this host dials.
const MOST_INBOUND: u32 = 256;
/// Connections in all.
const MOST_CONNECTIONS: u32 = 512;
/// Connections being negotiated, for each direction.
const MOST_PENDING: u32 = 64;

/// How long a connection that nobody here wants may be idle.
const IDLE: Duration = Duration::from_secs(60);
/// How long an attempt to connect may take, handshakes included.
const CONNECT: Duration = Duration::from_secs(10);

/// How often a connection is tried, and how long the answer may take. Ping reports a failure from the second in a row, so
/// a peer that vanished without a word is noticed in less than a minute.
const PING_EVERY: Duration = Duration::from_secs(15);
const PING_WITHIN: Duration = Duration::from_secs(10);

/// How often to ask who is near, and how long an answer holds. libp2p's own are minutes, too long to watch for a friend.
const MDNS_EVERY: Duration = Duration::from_secs(30);
const MDNS_HOLDS: Duration = Duration::from_secs(120);

/// The order matters: those that refuse connections come first, before another has prepared for one.
#[derive(NetworkBehaviour)]
pub(super) struct Behaviour {
    admission: admission::Behaviour,
    limits: connection_limits::Behaviour,
    pub(super) substreams: substreams::Behaviour,
    identify: identify::Behaviour,
    ping: ping::Behaviour,
    mdns: Toggle<mdns::tokio::Behaviour>,
}

/// Whether a peer that identifies itself with this protocol version is one of us.
pub(super) fn is_ours(protocol_version: &str) -> bool {
    protocol_version.starts_with(FAMILY)
}

/// A node that does not listen yet.
pub(super) fn swarm(settings: Settings) -> Result<Swarm<Behaviour>, noise::Error> {
    let Settings { key, mdns, protocols, policy, .. } = settings;
    let swarm = SwarmBuilder::with_existing_identity(key)
        .with_tokio()
        .with_tcp(tcp::Config::default(), noise::Config::new, yamux::Config::default)?
        .with_quic()
        .with_behaviour(|key| behaviour(key, mdns, protocols, policy));
    let swarm = match swarm {
        Ok(swarm) => swarm,
        Err(never) => match never {},
    };
    Ok(swarm
        // All addresses of a peer race, QUIC and IPv6 with a head start, so that one attempt seldom ends in two connections.
        .with_swarm_config(|config| config.with_idle_connection_timeout(IDLE).with_smart_dial())
        .with_connection_timeout(CONNECT)
        .build())
}

fn behaviour(key: &Keypair, mdns: bool, protocols: Vec<Protocol>, policy: Policy) -> Behaviour {
    let conditions = policy.conditions().clone();
    let limits = ConnectionLimits::default()
        .with_max_established_per_peer(Some(MOST_PER_PEER))
        .with_max_established_incoming(Some(MOST_INBOUND))
        .with_max_established(Some(MOST_CONNECTIONS))
        .with_max_pending_incoming(Some(MOST_PENDING))
        .with_max_pending_outgoing(Some(MOST_PENDING));
    let identify = identify::Config::new(IDENTITY.to_owned(), key.public())
        .with_agent_version(concat!("mutiny/", env!("CARGO_PKG_VERSION")).to_owned())
        .with_push_listen_addr_updates(true)
        // Addresses are this host's own business: identify would add what peers say to every dial.
        .with_cache_size(0);
    Behaviour {
        admission: admission::Behaviour(policy),
        limits: connection_limits::Behaviour::new(limits),
        substreams: substreams::Behaviour::new(protocols, conditions),
        identify: identify::Behaviour::new(identify),
        ping: ping::Behaviour::new(ping::Config::new().with_interval(PING_EVERY).with_timeout(PING_WITHIN)),
        mdns: mdns.then(|| discovery(key)).flatten().into(),
    }
}

/// mDNS, if this machine lets us. Without it friends are still reached by their addresses.
fn discovery(key: &Keypair) -> Option<mdns::tokio::Behaviour> {
    let config = mdns::Config { ttl: MDNS_HOLDS, query_interval: MDNS_EVERY, enable_ipv6: false };
    mdns::tokio::Behaviour::new(config, key.public().to_peer_id())
        .inspect_err(|error| tracing::warn!(%error, "peers nearby cannot be found by mDNS"))
        .ok()
}
