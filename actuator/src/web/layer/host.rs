//! The host that a caller has named, where it can stand in a URI.

use std::net::{Ipv4Addr, Ipv6Addr};

use http::{HeaderMap, Uri, header};

/// What a caller is recorded to have named, if that was nothing.
const UNKNOWN: &str = "localhost";

/// The host and port that the caller has named; `localhost` if that is nothing that can stand in
/// a URI. Spring Boot Admin takes the URI apart, and what it cannot take apart hides all rows.
pub(super) fn host<'r>(uri: &'r Uri, headers: &'r HeaderMap) -> &'r [u8] {
    let named = match uri.authority() {
        Some(authority) => authority.as_str().as_bytes(),
        None => headers.get(header::HOST).map_or(&[][..], |host| host.as_bytes()),
    };
    if is_usual(named) { named } else { odd(named).unwrap_or(UNKNOWN).as_bytes() }
}

/// What follows the credentials, which are nobody's business.
fn odd(named: &[u8]) -> Option<&str> {
    let named = std::str::from_utf8(named).ok()?;
    let named = named.rsplit_once('@').map_or(named, |(_, host)| host);
    is_host(named).then_some(named)
}

/// What a byte can be in the name of a host.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letter,
    Digit,
    Dot,
    Colon,
    Other,
}

/// By the byte.
const KINDS: [Kind; 256] = {
    let mut kinds = [Kind::Other; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        kinds[byte as usize] = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'_' => Kind::Letter,
            b'0'..=b'9' => Kind::Digit,
            b'.' => Kind::Dot,
            b':' => Kind::Colon,
            _ => Kind::Other,
        };
        byte += 1;
    }
    kinds
};

/// What [`is_host`] says of most hosts, found in one quick walk: of those whose last part begins
/// with a letter, with at most four digits as port. `false` is not yet an answer.
fn is_usual(named: &[u8]) -> bool {
    let (mut before, mut last_begins) = (Kind::Dot, Kind::Other);
    for (at, byte) in named.iter().enumerate() {
        let kind = KINDS.get(usize::from(*byte)).copied().unwrap_or(Kind::Other);
        match kind {
            Kind::Other => return false,
            Kind::Colon => {
                let port = named.get(at + 1..).unwrap_or_default();
                let is_port = port.len() <= 4 && port.iter().all(u8::is_ascii_digit);
                return is_port && before != Kind::Dot && last_begins == Kind::Letter;
            }
            Kind::Letter | Kind::Digit if before == Kind::Dot => last_begins = kind,
            Kind::Letter | Kind::Digit | Kind::Dot => {}
        }
        before = kind;
    }
    before != Kind::Dot && last_begins == Kind::Letter
}

/// Whether this is a name or an address, with or without a port: what RFC 3986 allows, without
/// escapes, and as strict about addresses as the URL standard of browsers.
fn is_host(text: &str) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

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
            assert!(!is_host(host) && !is_usual(host.as_bytes()), "{host}");
        }
    }
}
