//! What it costs to record: a counter and a histogram of 14 buckets under five labels, resolved
//! beforehand and looked up each time, beside the crates that one would use instead; and what
//! happens when threads share one series.
//!
//! The variants take turns, so that a slow moment hits all of them.

use std::{
    error::Error,
    hint::black_box,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use actuator::{
    Actuator,
    meter::{Counter, MeterRegistry, Timer},
};
use actuator_benches::{peer, table};
use metrics::{Key, Label, Level, Metadata, Recorder as _, counter, histogram};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};
use prometheus::{CounterVec, HistogramOpts, HistogramVec, Opts};
use prometheus_client::metrics::{
    counter::Counter as ClientCounter, family::Family, histogram::Histogram as ClientHistogram,
};

const ROUNDS: usize = 25;
const CALLS: u32 = 50_000;
const BOUNDS: [f64; 14] =
    [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];
const KEYS: [&str; 5] = ["method", "uri", "status", "outcome", "exception"];
const VALUES: [&str; 5] = ["GET", "/orders/{id}", "200", "SUCCESS", "none"];

/// One way to record.
struct Way {
    name: &'static str,
    /// Records so many durations.
    run: Arc<dyn Fn(u32) + Send + Sync>,
    /// What has to be done from time to time.
    upkeep: Box<dyn Fn()>,
}

impl Way {
    /// `record` is given what a clock gives.
    fn new(name: &'static str, record: impl Fn(Duration) + Send + Sync + 'static) -> Self {
        let run = move |calls| {
            for call in 0..calls {
                record(black_box(Duration::from_millis(u64::from(call % 1_000))));
            }
        };
        Self { name, run: Arc::new(run), upkeep: Box::new(|| ()) }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    // The recorder of the process is to be the one beside which this is measured.
    let builder = Actuator::builder().isolated();
    let builder = builder.force_setting("actuator.metrics.facade.enabled", "false");
    let registry = runtime.block_on(builder.build())?.meters();
    let mut ways = vec![resolved(&registry), looked_up(&registry)];
    ways.extend(metrics_crate()?);
    ways.extend(prometheus_crate()?);
    ways.extend(prometheus_client_crate());
    let micrometer = peer::micrometer(&["record"])?;
    if let Err(absent) = &micrometer {
        println!("{absent}");
    }
    let micrometer = micrometer.unwrap_or_default();
    for threads in [1, 2, 8] {
        let is_it = |line: &&Vec<String>| line.first() == Some(&threads.to_string());
        let nanos = micrometer.iter().find(is_it).and_then(|line| line.get(1)?.parse().ok());
        compare(&ways, threads, nanos);
    }
    Ok(())
}

/// The quickest of several rounds of each way, on so many threads at once.
fn compare(ways: &[Way], threads: u32, micrometer: Option<f64>) {
    let mut quickest = vec![f64::INFINITY; ways.len()];
    for _ in 0..ROUNDS {
        for (best, way) in quickest.iter_mut().zip(ways) {
            *best = best.min(measure(way, threads));
            (way.upkeep)();
        }
    }
    let mut rows: Vec<(&str, f64)> = ways.iter().map(|way| way.name).zip(quickest).collect();
    rows.extend(micrometer.map(|nanos| ("Micrometer 1.16, handles", nanos)));
    let title = format!("counter and histogram, 5 labels, {threads} thread(s)");
    table::print(&title, "ns/recording", &rows);
}

/// Nanoseconds between two recordings of one thread.
fn measure(way: &Way, threads: u32) -> f64 {
    let calls = CALLS / threads;
    let started = Instant::now();
    if threads == 1 {
        (way.run)(calls);
    } else {
        let start = |_| {
            let run = Arc::clone(&way.run);
            thread::spawn(move || run(calls))
        };
        let running: Vec<_> = (0..threads).map(start).collect();
        for thread in running {
            let _ = thread.join();
        }
    }
    started.elapsed().as_secs_f64() * 1e9 / f64::from(calls)
}

fn meters(registry: &MeterRegistry) -> (Arc<Counter>, Arc<Timer>) {
    let labels = || KEYS.into_iter().zip(VALUES);
    let timer = registry.meter("orders.time").tags(labels()).service_level_objectives(BOUNDS);
    (registry.meter("orders").tags(labels()).counter(), timer.timer())
}

fn resolved(registry: &MeterRegistry) -> Way {
    let (counter, timer) = meters(registry);
    Way::new("actuator, handles", move |took| {
        counter.increment();
        timer.record(took);
    })
}

fn looked_up(registry: &Arc<MeterRegistry>) -> Way {
    let registry = Arc::clone(registry);
    Way::new("actuator, looked up", move |took| {
        let (counter, timer) = meters(&registry);
        counter.increment();
        timer.record(took);
    })
}

/// The recorder is the process's, as the macros need it.
fn metrics_crate() -> Result<[Way; 2], Box<dyn Error>> {
    let recorder: PrometheusRecorder =
        PrometheusBuilder::new().set_buckets(&BOUNDS)?.build_recorder();
    let handle = recorder.handle();
    let metadata = Metadata::new("bench", Level::INFO, None);
    let labels = || KEYS.iter().zip(VALUES).map(|(key, value)| Label::new(*key, value));
    let key = |name: &'static str| Key::from_parts(name, labels().collect::<Vec<_>>());
    let counter = recorder.register_counter(&key("orders"), &metadata);
    let histogram = recorder.register_histogram(&key("orders_time"), &metadata);
    metrics::set_global_recorder(recorder)?;
    let handles = Way::new("metrics-exporter-prometheus, handles", move |took| {
        counter.increment(1);
        histogram.record(took.as_secs_f64());
    });
    let macros = Way::new("metrics-exporter-prometheus, macros", |took| {
        let [method, uri, status, outcome, exception] = black_box(VALUES);
        counter!("orders", "method" => method, "uri" => uri, "status" => status,
            "outcome" => outcome, "exception" => exception)
        .increment(1);
        histogram!("orders_time", "method" => method, "uri" => uri, "status" => status,
            "outcome" => outcome, "exception" => exception)
        .record(took.as_secs_f64());
    });
    // Its samples pile up until somebody reads them.
    let upkeep = move || {
        let handle = handle.clone();
        Box::new(move || handle.run_upkeep()) as Box<dyn Fn()>
    };
    Ok([Way { upkeep: upkeep(), ..handles }, Way { upkeep: upkeep(), ..macros }])
}

fn prometheus_crate() -> Result<[Way; 2], Box<dyn Error>> {
    let counters = CounterVec::new(Opts::new("orders", "Orders"), &KEYS)?;
    let options = HistogramOpts::new("orders_time", "Time").buckets(BOUNDS.to_vec());
    let histograms = HistogramVec::new(options, &KEYS)?;
    let (counter, histogram) =
        (counters.with_label_values(&VALUES), histograms.with_label_values(&VALUES));
    Ok([
        Way::new("prometheus, handles", move |took| {
            counter.inc();
            histogram.observe(took.as_secs_f64());
        }),
        Way::new("prometheus, labels", move |took| {
            counters.with_label_values(&black_box(VALUES)).inc();
            histograms.with_label_values(&black_box(VALUES)).observe(took.as_secs_f64());
        }),
    ])
}

type ClientLabels = Vec<(&'static str, &'static str)>;

fn prometheus_client_crate() -> [Way; 2] {
    let labels = || -> ClientLabels { KEYS.into_iter().zip(black_box(VALUES)).collect() };
    let counters = Family::<ClientLabels, ClientCounter>::default();
    let histograms = Family::<ClientLabels, ClientHistogram, _>::new_with_constructor(|| {
        ClientHistogram::new(BOUNDS)
    });
    let counter = counters.get_or_create_owned(&labels());
    let histogram = histograms.get_or_create_owned(&labels());
    [
        Way::new("prometheus-client, handles", move |took| {
            counter.inc();
            histogram.observe(took.as_secs_f64());
        }),
        Way::new("prometheus-client, labels", move |took| {
            let labels = labels();
            counters.get_or_create(&labels).inc();
            histograms.get_or_create(&labels).observe(took.as_secs_f64());
        }),
    ]
}
