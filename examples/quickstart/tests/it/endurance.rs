//! Nothing that clients send makes the process grow.

use std::io::Write as _;

use testkit::{Process, Request, send, send_and_end};

use crate::quickstart;

/// Requests that name something new each time, and rude ones.
fn pester(service: &Process, round: usize) {
    let address = service.address();
    for target in [
        format!("/nowhere/{round}?q={round}"),
        format!("/hello/{}", format!("n{round}").repeat(50)),
        format!("/actuator/metrics/no.such.{round}"),
        format!("/actuator/metrics/http.server.requests?tag=uri:/nowhere/{round}"),
        format!("/actuator/loggers/no::such::{round}"),
        format!("/actuator/health/no/such/{round}"),
        format!("/actuator/env/no.such.{round}"),
        format!("/actuator/{round}/%zz"),
        format!("/actuator/loggeroverrides/no::such::{round}"),
        format!("/actuator/auditevents?principal=nobody{round}&type=T{round}&after={round}"),
        format!("/actuator/logstream?level={round}"),
        format!("/actuator/logfiles/{round}"),
    ] {
        let _ = service.get(&target);
    }
    let _ = service.send(Request::new(&format!("M{round}"), "/hello/x"));
    let _ = service.send(Request::post("/actuator/loggers/x", &"[".repeat(10_000)));
    let level = r#"{"configuredLevel":"WARN","expiresIn":"1h","reason":"flood"}"#;
    let _ = service.send(Request::post(&format!("/actuator/loggers/n{round}"), level));
    let levels: Vec<String> = (0..100).map(|n| format!("\"m{round}::n{n}\":\"WARN\"")).collect();
    let levels = format!("{{\"levels\":{{{}}}}}", levels.join(","));
    let _ = service.send(Request::post("/actuator/loggeroverrides", &levels));
    let watch = "GET /actuator/logstream HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let _ = testkit::open(address).write_all(watch.as_bytes());
    // As much as a head may hold, and ten times of it.
    for lines in [3, 40] {
        let many = format!("x-{round}: {}\r\n", "y".repeat(2_000)).repeat(lines);
        let head =
            format!("GET /hello/x HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{many}\r\n");
        // The refusal is lost if the connection is reset under what was still to be sent.
        let status = send(address, head.as_bytes()).map(|answer| answer.status());
        let expected = if lines == 3 { 200 } else { 431 };
        assert!([Some(expected), None].contains(&status), "{lines} lines: {status:?}");
    }
    let cut =
        "POST /actuator/loggers/x HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99999999\r\n\r\n{";
    let _ = send_and_end(address, cut.as_bytes());
}

#[cfg(target_os = "linux")]
#[test]
fn memory_stays_bounded_whatever_is_sent() {
    let service = quickstart().serve();
    // Rings fill, arenas are taken, series of meters are made.
    (0..150).for_each(|round| pester(&service, round));
    let before = service.resident_bytes();
    (150..650).for_each(|round| pester(&service, round));
    let after = service.resident_bytes();
    let grown = after.saturating_sub(before);
    assert!(grown < 6 * 1024 * 1024, "from {before} to {after} bytes");
    service.get("/actuator/health").assert_status(200);
}
