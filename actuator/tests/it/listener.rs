//! The listeners of `serve!`, as callers meet them: who dawdles is sent away, who asks too much is
//! refused, and nobody else notices.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    pin::Pin,
    sync::mpsc,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use actuator::security::Peer;
use axum::{
    Extension, Router,
    body::{Body, Bytes},
    extract::ConnectInfo,
    routing::{get, post},
};
use http_body::Frame;
use testkit::{Request, open};

use crate::app::{Service, TestApp, app, gated_route};

/// Short times where one is meant to expire; the others are far away.
fn patient() -> TestApp {
    app()
        .setting("actuator.server.header-timeout", "1h")
        .setting("actuator.server.keep-alive-timeout", "1h")
        .setting("actuator.server.write-timeout", "1h")
}

/// Everything that comes until the other side closes.
#[track_caller]
fn until_closed(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Err(error) if error.kind() != ErrorKind::ConnectionReset => panic!("still open: {error}"),
        _ => String::from_utf8_lossy(&bytes).into_owned(),
    }
}

/// Asks over a connection that stays open; the whole answer.
#[track_caller]
fn ask(stream: &mut TcpStream, target: &str) -> String {
    write!(stream, "GET {target} HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    read_answer(stream)
}

#[track_caller]
fn read_answer(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let mut byte = [0];
    while !answer.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        answer.push(byte[0]);
    }
    let mut answer = String::from_utf8(answer).unwrap();
    let lower = answer.to_ascii_lowercase();
    let length = lower.split("content-length: ").nth(1).unwrap_or("0\r\n");
    let mut body = vec![0; length.split("\r\n").next().unwrap().parse().unwrap()];
    stream.read_exact(&mut body).unwrap();
    answer.push_str(&String::from_utf8(body).unwrap());
    answer
}

#[track_caller]
fn until(what: &str, mut reached: impl FnMut() -> bool) {
    let deadline = Instant::now() + testkit::PATIENCE;
    while !reached() {
        assert!(Instant::now() < deadline, "not {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn meter(service: &Service, name: &str) -> u64 {
    let answer = testkit::get(service.management, &format!("/actuator/metrics/{name}"));
    let value = answer.assert_status(200).json()["measurements"][0]["value"].to_string();
    value.trim_end_matches(".0").parse().unwrap()
}

fn closed(service: &Service, reason: &str) -> u64 {
    meter(service, &format!("http.server.connections.closed?tag=reason:{reason}"))
}

#[test]
fn silence_and_a_head_that_trickles_end_in_the_time_of_a_head() {
    let service = patient().setting("actuator.server.header-timeout", "300ms").start();
    let mut silent = open(service.address);
    let mut trickling = open(service.address);
    let mut second = open(service.address);
    ask(&mut second, "/actuator/health/liveness");
    // Each byte is another sign of life, and none counts.
    let head = b"GET / HTTP/1.1\r\nx: ".iter().chain(std::iter::repeat(&b'a'));
    for byte in head {
        let refused = |stream: &mut TcpStream| stream.write_all(&[*byte]).is_err();
        if refused(&mut trickling) | refused(&mut second) {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    for stream in [&mut silent, &mut trickling, &mut second] {
        assert_eq!(until_closed(stream), "");
    }
    assert_eq!(closed(&service, "header-timeout"), 3);
    assert_eq!(service.status("/actuator/health/liveness"), 200);
}

#[test]
fn connections_that_are_kept_alive_end_in_their_time_and_not_before() {
    let service = patient().setting("actuator.server.keep-alive-timeout", "300ms").start();
    let mut kept = open(service.address);
    for _ in 0..3 {
        assert!(ask(&mut kept, "/actuator/health/liveness").starts_with("HTTP/1.1 200"));
    }
    assert_eq!(until_closed(&mut kept), "");
    assert_eq!(closed(&service, "keep-alive-timeout"), 1);
}

/// A body without end, that tells when it is dropped.
struct Endless(mpsc::Sender<()>);

impl http_body::Body for Endless {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b'x'; 16_000])))))
    }
}

impl Drop for Endless {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

#[test]
fn who_stops_reading_is_given_up() {
    let (ended, ends) = mpsc::channel();
    let handler = get(move || {
        let body = Endless(ended.clone());
        async move { Body::new(body) }
    });
    let service = patient()
        .setting("actuator.server.write-timeout", "300ms")
        .routes(Router::new().route("/endless", handler))
        .start();
    let mut caller = open(service.address);
    caller.write_all(b"GET /endless HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    ends.recv_timeout(testkit::PATIENCE).unwrap();
    until("counted", || closed(&service, "write-timeout") == 1);
}

#[test]
fn a_stalled_body_ends_the_connection_if_a_setting_says_so() {
    let (ended, ends) = mpsc::channel();
    let handler = post(move |body: Body| {
        let ended = ended.clone();
        async move {
            let read = axum::body::to_bytes(body, usize::MAX).await;
            ended.send(read.is_ok()).unwrap();
        }
    });
    let service = patient()
        .setting("actuator.server.body-timeout", "300ms")
        .routes(Router::new().route("/body", handler))
        .start();
    let mut caller = open(service.address);
    caller
        .write_all(b"POST /body HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\nhalf")
        .unwrap();
    assert_eq!(until_closed(&mut caller), "");
    until("counted", || closed(&service, "body-timeout") == 1);
    assert!(ends.try_recv().is_err(), "the handler was dropped");
}

#[test]
fn when_there_is_no_room_those_that_are_idle_for_the_longest_go() {
    let service = patient().setting("actuator.server.max-connections", "3").start();
    let mut idle: Vec<TcpStream> = (0..3).map(|_| open(service.address)).collect();
    ask(&mut idle[2], "/actuator/health/liveness");
    // The probe gets in, and each of its connections takes the place of one of the others.
    assert_eq!(service.status("/actuator/health/liveness"), 200);
    assert_eq!(until_closed(&mut idle[0]), "");
    let mut more: Vec<TcpStream> = (0..3).map(|_| open(service.address)).collect();
    ask(&mut more[2], "/actuator/health/liveness");
    for stream in &mut idle[1..] {
        assert_eq!(until_closed(stream), "");
    }
    assert!(closed(&service, "no-room") >= 3);
}

#[test]
fn requests_in_progress_make_no_room_and_the_next_waits_for_their_end() {
    let (routes, gate, begins) = gated_route();
    let service = patient().setting("actuator.server.max-connections", "1").routes(routes).start();
    let mut working = open(service.address);
    working.write_all(b"GET /work HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    begins.recv_timeout(testkit::PATIENCE).unwrap();
    let address = service.address;
    let probe = std::thread::spawn(move || testkit::get(address, "/actuator/health/liveness"));
    std::thread::sleep(Duration::from_millis(250));
    assert!(!probe.is_finished());
    gate.notify_one();
    assert!(read_answer(&mut working).ends_with("finished"));
    probe.join().unwrap().assert_status(200);
}

#[test]
fn connections_of_the_application_take_no_room_from_management() {
    let service = patient()
        .setting("actuator.server.max-connections", "1")
        .setting("management.server.port", "0")
        .start();
    let (routes, ..) = (open(service.address), open(service.address));
    testkit::get(service.management, "/actuator/health").assert_status(200);
    let open_now = meter(&service, "http.server.connections?tag=listener:management");
    assert_eq!(open_now, 1, "the one that asks");
    drop(routes);
}

#[test]
fn on_the_way_down_silent_and_idle_connections_close_and_the_last_answer_says_so() {
    let (routes, gate, begins) = gated_route();
    let service = patient().routes(routes).start();
    let mut silent = open(service.address);
    let mut idle = open(service.address);
    ask(&mut idle, "/actuator/health/liveness");
    let mut begun = open(service.address);
    begun.write_all(b"GET /actuator/health/liveness HTTP/1.1\r\n").unwrap();
    let mut working = open(service.address);
    working.write_all(b"GET /work HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    begins.recv_timeout(testkit::PATIENCE).unwrap();
    let stopping = service.stop();
    assert_eq!(until_closed(&mut silent), "");
    assert_eq!(until_closed(&mut idle), "");
    assert_eq!(until_closed(&mut begun), "");
    gate.notify_one();
    let answer = until_closed(&mut working).to_ascii_lowercase();
    assert!(answer.contains("connection: close") && answer.ends_with("finished"), "{answer}");
    stopping.finish();
}

#[test]
fn handlers_learn_who_asks() {
    async fn peer(
        ConnectInfo(address): ConnectInfo<SocketAddr>,
        Extension(peer): Extension<Peer>,
    ) -> String {
        assert!(!peer.is_secure && peer.certificate.is_none());
        format!("{address} {}", peer.address.unwrap())
    }
    let service = app().routes(Router::new().route("/peer", get(peer))).start();
    let mut caller = open(service.address);
    let own = caller.local_addr().unwrap();
    let answer = ask(&mut caller, "/peer");
    assert!(answer.ends_with(&format!("{own} {own}")), "{answer}");
}

#[test]
fn heads_beyond_the_limit_are_431_and_first_lines_414() {
    let service = app().setting("server.max-http-request-header-size", "4KB").start();
    let path = "/actuator/health/liveness";
    let status = |target: &str, header: &str| {
        service.send(Request::get(target).header("x", header)).status()
    };
    assert_eq!(status(path, &"x".repeat(3_900)), 200);
    assert_eq!(status(path, &"x".repeat(4_096)), 431);
    assert_eq!(status(&format!("{path}?{}", "x".repeat(3_900)), ""), 200);
    assert_eq!(status(&format!("{path}?{}", "x".repeat(4_096)), ""), 414);
    // What does not even fit the buffer is not looked at: which part of it is too long is open.
    assert_eq!(status(path, &"x".repeat(1_000_000)), 431);
    let many = (0..101).fold(Request::get(path), |request, _| request.header("x", "y"));
    assert_eq!(service.send(many).status(), 431);
}

#[test]
fn limits_that_make_no_sense_are_refused_at_once() {
    let error = app()
        .setting("actuator.server.max-connections", "0")
        .setting("server.tomcat.keep-alive-timeout", "0s")
        .setting("server.max-http-request-header-size", "10B")
        .setting("actuator.management.unix-socket.path", "/nowhere/at/all.sock")
        .setting("actuator.management.unix-socket.mode", "rw")
        .setting("management.server.port", "70000")
        .refused()
        .to_string();
    for name in [
        "actuator.server.max-connections",
        "server.tomcat.keep-alive-timeout",
        "server.max-http-request-header-size",
        "actuator.management.unix-socket.mode",
        "management.server.port",
    ] {
        assert!(error.contains(name), "{name}: {error}");
    }
}
