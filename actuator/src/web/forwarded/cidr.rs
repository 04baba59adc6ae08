//! Networks of addresses, and which of them are proxies.

use std::net::IpAddr;

/// The networks from which Tomcat believes proxies by default (`RemoteIpValve`'s
/// `internalProxies`): private, link-local, shared and loopback addresses.
pub(super) const PRIVATE: &[&str] = &[
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
];

/// A network: `10.0.0.0/8`, `2001:db8::/32`, or a single address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cidr {
    address: IpAddr,
    /// How many bits of the address count.
    bits: u8,
}

impl Cidr {
    /// Reads a network. Bits behind the prefix must be zero: what else was meant is not guessed.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        const EXPECTED: &str = "expected addresses or networks such as 10.0.0.0/8 or 2001:db8::/32";
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| EXPECTED)?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let is_plain = |bits: &&str| bits.len() <= 3 && bits.bytes().all(|b| b.is_ascii_digit());
        let bits = match bits {
            Some(bits) => Some(bits).filter(is_plain).and_then(|bits| bits.parse().ok()),
            None => Some(width),
        };
        let bits = bits.filter(|bits| *bits <= width).ok_or(EXPECTED)?;
        let cidr = Self { address, bits };
        if cidr.significant(address) != value(address) {
            return Err("has bits beyond its prefix; 10.0.0.0/8 is a network, 10.1.0.0/8 is none");
        }
        Ok(cidr)
    }

    /// The network of the first `bits` of an address.
    pub(super) fn new(address: IpAddr, bits: u8) -> Self {
        Self { address, bits }
    }

    /// Whether the address is within.
    pub(super) fn contains(&self, address: IpAddr) -> bool {
        address.is_ipv4() == self.address.is_ipv4()
            && self.significant(address) == value(self.address)
    }

    /// The bits of an address that count here, in their places.
    fn significant(&self, address: IpAddr) -> u128 {
        let width: u32 = if address.is_ipv4() { 32 } else { 128 };
        let hidden = width.saturating_sub(u32::from(self.bits));
        let shifted = value(address).checked_shr(hidden).unwrap_or(0);
        shifted.checked_shl(hidden).unwrap_or(0)
    }
}

fn value(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u32::from(address).into(),
        IpAddr::V6(address) => address.into(),
    }
}

/// Whose headers are believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TrustedProxies {
    /// The networks in which they are.
    pub(super) networks: Vec<Cidr>,
    /// Whether whoever may open the Unix socket is one.
    pub(super) unix: bool,
}

impl TrustedProxies {
    /// Whether this is the address of one.
    pub(super) fn includes(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks.iter().any(|network| network.contains(address))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn within(network: &str, address: &str) -> bool {
        Cidr::parse(network).unwrap().contains(address.parse().unwrap())
    }

    #[test]
    fn a_network_has_the_addresses_that_begin_as_it_does() {
        assert!(within("10.0.0.0/8", "10.255.1.2") && !within("10.0.0.0/8", "11.0.0.0"));
        assert!(within("172.16.0.0/12", "172.31.255.255"));
        assert!(!within("172.16.0.0/12", "172.32.0.0"));
        assert!(within("192.0.2.1", "192.0.2.1") && !within("192.0.2.1", "192.0.2.2"));
        assert!(within("0.0.0.0/0", "8.8.8.8") && !within("0.0.0.0/0", "::1"));
        assert!(within("::/0", "2001:db8::1") && !within("::/0", "1.2.3.4"));
        assert!(within("fc00::/7", "fdff::1") && !within("fc00::/7", "fe00::1"));
        assert!(within("::1", "::1") && !within("::1", "::2"));
        for network in PRIVATE {
            Cidr::parse(network).unwrap();
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for bad in
            ["", "10", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/+8", "10.1.0.0/8"]
                .into_iter()
                .chain(["::/129", "x/8", "10.0.0.0/8/8", "2001:db8::1/32", "10.0.0.0/0008"])
        {
            Cidr::parse(bad).expect_err(bad);
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd_to_be_read_or_refused(text in "[0-9a-f:./ x]{0,40}|.{0,20}") {
            let _ = Cidr::parse(&text);
        }

        #[test]
        fn each_address_is_in_the_network_that_it_begins(address: u32, bits in 0_u8..=32) {
            let hidden = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
            let start = std::net::Ipv4Addr::from(address & hidden);
            let network = Cidr::parse(&format!("{start}/{bits}")).unwrap();
            prop_assert!(network.contains(std::net::Ipv4Addr::from(address).into()));
        }
    }
}
