//! What viewers see, and who may be one.

use axum::{Router, routing::get};
use testkit::Request;
use tracing::{debug, error, info, warn};

use crate::{alone, service, viewer::Viewer};

#[test]
fn a_viewer_sees_the_lines_that_it_asks_for() {
    let _alone = alone();
    let service = service().start();
    let open = |query: &str| Viewer::open(service.address, &format!("?tail=0&{query}"));
    let mut all = open("target=filters");
    let mut warnings = open("target=filters&level=warn");
    let mut db = open("target=filters::db");
    let mut text = open("target=filters&text=TIME%20out");
    let mut none = open("target=filters&request=unknown");
    assert_eq!(all.status, 200);
    for header in [
        "content-type: text/event-stream\r\n",
        "cache-control: no-cache\r\n",
        "x-accel-buffering: no",
    ] {
        assert!(all.head.contains(header), "{}", all.head);
    }
    assert!(!all.head.contains("content-encoding") && !all.head.contains("content-length"));
    info!(target: "filters::db", "one");
    warn!(target: "filters::dbx", "two, a Time Out");
    error!(target: "filters", line = "a\nb", "three");
    debug!(target: "filters", "never written");
    info!(target: "filtersx", "not ours");
    assert_eq!(all.messages(3), ["one", "two, a Time Out", "three line=\"a\\nb\""]);
    assert_eq!(warnings.messages(2), ["two, a Time Out", "three line=\"a\\nb\""]);
    assert_eq!(text.messages(1), ["two, a Time Out"]);
    let line = db.event();
    assert_eq!(line.message(), "one");
    assert_eq!(
        (&line.data["level"], &line.data["target"]),
        (&"INFO".into(), &"filters::db".into())
    );
    let whole = line.data["line"].as_str().unwrap();
    assert!(whole.starts_with(line.data["timestamp"].as_str().unwrap()), "{whole}");
    let thread = line.data["thread"].as_str().unwrap();
    assert_eq!(Some(thread), std::thread::current().name());
    // Nothing else came to any of them: the next thing is a heartbeat.
    for viewer in [&mut all, &mut warnings, &mut text, &mut db, &mut none] {
        let next = loop {
            let next = viewer.next().unwrap();
            // The first says only when to come back.
            if next.id.is_some() {
                break next;
            }
        };
        assert_eq!(next.name, "", "{next:?}");
    }
}

#[test]
fn a_level_that_is_raised_is_seen_by_all_who_watch_and_in_its_request() {
    let _alone = alone();
    let order = get(async || debug!(target: "raised::db", "slow"));
    let service = service().routes(Router::new().route("/order", order)).start();
    let order = |id: &str| {
        let request = Request::get("/order").header("x-request-id", id);
        service.send(request).assert_status(200);
    };
    let set = |body: &str| service.post("/actuator/loggers/raised", body).assert_status(204);
    let open = |query: &str| Viewer::open(service.address, &format!("?tail=0&{query}"));
    let mut all = open("target=raised");
    let mut one = open("request=r-2");
    for viewer in [&mut all, &mut one] {
        // It is there once it says something.
        viewer.next().unwrap();
    }
    order("r-1");
    set(r#"{"configuredLevel":"DEBUG"}"#);
    ["r-2", "r-3", "r-2"].into_iter().for_each(order);
    set("{}");
    order("r-2");
    info!(target: "raised", "the end");
    for (viewer, ids) in [(&mut all, &["r-2", "r-3", "r-2"][..]), (&mut one, &["r-2", "r-2"])] {
        for id in ids {
            let line = viewer.event();
            assert_eq!((line.message(), &line.data["requestId"]), ("slow", &(*id).into()));
            assert_eq!(line.data["level"], "DEBUG");
        }
    }
    assert_eq!(all.messages(1), ["the end"]);
    // Who comes later finds the lines of the request as well.
    assert_eq!(Viewer::open(service.address, "?request=r-3").messages(1), ["slow"]);
}

#[test]
fn a_viewer_begins_with_the_last_lines_that_it_asks_for() {
    let _alone = alone();
    let service = service().start();
    for number in 0..300 {
        info!(target: "tail::own", "{number}");
        info!(target: "tail::other", "{number}");
    }
    let open = |query: &str| Viewer::open(service.address, query);
    assert_eq!(open("?target=tail::own&tail=3").messages(3), ["297", "298", "299"]);
    assert_eq!(open("?target=tail::own").messages(1), ["200"]);
    let mut later = open("?target=tail::own&tail=0");
    // It is there once it says something.
    later.next().unwrap();
    info!(target: "tail::own", "later");
    assert_eq!(later.messages(1), ["later"]);
}

#[test]
fn who_comes_back_goes_on_without_loss_or_repetition() {
    let _alone = alone();
    let service = service().start();
    let log = |range: std::ops::Range<u32>| {
        for number in range {
            info!(target: "resume", "{number}");
        }
    };
    let numbers =
        |range: std::ops::Range<u32>| range.map(|number| number.to_string()).collect::<Vec<_>>();
    log(0..5);
    let mut viewer = Viewer::open(service.address, "?target=resume");
    log(5..10);
    assert_eq!(viewer.messages(10), numbers(0..10));
    log(10..20);
    let mut viewer = viewer.again(service.address, "?target=resume&tail=1");
    assert_eq!(viewer.messages(10), numbers(10..20));
    // The query is for those who cannot send the header, which is the newer one.
    let last = viewer.last.unwrap();
    log(20..21);
    let query = format!("?target=resume&lastEventId={last}");
    assert_eq!(Viewer::open(service.address, &query).messages(1), ["20"]);
    let header = format!("last-event-id: {}\r\n", last - 1);
    assert_eq!(Viewer::open_with(service.address, &query, &header).messages(1), ["19"]);
    // One who has seen nothing for long has still been told how far the log was looked at.
    let mut idle = Viewer::open(service.address, "?target=resume::nothing&tail=0");
    info!(target: "elsewhere", "x");
    while idle.last.is_none_or(|id| id <= last + 1) {
        idle.next().unwrap();
    }
}

#[test]
fn who_comes_back_to_another_process_is_told_and_begins_with_all_there_is() {
    let _alone = alone();
    let service = service().start();
    info!(target: "restarted", "first");
    for id in ["1", "18446744073709551615"] {
        let header = format!("last-event-id: {id}\r\n");
        let mut viewer = Viewer::open_with(service.address, "?target=restarted", &header);
        let event = viewer.event();
        assert_eq!(
            (event.name.as_str(), event.data["restarted"].as_bool()),
            ("restarted", Some(true))
        );
        assert_eq!(viewer.messages(1), ["first"]);
    }
}

#[test]
fn lines_of_json_are_there_for_those_who_ask_for_them() {
    let _alone = alone();
    let service = service().start();
    info!(target: "lines", "one");
    let open = |accept: &str| {
        let header = format!("accept: {accept}\r\n");
        Viewer::open_with(service.address, "?target=lines", &header)
    };
    let mut lines = open("application/x-ndjson");
    assert!(lines.head.contains("content-type: application/x-ndjson\r\n"), "{}", lines.head);
    let line: serde_json::Value = serde_json::from_str(&lines.line()).unwrap();
    assert!(line["line"].as_str().unwrap().ends_with(" : one") && line["id"].is_u64(), "{line}");
    assert_eq!(lines.line(), "", "a heartbeat");
    for accept in ["text/event-stream", "*/*", "text/html, */*;q=0.8", "text/*"] {
        assert!(open(accept).head.contains("content-type: text/event-stream"), "{accept}");
    }
    assert_eq!(open("application/json").status, 406);
}

#[test]
fn head_shows_what_get_would_and_opens_nothing() {
    let _alone = alone();
    let service = service().setting("actuator.logstream.max-viewers", "1").start();
    for _ in 0..3 {
        let head = service.send(Request::new("HEAD", "/actuator/logstream"));
        let head = head.assert_status(200);
        assert_eq!(head.header("content-type"), Some("text/event-stream"));
        assert_eq!(head.body().len(), 0);
    }
    service.send(Request::new("POST", "/actuator/logstream")).assert_status(405);
    for query in ["level=LOUD", "tail=-1", "tail=x", "lastEventId=x"] {
        service.get(&format!("/actuator/logstream?{query}")).assert_status(400);
    }
}

#[test]
fn one_viewer_too_many_is_told_what_to_do_and_can_come_later() {
    let _alone = alone();
    let service = service().setting("actuator.logstream.max-viewers", "2").start();
    let first = Viewer::open(service.address, "?tail=0");
    let _second = Viewer::open(service.address, "?tail=0");
    let third = Viewer::open(service.address, "?tail=0");
    assert_eq!(third.status, 503);
    assert!(third.head.contains("retry-after: 10\r\n"), "{}", third.head);
    let body = third.body();
    assert!(body.contains("actuator.logstream.max-viewers"), "{body}");
    drop(first);
    // Noticed at the latest when it is to be sent a heartbeat.
    let deadline = std::time::Instant::now() + testkit::PATIENCE;
    while Viewer::open(service.address, "?tail=0").status != 200 {
        assert!(std::time::Instant::now() < deadline, "the place is never free");
        std::thread::yield_now();
    }
}

#[test]
fn open_streams_end_when_the_service_stops() {
    let _alone = alone();
    for own_port in [false, true] {
        let service = service().setting("spring.lifecycle.timeout-per-shutdown-phase", "1h");
        let service =
            if own_port { service.setting("management.server.port", "0") } else { service };
        let service = service.start();
        let mut viewer = Viewer::open(service.management, "?tail=0");
        viewer.next().unwrap();
        service.stop().finish();
        while viewer.next().is_some() {}
    }
}

#[test]
fn streams_are_exposed_like_everything_else() {
    let _alone = alone();
    let service = service().start();
    let links = service.get("/actuator").json();
    assert!(links["_links"]["logstream"]["href"].is_string(), "{links}");
    let refused = self::service().setting("management.endpoint.logstream.access", "none").start();
    refused.get("/actuator/logstream").assert_status(404);
    let beyond = self::service().setting("server.address", "0.0.0.0").start();
    beyond.get("/actuator/logstream").assert_status(404);
    beyond.get("/actuator/logfiles").assert_status(404);
}
