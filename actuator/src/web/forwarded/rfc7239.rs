//! `Forwarded` (RFC 7239): one header for all that proxies tell.

use std::net::IpAddr;

use http::{HeaderMap, header};

use super::{
    Told,
    cidr::TrustedProxies,
    node,
    x_forwarded::{scheme, valid_host},
};

/// Longer headers are not read, all of them together, in bytes.
const MAX_LENGTH: usize = 4096;
/// More proxies are not in a row.
const MAX_ELEMENTS: usize = 32;

/// What one proxy has said of the request that it was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Element {
    /// Whether it names the node that sent it.
    names_client: bool,
    /// That node; `None` if it is hidden or no address.
    client: Option<IpAddr>,
    scheme: Option<&'static str>,
    host: Option<String>,
}

/// What the headers say; `None` if there are none, or if anything in them is broken: which part of
/// a broken header is whose cannot be told.
pub(super) fn read(headers: &HeaderMap, proxies: &TrustedProxies) -> Option<Told> {
    let mut elements = Vec::new();
    let mut length = 0;
    for line in headers.get_all(header::FORWARDED) {
        length += line.len();
        if length > MAX_LENGTH {
            return None;
        }
        parse(line.to_str().ok()?, &mut elements)?;
    }
    if elements.is_empty() {
        return None;
    }
    let mut told = Told::default();
    // From the service outwards: whom a trusted proxy names is believed to be there, and its words
    // are believed if it is a trusted proxy too.
    for element in elements.into_iter().rev() {
        told.scheme = element.scheme.or(told.scheme);
        told.host = element.host.or(told.host);
        let Some(client) = element.client else { break };
        told.client = Some(client);
        if !proxies.includes(client) {
            break;
        }
    }
    (told != Told::default()).then_some(told)
}

/// Reads one line: elements between commas, pairs between semicolons. `None` if it is broken.
fn parse(line: &str, elements: &mut Vec<Element>) -> Option<()> {
    let mut rest = line;
    loop {
        let (element, behind) = parse_element(rest)?;
        if let Some(element) = element {
            elements.push(element);
        }
        if elements.len() > MAX_ELEMENTS {
            return None;
        }
        match behind.strip_prefix(',') {
            Some(next) => rest = next,
            None if behind.is_empty() => return Some(()),
            None => return None,
        }
    }
}

/// One element, and what stands behind it: a comma or nothing. Lists may have empty elements
/// (RFC 9110 5.6.1).
fn parse_element(text: &str) -> Option<(Option<Element>, &str)> {
    let (mut element, mut has_pairs) = (Element::default(), false);
    let mut rest = blank(text);
    loop {
        if !rest.starts_with([';', ',']) && !rest.is_empty() {
            let (name, value, behind) = pair(rest)?;
            element.add(&name, &value)?;
            has_pairs = true;
            rest = blank(behind);
        }
        match rest.strip_prefix(';') {
            Some(next) => rest = blank(next),
            None => return Some((has_pairs.then_some(element), rest)),
        }
    }
}

impl Element {
    /// Takes one pair over. `None` if it is there already, or says what cannot be.
    fn add(&mut self, name: &str, value: &str) -> Option<()> {
        match name {
            "for" if !self.names_client => {
                (self.names_client, self.client) = (true, node::address(value));
            }
            "proto" if self.scheme.is_none() => self.scheme = Some(scheme(value)?),
            "host" if self.host.is_none() => self.host = Some(valid_host(value)?.to_owned()),
            "for" | "proto" | "host" => return None,
            _ => {}
        }
        Some(())
    }
}

/// `name=token` or `name="quoted"`; the name in lower case, the value without quotes and escapes.
fn pair(text: &str) -> Option<(String, String, &str)> {
    let (name, rest) = token(text)?;
    let rest = rest.strip_prefix('=')?;
    let (value, rest) = if let Some(quoted) = rest.strip_prefix('"') {
        unquoted(quoted)?
    } else {
        // Colons and brackets belong between quotes; many proxies forget them.
        let end = rest.find(|c: char| !is_token(c) && !":[]".contains(c));
        let (value, rest) = rest.split_at(end.unwrap_or(rest.len()));
        (value.to_owned(), rest)
    };
    (!value.is_empty()).then(|| (name.to_ascii_lowercase(), value, rest))
}

fn token(text: &str) -> Option<(&str, &str)> {
    let (token, rest) = text.split_at(text.find(|c| !is_token(c)).unwrap_or(text.len()));
    (!token.is_empty()).then_some((token, rest))
}

/// What stands between quotes, and what behind the second one (RFC 9110 5.6.4).
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((value, text.get(at + 1..)?)),
            '\\' => value.push(chars.next()?.1),
            c => value.push(c),
        }
    }
    None
}

/// RFC 9110 5.6.2.
fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}

fn blank(text: &str) -> &str {
    text.trim_start_matches([' ', '\t'])
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::{super::cidr::Cidr, *};

    fn told(lines: &[&str]) -> Option<Told> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::FORWARDED, HeaderValue::from_str(line).unwrap());
        }
        let networks = vec![Cidr::parse("10.0.0.0/8").unwrap(), Cidr::parse("fd00::/8").unwrap()];
        read(&headers, &TrustedProxies { networks, unix: false })
    }

    fn client(line: &str) -> Option<String> {
        told(&[line])?.client.map(|client| client.to_string())
    }

    #[test]
    fn the_examples_of_the_standard_are_read() {
        assert_eq!(client("for=\"_gazonk\""), None);
        let told = told(&["For=\"[2001:db8:cafe::17]:4711\"; proto=HTTPS;host=a.example"]).unwrap();
        assert_eq!(told.client, Some("2001:db8:cafe::17".parse().unwrap()));
        assert_eq!((told.scheme, told.host.as_deref()), (Some("https"), Some("a.example")));
        assert_eq!(client("for=192.0.2.60;proto=http;by=203.0.113.43").unwrap(), "192.0.2.60");
        assert_eq!(client("for=192.0.2.43, for=198.51.100.17").unwrap(), "198.51.100.17");
        assert_eq!(client(" , for=192.0.2.43 ;; ,").unwrap(), "192.0.2.43");
    }

    #[test]
    fn the_chain_is_walked_from_the_service_as_far_as_it_is_trusted() {
        assert_eq!(client("for=6.6.6.6, for=192.0.2.1, for=10.1.1.1").unwrap(), "192.0.2.1");
        assert_eq!(client("for=10.0.0.1, for=\"[fd00::1]\"").unwrap(), "10.0.0.1");
        // Whom a trusted proxy could not name hides all that stands before it.
        assert_eq!(client("for=6.6.6.6, for=unknown, for=10.1.1.1").unwrap(), "10.1.1.1");
        let chain = ["for=6.6.6.6;host=evil.example, for=192.0.2.1;host=a.example;proto=https"];
        let more = ["for=10.1.1.1;proto=http"];
        let told = told(&[chain, more].concat()).unwrap();
        assert_eq!((told.host.as_deref(), told.scheme), (Some("a.example"), Some("https")));
    }

    #[test]
    fn what_is_broken_or_ambiguous_says_nothing_at_all() {
        for line in [
            "",
            "for",
            "for=",
            "for=;;==\"unclosed",
            "for=1.2.3.4;for=1.2.3.5",
            "for=1.2.3.4 host=b",
            "host=a;host=b",
            "proto=gopher",
            "host=\"a b\"",
            "host=\"evil.example/x\"",
            "host=\"user@evil.example\"",
            "for=\"1.2.3.4",
            "for=\"a\\",
            "=x",
            "for = 1.2.3.4",
        ] {
            assert_eq!(told(&[line]), None, "{line}");
        }
        assert_eq!(told(&["for=1.2.3.4", "x"]), None);
        assert_eq!(told(&[&"for=10.0.0.1,".repeat(MAX_ELEMENTS + 1)]), None);
        assert_eq!(told(&[&format!("x={}", "y".repeat(MAX_LENGTH))]), None);
    }

    proptest! {
        #[test]
        fn no_header_is_too_odd(text in "(for|host|proto|[=;,\"\\\\ ]|10\\.0\\.0\\.1|\\[::1\\]|x){0,40}") {
            let _ = told(&[&text]);
        }

        #[test]
        fn what_was_quoted_is_read_back(text in "[ -~]{0,40}") {
            let quoted = text.replace('\\', "\\\\").replace('"', "\\\"");
            let line = format!("{quoted}\"behind");
            prop_assert_eq!(unquoted(&line), Some((text, "behind")));
        }
    }
}
