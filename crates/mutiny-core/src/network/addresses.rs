//! What is known of where one peer may be reached.

use std::time::{Duration, Instant};

use libp2p::Multiaddr;

/// The most addresses kept for a peer. They are all dialled at each attempt, so a peer that announces very many must not
/// turn this host into a scanner.
pub(super) const MOST: usize = 16;

/// How long an address is left out after somebody else answered there. Addresses are handed on within a network, and the
/// first to answer ends the attempt: without this, a stranger that answers quickly would hide the peer for good.
const WRONG_FOR: Duration = Duration::from_secs(300);

/// Addresses of one peer, the best first.
#[derive(Debug, Default)]
pub(super) struct Addresses(Vec<Known>);

#[derive(Debug)]
struct Known {
    address: Multiaddr,
    /// It has worked in this session.
    worked: bool,
    /// Somebody else answered there.
    wrong_until: Option<Instant>,
}

impl Addresses {
    /// Adds an address; returns whether it was new. Where there are too many, the oldest that never worked makes room.
    pub(super) fn add(&mut self, address: Multiaddr) -> bool {
        if self.0.iter().any(|known| known.address == address) {
            return false;
        }
        if self.0.len() >= MOST {
            let Some(oldest) = self.0.iter().position(|known| !known.worked) else {
                return false;
            };
            self.0.remove(oldest);
        }
        self.0.push(Known { address, worked: false, wrong_until: None });
        true
    }

    /// Notes that the peer answered at `address`, which is tried first from now on.
    pub(super) fn worked(&mut self, address: &Multiaddr) {
        self.add(address.clone());
        if let Some(at) = self.0.iter().position(|known| known.address == *address) {
            let mut known = self.0.remove(at);
            known.worked = true;
            known.wrong_until = None;
            self.0.insert(0, known);
        }
    }

    /// Notes that somebody else answered at `address`.
    pub(super) fn wrong(&mut self, address: &Multiaddr, now: Instant) {
        if let Some(known) = self.0.iter_mut().find(|known| known.address == *address) {
            known.wrong_until = Some(now + WRONG_FOR);
        }
    }

    /// Forgets who answered where: the network changed, and addresses with it.
    pub(super) fn forgive(&mut self) {
        for known in &mut self.0 {
            known.wrong_until = None;
        }
    }

    /// Whether any is known.
    pub(super) fn is_any(&self) -> bool {
        !self.0.is_empty()
    }

    /// Those to dial now.
    pub(super) fn to_dial(&self, now: Instant) -> Vec<Multiaddr> {
        let open = |known: &&Known| known.wrong_until.is_none_or(|until| until <= now);
        self.0.iter().filter(open).map(|known| known.address.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn address(port: usize) -> Multiaddr {
        format!("/ip4/10.0.0.1/tcp/{port}").parse().unwrap()
    }

    #[test]
    fn what_worked_comes_first_and_is_never_pushed_out() {
        let now = Instant::now();
        let mut addresses = Addresses::default();
        for port in 1..=MOST {
            assert!(addresses.add(address(port)));
        }
        addresses.worked(&address(5));
        for port in 100..200 {
            addresses.add(address(port));
        }
        let kept = addresses.to_dial(now);
        assert_eq!(kept.len(), MOST);
        assert_eq!(kept[0], address(5));
        assert_eq!(kept[MOST - 1], address(199));
    }

    #[test]
    fn an_address_known_already_is_not_new() {
        let mut addresses = Addresses::default();
        assert!(addresses.add(address(1)));
        assert!(!addresses.add(address(1)));
    }

    #[test]
    fn where_somebody_else_answered_is_left_out_for_a_while() {
        let now = Instant::now();
        let mut addresses = Addresses::default();
        addresses.add(address(1));
        addresses.add(address(2));
        addresses.wrong(&address(1), now);
        assert_eq!(addresses.to_dial(now), [address(2)]);
        assert_eq!(addresses.to_dial(now + WRONG_FOR).len(), 2);
        addresses.forgive();
        assert_eq!(addresses.to_dial(now).len(), 2);
    }
}
