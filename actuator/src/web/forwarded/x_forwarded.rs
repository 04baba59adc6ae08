//! `X-Forwarded-*`: what proxies told before there was a standard, and still do.

use http::HeaderMap;

use super::{Told, cidr::TrustedProxies, node};
use crate::support::uri_host::is_host;

const FOR: &str = "x-forwarded-for";
const PROTO: &str = "x-forwarded-proto";
const HOST: &str = "x-forwarded-host";
const PORT: &str = "x-forwarded-port";
const PREFIX: &str = "x-forwarded-prefix";
const SSL: &str = "x-forwarded-ssl";
/// How many proxies are looked at, from the service outwards.
const MAX_ITEMS: usize = 32;
/// The longest host and prefix, in bytes.
const MAX_TEXT: usize = 256;

/// Whether any of them is there.
pub(super) fn are_there(headers: &HeaderMap) -> bool {
    [FOR, PROTO, HOST, PORT, PREFIX, SSL].iter().any(|name| headers.contains_key(*name))
}

/// What the headers say; `None` if that is nothing.
pub(super) fn read(headers: &HeaderMap, proxies: &TrustedProxies) -> Option<Told> {
    let chain = items(headers, FOR);
    let mut told = Told::default();
    let mut believed = 0;
    // From the service outwards: whom a trusted proxy names is believed to be there, and its words
    // are believed if it is a trusted proxy too.
    for item in &chain {
        believed += 1;
        let Some(client) = node::address(item) else { break };
        told.client = Some(client);
        if !proxies.includes(client) {
            break;
        }
    }
    let one = |name: &str| the_one(&items(headers, name), chain.len(), believed);
    let secure = one(SSL).is_some_and(|on| on.eq_ignore_ascii_case("on")).then_some("https");
    told.scheme = one(PROTO).and_then(scheme).or(secure);
    told.host = one(HOST).and_then(valid_host).map(str::to_owned);
    told.port = one(PORT).and_then(port);
    told.prefix = prefix(headers).unwrap_or_default();
    (told != Told::default()).then_some(told)
}

/// The values of a header in one list, the last one first, as many as are looked at.
fn items<'h>(headers: &'h HeaderMap, name: &str) -> Vec<&'h str> {
    let lines: Vec<_> = headers.get_all(name).iter().collect();
    // What is no text is an item that says nothing, so that none behind it is taken for another's.
    let lines = lines.into_iter().rev().map(|line| line.to_str().unwrap_or_default());
    lines.flat_map(|line| line.rsplit(',').map(str::trim)).take(MAX_ITEMS).collect()
}

/// The value that counts: the only one; or, where each proxy has added one, that of the outermost
/// one that is believed; or all of them, if they are the same.
fn the_one<'h>(items: &[&'h str], chain: usize, believed: usize) -> Option<&'h str> {
    let first = *items.first()?;
    if items.iter().all(|item| *item == first) {
        return Some(first);
    }
    if items.len() == chain { items.get(believed.checked_sub(1)?).copied() } else { None }
}

/// `http` or `https`; web sockets are requests of these.
pub(super) fn scheme(text: &str) -> Option<&'static str> {
    match text.to_ascii_lowercase().as_str() {
        "http" | "ws" => Some("http"),
        "https" | "wss" => Some("https"),
        _ => None,
    }
}

/// A host that can stand in a link.
pub(super) fn valid_host(text: &str) -> Option<&str> {
    (text.len() <= MAX_TEXT && is_host(text)).then_some(text)
}

fn port(text: &str) -> Option<u16> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|port| *port > 0 && is_number)
}

/// The prefixes that proxies cut from the path, put together as Spring does: `/a, /b` is `/a/b`.
/// Anything that could lead elsewhere makes them all void.
fn prefix(headers: &HeaderMap) -> Option<String> {
    let mut whole = String::new();
    for item in items(headers, PREFIX).into_iter().rev() {
        let item = item.trim_end_matches('/');
        let is_safe = item.is_empty()
            || item.starts_with('/')
                && item.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~/".contains(&b))
                && item.split('/').skip(1).all(|part| !matches!(part, "" | "." | ".."));
        if !is_safe || whole.len() + item.len() > MAX_TEXT {
            return None;
        }
        whole.push_str(item);
    }
    Some(whole)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::{super::cidr::Cidr, *};

    fn told(lines: &[(&'static str, &str)]) -> Told {
        let mut headers = HeaderMap::new();
        for (name, line) in lines {
            headers.append(*name, HeaderValue::from_str(line).unwrap());
        }
        let networks = vec![Cidr::parse("10.0.0.0/8").unwrap()];
        read(&headers, &TrustedProxies { networks, unix: false }).unwrap_or_default()
    }

    fn client(lines: &[&str]) -> Option<String> {
        let lines: Vec<_> = lines.iter().map(|line| (FOR, *line)).collect();
        told(&lines).client.map(|client| client.to_string())
    }

    #[test]
    fn the_client_is_the_last_that_no_trusted_proxy_is() {
        assert_eq!(client(&["203.0.113.7"]).unwrap(), "203.0.113.7");
        assert_eq!(client(&["6.6.6.6, 203.0.113.7, 10.0.0.2"]).unwrap(), "203.0.113.7");
        assert_eq!(client(&["6.6.6.6", "203.0.113.7:80", "10.0.0.2"]).unwrap(), "203.0.113.7");
        assert_eq!(client(&["10.0.0.1,10.0.0.2"]).unwrap(), "10.0.0.1");
        assert_eq!(client(&["6.6.6.6, unknown, 10.0.0.2"]).unwrap(), "10.0.0.2");
        assert_eq!(client(&["6.6.6.6, garbage"]), None);
        let long = "1.1.1.1,".repeat(100_000);
        assert_eq!(client(&[&format!("{long} 203.0.113.7")]).unwrap(), "203.0.113.7");
    }

    #[test]
    fn lists_are_read_where_the_believed_proxy_stands_or_not_at_all() {
        let chain = (FOR, "6.6.6.6, 203.0.113.7, 10.0.0.2");
        let protos = told(&[chain, (PROTO, "http, https, http")]);
        assert_eq!(protos.scheme, Some("https"));
        assert_eq!(told(&[chain, (PROTO, "https, http")]).scheme, None);
        assert_eq!(told(&[chain, (PROTO, "https, https")]).scheme, Some("https"));
        let hosts = told(&[chain, (HOST, "evil.example, a.example, b.example")]);
        assert_eq!(hosts.host.as_deref(), Some("a.example"));
        assert_eq!(told(&[chain, (HOST, "evil.example, a.example")]).host, None);
    }

    #[test]
    fn what_cannot_stand_in_a_link_is_ignored() {
        for host in ["a b", "evil.example/x", "u@evil.example", "", "a:99999", "\"a\""] {
            assert_eq!(told(&[(HOST, host)]).host, None, "{host}");
        }
        for port in ["0", "65536", "-1", "+80", "x", ""] {
            assert_eq!(told(&[(PORT, port)]).port, None, "{port}");
        }
        for bad in ["p", "//evil.example", "/a/../b", "/a b", "/a?b", "/<", "/a//b", "/%2e%2e"] {
            assert_eq!(told(&[(PREFIX, bad)]).prefix, "", "{bad}");
        }
        assert_eq!(told(&[(PROTO, "javascript")]).scheme, None);
        assert_eq!(told(&[(SSL, "off")]).scheme, None);
    }

    #[test]
    fn what_can_is_taken() {
        let all = [(SSL, "on"), (PORT, "8443"), (HOST, "a.example:1"), (PREFIX, "/a/, /b/c")];
        let told = told(&all);
        assert_eq!((told.scheme, told.port), (Some("https"), Some(8443)));
        assert_eq!((told.host.as_deref(), &*told.prefix), (Some("a.example:1"), "/a/b/c"));
    }

    proptest! {
        #[test]
        fn no_header_is_too_odd(text in "[ -~]{0,60}|([0-9.,:\\[\\]/]){0,60}", which in 0_usize..6) {
            let name = [FOR, PROTO, HOST, PORT, PREFIX, SSL].into_iter().nth(which).unwrap();
            let told = told(&[(name, &text)]);
            prop_assert!(told.host.is_none_or(|host| is_host(&host)));
            prop_assert!(told.prefix.is_empty() || told.prefix.starts_with('/'));
        }
    }
}
