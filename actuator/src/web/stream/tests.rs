//! Streams as a connection reads them.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use http_body::Body as _;
use http_body_util::BodyExt as _;

use super::*;

#[cfg(feature = "compression")]
mod compressed;

/// Gives `parts` parts of ten bytes, every third of them empty, and counts how often it was asked.
struct Lines {
    parts: usize,
    asked: Arc<AtomicUsize>,
    takes: Duration,
}

impl StreamContent for Lines {
    fn write_part(&mut self, into: &mut Vec<u8>) -> bool {
        let part = self.asked.fetch_add(1, Relaxed);
        let started = Instant::now();
        while started.elapsed() < self.takes {}
        if part % 3 != 1 {
            into.extend_from_slice(b"123456789\n");
        }
        part + 1 < self.parts
    }
}

fn lines(parts: usize) -> (Stream, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let content = Lines { parts, asked: Arc::clone(&asked), takes: Duration::ZERO };
    (stream(content), asked)
}

fn stream(content: Lines) -> Stream {
    Stream { content_type: "text/plain", compressible: true, content: Box::new(content) }
}

fn accepting(encoding: &'static str) -> HeaderMap {
    [(header::ACCEPT_ENCODING, HeaderValue::from_static(encoding))].into_iter().collect()
}

#[tokio::test]
async fn all_parts_arrive_and_empty_ones_end_nothing() {
    let (stream, asked) = lines(30);
    let response = respond(stream, &HeaderMap::new());
    assert_eq!(asked.load(Relaxed), 0, "nothing is written before the connection asks");
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/plain");
    assert!(!response.headers().contains_key(header::CONTENT_ENCODING));
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body.len(), 200);
    assert_eq!(asked.load(Relaxed), 30);
}

#[tokio::test]
async fn a_body_that_is_dropped_half_way_is_written_no_further() {
    let (stream, asked) = lines(1_000_000);
    let mut body = respond(stream, &HeaderMap::new()).into_body();
    assert!(body.frame().await.is_some());
    drop(body);
    assert_eq!(asked.load(Relaxed), 1);
}

#[tokio::test]
async fn others_get_their_turn_while_a_long_answer_is_written() {
    let asked = Arc::new(AtomicUsize::new(0));
    let content = Lines { parts: 60, asked: Arc::clone(&asked), takes: Duration::from_micros(120) };
    let mut body = respond(stream(content), &HeaderMap::new()).into_body();
    let mut turns = 0;
    let mut context = Context::from_waker(std::task::Waker::noop());
    loop {
        match Pin::new(&mut body).poll_frame(&mut context) {
            Poll::Pending => turns += 1,
            Poll::Ready(Some(_)) => {}
            Poll::Ready(None) => break,
        }
    }
    // Two parts of 120 µs fill a turn.
    assert!(turns >= 19, "{turns}");
    assert_eq!(asked.load(Relaxed), 60);
}

#[tokio::test]
async fn what_the_connection_sends_in_between_counts_as_part_of_the_turn() {
    let (stream, _) = lines(60);
    let mut body = respond(stream, &HeaderMap::new()).into_body();
    let (mut turns, mut frames) = (0, 0);
    let mut context = Context::from_waker(std::task::Waker::noop());
    loop {
        match Pin::new(&mut body).poll_frame(&mut context) {
            Poll::Pending => turns += 1,
            Poll::Ready(Some(_)) => {
                frames += 1;
                let sending = Instant::now();
                while sending.elapsed() < Duration::from_micros(120) {}
            }
            Poll::Ready(None) => break,
        }
    }
    assert_eq!(frames, 40);
    assert!(turns >= 19, "{turns}");
}

#[tokio::test]
async fn sockets_are_looked_at_between_two_turns() {
    const ROUNDS: usize = 20;
    let asked = Arc::new(AtomicUsize::new(0));
    let takes = Duration::from_micros(250);
    let content = Lines { parts: usize::MAX, asked: Arc::clone(&asked), takes };
    let mut body = respond(stream(content), &HeaderMap::new()).into_body();
    // One that never waits for its peer, on the only thread.
    let streaming = tokio::spawn(async move { while body.frame().await.is_some() {} });
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.connect(socket.local_addr().unwrap()).await.unwrap();
    let mut written = 0;
    for _ in 0..ROUNDS {
        // Nothing is there, which the runtime remembers until it looks again.
        assert!(socket.try_recv(&mut [0; 1]).is_err());
        socket.send(b"?").await.unwrap();
        let before = asked.load(Relaxed);
        socket.recv(&mut [0; 1]).await.unwrap();
        written += asked.load(Relaxed) - before;
    }
    streaming.abort();
    assert!(written <= 5 * ROUNDS, "{written} parts while {ROUNDS} datagrams waited");
}

#[test]
fn gzip_has_to_be_accepted() {
    let huge: &'static str = Box::leak("br,".repeat(10_000).into_boxed_str());
    for (encoding, accepted) in [
        ("gzip", true),
        ("GZIP", true),
        ("br, x-gzip", true),
        ("*", true),
        ("*;q=0", false),
        ("gzip;q=0", false),
        ("gzip; q=0.000", false),
        ("*, gzip;q=0", false),
        ("identity, gzip;q=0.5", false),
        ("identity;q=0.5, gzip", true),
        ("br", false),
        ("", false),
        ("gzipx", false),
        (huge, false),
    ] {
        assert_eq!(accepts_gzip(&accepting(encoding)), accepted, "{encoding:.40}");
    }
    assert!(!accepts_gzip(&HeaderMap::new()));
}
