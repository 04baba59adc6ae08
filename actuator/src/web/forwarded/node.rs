//! The address of a client or proxy as headers write it.

use std::net::{IpAddr, Ipv6Addr};

/// The longest that is looked at, in bytes.
const MAX_LENGTH: usize = 64;

/// The address of a node: `192.0.2.1`, `192.0.2.1:4711`, `[2001:db8::1]`, `[2001:db8::1]:4711`,
/// `2001:db8::1` (RFC 7239 6, and what `X-Forwarded-For` is filled with). `None` if it is hidden
/// (`unknown`, `_gazonk`) or nothing of all that.
pub(super) fn address(node: &str) -> Option<IpAddr> {
    let node = node.trim_matches([' ', '\t']);
    if node.len() > MAX_LENGTH {
        return None;
    }
    let address = if let Some(rest) = node.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        let is_whole = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
        is_whole.then(|| address.parse::<Ipv6Addr>().ok().map(IpAddr::from))??
    } else if let Some((address, port)) = node.split_once(':').filter(|_| node.contains('.')) {
        // With a dot and a colon it is IPv4 with a port, or `::ffff:192.0.2.1`.
        match address.parse() {
            Ok(address) => is_port(port).then_some(IpAddr::V4(address))?,
            Err(_) => node.parse().ok()?,
        }
    } else {
        node.parse().ok()?
    };
    Some(address.to_canonical())
}

/// A number, or a hidden one.
fn is_port(port: &str) -> bool {
    let is_hidden = |port: &str| {
        !port.is_empty()
            && port.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
    };
    match port.strip_prefix('_') {
        Some(hidden) => is_hidden(hidden),
        None => port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_read_with_and_without_ports() {
        for (node, expected) in [
            ("192.0.2.1", "192.0.2.1"),
            (" 192.0.2.1\t", "192.0.2.1"),
            ("192.0.2.1:4711", "192.0.2.1"),
            ("192.0.2.1:_x", "192.0.2.1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:DB8::1]:4711", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("[::ffff:192.0.2.1]:1", "192.0.2.1"),
        ] {
            assert_eq!(address(node), Some(expected.parse().unwrap()), "{node}");
        }
    }

    #[test]
    fn what_is_hidden_or_no_address_is_none() {
        for node in [
            "",
            "unknown",
            "_hidden",
            "_SEVKISEK",
            "192.0.2.1:",
            "192.0.2.1:99999",
            "192.0.2.1:+1",
            "192.0.2.1:_",
            "192.0.2",
            "999.0.0.1",
            "[::1",
            "::1]",
            "[192.0.2.1]",
            "[::1]x",
            "[::1]:",
            "fe80::1%eth0",
            "localhost",
            "1.2.3.4 5.6.7.8",
        ] {
            assert_eq!(address(node), None, "{node}");
        }
    }

    proptest! {
        #[test]
        fn every_address_is_read_back(bits: u128, four: u32, port: u16) {
            let (six, four) = (Ipv6Addr::from(bits), std::net::Ipv4Addr::from(four));
            prop_assert_eq!(address(&format!("[{six}]:{port}")), Some(IpAddr::from(six).to_canonical()));
            prop_assert_eq!(address(&format!("{four}:{port}")), Some(four.into()));
        }

        #[test]
        fn no_text_is_too_odd(text in "[0-9a-f:.\\[\\]_ ]{0,70}|.{0,70}") {
            let _ = address(&text);
        }
    }
}
