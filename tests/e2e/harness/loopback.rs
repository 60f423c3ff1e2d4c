//! A place on loopback that no other test shares.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::sync::atomic::{AtomicU16, Ordering};

/// Below the range that the system hands out for outgoing connections.
const FIRST_PORT: u16 = 10_000;

static NEXT_PORT: AtomicU16 = AtomicU16::new(FIRST_PORT);

/// An address with a port that is free for TCP and UDP, and handed out only once.
pub(crate) fn free_address() -> SocketAddr {
    loop {
        let address = SocketAddr::from((own_address(), NEXT_PORT.fetch_add(1, Ordering::Relaxed)));
        if TcpListener::bind(address).is_ok() && UdpSocket::bind(address).is_ok() {
            return address;
        }
    }
}

/// This process's own address. All of 127.0.0.0/8 is loopback, and a process id fits into 22 bits: so tests that run
/// at once cannot take each other's ports, not even those of a host that is down for the moment.
fn own_address() -> Ipv4Addr {
    let [_, high, middle, low] = std::process::id().to_be_bytes();
    Ipv4Addr::new(127, 64 | high, middle, low)
}

/// The address of a made-up person: the same at every run, since it is part of their contact link, unless somebody has it.
pub(crate) fn address_of(name: &str) -> SocketAddr {
    let [first, second] = [0, 1].map(|at| name.as_bytes().get(at).copied().unwrap_or(0));
    let address = SocketAddr::from((Ipv4Addr::new(127, 0, first, second), FIRST_PORT));
    let is_free = TcpListener::bind(address).is_ok() && UdpSocket::bind(address).is_ok();
    if is_free { address } else { free_address() }
}
