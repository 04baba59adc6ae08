//! What a scrape costs: histograms of 14 buckets and 5 labels as text, through the router as a
//! scraper gets it, beside a loop that writes the same bytes from a prepared array and beside
//! metrics-exporter-prometheus. The text is dropped part by part, as a socket would take it.
#![allow(clippy::indexing_slicing, clippy::expect_used, clippy::cast_precision_loss)] // a bench may fail

use std::{
    error::Error,
    hint::black_box,
    time::{Duration, Instant},
};

use actuator::Actuator;
use actuator_benches::table;
use axum::{
    Router,
    body::{Body, Bytes},
    http::Request,
};
use http_body_util::BodyExt as _;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::runtime;
use tower::ServiceExt as _;

const BOUNDS: [f64; 14] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
const RECORDINGS: usize = 40;
const LABELS: [&str; 5] = ["exception", "method", "outcome", "status", "uri"];

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    for (series, rounds) in [(10_000, 15), (100_000, 5)] {
        runtime.block_on(compare(series, rounds))?;
    }
    Ok(())
}

async fn compare(series: usize, rounds: usize) -> Result<(), Box<dyn Error>> {
    let router = actuator(series).await?;
    let bare = Bare::new(series);
    let peer = peer(series);
    let mut figures = vec![Vec::new(); 5];
    // Of each scrape the longest; of these the least, since a worker that is put aside is none of ours.
    let mut longest = Duration::MAX;
    let mut sizes = [0; 5];
    for round in 0..=rounds {
        let requests =
            [("text/plain", ""), ("application/openmetrics-text", ""), ("text/plain", "gzip")];
        let mut measured = vec![timed(|| bare.write())];
        for (accept, encoding) in requests {
            let (scrape, part) = scrape(&router, accept, encoding).await?;
            longest = longest.min(part);
            measured.push(scrape);
        }
        measured.push(timed(|| peer.render().len()));
        // The first round warms up.
        if round > 0 {
            for (index, (took, size)) in measured.into_iter().enumerate() {
                figures[index].push(took);
                sizes[index] = size;
            }
        }
    }
    let names = [
        "bare writer of the same bytes",
        "GET /actuator/prometheus, text",
        "GET /actuator/prometheus, OpenMetrics",
        "GET /actuator/prometheus, text, gzip",
        "metrics-exporter-prometheus, render()",
    ];
    let megabytes = |size: usize| size as f64 / 1e6;
    let rows: Vec<_> = names
        .iter()
        .zip(&figures)
        .zip(sizes)
        .map(|((name, figures), size)| {
            let least = figures.iter().copied().fold(f64::INFINITY, f64::min);
            (*name, vec![megabytes(size), table::median(figures), least])
        })
        .collect();
    let title = format!("{series} histograms of 14 buckets, {rounds} rounds");
    table::print_columns(&title, &["MB", "median ms", "least ms"], &rows);
    println!("longest step of a worker: {:.0} µs", longest.as_secs_f64() * 1e6);
    Ok(())
}

/// Milliseconds and bytes.
fn timed(write: impl FnOnce() -> usize) -> (f64, usize) {
    let started = Instant::now();
    let size = black_box(write());
    (started.elapsed().as_secs_f64() * 1e3, size)
}

/// The labels of a series.
fn labels(series: usize) -> [String; 5] {
    [
        "none".to_owned(),
        "GET".to_owned(),
        "SUCCESS".to_owned(),
        "200".to_owned(),
        format!("/customers/{{id}}/orders/{series:06}"),
    ]
}

fn values(series: usize) -> impl Iterator<Item = f64> {
    (0..RECORDINGS).map(move |index| ((series * 31 + index * 17) % 400) as f64 / 1e3)
}

async fn actuator(series: usize) -> Result<Router, Box<dyn Error>> {
    let actuator = Actuator::builder()
        .isolated()
        .without_declarations()
        .application("render", "1.0.0")
        .force_setting("management.endpoints.web.exposure.include", "prometheus")
        .force_setting("actuator.metrics.max-series", series.to_string())
        .build()
        .await?;
    let meters = actuator.meters();
    for number in 0..series {
        let meter = meters.meter("orders").tags(LABELS.into_iter().zip(labels(number)));
        let summary = meter.service_level_objectives(BOUNDS).summary();
        values(number).for_each(|value| summary.record(value));
    }
    let router = actuator.router();
    // It would end with it.
    std::mem::forget(actuator);
    Ok(router)
}

/// One scrape, and the longest step of it.
async fn scrape(
    router: &Router,
    accept: &str,
    encoding: &str,
) -> Result<((f64, usize), Duration), Box<dyn Error>> {
    let request = Request::get("/actuator/prometheus?includedNames=orders")
        .header("accept", accept)
        .header("accept-encoding", encoding)
        .body(Body::empty())?;
    let (mut size, mut longest) = (0, Duration::ZERO);
    let started = Instant::now();
    let response = router.clone().oneshot(request).await?;
    assert!(response.status().is_success(), "{response:?}");
    let mut body = response.into_body();
    let mut before = Instant::now();
    while let Some(frame) = body.frame().await {
        size += black_box(frame?).data_ref().map_or(0, Bytes::len);
        longest = longest.max(before.elapsed());
        before = Instant::now();
    }
    Ok(((started.elapsed().as_secs_f64() * 1e3, size), longest))
}

fn peer(series: usize) -> PrometheusHandle {
    let builder = PrometheusBuilder::new().set_buckets(&BOUNDS);
    let recorder = builder.expect("there are bounds").build_recorder();
    metrics::with_local_recorder(&recorder, || {
        for number in 0..series {
            let labels: Vec<_> = LABELS.into_iter().zip(labels(number)).collect();
            let histogram = metrics::histogram!("orders", &labels);
            values(number).for_each(|value| histogram.record(value));
        }
    });
    recorder.handle()
}

/// What is to be written, prepared as far as it can be.
struct Bare {
    series: Vec<(String, [u64; 15], f64)>,
    bounds: Vec<String>,
}

impl Bare {
    fn new(series: usize) -> Self {
        let one = |number: usize| {
            let labels = LABELS.into_iter().zip(labels(number));
            let labels: Vec<_> =
                labels.map(|(name, value)| format!("{name}=\"{value}\"")).collect();
            let mut counts = [0; 15];
            for value in values(number) {
                counts[BOUNDS.iter().filter(|bound| value > **bound).count()] += 1;
            }
            (labels.join(","), counts, values(number).sum())
        };
        let bounds = BOUNDS.iter().map(|bound| format!("{bound:?}"));
        Self {
            series: (0..series).map(one).collect(),
            bounds: bounds.chain(["+Inf".to_owned()]).collect(),
        }
    }

    /// Into one buffer that is used again and again.
    fn write(&self) -> usize {
        let mut buffer = Vec::with_capacity(80 * 1024);
        let mut size = 0;
        let mut number = itoa::Buffer::new();
        for (labels, counts, sum) in &self.series {
            let mut total = 0;
            for (bound, count) in self.bounds.iter().zip(counts) {
                total += count;
                for piece in
                    ["orders_bucket{", labels, ",le=\"", bound, "\"} ", number.format(total), "\n"]
                {
                    buffer.extend_from_slice(piece.as_bytes());
                }
            }
            for piece in ["orders_count{", labels, "} ", number.format(total), "\n"] {
                buffer.extend_from_slice(piece.as_bytes());
            }
            for piece in ["orders_sum{", labels, "} ", &sum.to_string(), "\n"] {
                buffer.extend_from_slice(piece.as_bytes());
            }
            if buffer.len() > 64 * 1024 {
                size += black_box(&buffer).len();
                buffer.clear();
            }
        }
        size + black_box(&buffer).len()
    }
}
