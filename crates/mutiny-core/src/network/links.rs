//! The open connections, and which peers the rest of the host has been told of.
//!
//! A peer can have several connections: both sides dial at once, or a network was left without a goodbye. It is
//! *present* from the first connection that turned out to be one of us until the last connection is gone.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use libp2p::swarm::ConnectionId;
use libp2p::{Multiaddr, PeerId};

use super::address;

/// How long a connection may stay without saying who it is.
const INTRODUCTION: Duration = Duration::from_secs(15);

/// How old a connection must be for a newer one of the peer's to say that it is dead. Longer than an attempt to connect
/// may take, so that two hosts that dial each other at the same moment do not close what the other one opened.
const LEFT_BEHIND: Duration = Duration::from_secs(15);

/// One connection.
#[derive(Clone, Debug)]
pub(super) struct Link {
    /// Where the peer is, as this side sees it, without its id.
    pub(super) address: Multiaddr,
    /// The address of this machine that it goes over, where that is known. Where we dialled, the system chose one.
    pub(super) here: Option<IpAddr>,
    /// We dialled it.
    pub(super) dialled: bool,
    /// When it opened.
    pub(super) since: Instant,
    /// It showed that it is one of us.
    pub(super) known: bool,
}

/// What an introduction changed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Introduced {
    /// The peer is present from now on.
    Peer,
    /// The peer was present; this connection to it is new.
    Connection,
    /// Nothing.
    Nothing,
}

/// All open connections.
#[derive(Debug, Default)]
pub(super) struct Links {
    peers: HashMap<PeerId, HashMap<ConnectionId, Link>>,
}

impl Links {
    pub(super) fn open(&mut self, peer: PeerId, connection: ConnectionId, link: Link) {
        self.peers.entry(peer).or_default().insert(connection, link);
    }

    /// Notes that the peer behind a connection is one of us.
    pub(super) fn introduce(&mut self, peer: PeerId, connection: ConnectionId) -> Introduced {
        let Some(links) = self.peers.get_mut(&peer) else {
            return Introduced::Nothing;
        };
        let was_present = links.values().any(|link| link.known);
        match links.get_mut(&connection) {
            Some(link) if !link.known => {
                link.known = true;
                if was_present { Introduced::Connection } else { Introduced::Peer }
            }
            _ => Introduced::Nothing,
        }
    }

    pub(super) fn get(&self, peer: PeerId, connection: ConnectionId) -> Option<&Link> {
        self.peers.get(&peer)?.get(&connection)
    }

    pub(super) fn is_connected(&self, peer: PeerId) -> bool {
        self.peers.contains_key(&peer)
    }

    /// Notes that a connection is gone.
    pub(super) fn close(&mut self, peer: PeerId, connection: ConnectionId) -> Closed {
        let Some(links) = self.peers.get_mut(&peer) else {
            return Closed { last: true, absent: false };
        };
        let gone_was_known = links.remove(&connection).is_some_and(|link| link.known);
        let last = links.is_empty();
        let absent = gone_was_known && !links.values().any(|link| link.known);
        if last {
            self.peers.remove(&peer);
        }
        Closed { last, absent }
    }

    /// What the peer that opened `connection` has left behind. Nobody dials whom they are connected with; so it has lost
    /// the connections it had before, by a crash or by going to another network, and nothing may ever come to tell us.
    pub(super) fn left_behind(&self, peer: PeerId, connection: ConnectionId, now: Instant) -> Vec<ConnectionId> {
        let Some(links) = self.peers.get(&peer) else { return Vec::new() };
        if links.get(&connection).is_none_or(|link| link.dialled) {
            return Vec::new();
        }
        let old = |link: &Link| now.saturating_duration_since(link.since) >= LEFT_BEHIND;
        links.iter().filter(|(id, link)| **id != connection && old(link)).map(|(id, _)| *id).collect()
    }

    /// Connections that go over `lost`, or may do so: an address that this machine has no more. Nothing will come through
    /// them, and no error either. One that is closed without need is soon opened again.
    pub(super) fn stranded(&self, lost: IpAddr) -> Vec<ConnectionId> {
        let stranded = |link: &Link| match (link.here, address::ip(&link.address)) {
            (Some(here), _) => here == lost,
            (None, Some(there)) => !there.is_loopback() && there.is_ipv4() == lost.is_ipv4(),
            (None, None) => false,
        };
        let all = self.peers.values().flatten();
        all.filter(|(_, link)| stranded(link)).map(|(connection, _)| *connection).collect()
    }

    /// All connections.
    pub(super) fn all(&self) -> impl Iterator<Item = (&PeerId, ConnectionId, &Link)> {
        self.peers.iter().flat_map(|(peer, links)| links.iter().map(move |(id, link)| (peer, *id, link)))
    }

    /// Whether there are connections that have said nothing yet.
    pub(super) fn are_strange(&self) -> bool {
        self.peers.values().flatten().any(|(_, link)| !link.known)
    }

    /// Connections that have had their time and said nothing.
    pub(super) fn silent(&self, now: Instant) -> Vec<ConnectionId> {
        let silent = |link: &Link| !link.known && now.saturating_duration_since(link.since) >= INTRODUCTION;
        let all = self.peers.values().flatten();
        all.filter(|(_, link)| silent(link)).map(|(connection, _)| *connection).collect()
    }
}

/// What the end of a connection means.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Closed {
    /// There is no other connection to the peer.
    pub(super) last: bool,
    /// The peer was present and is no more.
    pub(super) absent: bool,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn link(since: Instant) -> Link {
        Link { address: Multiaddr::empty(), here: None, dialled: false, since, known: false }
    }

    fn id(number: usize) -> ConnectionId {
        ConnectionId::new_unchecked(number)
    }

    #[test]
    fn two_connections_make_one_presence() {
        let (mut links, bob, now) = (Links::default(), PeerId::random(), Instant::now());
        links.open(bob, id(1), link(now));
        links.open(bob, id(2), link(now));
        assert_eq!(links.introduce(bob, id(1)), Introduced::Peer);
        assert_eq!(links.introduce(bob, id(2)), Introduced::Connection);
        assert_eq!(links.introduce(bob, id(2)), Introduced::Nothing);
        assert_eq!(links.close(bob, id(1)), Closed { last: false, absent: false });
        assert_eq!(links.close(bob, id(2)), Closed { last: true, absent: true });
        assert!(!links.is_connected(bob));
    }

    #[test]
    fn who_never_said_its_name_was_never_present() {
        let (mut links, bob, now) = (Links::default(), PeerId::random(), Instant::now());
        links.open(bob, id(1), link(now));
        assert_eq!(links.close(bob, id(1)), Closed { last: true, absent: false });
    }

    #[test]
    fn a_peer_that_dials_again_has_left_its_old_connections_behind() {
        let (mut links, bob, now) = (Links::default(), PeerId::random(), Instant::now());
        links.open(bob, id(1), link(now));
        let later = now + LEFT_BEHIND;
        links.open(bob, id(2), link(later));
        assert_eq!(links.left_behind(bob, id(2), later), [id(1)]);
        assert_eq!(links.left_behind(bob, id(1), later), []);
        // That this side dialled again says nothing of the peer.
        links.open(bob, id(3), Link { dialled: true, ..link(later) });
        assert_eq!(links.left_behind(bob, id(3), later), []);
    }

    #[test]
    fn an_address_that_is_lost_strands_what_went_over_it() {
        let (mut links, bob, now) = (Links::default(), PeerId::random(), Instant::now());
        let to = |address: &str| Link { address: address.parse().unwrap(), ..link(now) };
        let at = |ip: &str| Some(ip.parse().unwrap());
        links.open(bob, id(1), Link { here: at("10.0.0.1"), ..to("/ip4/10.0.0.9/tcp/1") });
        links.open(bob, id(2), Link { here: at("10.1.0.1"), ..to("/ip4/10.1.0.9/tcp/1") });
        links.open(bob, id(3), to("/ip4/10.0.0.9/tcp/2"));
        links.open(bob, id(4), to("/ip6/fd00::9/tcp/2"));
        links.open(bob, id(5), to("/ip4/127.0.0.1/tcp/2"));
        let mut stranded = links.stranded("10.0.0.1".parse().unwrap());
        stranded.sort();
        assert_eq!(stranded, [id(1), id(3)]);
    }

    #[test]
    fn two_that_dial_each_other_at_once_keep_both_connections() {
        let (mut links, bob, now) = (Links::default(), PeerId::random(), Instant::now());
        links.open(bob, id(1), Link { dialled: true, ..link(now) });
        links.open(bob, id(2), link(now + Duration::from_secs(10)));
        assert_eq!(links.left_behind(bob, id(2), now + Duration::from_secs(10)), []);
    }

    #[test]
    fn a_connection_that_stays_silent_is_no_presence() {
        let (mut links, bob, now) = (Links::default(), PeerId::random(), Instant::now());
        links.open(bob, id(1), link(now));
        links.open(bob, id(2), link(now));
        links.introduce(bob, id(1));
        assert_eq!(links.silent(now), []);
        assert!(links.are_strange());
        assert_eq!(links.silent(now + INTRODUCTION), [id(2)]);
        assert_eq!(links.close(bob, id(1)), Closed { last: false, absent: true });
    }
}
