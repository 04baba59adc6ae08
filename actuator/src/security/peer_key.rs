//! Who counts as one peer: an IPv4 address, or the /64 of an IPv6 one, since whoever has one of its
//! addresses has all of them.

use std::net::{IpAddr, Ipv4Addr};

/// One peer, as limits know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PeerKey {
    /// Whoever comes without an address: over a Unix socket, or within a server that tells none.
    Unknown,
    /// An IPv4 address, also one that came mapped into IPv6.
    V4(Ipv4Addr),
    /// The first half of an IPv6 address.
    V6(u64),
}

impl From<Option<IpAddr>> for PeerKey {
    fn from(address: Option<IpAddr>) -> Self {
        match address.map(|address| address.to_canonical()) {
            None => Self::Unknown,
            Some(IpAddr::V4(address)) => Self::V4(address),
            Some(IpAddr::V6(address)) => {
                Self::V6(u64::try_from(address.to_bits() >> 64).unwrap_or_default())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(address: &str) -> PeerKey {
        PeerKey::from(Some(address.parse().unwrap()))
    }

    #[test]
    fn all_addresses_of_a_network_of_64_bits_are_one_peer() {
        assert_eq!(key("2001:db8:1:2::3"), key("2001:db8:1:2:ffff::4"));
        assert_ne!(key("2001:db8:1:2::3"), key("2001:db8:1:3::3"));
        assert_eq!(key("::ffff:10.0.0.7"), key("10.0.0.7"));
        assert_ne!(key("10.0.0.7"), key("10.0.0.8"));
    }
}
