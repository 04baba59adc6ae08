//! Scrapers that are slow or gone, and functions of the application that misbehave while somebody
//! reads them.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use actuator::meter::MeterRegistry;
use testkit::Request;

use crate::app::{Service, app};

const PROMETHEUS: &str = "/actuator/prometheus";
const ACCEPTS: [&str; 3] =
    ["text/plain", "application/openmetrics-text", "application/vnd.google.protobuf"];
/// More text than the buffers of a connection hold.
const SERIES: usize = 100_000;
/// A writer holds so many series at a time.
const BATCH: usize = 64;

/// Waits for something that others bring about.
#[track_caller]
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < testkit::PATIENCE, "{what}");
        thread::yield_now();
    }
}

/// A service with [`SERIES`] of 250 bytes, each of which holds the token, and a last meter that
/// counts how often somebody got so far.
fn large(token: &Arc<()>) -> (Service, Arc<MeterRegistry>, Arc<AtomicUsize>) {
    let (sender, receiver) = std::sync::mpsc::channel();
    let service = app()
        .setting("actuator.metrics.max-series", &SERIES.to_string())
        .setting("actuator.prometheus.compression", "false")
        .with(move |app| sender.send(app.meters()).unwrap())
        .start();
    let meters = receiver.recv().unwrap();
    let long = "x".repeat(200);
    for id in 0..SERIES {
        let token = Arc::clone(token);
        let meter = meters.meter("large").tag("id", id.to_string()).tag("kind", &*long);
        meter.gauge_with(move || if Arc::strong_count(&token) > 0 { 1.0 } else { 0.0 });
    }
    let ends = Arc::new(AtomicUsize::new(0));
    let reached = Arc::clone(&ends);
    meters.meter("zzz.end").gauge_with(move || {
        reached.fetch_add(1, Relaxed);
        1.0
    });
    (service, meters, ends)
}

/// Asks and reads the first bytes, one by one.
fn slow_scrape(service: &Service, accept: &str) -> TcpStream {
    let mut stream = testkit::open(service.address);
    let request =
        format!("GET {PROMETHEUS} HTTP/1.1\r\nhost: localhost\r\naccept: {accept}\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    for _ in 0..2_000 {
        stream.read_exact(&mut [0]).unwrap();
    }
    stream
}

#[test]
fn a_slow_scraper_holds_neither_the_text_nor_others_and_leaves_nothing() {
    let token = Arc::new(());
    let (service, meters, ends) = large(&token);
    let slow: Vec<TcpStream> = ACCEPTS.iter().map(|accept| slow_scrape(&service, accept)).collect();
    for (index, accept) in ACCEPTS.iter().enumerate() {
        let answer = service.send(Request::get(PROMETHEUS).header("accept", accept));
        assert!(answer.assert_status(200).body().len() > SERIES * 200);
        service.get("/actuator/health").assert_status(200);
        // Those who read are done; the slow ones have not been written to their ends.
        assert_eq!(ends.load(Relaxed), index + 1);
    }
    meters.remove("large", "kind", &"x".repeat(200));
    let held = Arc::strong_count(&token) - 1;
    assert!(held <= slow.len() * BATCH, "slow scrapers hold {held} series");
    drop(slow);
    wait_until("who hung up left something", || Arc::strong_count(&token) == 1);
    assert_eq!(ends.load(Relaxed), ACCEPTS.len());
    service.get(PROMETHEUS).assert_status(200);
}

#[test]
fn a_function_that_panics_is_no_number_and_the_others_are_told() {
    let service = app()
        .with(|app| {
            let meters = app.meters();
            meters.meter("a.bad").tag("k", "v").gauge_with(|| panic!("no gauge today"));
            meters.meter("a.count").counter_with(|| panic!("no count today"));
            meters.meter("a.time").timer_with(|| panic!("no number"), || panic!("no time"));
            meters.meter("b.good").gauge_with(|| 7.0);
        })
        .setting("actuator.compat.c2c.stats.enabled", "true")
        .start();
    for accept in ACCEPTS {
        let answer = service.send(Request::get(PROMETHEUS).header("accept", accept));
        let text = answer.assert_status(200).text();
        assert!(text.contains("a_bad") && text.contains("b_good"), "{accept}: {text}");
    }
    let text = service.get(PROMETHEUS).text();
    for line in [
        "a_bad{k=\"v\"} NaN\n",
        "a_time_seconds_count 0\n",
        "a_time_seconds_sum 0.0\n",
        "b_good 7.0\n",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
    // A count that is no number would be refused with all the rest.
    assert!(!text.contains("\na_count_total "), "{text}");
    let value = |name: &str| {
        let metric = service.get(&format!("/actuator/metrics/{name}")).assert_status(200).json();
        metric["measurements"][0]["value"].clone()
    };
    assert_eq!((value("a.bad"), value("b.good")), ("NaN".into(), 7.0.into()));
    let stats = service.get("/c2c/stats.json").assert_status(200).json();
    assert_eq!(
        (&stats["gauges"]["b/good"], &stats["gauges"]["a/bad/k/v"]),
        (&7.into(), &().into())
    );
}

#[test]
fn functions_that_take_long_or_use_the_registry_meet_no_lock() {
    let service = app()
        .setting("actuator.compat.c2c.stats.enabled", "true")
        .with(|app| {
            let meters = app.meters();
            let own = Arc::clone(&meters);
            let born = AtomicUsize::new(0);
            meters.meter("busy").gauge_with(move || {
                let number = born.fetch_add(1, Relaxed).to_string();
                own.meter("busy").tag("number", &*number).gauge().set(1.0);
                own.meter(format!("born.{number}")).timer().record(Duration::ZERO);
                own.remove("busy", "number", &number);
                let read = own.read("born.0", &[]).is_some();
                f64::from(u8::from(read && !own.names().is_empty()))
            });
            meters.meter("slow").gauge_with(|| {
                thread::sleep(Duration::from_millis(200));
                3.0
            });
        })
        .start();
    thread::scope(|scope| {
        for accept in ACCEPTS {
            scope.spawn(|| {
                let answer = service.send(Request::get(PROMETHEUS).header("accept", accept));
                answer.assert_status(200)
            });
        }
        for path in ["/actuator/metrics/busy", "/c2c/stats.json", "/actuator/metrics/slow"] {
            scope.spawn(|| service.get(path).assert_status(200));
        }
    });
    let text = service.get(PROMETHEUS).text();
    assert!(text.contains("\nbusy 1.0\n") && text.contains("\nslow 3.0\n"), "{text}");
}
