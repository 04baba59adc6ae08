//! HTTP/2 where it was asked for, frame by frame (RFC 9113).

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
};

use testkit::open;

use crate::app::{Service, TestApp, app};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RESET: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
/// `:status: 200` in HPACK's static table (RFC 7541, A).
const STATUS_200: u8 = 0x88;

fn with_http2() -> TestApp {
    app().setting("server.http2.enabled", "true")
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = length[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend_from_slice(payload);
    frame
}

/// GET of a path: a whole request in one frame.
fn get(stream: u32, path: &str) -> Vec<u8> {
    let mut block = vec![0x82, 0x86, 0x04, u8::try_from(path.len()).unwrap()];
    block.extend_from_slice(path.as_bytes());
    block.extend_from_slice(b"\x01\x09localhost");
    frame(HEADERS, 5, stream, &block)
}

fn begin(address: SocketAddr) -> TcpStream {
    let mut caller = open(address);
    caller.write_all(PREFACE).unwrap();
    caller.write_all(&frame(SETTINGS, 0, 0, &[])).unwrap();
    caller
}

/// The next frame: its kind, its stream and what is in it.
fn read(caller: &mut TcpStream) -> Option<(u8, u32, Vec<u8>)> {
    let mut head = [0; 9];
    caller.read_exact(&mut head).ok()?;
    let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
    caller.read_exact(&mut payload).ok()?;
    let stream = u32::from_be_bytes(head[5..].try_into().unwrap());
    Some((head[3], stream, payload))
}

#[track_caller]
fn until(caller: &mut TcpStream, kind: u8) -> (u32, Vec<u8>) {
    loop {
        let (found, stream, payload) = read(caller).expect("it was closed");
        if found == kind {
            return (stream, payload);
        }
    }
}

#[track_caller]
fn assert_closed(mut caller: TcpStream) {
    while read(&mut caller).is_some() {}
}

#[track_caller]
fn assert_up(service: &Service) {
    service.get("/actuator/health/liveness").assert_status(200);
}

#[test]
fn both_versions_are_spoken_on_one_port() {
    let service = with_http2().start();
    let mut caller = begin(service.address);
    for stream in [1, 3] {
        caller.write_all(&get(stream, "/actuator/health/liveness")).unwrap();
        let (of, head) = until(&mut caller, HEADERS);
        assert_eq!((of, head[0]), (stream, STATUS_200));
        let (_, body) = until(&mut caller, DATA);
        assert_eq!(body, br#"{"status":"UP"}"#);
    }
    assert_up(&service);
}

#[test]
fn a_preface_byte_by_byte_and_silence_after_it_end_in_the_time_of_a_head() {
    let service = with_http2().setting("actuator.server.header-timeout", "300ms").start();
    let mut begun = open(service.address);
    begun.write_all(&PREFACE[..7]).unwrap();
    assert_closed(begun);
    assert_closed(open(service.address));
    assert_closed(begin(service.address));
    assert_up(&service);
}

#[test]
fn idle_connections_end_in_their_time_whatever_pings_they_send() {
    let service = with_http2().setting("actuator.server.keep-alive-timeout", "300ms").start();
    let mut caller = begin(service.address);
    caller.write_all(&get(1, "/actuator/health/liveness")).unwrap();
    until(&mut caller, HEADERS);
    while caller.write_all(&frame(6, 0, 0, &[0; 8])).is_ok() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

#[test]
fn a_flood_of_resets_ends_its_connection_alone() {
    let service = with_http2().start();
    let mut caller = begin(service.address);
    // It may be closed before the last of them.
    for stream in (1..20_001).step_by(2) {
        let mut both = get(stream, "/actuator/health/liveness");
        both.extend(frame(RESET, 0, stream, &8_u32.to_be_bytes()));
        if caller.write_all(&both).is_err() {
            break;
        }
    }
    assert_closed(caller);
    assert_up(&service);
}

/// CVE-2024-27316 and its kin: a head that is continued for ever.
#[test]
fn a_flood_of_continuations_ends_its_connection_alone() {
    let service = with_http2().start();
    let mut caller = begin(service.address);
    // A field that no table keeps: `x` with a hundred bytes.
    let mut field = vec![0, 1, b'x', 100];
    field.extend([b'y'; 100]);
    let mut head = get(1, "/actuator/health/liveness");
    // The end of the stream, but not of the head.
    head[4] = 1;
    caller.write_all(&head).unwrap();
    let more = frame(9, 0, 1, &field.repeat(100));
    let sent = (0..10_000).take_while(|_| caller.write_all(&more).is_ok()).count();
    assert!(sent < 10_000, "a hundred megabytes of a head were taken");
    assert_closed(caller);
    assert_up(&service);
}

#[test]
fn on_the_way_down_it_says_goodbye() {
    let service = with_http2().start();
    let mut caller = begin(service.address);
    caller.write_all(&get(1, "/actuator/health/liveness")).unwrap();
    until(&mut caller, DATA);
    let stopping = service.stop();
    until(&mut caller, GOAWAY);
    stopping.finish();
}

#[test]
fn a_listener_of_managements_own_speaks_it_only_if_asked_to() {
    let service = with_http2().setting("management.server.port", "0").start();
    assert_closed(begin(service.management));
    let service = with_http2()
        .setting("management.server.port", "0")
        .setting("actuator.server.management-http2.enabled", "true")
        .start();
    let mut caller = begin(service.management);
    caller.write_all(&get(1, "/actuator/health")).unwrap();
    assert_eq!(until(&mut caller, HEADERS).1[0], STATUS_200);
}
