//! What one more series of a histogram with 14 buckets and five labels holds: bytes that stay
//! allocated, here and in the crates that one would use instead, each after one recording; and what
//! 100,000 paths that nobody serves leave behind.

use std::{alloc::System, error::Error, hint::black_box, time::Duration};

use actuator::{Actuator, meter::MeterRegistry};
use actuator_benches::{peer, table};
use axum::{Router, body::Body, extract::Request, routing::get};
use metrics::{Key, Label, Level, Metadata, Recorder as _};
use metrics_exporter_prometheus::PrometheusBuilder;
use prometheus::{HistogramOpts, HistogramVec};
use prometheus_client::metrics::{family::Family, histogram::Histogram};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tower::ServiceExt as _;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const SERIES: u32 = 10_000;
const PATHS: u32 = 100_000;
const BOUNDS: [f64; 14] =
    [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];
const KEYS: [&str; 5] = ["method", "uri", "status", "outcome", "exception"];

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut rows = vec![
        ("actuator", runtime.block_on(ours())?),
        ("prometheus 0.14", prometheus_crate()?),
        ("prometheus-client 0.24", prometheus_client_crate()),
        ("metrics-exporter-prometheus 0.18", exporter()?),
    ];
    match peer::micrometer(&["render", &SERIES.to_string()])? {
        Ok(lines) => {
            let of_memory = lines.iter().find(|line| line.first().is_some_and(|w| w == "memory"));
            let bytes = of_memory.and_then(|line| line.get(1)?.parse().ok());
            rows.extend(bytes.map(|bytes| ("Micrometer 1.16 (heap)", bytes)));
        }
        Err(absent) => println!("{absent}"),
    }
    table::print("a series of a histogram with 14 buckets, 5 labels", "bytes", &rows);
    runtime.block_on(hostile_paths())
}

/// Bytes per series that `make` leaves allocated.
fn held<T>(make: impl FnOnce() -> T) -> f64 {
    let region = Region::new(ALLOCATOR);
    let made = make();
    let change = region.change();
    black_box(&made);
    let bytes = change.bytes_allocated - change.bytes_deallocated;
    f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / f64::from(SERIES)
}

fn values(uri: &str) -> [&str; 5] {
    ["GET", uri, "200", "SUCCESS", "none"]
}

/// A service without a recorder for the process, of which there are two here.
fn quiet() -> actuator::Builder {
    let builder = Actuator::builder().isolated();
    builder.force_setting("actuator.metrics.facade.enabled", "false")
}

async fn ours() -> actuator::Result<f64> {
    let builder = quiet();
    let builder = builder.force_setting("actuator.metrics.max-series", "1000000");
    let actuator = builder.build().await?;
    let registry: &MeterRegistry = &actuator.meters();
    Ok(held(|| {
        for number in 0..SERIES {
            let uri = format!("/orders/{number}");
            let meter = registry.meter("orders.time").tags(KEYS.into_iter().zip(values(&uri)));
            meter.service_level_objectives(BOUNDS).timer().record(Duration::from_millis(7));
        }
    }))
}

fn prometheus_crate() -> Result<f64, Box<dyn Error>> {
    let options = HistogramOpts::new("orders_time", "Time").buckets(BOUNDS.to_vec());
    let family = HistogramVec::new(options, &KEYS)?;
    Ok(held(|| {
        for number in 0..SERIES {
            family.with_label_values(&values(&format!("/orders/{number}"))).observe(0.007);
        }
    }))
}

fn prometheus_client_crate() -> f64 {
    type Labels = Vec<(&'static str, String)>;
    let family = Family::<Labels, Histogram, _>::new_with_constructor(|| Histogram::new(BOUNDS));
    held(|| {
        for number in 0..SERIES {
            let uri = format!("/orders/{number}");
            let labels = KEYS.into_iter().zip(values(&uri).map(str::to_owned)).collect();
            family.get_or_create(&labels).observe(0.007);
        }
    })
}

fn exporter() -> Result<f64, Box<dyn Error>> {
    let recorder = PrometheusBuilder::new().set_buckets(&BOUNDS)?.build_recorder();
    let handle = recorder.handle();
    let metadata = Metadata::new("bench", Level::INFO, None);
    Ok(held(|| {
        for number in 0..SERIES {
            let uri = format!("/orders/{number}");
            let label = |(key, value): (&'static str, &str)| Label::new(key, value.to_owned());
            let labels: Vec<_> = KEYS.into_iter().zip(values(&uri)).map(label).collect();
            let key = Key::from_parts("orders_time", labels);
            recorder.register_histogram(&key, &metadata).record(0.007);
        }
        handle.run_upkeep();
    }))
}

/// Asks for paths that nobody serves, through the layer that counts requests.
async fn hostile_paths() -> Result<(), Box<dyn Error>> {
    let actuator = quiet().build().await?;
    let router = Router::new().route("/", get(|| async {})).layer(actuator.layer());
    let ask = async |from: u32, to: u32| {
        for number in from..to {
            let request = Request::get(format!("/{number}.php")).body(Body::empty());
            let Ok(_) = router.clone().oneshot(request.unwrap_or_default()).await;
        }
    };
    ask(0, 1_000).await;
    let region = Region::new(ALLOCATOR);
    ask(1_000, PATHS).await;
    let change = region.change();
    println!(
        "\n{PATHS} paths that nobody serves: {} bytes more than after the first thousand",
        i128::try_from(change.bytes_allocated)? - i128::try_from(change.bytes_deallocated)?
    );
    Ok(())
}
