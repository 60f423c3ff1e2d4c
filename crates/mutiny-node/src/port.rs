//! Ports for peers that are to be found at the same one again.

use std::io::{Error, ErrorKind, Result};
use std::net::{Ipv4Addr, TcpListener};
use std::ops::Range;

use uuid::Uuid;

/// Where they are taken from: below those that systems give to connections which go out (Linux from 32768 on, most others
/// from 49152, RFC 6335), so that no such connection sits on a peer's port while the peer is away.
const PORTS: Range<u16> = 20_000..32_000;

/// How many are tried.
const TRIES: usize = 100;

/// A port of loopback that nobody listens at, by chance: whoever else looks for one at the same time finds another.
///
/// # Errors
/// The system's, where it lets nobody listen at a hundred of them.
pub fn free_port() -> Result<u16> {
    let mut failed = Error::from(ErrorKind::AddrInUse);
    for _ in 0..TRIES {
        let place = Uuid::new_v4().as_u128() % u128::from(PORTS.end - PORTS.start);
        let port = PORTS.start + u16::try_from(place).unwrap_or_default();
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(_) => return Ok(port),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn whoever_looks_for_ports_finds_free_ones_that_no_outgoing_connection_gets() {
        let listeners: Vec<TcpListener> =
            (0..50).map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, free_port().unwrap())).unwrap()).collect();
        assert!(listeners.iter().all(|it| PORTS.contains(&it.local_addr().unwrap().port())));
    }
}
