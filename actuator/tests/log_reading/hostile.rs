//! Callers who send nonsense, and callers who go away at once.

use std::{io::Write as _, time::Instant};

use testkit::Request;

use crate::{alone, service, viewer::Viewer};

/// What stands where something sensible should.
fn nonsense() -> Vec<String> {
    let mut all: Vec<String> = [
        "",
        "%00",
        "%ff",
        "%0a",
        "%",
        "-1",
        "+1",
        "1e9",
        "NaN",
        "null",
        "{}",
        "[]",
        "..",
        "*",
        ",,,,",
        "%E2%80%AE",
        "99999999999999999999999999",
        "18446744073709551615",
        "0x10",
        "%20%20",
        "(a*)*",
    ]
    .map(str::to_owned)
    .into();
    all.extend(["x", "9", "a,", "%F0%9F%A6%80"].map(|part| part.repeat(1_000)));
    all
}

#[test]
fn nonsense_in_a_query_is_answered_or_refused_and_opens_nothing() {
    let service = service().setting("actuator.logstream.max-viewers", "1").start();
    for value in nonsense() {
        for name in ["level", "target", "text", "request", "tail", "lastEventId", "other"] {
            let target = format!("/actuator/logstream?{name}={value}&{name}={value}");
            let status = service.send(Request::new("HEAD", &target)).status();
            assert!([200, 400, 414, 431].contains(&status), "{name}={value:.40}: {status}");
        }
        for name in ["after", "principal", "type"] {
            let target = format!("/actuator/auditevents?{name}={value}&{name}={value}");
            let status = service.get(&target).status();
            assert!([200, 400, 414, 431].contains(&status), "{name}={value:.40}: {status}");
        }
    }
    assert_eq!(Viewer::open(service.address, "").status, 200);
}

#[test]
fn nonsense_in_a_header_is_answered_or_refused() {
    let service = service().start();
    let odd = ["\u{fc}", "\t", "\"", ";", "bytes=", "bytes=-", "bytes=9-1", "bytes=0-0,-1,1-"];
    for value in nonsense().iter().map(String::as_str).chain(odd) {
        let head = Request::new("HEAD", "/actuator/logstream").header("last-event-id", value);
        let status = service.send(head).status();
        assert!([200, 400, 431].contains(&status), "last-event-id: {value:.40}: {status}");
        for value in [value.to_owned(), format!("bytes={value}"), format!("bytes={value}-{value}")]
        {
            let request = Request::get("/actuator/logfile").header("range", &value);
            let status = service.send(request).status();
            assert!([200, 206, 416, 431].contains(&status), "range: {value:.40}: {status}");
        }
    }
}

#[test]
fn a_thousand_callers_who_go_away_at_once_take_nobodys_place() {
    let _alone = alone();
    let service = service().setting("actuator.logstream.max-viewers", "4").start();
    for number in 0..1_000 {
        let mut caller = testkit::open(service.address);
        let id = if number % 2 == 0 { "last-event-id: 1\r\n" } else { "" };
        let request =
            format!("GET /actuator/logstream?tail=9 HTTP/1.1\r\nhost: localhost\r\n{id}\r\n");
        caller.write_all(request.as_bytes()).unwrap();
    }
    // All four places are free again.
    let deadline = Instant::now() + testkit::PATIENCE;
    let mut viewers = Vec::new();
    while viewers.len() < 4 {
        assert!(Instant::now() < deadline, "{} places are free", viewers.len());
        let viewer = Viewer::open(service.address, "?tail=0");
        viewers.extend((viewer.status == 200).then_some(viewer));
        std::thread::yield_now();
    }
}
