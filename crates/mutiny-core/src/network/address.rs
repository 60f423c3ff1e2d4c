//! Which multiaddrs make sense, and for whom.

use std::net::{IpAddr, SocketAddr};

use libp2p::multiaddr::Protocol;
use libp2p::{Multiaddr, PeerId};

/// The socket an address names: `/ip4|ip6/…/tcp/…` or `/ip4|ip6/…/udp/…/quic-v1`. Nothing else is spoken here: no names,
/// which would ask a server, and no relays.
pub(super) fn socket(address: &Multiaddr) -> Option<(SocketAddr, Transport)> {
    let mut parts = address.iter();
    let ip = match parts.next()? {
        Protocol::Ip4(ip) => IpAddr::V4(ip),
        Protocol::Ip6(ip) => IpAddr::V6(ip),
        _ => return None,
    };
    let (port, transport) = match parts.next()? {
        Protocol::Tcp(port) => (port, Transport::Tcp),
        Protocol::Udp(port) if parts.next()? == Protocol::QuicV1 => (port, Transport::Quic),
        _ => return None,
    };
    parts.next().is_none().then_some((SocketAddr::new(ip, port), transport))
}

/// What carries a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transport {
    Tcp,
    Quic,
}

/// The IP address that an address begins with.
pub(super) fn ip(address: &Multiaddr) -> Option<IpAddr> {
    match address.iter().next()? {
        Protocol::Ip4(ip) => Some(IpAddr::V4(ip)),
        Protocol::Ip6(ip) => Some(IpAddr::V6(ip).to_canonical()),
        _ => None,
    }
}

/// The address without a trailing `/p2p/…`. None where that names another peer.
fn bare(mut address: Multiaddr, peer: PeerId) -> Option<Multiaddr> {
    if let Some(Protocol::P2p(named)) = address.iter().last() {
        if named != peer {
            return None;
        }
        address.pop();
    }
    Some(address)
}

/// The address in the form it is kept and dialled in, if `peer` might be reached there.
///
/// IPv6 link-local addresses are left out: they mean nothing without the interface, which a multiaddr here cannot name.
pub(super) fn dialable(address: Multiaddr, peer: PeerId) -> Option<Multiaddr> {
    let address = bare(address, peer)?;
    let (socket, _) = socket(&address)?;
    let link_local = matches!(socket.ip(), IpAddr::V6(ip) if ip.is_unicast_link_local());
    (socket.port() != 0 && !socket.ip().is_unspecified() && !socket.ip().is_multicast() && !link_local)
        .then_some(address)
}

/// Of the addresses that a peer announces, those worth remembering, `most` at most. Its loopback is ours only if it
/// was seen there.
pub(super) fn announced(addresses: Vec<Multiaddr>, peer: PeerId, on_this_machine: bool, most: usize) -> Vec<Multiaddr> {
    let mut kept = Vec::new();
    for address in addresses.into_iter().filter_map(|address| dialable(address, peer)) {
        let loopback = ip(&address).is_some_and(|ip| ip.is_loopback());
        if kept.len() < most && (on_this_machine || !loopback) && !kept.contains(&address) {
            kept.push(address);
        }
    }
    kept
}

/// Of the addresses listened on, those to tell others: loopback only where there is nothing else. IPv4 comes first,
/// because it is what most networks at home carry, and a contact link is better short.
pub(super) fn to_tell<'a>(listening: impl Iterator<Item = &'a Multiaddr>, own: PeerId) -> Vec<Multiaddr> {
    let mut all: Vec<Multiaddr> = listening.cloned().filter_map(|address| dialable(address, own)).collect();
    if all.iter().any(|address| ip(address).is_some_and(|ip| !ip.is_loopback())) {
        all.retain(|address| ip(address).is_some_and(|ip| !ip.is_loopback()));
    }
    all.sort_by_key(|address| (ip(address).is_some_and(|ip| ip.is_ipv6()), address.to_string()));
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn address(text: &str) -> Multiaddr {
        text.parse().unwrap()
    }

    #[test]
    fn tcp_and_quic_over_ip_are_dialable_and_nothing_else_is() {
        let peer = PeerId::random();
        let works = |text: &str| dialable(address(text), peer).is_some();
        assert!(works("/ip4/192.168.1.2/tcp/4001"));
        assert!(works("/ip6/2001:db8::1/udp/4001/quic-v1"));
        for text in [
            "/dns4/example.org/tcp/4001",
            "/ip4/0.0.0.0/tcp/4001",
            "/ip6/::/tcp/4001",
            "/ip4/192.168.1.2/tcp/0",
            "/ip4/192.168.1.2/udp/4001",
            "/ip4/192.168.1.2/tcp/4001/ws",
            "/ip4/224.0.0.251/udp/5353/quic-v1",
            "/ip6/fe80::1/tcp/4001",
            "/ip4/192.168.1.2/tcp/4001/p2p-circuit",
        ] {
            assert!(!works(text), "{text}");
        }
    }

    #[test]
    fn the_peer_id_at_the_end_is_taken_off_and_must_be_the_peers() {
        let (alice, bob) = (PeerId::random(), PeerId::random());
        let bare = address("/ip4/192.168.1.2/tcp/4001");
        let of_alice = bare.clone().with_p2p(alice).unwrap();
        assert_eq!(dialable(of_alice.clone(), alice), Some(bare));
        assert_eq!(dialable(of_alice, bob), None);
    }

    #[test]
    fn announced_loopback_counts_only_on_this_machine() {
        let peer = PeerId::random();
        let all = vec![address("/ip4/127.0.0.1/tcp/1"), address("/ip4/10.0.0.2/tcp/1"), address("/ip4/10.0.0.2/tcp/1")];
        assert_eq!(announced(all.clone(), peer, false, 8), [address("/ip4/10.0.0.2/tcp/1")]);
        assert_eq!(announced(all.clone(), peer, true, 8).len(), 2);
        assert_eq!(announced(all, peer, true, 1).len(), 1);
    }

    #[test]
    fn loopback_is_told_only_where_there_is_nothing_else() {
        let own = PeerId::random();
        let local = address("/ip4/127.0.0.1/tcp/1");
        let (four, six) = (address("/ip4/10.0.0.2/tcp/1"), address("/ip6/2001:db8::1/tcp/1"));
        assert_eq!(to_tell([&six, &local, &four].into_iter(), own), [four, six]);
        assert_eq!(to_tell([&local].into_iter(), own), [local]);
    }
}
