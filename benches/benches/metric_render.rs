//! What a scrape costs: histograms of 14 buckets and 5 labels as text, through the router as a
//! scraper gets it, beside a loop that writes the same bytes from a prepared array and beside the
//! crates that one would use instead. The text is dropped part by part, as a socket would take it.
//!
//! `held` is the longest time for which a scrape keeps its worker from others: the longest poll of
//! the answer's head or of its body, which ends where others get their turn; the body is asked once
//! more before that, as hyper does.
#![allow(clippy::indexing_slicing, clippy::expect_used, clippy::cast_precision_loss)] // a bench may fail

use std::{
    error::Error,
    future::{Future, poll_fn},
    hint::black_box,
    pin::{Pin, pin},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use actuator::Actuator;
use actuator_benches::{peer, table};
use axum::{
    Router,
    body::{Body, Bytes, HttpBody as _},
    http::Request,
};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use prometheus_client::{
    encoding::text,
    metrics::{family::Family, histogram::Histogram},
    registry::Registry,
};
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
    let exporter = exporter(series);
    let client = client(series);
    let mut figures = vec![Vec::new(); NAMES.len()];
    let mut sizes = [0; NAMES.len()];
    for round in 0..=rounds {
        let requests =
            [("text/plain", ""), ("application/openmetrics-text", ""), ("text/plain", "gzip")];
        let mut measured = vec![timed(|| bare.write())];
        for (accept, encoding) in requests {
            measured.push(scrape(&router, accept, encoding).await?);
        }
        measured.push(timed(|| exporter.render().len()));
        measured.push(timed(|| {
            let mut page = String::new();
            text::encode(&mut page, &client).map_or(0, |()| page.len())
        }));
        // The first round warms up.
        if round > 0 {
            for (index, scrape) in measured.into_iter().enumerate() {
                sizes[index] = scrape.size;
                figures[index].push(scrape);
            }
        }
    }
    let mut rows: Vec<_> = NAMES
        .iter()
        .zip(&figures)
        .zip(sizes)
        .map(|((name, figures), size)| {
            let took: Vec<f64> = figures.iter().map(|scrape| scrape.took).collect();
            let held: Vec<f64> = figures.iter().filter_map(|scrape| scrape.held).collect();
            let least = took.iter().copied().fold(f64::INFINITY, f64::min);
            let (held, median) = (table::median(&held), table::median(&took));
            (*name, vec![size as f64 / 1e6, held, median, least])
        })
        .collect();
    match micrometer(series)? {
        Ok((milliseconds, size)) => {
            let figures = vec![size / 1e6, f64::NAN, f64::NAN, milliseconds];
            rows.push(("Micrometer 1.16, scrape()", figures));
        }
        Err(absent) => println!("{absent}"),
    }
    let title = format!("{series} histograms of 14 buckets, {rounds} rounds");
    table::print_columns(&title, &["MB", "held µs", "median ms", "least ms"], &rows);
    Ok(())
}

/// What is measured, in this order.
const NAMES: [&str; 6] = [
    "bare writer of the same bytes",
    "GET /actuator/prometheus, text",
    "GET /actuator/prometheus, OpenMetrics",
    "GET /actuator/prometheus, text, gzip",
    "metrics-exporter-prometheus 0.18, render()",
    "prometheus-client 0.24, encode()",
];

/// One way to all series, once.
#[derive(Clone, Copy)]
struct Scrape {
    /// Milliseconds.
    took: f64,
    /// Bytes.
    size: usize,
    /// Microseconds for which a worker had nothing else to do, where it ever had.
    held: Option<f64>,
}

/// The least milliseconds of Micrometer's rounds, in a process of its own, and the bytes.
fn micrometer(series: usize) -> Result<Result<(f64, f64), String>, Box<dyn Error>> {
    let lines = match peer::micrometer(&["render", &series.to_string()])? {
        Ok(lines) => lines,
        Err(absent) => return Ok(Err(absent)),
    };
    let line = lines.into_iter().find(|line| line[0] == "render").ok_or("no line `render`")?;
    Ok(Ok((line[1].parse()?, line[2].parse()?)))
}

fn timed(write: impl FnOnce() -> usize) -> Scrape {
    let started = Instant::now();
    let size = black_box(write());
    Scrape { took: started.elapsed().as_secs_f64() * 1e3, size, held: None }
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

async fn scrape(router: &Router, accept: &str, encoding: &str) -> Result<Scrape, Box<dyn Error>> {
    let request = Request::get("/actuator/prometheus?includedNames=orders")
        .header("accept", accept)
        .header("accept-encoding", encoding)
        .body(Body::empty())?;
    let mut held = Duration::ZERO;
    let started = Instant::now();
    let mut head = pin!(router.clone().oneshot(request));
    let response = poll_fn(|context| during(&mut held, || head.as_mut().poll(context))).await?;
    assert!(response.status().is_success(), "{response:?}");
    let (mut body, mut size) = (response.into_body(), 0);
    let read = |context: &mut Context<'_>| {
        during(&mut held, || {
            let mut is_again = false;
            loop {
                match Pin::new(&mut body).poll_frame(context) {
                    Poll::Ready(Some(Ok(frame))) => {
                        size += black_box(&frame).data_ref().map_or(0, Bytes::len);
                    }
                    Poll::Ready(Some(Err(error))) => return Poll::Ready(Err(error)),
                    Poll::Ready(None) => return Poll::Ready(Ok(())),
                    Poll::Pending if is_again => return Poll::Pending,
                    Poll::Pending => is_again = true,
                }
            }
        })
    };
    poll_fn(read).await?;
    let took = started.elapsed().as_secs_f64() * 1e3;
    Ok(Scrape { took, size, held: Some(held.as_secs_f64() * 1e6) })
}

/// Polls, and remembers in `held` how long that took if nothing has taken longer.
fn during<T>(held: &mut Duration, poll: impl FnOnce() -> Poll<T>) -> Poll<T> {
    let began = Instant::now();
    let polled = poll();
    *held = began.elapsed().max(*held);
    polled
}

/// The histograms of prometheus-client, labels as pairs as in the others.
fn client(series: usize) -> Registry {
    type Labels = Vec<(&'static str, String)>;
    let family = Family::<Labels, Histogram, _>::new_with_constructor(|| Histogram::new(BOUNDS));
    for number in 0..series {
        let labels: Labels = LABELS.into_iter().zip(labels(number)).collect();
        let histogram = family.get_or_create(&labels);
        values(number).for_each(|value| histogram.observe(value));
    }
    let mut registry = Registry::default();
    registry.register("orders", "Orders", family);
    registry
}

fn exporter(series: usize) -> PrometheusHandle {
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
