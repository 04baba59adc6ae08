//! Messages that two servers could read in two ways: each is refused, or read in the one way that
//! the standard names (RFC 9112), and what it carries never becomes a request of its own.

use std::{
    io::{Read as _, Write as _},
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{Router, body::Bytes, extract::State, http::Method, routing::any};

use crate::app::{Service, app};

/// The request that must not be seen; `{s}` in the table, and `{n}` is its length, `{x}` the same
/// in hexadecimal.
const SMUGGLED: &str = "GET /smuggled HTTP/1.1\r\nhost: x\r\n\r\n";

/// Heads that announce a body, what follows, and the statuses of all answers.
#[rustfmt::skip]
const BODIES: &[(&str, &str, &str, &str)] = &[
    // The chunks count, and the connection ends with the answer (6.3).
    ("a length and chunks", "content-length: 999\r\ntransfer-encoding: chunked", "0\r\n\r\n{s}", "200"),
    ("chunks and a length", "transfer-encoding: chunked\r\ncontent-length: 5", "{x}\r\n{s}\r\n0\r\n\r\n", "200"),
    ("two lengths", "content-length: 0\r\ncontent-length: {n}", "{s}", "400"),
    ("two lengths in one", "content-length: 0, {n}", "{s}", "400"),
    ("a length with a sign", "content-length: +{n}", "{s}", "400"),
    ("a negative length", "content-length: -1", "{s}", "400"),
    ("a length in hexadecimal", "content-length: 0x{x}", "{s}", "400"),
    ("a length beyond numbers", "content-length: 99999999999999999999999", "{s}", "400"),
    ("an empty length", "content-length: ", "{s}", "400"),
    ("one length twice", "content-length: {n}\r\ncontent-length: {n}", "{s}", "200"),
    ("an unknown coding", "transfer-encoding: xchunked", "{s}", "400"),
    ("no coding", "transfer-encoding: identity", "{s}", "400"),
    ("chunks that are not the last coding", "transfer-encoding: chunked, identity", "{s}", "400"),
    ("two codings", "transfer-encoding: chunked\r\ntransfer-encoding: identity", "0\r\n\r\n{s}", "400"),
    ("a space before the colon", "transfer-encoding : chunked", "0\r\n\r\n{s}", "400"),
    ("a folded line", "transfer-encoding:\r\n chunked\r\ncontent-length: {n}", "{s}", "400"),
    ("a carriage return alone", "a: b\rcontent-length: {n}", "{s}", "400"),
    ("a NUL", "a: \0\r\ncontent-length: {n}", "{s}", "400"),
    ("a name with a space", "a b: c\r\ncontent-length: {n}", "{s}", "400"),
    ("an extension of a chunk", "transfer-encoding: chunked", "1;a=\"b\"\r\nx\r\n0\r\n\r\n", "200"),
    ("an extension that ends in a line feed", "transfer-encoding: chunked", "1;a\nx\r\n{x}\r\n{s}\r\n0\r\n\r\n", "400"),
    ("chunks with line feeds alone", "transfer-encoding: chunked", "1\nx\n0\n\n{s}", "400"),
    ("a negative chunk", "transfer-encoding: chunked", "-1\r\n{s}", "400"),
    ("a chunk beyond numbers", "transfer-encoding: chunked", "fffffffffffffffff\r\n{s}", "400"),
    ("a chunk with a prefix", "transfer-encoding: chunked", "0x1\r\n{s}", "400"),
    ("a chunk longer than it says", "transfer-encoding: chunked", "1\r\nxy{s}0\r\n\r\n", "400"),
];

/// Whole messages.
#[rustfmt::skip]
const MESSAGES: &[(&str, &str, &str)] = &[
    ("chunks in HTTP/1.0", "POST / HTTP/1.0\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n{s}", "400"),
    // Lines may end so (2.2); what the body is, is clear.
    ("line feeds alone", "POST / HTTP/1.1\nhost: x\ncontent-length: {n}\n\n{s}", "200"),
    ("the body of a GET", "GET / HTTP/1.1\r\nhost: x\r\ncontent-length: {n}\r\n\r\n{s}", "200"),
    ("no host", "GET / HTTP/1.1\r\n\r\n", "400"),
    ("no host in HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", "200"),
    ("two hosts", "GET / HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\n", "400"),
    ("the absolute form", "GET http://other/ HTTP/1.1\r\nhost: x\r\n\r\n", "200"),
    ("all of the server", "OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n", "404"),
    ("a tunnel", "CONNECT x:1 HTTP/1.1\r\nhost: x\r\n\r\n", "404"),
    ("HTTP/2 where it is off", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ""),
    ("HTTP/0.9", "GET /\r\n\r\n", "400"),
    ("a wrong version", "GET / HTTP/2.0\r\nhost: x\r\n\r\n", "400"),
    ("a space in the target", "GET / x HTTP/1.1\r\nhost: x\r\n\r\n", "400"),
    ("TLS", "\u{16}\u{3}\u{1}\0\u{5}hello", "400"),
    ("an upgrade to HTTP/2", "GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n\r\n", "200"),
];

async fn length(method: Method, body: Bytes) -> String {
    format!("{method} {}", body.len())
}

async fn smuggled(State(seen): State<Arc<AtomicBool>>) {
    seen.store(true, Ordering::Relaxed);
}

/// The statuses of all answers until the other side closes.
fn statuses(address: SocketAddr, message: &str) -> String {
    let mut stream = testkit::open(address);
    stream.write_all(message.as_bytes()).unwrap();
    let mut answers = Vec::new();
    // What was refused may be followed by a reset.
    let _ = stream.read_to_end(&mut answers);
    let answers = String::from_utf8_lossy(&answers);
    let statuses = answers.split("HTTP/1.").skip(1).map(|answer| answer[2..5].to_owned());
    statuses.collect::<Vec<_>>().join(" ")
}

fn start() -> (Service, Arc<AtomicBool>) {
    let seen = Arc::new(AtomicBool::new(false));
    let routes = Router::new()
        .route("/", any(length))
        .route("/smuggled", any(smuggled))
        .with_state(Arc::clone(&seen));
    let service = app()
        .setting("actuator.server.keep-alive-timeout", "100ms")
        .setting("actuator.server.header-timeout", "1s")
        .routes(routes)
        .start();
    (service, seen)
}

fn filled(text: &str) -> String {
    let length = SMUGGLED.len();
    text.replace("{s}", SMUGGLED)
        .replace("{n}", &length.to_string())
        .replace("{x}", &format!("{length:x}"))
}

#[test]
fn no_message_becomes_two() {
    let (service, seen) = start();
    for (what, headers, body, expected) in BODIES {
        let message = format!("POST / HTTP/1.1\r\nhost: x\r\n{headers}\r\n\r\n{body}");
        let found = statuses(service.address, &filled(&message));
        assert_eq!(found, *expected, "{what}");
        assert!(!seen.load(Ordering::Relaxed), "{what}");
    }
    for (what, message, expected) in MESSAGES {
        let found = statuses(service.address, &filled(message));
        assert_eq!(found, *expected, "{what}");
        assert!(!seen.load(Ordering::Relaxed), "{what}");
    }
}

#[test]
fn two_messages_are_two() {
    let (service, seen) = start();
    let two = format!("GET / HTTP/1.1\r\nhost: x\r\n\r\n{SMUGGLED}");
    assert_eq!(statuses(service.address, &two), "200 200");
    assert!(seen.load(Ordering::Relaxed));
}
