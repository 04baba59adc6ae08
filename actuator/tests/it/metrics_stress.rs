//! Everything at once: meters that come, go and are replaced, idle ones that are swept, scrapes in
//! all formats, JSON and statsd, all the time. No scrape is torn, and no count falls.

use std::{
    collections::{HashMap, HashSet},
    net::UdpSocket,
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

use actuator::meter::{Exemplar, MeterRegistry, Tag};
use testkit::Request;

use crate::{
    app::{Service, app},
    protobuf::Message,
    text_parser::{Document, Sample},
};

/// For how long each thread does what it does.
const FOR: Duration = Duration::from_secs(1);
/// Series of these names are removed and made anew, so that their counts begin again.
const CHURN: &str = "churn";

fn start(collector: &UdpSocket) -> (Service, Arc<MeterRegistry>) {
    let (sender, receiver) = mpsc::channel();
    let service = app()
        .setting("actuator.metrics.idle-timeout", "40ms")
        .setting("actuator.metrics.sample-interval", "100ms")
        .setting("actuator.metrics.max-series", "150")
        .setting("actuator.prometheus.created-timestamps", "true")
        .setting("actuator.compat.c2c.stats.enabled", "true")
        .setting("management.statsd.metrics.export.host", "127.0.0.1")
        .setting(
            "management.statsd.metrics.export.port",
            &collector.local_addr().unwrap().port().to_string(),
        )
        .setting("management.statsd.metrics.export.polling-frequency", "5ms")
        .with(move |app| sender.send(app.meters()).unwrap())
        .start();
    (service, receiver.recv().unwrap())
}

/// Does something again and again, with the number of the round.
fn again(mut what: impl FnMut(u32)) {
    let began = Instant::now();
    let mut round = 0;
    while began.elapsed() < FOR || round < 3 {
        what(round);
        round += 1;
    }
}

fn come(meters: &MeterRegistry, round: u32) {
    let id = (round % 200).to_string();
    meters.meter("churn").tag("id", &*id).counter().increment();
    let timer = meters.meter("churn.time").service_level_objectives([0.1, 1.0]).tag("id", &*id);
    timer.timer().record(Duration::from_millis(u64::from(round % 2_000)));
    meters
        .meter(format!("churn.{}", round % 50))
        .tag("a.b", id)
        .tag("a_b", "2")
        .summary()
        .record(1.0);
    meters.meter("churn.kind").gauge().set(1.0);
    meters.meter("churn.kind").counter().increment();
}

fn go(meters: &MeterRegistry, round: u32) {
    let id = (round % 200).to_string();
    for name in ["churn", "churn.time", "churn.7"] {
        meters.remove(name, "id", &id);
        meters.remove(name, "a.b", &id);
    }
}

fn replace(meters: &MeterRegistry, round: u32) {
    let rows = meters.meter("rows").multi_gauge();
    for size in 0..10 {
        rows.set((0..size).map(|row| {
            let id = (row * (round % 7 + 1)).to_string();
            (vec![Tag::new("row", id), Tag::new(format!("k{}", round % 3), "v")], f64::from(row))
        }));
    }
    rows.set([]);
}

/// Records into one meter of each kind.
fn record(meters: &MeterRegistry) -> impl FnMut(u32) {
    let counter = meters.meter("steady").counter();
    let objectives = [0.001, 0.01, 0.1, 1.0];
    let timers: Vec<_> = (0..100)
        .map(|id| {
            let timer = meters.meter("steady.time").service_level_objectives(objectives);
            timer.percentiles_histogram().tag("id", id.to_string()).timer()
        })
        .collect();
    let summary = meters.meter("steady.size").percentiles([0.5, 0.99]).summary();
    let running = meters.meter("steady.work").long_task_timer();
    move |round| {
        let trace = Exemplar { trace_id: u128::from(round) + 1, span_id: u64::from(round) + 1 };
        let task = running.start();
        for (value, timer) in timers.iter().enumerate() {
            // Most fall into the last buckets, which are read last.
            timer.record(Duration::from_mins(1));
            timer.record_with(Duration::from_millis(value as u64), trace);
        }
        counter.add_with(1, trace);
        summary.record(f64::from(round));
        running.stop(task);
    }
}

/// Compares each scrape with the one before it.
#[derive(Default)]
struct Before(HashMap<String, f64>);

impl Before {
    #[track_caller]
    fn must_not_fall(&mut self, series: &str, value: f64) {
        if series.starts_with(CHURN) {
            return;
        }
        let before = self.0.insert(series.to_owned(), value).unwrap_or(0.0);
        assert!(value >= before, "{series} fell from {before} to {value}");
    }
}

fn scrape(service: &Service, accept: &str) -> Vec<u8> {
    let request = Request::get("/actuator/prometheus").header("accept", accept);
    service.send(request).assert_status(200).body().to_vec()
}

fn scrape_text<'s>(service: &'s Service, accept: &'s str) -> impl FnMut(u32) + 's {
    let mut before = Before::default();
    move |_| {
        let document = Document::read(&String::from_utf8(scrape(service, accept)).unwrap());
        assert_eq!(document.has_end, accept.contains("openmetrics"));
        let mut infinite = HashMap::new();
        for sample in &document.samples {
            check(&document, sample, &mut infinite, &mut before);
        }
        assert!(infinite.is_empty(), "no count goes with {infinite:?}");
    }
}

/// `infinite` has the last buckets whose count is still to come.
fn check(
    document: &Document,
    sample: &Sample,
    infinite: &mut HashMap<String, f64>,
    before: &mut Before,
) {
    let labels = |without: &str| {
        let labels = sample.labels.iter().filter(|(name, _)| name != without);
        labels.map(|(name, value)| format!("{name}={value:?}")).collect::<Vec<_>>().join(",")
    };
    let family = |suffix: &str| sample.name.strip_suffix(suffix).unwrap_or_default().to_owned();
    let is = |suffix: &str, kind: &str| {
        document.types.get(&family(suffix)).is_some_and(|known| known == kind)
    };
    let whole = format!("{}{{{}}}", sample.name, labels(""));
    if sample.name.ends_with("_total") {
        before.must_not_fall(&whole, sample.value);
    } else if is("_bucket", "histogram") {
        if sample.labels.iter().any(|(name, value)| name == "le" && value == "+Inf") {
            infinite.insert(format!("{}{{{}}}", family("_bucket"), labels("le")), sample.value);
        }
        before.must_not_fall(&whole, sample.value);
    } else if is("_count", "histogram") {
        let own = format!("{}{{{}}}", family("_count"), labels(""));
        assert_eq!(infinite.remove(&own), Some(sample.value), "{own}");
        before.must_not_fall(&whole, sample.value);
    } else if is("_count", "summary") && !["active", "work"].iter().any(|word| whole.contains(word))
    {
        before.must_not_fall(&whole, sample.value);
    }
}

fn scrape_protobuf(service: &Service) -> impl FnMut(u32) {
    let mut before = Before::default();
    move |_| {
        let bytes = scrape(service, "application/vnd.google.protobuf");
        let mut names = Vec::new();
        for family in Message::delimited(&bytes) {
            let name = family.text(1);
            for metric in family.messages(4) {
                let labels: Vec<String> = metric
                    .messages(1)
                    .iter()
                    .map(|label| format!("{}={:?}", label.text(1), label.text(2)))
                    .collect();
                let series = format!("{name}{{{}}}", labels.join(","));
                for counter in metric.messages(3) {
                    before.must_not_fall(&series, counter.double(1));
                }
                for histogram in metric.messages(7) {
                    let count = histogram.number(1);
                    let buckets: Vec<u64> =
                        histogram.messages(3).iter().map(|bucket| bucket.number(1)).collect();
                    assert!(buckets.is_sorted() && buckets.last() <= Some(&count), "{series}");
                    before.must_not_fall(&format!("{series} count"), as_f64(count));
                }
            }
            names.push(name);
        }
        let distinct: HashSet<&String> = names.iter().collect();
        assert!(names.len() > 10 && distinct.len() == names.len(), "{names:?}");
    }
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn as_f64(count: u64) -> f64 {
    count as f64
}

fn read_json(service: &Service, round: u32) {
    for name in ["churn", "churn.time", "steady.time", "rows", &format!("churn.{}", round % 50)] {
        let answer = service.get(&format!("/actuator/metrics/{name}"));
        assert!([200, 404].contains(&answer.status()), "{name}: {}", answer.status());
        if answer.status() == 200 {
            assert!(answer.json()["measurements"][0]["value"].is_f64(), "{}", answer.text());
        }
    }
    assert!(service.get("/actuator/metrics").assert_status(200).json()["names"].is_array());
    assert!(service.get("/c2c/stats.json").assert_status(200).json()["timers"].is_object());
}

#[test]
fn no_scrape_is_torn_and_no_count_falls_while_meters_come_and_go() {
    let collector = UdpSocket::bind("127.0.0.1:0").unwrap();
    let (service, meters) = start(&collector);
    let (service, meters) = (&service, &*meters);
    thread::scope(|scope| {
        scope.spawn(|| again(|round| come(meters, round)));
        scope.spawn(|| again(|round| go(meters, round)));
        scope.spawn(|| again(|round| replace(meters, round)));
        scope.spawn(|| again(record(meters)));
        scope.spawn(|| again(scrape_text(service, "text/plain")));
        scope.spawn(|| again(scrape_text(service, "application/openmetrics-text")));
        scope.spawn(|| again(scrape_protobuf(service)));
        scope.spawn(|| again(|round| read_json(service, round)));
    });
    // The collector's buffer is full of whole lines.
    let mut datagram = vec![0; 70_000];
    let read = collector.recv(&mut datagram).unwrap();
    let text = std::str::from_utf8(&datagram[..read]).unwrap();
    assert!(text.lines().all(|line| line.contains(':') && line.contains('|')), "{text}");
    let steady = meters.meter("steady").counter().count();
    let text = service.get("/actuator/prometheus?includedNames=steady").text();
    assert!(text.ends_with(&format!("steady_total {steady}.0\n")), "{steady}: {text}");
}
