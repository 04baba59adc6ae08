//! What an HTTP exchange is recorded with, taken from the heads of request and response.

use std::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use axum::extract::{ConnectInfo, OriginalUri};
use http::{HeaderMap, HeaderName, Request, Uri, header};

use crate::{
    exchange::{Bodies, Direction, Draft, ExchangeRepository},
    model::request::RequestContext,
};

/// Begins the record of an exchange with what the request's head tells; `None` if this request is
/// not to be recorded.
pub(super) fn begin<B>(
    exchanges: &ExchangeRepository,
    request: &mut Request<B>,
    context: Option<&RequestContext>,
    is_management: bool,
) -> Option<Box<Draft>> {
    let settings = exchanges.settings();
    // A router that nests us shows the path below its prefix; the caller wrote all of it.
    let original = request.extensions().get::<OriginalUri>();
    let uri = original.map_or(request.uri(), |original| &original.0);
    if !settings.records(request.method().as_str(), uri.path(), is_management) {
        return None;
    }
    let mut draft = exchanges.begin();
    let host = host(uri, request.headers());
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    // `OPTIONS *` is about no path.
    let slash = if path.starts_with('/') { "" } else { "/" };
    let scheme = uri.scheme_str().unwrap_or("http");
    draft.request(request.method().as_str(), &[scheme, "://", host, slash, path]);
    match context {
        Some(context) => draft.request_id(context.id_bytes()),
        None => {
            RequestContext::with_current(|context| draft.request_id(context.id_bytes()));
        }
    }
    if settings.include.request_headers {
        copy_headers(&mut draft, Direction::Request, request.headers(), exchanges);
    }
    if settings.include.remote_address
        && let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>()
    {
        draft.remote_address(&peer.ip().to_string());
    }
    // What management answers may be anything but small, and would show exchanges in exchanges.
    if settings.bodies.is_on() && !is_management {
        let bodies = Arc::new(Bodies::new(settings.bodies));
        request.extensions_mut().insert(Arc::clone(&bodies));
        draft.with_bodies(bodies);
    }
    Some(draft)
}

/// Copies the headers that are recorded.
pub(super) fn copy_headers(
    draft: &mut Draft,
    direction: Direction,
    headers: &HeaderMap,
    exchanges: &ExchangeRepository,
) {
    let settings = exchanges.settings();
    let all = settings.records_all_headers(direction);
    for (name, value) in headers {
        if all && !has_switch(name) {
            draft.recorded_header(direction, name.as_str(), value.as_bytes());
        } else {
            draft.header(direction, name.as_str(), value.as_bytes(), settings);
        }
    }
}

/// Whether it takes a switch of its own to record this header.
fn has_switch(name: &HeaderName) -> bool {
    *name == header::COOKIE || *name == header::SET_COOKIE || *name == header::AUTHORIZATION
}

/// The host and port that the caller has named; `localhost` if that is nothing that can stand in
/// a URI. Spring Boot Admin takes the URI apart, and what it cannot take apart hides all rows.
fn host<'r>(uri: &'r Uri, headers: &'r HeaderMap) -> &'r str {
    let named = match uri.authority() {
        Some(authority) => Some(authority.as_str()),
        None => headers.get(header::HOST).and_then(|host| host.to_str().ok()),
    };
    if let Some(named) = named.filter(|named| is_usual_host(named.as_bytes())) {
        return named;
    }
    // Credentials in front of the host are nobody's business.
    let named = named.map(|named| named.rsplit_once('@').map_or(named, |(_, host)| host));
    named.filter(|named| is_host(named)).unwrap_or("localhost")
}

/// What [`is_host`] says of most hosts, found in one walk: letters, digits, dots and the like, with a
/// letter behind the last dot, and at most four digits as port. `false` is not yet an answer.
fn is_usual_host(text: &[u8]) -> bool {
    let mut label_starts = true;
    let mut is_name = false;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'.' => label_starts = true,
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => {
                if label_starts {
                    is_name = !byte.is_ascii_digit();
                    label_starts = false;
                }
            }
            b':' => {
                let port = text.get(at + 1..).unwrap_or_default();
                let is_port = port.len() <= 4 && port.iter().all(u8::is_ascii_digit);
                return is_name && !label_starts && is_port;
            }
            _ => return false,
        }
    }
    is_name && !label_starts
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
            assert!(!is_host(host) && !is_usual_host(host.as_bytes()), "{host}");
        }
    }
}
