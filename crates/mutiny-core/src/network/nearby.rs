//! Whether a peer is on the same network as this machine.

use std::net::IpAddr;

use if_addrs::IfAddr;

/// A network that one of this machine's interfaces is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Subnet {
    ip: IpAddr,
    prefix: u8,
}

impl Subnet {
    fn contains(&self, other: IpAddr) -> bool {
        match (self.ip, other) {
            // A prefix of nothing holds the whole internet: a tunnel says so, and it means no neighbourhood.
            _ if self.prefix == 0 => false,
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                same_bits(own.to_bits().into(), other.to_bits().into(), self.prefix, 32)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => same_bits(own.to_bits(), other.to_bits(), self.prefix, 128),
            _ => false,
        }
    }
}

fn same_bits(one: u128, other: u128, prefix: u8, width: u32) -> bool {
    let ignored = width.saturating_sub(prefix.into());
    (one ^ other).checked_shr(ignored).unwrap_or(0) == 0
}

/// The networks of this machine now. Asking the system takes microseconds, so nothing is kept that could be out of date.
/// Empty if the system does not say: then only this machine itself is near.
pub(super) fn subnets() -> Vec<Subnet> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_else(|error| {
        tracing::warn!(%error, "the network interfaces cannot be listed");
        Vec::new()
    });
    let subnet = |interface: if_addrs::Interface| match interface.addr {
        IfAddr::V4(own) => Subnet { ip: own.ip.into(), prefix: own.prefixlen },
        IfAddr::V6(own) => Subnet { ip: own.ip.into(), prefix: own.prefixlen },
    };
    interfaces.into_iter().map(subnet).collect()
}

/// Whether `remote` is this machine or on one of its networks.
pub(super) fn is_nearby(remote: IpAddr, subnets: &[Subnet]) -> bool {
    let remote = remote.to_canonical();
    remote.is_loopback() || subnets.iter().any(|subnet| subnet.contains(remote))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn near(remote: &str, own: &str, prefix: u8) -> bool {
        is_nearby(remote.parse().unwrap(), &[Subnet { ip: own.parse().unwrap(), prefix }])
    }

    #[test]
    fn the_same_subnet_is_near() {
        assert!(near("192.168.1.77", "192.168.1.2", 24));
        assert!(!near("192.168.2.77", "192.168.1.2", 24));
        assert!(near("192.168.2.77", "192.168.1.2", 16));
        assert!(near("2001:db8:0:1::7", "2001:db8:0:1::1", 64));
        assert!(!near("2001:db8:0:2::7", "2001:db8:0:1::1", 64));
    }

    #[test]
    fn loopback_is_near_without_any_interface() {
        assert!(is_nearby("127.0.0.1".parse().unwrap(), &[]));
        assert!(is_nearby("::1".parse().unwrap(), &[]));
        assert!(is_nearby("::ffff:127.0.0.1".parse().unwrap(), &[]));
        assert!(!is_nearby("192.0.2.1".parse().unwrap(), &[]));
    }

    #[test]
    fn the_edges_of_a_prefix() {
        assert!(near("10.0.0.1", "10.0.0.1", 32));
        assert!(!near("10.0.0.2", "10.0.0.1", 32));
        assert!(!near("203.0.113.9", "10.0.0.1", 0), "a default route makes nobody a neighbour");
        assert!(!near("2001:db8::1", "10.0.0.1", 8));
    }

    #[test]
    fn an_ipv4_address_in_ipv6_form_counts_as_ipv4() {
        assert!(near("::ffff:192.168.1.77", "192.168.1.2", 24));
    }
}
