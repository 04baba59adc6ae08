//! The host of a URI, as callers name it: what of that can stand in a URI.

use std::net::{Ipv4Addr, Ipv6Addr};

/// What a caller is taken to have named, if that was nothing.
pub const UNKNOWN: &str = "localhost";

/// The host and port that somebody has named; `localhost` if that is nothing that can stand in a URI.
pub fn usable_host(named: &[u8]) -> &str {
    let Ok(named) = str::from_utf8(named) else { return UNKNOWN };
    // Credentials in front of the host are nobody's business.
    let named = named.rsplit_once('@').map_or(named, |(_, host)| host);
    if is_host(named) { named } else { UNKNOWN }
}

/// Whether this is a name or an address, with or without a port: what RFC 3986 allows, without
/// escapes, and as strict about addresses as the URL standard of browsers.
pub fn is_host(text: &str) -> bool {
    let (host, port) = match text.rfind(':').filter(|at| !text.ends_with(']') && *at > 0) {
        Some(colon) => (text.get(..colon), text.get(colon + 1..)),
        None => (Some(text), None),
    };
    let is_port = port.is_none_or(|port| {
        port.is_empty() || port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok()
    });
    let Some(host) = host.filter(|_| is_port) else { return false };
    if let Some(address) = host.strip_prefix('[') {
        let address = address.strip_suffix(']');
        return address.is_some_and(|address| address.parse::<Ipv6Addr>().is_ok());
    }
    let is_name = !host.is_empty()
        && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'));
    let last = host.strip_suffix('.').unwrap_or(host);
    let last = last.rsplit('.').next().unwrap_or_default();
    let is_number = last.starts_with(|c: char| c.is_ascii_digit())
        && (last.bytes().all(|b| b.is_ascii_digit()) || last.starts_with("0x"));
    is_name && !last.is_empty() && (!is_number || host.parse::<Ipv4Addr>().is_ok())
}

/// A host as [`is_host`] has it, and its port if it has one.
pub fn host_and_port(text: &str) -> (&str, Option<u16>) {
    match text.rsplit_once(':').filter(|_| !text.ends_with(']')) {
        Some((host, port)) => (host, port.parse().ok()),
        None => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_what_stands_behind_the_host() {
        assert_eq!(host_and_port("a"), ("a", None));
        assert_eq!(host_and_port("a:80"), ("a", Some(80)));
        assert_eq!(host_and_port("a:"), ("a", None));
        assert_eq!(host_and_port("[::1]"), ("[::1]", None));
        assert_eq!(host_and_port("[::1]:80"), ("[::1]", Some(80)));
    }

    #[test]
    fn a_host_is_what_a_browser_can_take_apart() {
        for host in [
            "a",
            "app.example",
            "app.example.",
            "a-b_c:8080",
            "127.0.0.1",
            "127.0.0.1:80",
            "[::1]",
            "[::1]:8080",
            "[2001:db8::1]",
            "3com.example",
            "a:",
            "xn--bcher-kva.example",
            "1a",
        ] {
            assert!(is_host(host), "{host}");
        }
        for host in [
            "",
            ":",
            ":80",
            "a:b",
            "a:99999",
            "a:-1",
            "a:+1",
            "[::1",
            "::1",
            "[a]",
            "[::1]x",
            "a b",
            "<script>",
            "a/b",
            "a?b",
            "a#b",
            "a%zz",
            "ä",
            "1.2.3",
            "1.2.3.4.5",
            "999.1.1.1",
            "a.0x7",
            "\"",
            "a@b",
            ".",
            "a..",
            "[::1]:99999",
        ] {
            assert!(!is_host(host), "{host}");
        }
    }
}
