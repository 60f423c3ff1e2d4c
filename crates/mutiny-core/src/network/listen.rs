//! Where to listen.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, UdpSocket};
use std::time::Duration;

use libp2p::core::transport::ListenerId;
use libp2p::swarm::NetworkBehaviour;
use libp2p::{Multiaddr, Swarm, TransportError};

use super::address::{Transport, socket};
use crate::error::{Error, Result};

/// How many ports to try for one that is free for TCP and UDP alike.
const TRIES: usize = 16;
/// How soon to look again whether a port is free.
const ASK_AGAIN: Duration = Duration::from_millis(20);

/// Listens on exactly these addresses, or on none.
pub(super) fn explicit<B: NetworkBehaviour>(
    swarm: &mut Swarm<B>,
    addresses: &[Multiaddr],
) -> Result<Vec<(ListenerId, Multiaddr)>> {
    for address in addresses {
        let (socket, transport) = socket(address).ok_or_else(|| Error::BadListenAddress(address.to_string()))?;
        probe(socket, transport).map_err(|error| cannot(address, &error))?;
    }
    let listen = |address: &Multiaddr| match swarm.listen_on(address.clone()) {
        Ok(id) => Ok((id, address.clone())),
        Err(TransportError::Other(error)) => Err(cannot(address, &error)),
        Err(TransportError::MultiaddrNotSupported(address)) => Err(Error::BadListenAddress(address.to_string())),
    };
    addresses.iter().map(listen).collect()
}

/// Listens on all interfaces, over TCP and QUIC, at `port` if it is free and at another if not. One number serves all, so
/// that a person who must open it in a firewall has one to remember.
pub(super) fn everywhere<B: NetworkBehaviour>(
    swarm: &mut Swarm<B>,
    port: Option<u16>,
) -> Result<Vec<(ListenerId, Multiaddr)>> {
    let port = port.filter(|port| is_free(*port)).or_else(free_port).unwrap_or(0);
    let mut listeners = Vec::new();
    let mut problem = None;
    for ip in [IpAddr::V4(Ipv4Addr::UNSPECIFIED), IpAddr::V6(Ipv6Addr::UNSPECIFIED)] {
        for transport in [Transport::Tcp, Transport::Quic] {
            let address = multiaddr(ip, port, transport);
            match swarm.listen_on(address.clone()).or_else(|_| swarm.listen_on(multiaddr(ip, 0, transport))) {
                Ok(id) => listeners.push((id, address)),
                // A machine without IPv6 is a machine without IPv6.
                Err(error) => {
                    tracing::debug!(%address, %error, "not listening");
                    problem.get_or_insert((address, error));
                }
            }
        }
    }
    match problem {
        Some((address, error)) if listeners.is_empty() => {
            Err(Error::CannotListen { address: address.to_string(), problem: format!("{error}.") })
        }
        _ => Ok(listeners),
    }
}

/// The error for an address asked for, with what the system said.
pub(super) fn cannot(address: &Multiaddr, error: &io::Error) -> Error {
    let said = error.to_string();
    let said = said.split(" (os error").next().unwrap_or(&said).trim_end_matches('.');
    Error::CannotListen { address: address.to_string(), problem: format!("{said}.") }
}

/// Finds out whether an address can be listened on, by doing so for a moment.
///
/// libp2p's TCP listeners let others share their port. So a second host of the same user would be allowed to listen where
/// the first does, and each would get some of the connections meant for the other. The sockets here do not share.
fn probe(mut address: SocketAddr, transport: Transport) -> io::Result<()> {
    // Unlike libp2p's, a socket for all IPv6 addresses made by the standard library takes IPv4 as well, and would find
    // this host's own IPv4 listener in its way. The loopback address stands in for all.
    if address.is_ipv6() && address.ip().is_unspecified() {
        address.set_ip(Ipv6Addr::LOCALHOST.into());
    }
    match transport {
        Transport::Tcp => TcpListener::bind(address).map(drop),
        Transport::Quic => UdpSocket::bind(address).map(drop),
    }
}

/// Waits until none of these addresses is listened on any more. The system announces no such thing, so it is asked.
pub(super) async fn released(addresses: &[Multiaddr]) {
    for (address, transport) in addresses.iter().filter_map(socket) {
        while probe(address, transport).is_err_and(|error| error.kind() == io::ErrorKind::AddrInUse) {
            tokio::time::sleep(ASK_AGAIN).await;
        }
    }
}

/// Whether a port is free for both transports. Only IPv4 is asked: not every machine has the other.
fn is_free(port: u16) -> bool {
    let address = SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), port);
    port != 0 && probe(address, Transport::Tcp).is_ok() && probe(address, Transport::Quic).is_ok()
}

fn free_port() -> Option<u16> {
    let any = || Some(TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?.local_addr().ok()?.port());
    (0..TRIES).filter_map(|_| any()).find(|port| is_free(*port))
}

fn multiaddr(ip: IpAddr, port: u16, transport: Transport) -> Multiaddr {
    use libp2p::multiaddr::Protocol;
    let address = Multiaddr::from(ip);
    match transport {
        Transport::Tcp => address.with(Protocol::Tcp(port)),
        Transport::Quic => address.with(Protocol::Udp(port)).with(Protocol::QuicV1),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_port_that_somebody_listens_on_is_not_free() {
        let taken = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        assert!(!is_free(port));
        assert_ne!(free_port().unwrap(), port);
    }

    #[test]
    fn the_error_says_what_the_system_said_and_no_numbers() {
        let address: Multiaddr = "/ip4/127.0.0.1/tcp/4001".parse().unwrap();
        let error = cannot(&address, &io::Error::from_raw_os_error(98)).to_string();
        assert!(error.starts_with("Cannot listen on /ip4/127.0.0.1/tcp/4001: "), "{error}");
        assert!(!error.contains("os error"), "{error}");
    }
}
