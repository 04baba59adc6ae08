//! The walk-through of `docs/incident.md`, step by step.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    time::{Duration, Instant},
};

use serde_json::Value;
use testkit::{PATIENCE, Process, Request};

use crate::quickstart;

const LOGGER: &str = "/actuator/loggers/quickstart::orders";

#[test]
fn an_incident_is_followed_from_the_alarm_to_its_cause_and_leaves_nothing_behind() {
    let service = quickstart().serve();
    bring_it_about(&service);

    the_metrics_name_the_route_and_health_knows_nothing(&service);
    let request = the_exchange_that_failed(&service);
    its_lines_of_the_log_say_what_but_not_why(&service, &request);
    a_level_for_ten_minutes_shows_why(&service);
    the_trail_says_who_did_it_and_who_looked(&service);

    put_rate(&service, 10_650, "ada");
    service.get("/orders/7").assert_status(200);
    nothing_is_left(&service);
}

fn bring_it_about(service: &Process) {
    put_rate(service, 0, "kim");
    for (order, status) in [(6, 200), (7, 500), (8, 200)] {
        service.get(&format!("/orders/{order}")).assert_status(status);
    }
}

fn put_rate(service: &Process, rate: u64, by: &str) {
    let body = format!(r#"{{"rate":{rate},"by":"{by}"}}"#);
    let request = Request::new("PUT", "/rates/CHF").header("content-type", "application/json");
    service.send(request.body(body)).assert_status(204);
}

fn the_metrics_name_the_route_and_health_knows_nothing(service: &Process) {
    let failed = "http.server.requests?tag=outcome:SERVER_ERROR";
    let meter = service.get(&format!("/actuator/metrics/{failed}")).assert_status(200).json();
    assert_eq!(meter["measurements"][0]["value"], 1.0, "{meter}");
    let tags = meter["availableTags"].as_array().unwrap();
    let route = tags.iter().find(|tag| tag["tag"] == "uri").unwrap();
    assert_eq!(route["values"], serde_json::json!(["/orders/{id}"]));
    service.get("/actuator/health").assert_status(200);
}

/// The id of the request.
fn the_exchange_that_failed(service: &Process) -> String {
    let found = service.get("/actuator/httpexchanges?status=5xx&limit=1").assert_status(200).json();
    let exchange = &found["exchanges"][0];
    assert!(exchange["request"]["uri"].as_str().unwrap().ends_with("/orders/7"), "{found}");
    let request = exchange["requestId"].as_str().unwrap().to_owned();
    assert_eq!(exchange["log"], format!("logstream?request={request}"));
    request
}

fn its_lines_of_the_log_say_what_but_not_why(service: &Process, request: &str) {
    let mut log = Stream::open(service, &format!("request={request}"));
    let line = log.next();
    assert_eq!(line["level"], "ERROR", "{line}");
    assert!(line["line"].as_str().unwrap().ends_with("the order has no price order=7"), "{line}");
    let file = service.get("/actuator/logfile").assert_status(200).text();
    let lines: Vec<&str> = file.lines().filter(|line| line.contains(request)).collect();
    assert_eq!(lines.len(), 1, "{file}");
}

fn a_level_for_ten_minutes_shows_why(service: &Process) {
    let level =
        r#"{"configuredLevel":"DEBUG","expiresIn":"PT10M","reason":"INC-4711","actor":"ada"}"#;
    service.send(Request::post(LOGGER, level)).assert_status(204);
    let now = service.get(LOGGER).assert_status(200).json();
    assert_eq!((&now["effectiveLevel"], &now["reason"]), (&"DEBUG".into(), &"INC-4711".into()));
    let mut log = Stream::open(service, "target=quickstart::orders&tail=0");
    service.get("/orders/7").assert_status(500);
    let line = log.next();
    assert_eq!((&line["level"], &line["thread"]), (&"DEBUG".into(), &"tokio-rt-worker".into()));
    let cause = "converting order=7 currency=\"CHF\" rate=0";
    assert!(line["line"].as_str().unwrap().ends_with(cause), "{line}");
}

fn the_trail_says_who_did_it_and_who_looked(service: &Process) {
    let of = |kind: &str| service.get(&format!("/actuator/auditevents?type={kind}")).json();
    let changed = of("RATE_CHANGED");
    assert_eq!(changed["events"][0]["principal"], "kim", "{changed}");
    assert_eq!(changed["events"][0]["data"]["to"], 0, "{changed}");
    let levels = of("LOG_LEVEL_CHANGED");
    assert_eq!(levels["events"][0]["principal"], "ada", "{levels}");
    assert_eq!(levels["events"][0]["data"]["reason"], "INC-4711", "{levels}");
}

/// As after ten minutes, only sooner: set again, the level has a second left.
fn nothing_is_left(service: &Process) {
    let level = r#"{"configuredLevel":"DEBUG","expiresIn":"PT1S"}"#;
    service.send(Request::post(LOGGER, level)).assert_status(204);
    let begun = Instant::now();
    while service.get(LOGGER).json()["effectiveLevel"] != "INFO" {
        assert!(begun.elapsed() < PATIENCE, "{}", service.get(LOGGER).text());
        std::thread::sleep(Duration::from_millis(20));
    }
    let left = service.get("/actuator/loggeroverrides").assert_status(200).json();
    assert_eq!(left["overrides"], serde_json::json!([]));
    let reverted = service.get("/actuator/auditevents?type=LOG_LEVEL_REVERTED").json();
    assert_eq!(reverted["events"][0]["data"]["name"], "quickstart::orders", "{reverted}");
}

/// The log, line by line.
struct Stream(BufReader<std::net::TcpStream>);

impl Stream {
    /// Whoever has the head of the answer misses no line.
    fn open(service: &Process, query: &str) -> Self {
        let mut stream = testkit::open(service.address());
        write!(stream, "GET /actuator/logstream?{query} HTTP/1.1\r\nhost: localhost\r\n\r\n")
            .unwrap();
        let mut reader = BufReader::new(stream);
        let mut head = String::new();
        reader.read_line(&mut head).unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        Self(reader)
    }

    fn next(&mut self) -> Value {
        let mut line = String::new();
        loop {
            line.clear();
            assert!(self.0.read_line(&mut line).unwrap() > 0, "the stream has ended");
            if let Some(data) = line.strip_prefix("data: ") {
                return serde_json::from_str(data).unwrap();
            }
        }
    }
}
