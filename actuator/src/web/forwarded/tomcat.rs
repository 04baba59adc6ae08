//! The proxies of a Spring service, which are a regular expression there
//! (`server.tomcat.remoteip.internal-proxies`).

use std::net::{IpAddr, Ipv4Addr};

use super::cidr::Cidr;

/// What stands for any number in such expressions.
const ANY: &[&str] = &["\\d{1,3}", "\\d+", "\\d*", "[0-9]+", "[0-9]{1,3}", ".*", ".+"];

/// The networks of an expression that is a list of addresses, IPv4 ones with any number at their
/// end: `192\.168\.\d{1,3}\.\d{1,3}|10\.0\.0\.1`; or plain addresses and networks. `None` if it is
/// anything else: guessing whom to believe is no option.
pub(super) fn networks(pattern: &str) -> Option<Vec<Cidr>> {
    // `{1,3}` is no list.
    let is_pattern = pattern.contains('\\');
    let parts = pattern.split(|c| c == '|' || c == ',' && !is_pattern).map(str::trim);
    parts.filter(|part| !part.is_empty()).map(network).collect()
}

fn network(part: &str) -> Option<Cidr> {
    if let Ok(plain) = Cidr::parse(part) {
        return Some(plain);
    }
    let (mut octets, mut fixed) = ([0_u8; 4], 0_u8);
    let parts: Vec<&str> = part.split("\\.").collect();
    let (last, before) = parts.split_last()?;
    let is_any = |octet: &str| ANY.contains(&octet);
    // `10\..*` stands for all that follows.
    let is_open = *last == ".*" || *last == ".+";
    if parts.len() > 4 || parts.len() < 4 && !is_open {
        return None;
    }
    for (at, octet) in before.iter().chain(std::iter::once(last)).enumerate() {
        if is_any(octet) {
            continue;
        }
        // A number behind one that may be any is no network.
        let is_number = octet.bytes().all(|byte| byte.is_ascii_digit());
        if usize::from(fixed) != at || !is_number {
            return None;
        }
        *octets.get_mut(at)? = octet.parse().ok()?;
        fixed += 1;
    }
    (fixed > 0).then(|| Cidr::new(IpAddr::V4(Ipv4Addr::from(octets)), fixed * 8))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cidrs(networks: &[&str]) -> Vec<Cidr> {
        networks.iter().map(|network| Cidr::parse(network).unwrap()).collect()
    }

    #[test]
    fn lists_of_addresses_are_networks() {
        assert_eq!(
            networks(r"10\.\d{1,3}\.\d{1,3}\.\d{1,3}|192\.168\.\d+\.\d+|127\.0\.0\.1"),
            Some(cidrs(&["10.0.0.0/8", "192.168.0.0/16", "127.0.0.1"]))
        );
        assert_eq!(networks(r"172\.16\..*"), Some(cidrs(&["172.16.0.0/16"])));
        assert_eq!(networks("::1|10.0.0.0/8"), Some(cidrs(&["::1", "10.0.0.0/8"])));
    }

    #[test]
    fn anything_else_is_not_guessed() {
        for pattern in [
            ".*",
            r"10\.[5-9]\.\d+\.\d+",
            r"172\.1[6-9]{1}\.\d{1,3}\.\d{1,3}",
            r"\d+\.0\.0\.1",
            r"10\.\d+\.0\.1",
            r"10\.0",
            r"300\.0\.0\.1",
            "(10|11)",
            r"1\.2\.3\.4\.5",
        ] {
            assert_eq!(networks(pattern), None, "{pattern}");
        }
    }

    proptest! {
        #[test]
        fn no_pattern_is_too_odd(pattern in "([0-9]{1,3}|\\\\\\.|\\.\\*|\\||[a-z/:]){0,20}") {
            let _ = networks(&pattern);
        }
    }
}
