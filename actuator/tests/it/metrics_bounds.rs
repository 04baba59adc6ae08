//! Whatever clients send, the number of series stays bounded, and the registry's own meters say
//! so.

use std::{
    collections::BTreeSet,
    io::{self, Read as _, Write as _},
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

use actuator::{client::ClientMeters, meter::MeterRegistry};
use axum::{Router, extract::Path, http::StatusCode, routing::get};

use crate::{
    ALLOCATOR,
    app::{Service, TestApp, app},
};

/// With a limit of 60 series for each meter, and 16 for those beyond.
const MAX_SERIES: usize = 60;
const MOST: usize = MAX_SERIES + 16;
/// Requests that are under way on a connection at a time.
const PIPELINED: usize = 200;

fn limited() -> TestApp {
    app()
        .setting("actuator.metrics.max-series", &MAX_SERIES.to_string())
        .setting("actuator.metrics.sample-interval", "100ms")
        .routes(
            Router::new()
                .route("/fixed", get(|| async { "fixed" }))
                .route("/item/{id}", get(|| async { "item" }))
                .route(
                    "/status/{code}",
                    get(|Path(code): Path<u16>| async move {
                        StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_REQUEST)
                    }),
                ),
        )
}

fn with_meters(app: TestApp) -> (Service, Arc<MeterRegistry>) {
    let (sender, receiver) = mpsc::channel();
    let service = app.with(move |app| sender.send(app.meters()).unwrap()).start();
    (service, receiver.recv().unwrap())
}

/// Sends requests, many at a time, on one connection; each is the lines of its head.
fn flood(service: &Service, heads: impl Iterator<Item = String>) {
    let mut stream = testkit::open(service.address);
    let mut heads = heads.peekable();
    let mut buffer = vec![0; 64 * 1024];
    while heads.peek().is_some() {
        let batch: Vec<String> = heads.by_ref().take(PIPELINED).collect();
        stream.write_all(batch.concat().as_bytes()).unwrap();
        let (mut answered, mut seen) = (0, Vec::new());
        while answered < batch.len() {
            let read = match stream.read(&mut buffer) {
                // Other tests of this process send signals.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read.unwrap(),
            };
            assert_ne!(read, 0, "the connection was closed after {answered} answers");
            seen.extend_from_slice(&buffer[..read]);
            answered += starts(&seen);
            // A start may be cut: its last bytes are looked at again.
            let keep = seen.len().min(START.len() - 1);
            seen.drain(..seen.len() - keep);
        }
    }
}

/// What each answer begins with, and nothing else in it.
const START: &[u8] = b"HTTP/1.1 ";

fn starts(bytes: &[u8]) -> usize {
    bytes.windows(START.len()).filter(|window| *window == START).count()
}

fn request(method: &str, path: &str, headers: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n")
}

/// The values of a tag of the requests that were counted.
fn values(meters: &MeterRegistry, name: &str, tag: &str) -> BTreeSet<String> {
    meters.read(name, &[]).unwrap().available_tags.remove(tag).unwrap_or_default()
}

fn count(meters: &MeterRegistry, name: &str) -> f64 {
    meters.read(name, &[]).map_or(0.0, |read| read.measurements[0].value)
}

/// Lines of `# TYPE` aside, how many series of a family a scrape has.
fn series_of(service: &Service, sample: &str) -> usize {
    let text = service.get("/actuator/prometheus").assert_status(200).text();
    text.lines().filter(|line| line.starts_with(&format!("{sample}{{"))).count()
}

/// Waits until the sampler has looked and found this many series, give or take what the system
/// has.
fn assert_series_are_at_most(meters: &MeterRegistry, most: f64) {
    let before = count(meters, "actuator.sample");
    let began = Instant::now();
    while count(meters, "actuator.sample") < before + 4.0 {
        assert!(began.elapsed() < testkit::PATIENCE, "the sampler does not look");
        thread::yield_now();
    }
    let series = count(meters, "actuator.series");
    assert!(series > 10.0 && series <= most, "there are {series} series");
}

/// Half of a flood of paths that no two requests share.
fn hostile_paths(part: usize, numbers: std::ops::Range<usize>) -> impl Iterator<Item = String> {
    numbers.map(move |n| {
        let path = match n % 4 {
            0 => format!("/{part}/{n}"),
            1 => format!("/item/{part}{n}%00%0A%22"),
            2 => format!("/..;/{n}?x={n}"),
            _ => format!("/%F0%9F%92%A5/{n}/wp-login.php"),
        };
        request("GET", &path, "")
    })
}

#[test]
fn a_hundred_thousand_hostile_paths_are_a_few_series() {
    let (service, meters) = with_meters(limited());
    thread::scope(|scope| {
        for part in 0..2 {
            let heads = hostile_paths(part, 0..50_000);
            scope.spawn(|| flood(&service, heads));
        }
    });
    assert!(count(&meters, "http.server.requests") > 99_999.0);
    let uris = values(&meters, "http.server.requests", "uri");
    let known = ["/item/{id}", "NOT_FOUND", "UNKNOWN"];
    assert!(uris.iter().all(|uri| known.contains(&uri.as_str())), "{uris:?}");
    assert_series_are_at_most(&meters, 400.0);
}

#[test]
fn a_hundred_thousand_hostile_paths_keep_less_than_a_byte_each() {
    // Other tests of this process allocate, too.
    let _ = testkit::in_own_process("metrics_bounds::process_that_is_flooded", &[]);
}

#[test]
#[ignore = "run in a process of its own by the test above"]
fn process_that_is_flooded() {
    const PATHS: usize = 100_000;
    let (service, meters) = with_meters(limited());
    // What is kept for the last requests is full afterwards.
    flood(&service, hostile_paths(0, 0..1_000));
    let before = ALLOCATOR.stats();
    flood(&service, hostile_paths(1, 0..PATHS));
    let more = || {
        let now = ALLOCATOR.stats();
        let allocated = now.bytes_allocated - before.bytes_allocated;
        allocated.saturating_sub(now.bytes_deallocated - before.bytes_deallocated)
    };
    assert!(count(&meters, "http.server.requests") > 100_999.0);
    // The connection goes when the service has noticed its end.
    let began = Instant::now();
    while more() >= PATHS {
        assert!(began.elapsed() < testkit::PATIENCE, "{} bytes are kept", more());
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn invented_methods_odd_statuses_and_hostile_headers_are_a_few_series() {
    let (service, meters) = with_meters(limited());
    flood(&service, (0..10_000).map(|n| request(&format!("BREW{n}"), "/fixed", "")));
    let methods = values(&meters, "http.server.requests", "method");
    assert!(methods.iter().all(|method| method == "UNKNOWN"), "{methods:?}");

    flood(
        &service,
        (200..1_000)
            .filter(|code| ![204, 304].contains(code))
            .map(|code| request("GET", &format!("/status/{code}"), "")),
    );
    assert!(values(&meters, "http.server.requests", "status").contains("_overflow_"));
    let series = series_of(&service, "http_server_requests_seconds_count");
    assert!(series > MAX_SERIES && series <= MOST, "{series}");
    let began = Instant::now();
    while count(&meters, "actuator.series.overflowed") < 300.0 {
        assert!(began.elapsed() < testkit::PATIENCE, "the overflow is not told");
        thread::yield_now();
    }

    let uris = values(&meters, "http.server.requests", "uri");
    flood(
        &service,
        (0..5_000).map(|n| {
            let headers = format!(
                "forwarded: for=\"[2001:db8::{n}]\";host=evil{n};proto=gopher\r\n\
             x-forwarded-host: evil{n}\r\nx-forwarded-prefix: /p{n}\r\n\
             traceparent: 00-{n:032x}-{n:016x}-01\r\ntraceparent: zz-{n}\r\nuser-agent: u{n}\r\n"
            );
            request("GET", "/fixed", &headers)
                .replace("host: localhost\r\n", &format!("host: h{n}.example\r\n"))
        }),
    );
    assert_eq!(values(&meters, "http.server.requests", "uri"), uris);
    assert_series_are_at_most(&meters, 500.0);
}

#[test]
fn hosts_addresses_and_methods_of_calls_are_a_few_series() {
    let (service, meters) = with_meters(limited());
    let client = ClientMeters::new(Arc::clone(&meters));
    for number in 0..20_000 {
        let method = if number % 3 == 0 { format!("M{number}") } else { "GET".to_owned() };
        let call = client.start(&method, &format!("h{number}"), &format!("/users/{number}"));
        if number % 2 == 0 { call.answered(200 + number % 700) } else { call.failed("Connect") }
    }
    let called = count(&meters, "http.client.requests");
    assert!((called - 20_000.0).abs() < 0.5, "{called}");
    assert!(values(&meters, "http.client.requests", "uri").len() <= 101);
    assert!(values(&meters, "http.client.requests", "client.name").len() <= 101);
    let series = series_of(&service, "http_client_requests_seconds_count");
    assert!(series > 0 && series <= MOST, "{series}");
    assert_series_are_at_most(&meters, 700.0);
}

#[test]
fn names_tags_and_keys_that_are_made_of_data_are_bounded() {
    let (service, meters) = with_meters(limited().setting("actuator.metrics.max-meters", "500"));
    for number in 0..20_000 {
        meters.meter(format!("name.{number}")).counter().increment();
        meters.meter("value").tag("id", format!("{number}\n\"\\\0")).counter().increment();
        meters.meter("key").tag(format!("k{number}"), "v").counter().increment();
    }
    let counted = count(&meters, "value");
    assert!((counted - 20_000.0).abs() < 0.5, "{counted}");
    assert_eq!(meters.names().len(), 500);
    for sample in ["value_total", "key_total"] {
        let series = series_of(&service, sample);
        assert!(series > MAX_SERIES && series <= MOST, "{sample}: {series}");
    }
    assert_series_are_at_most(&meters, 1_000.0);
}
