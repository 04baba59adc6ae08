//! What it costs a request to be named, measured and remembered: nanoseconds per request of one axum
//! router without a network, bare, with a middleware that does nothing, with the layer, and with
//! axum-prometheus, in one run. The variants take turns, so that a slow moment hits all of them.
//!
//! Twice, each in a process of its own: without a `tracing` subscriber, and with the one that
//! actuator installs, which opens a span for each request.

#[path = "request/mod.rs"]
mod request;

use std::time::Instant;

use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
    response::Response,
};
use axum_prometheus::PrometheusMetricLayer;
use tower::ServiceExt as _;

use crate::request::{HEADERS, Variant, request, router, served};

const ROUNDS: usize = 40;
const REQUESTS: u32 = 15_000;

async fn nothing(request: Request, next: Next) -> Response {
    next.run(request).await
}

async fn measure(router: &Router, headers: &[(&str, &str)]) -> f64 {
    let start = Instant::now();
    for _ in 0..REQUESTS {
        let Ok(response) = router.clone().oneshot(request(headers)).await;
        std::hint::black_box(response);
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(REQUESTS)
}

/// The quickest round: the one that other processes have disturbed least.
fn quickest(rounds: &[f64]) -> f64 {
    rounds.iter().copied().fold(f64::INFINITY, f64::min)
}

async fn compare(variants: &[(&str, Router)], headers: &[(&str, &str)]) {
    let mut rounds: Vec<Vec<f64>> = vec![Vec::new(); variants.len()];
    for round in 0..=ROUNDS {
        for (nanos, (_, router)) in rounds.iter_mut().zip(variants) {
            let measured = measure(router, headers).await;
            // The first round warms up.
            if round > 0 {
                nanos.push(measured);
            }
        }
    }
    let quickest: Vec<f64> = rounds.iter().map(|rounds| quickest(rounds)).collect();
    let noop = quickest.get(1).copied().unwrap_or(f64::NAN);
    println!(
        "\n{} headers                   ns/request  over no-op  ratio to no-op",
        headers.len()
    );
    for ((name, _), nanos) in variants.iter().zip(&quickest) {
        println!("{name:<28} {nanos:>10.0}  {:>+10.0}  {:>14.2}", nanos - noop, nanos / noop);
    }
}

async fn measure_all() -> actuator::Result<()> {
    let prometheus = PrometheusMetricLayer::new();
    let mut variants = vec![
        ("nothing", router()),
        ("no-op middleware", router().layer(middleware::from_fn(nothing))),
    ];
    for variant in Variant::ALL {
        variants.push((variant.name, router().layer(variant.layer().await?)));
    }
    let bodies = request::with_bodies().await?;
    variants.push(("actuator, with bodies", bodies));
    variants.push(("axum-prometheus 0.10", router().layer(prometheus)));
    for (_, router) in &mut variants {
        *router = served(std::mem::take(router));
    }
    compare(&variants, &[]).await;
    compare(&variants, &HEADERS).await;
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    if request::measures_in_children()? {
        return Ok(());
    }
    // Without a recorder its macros would do nothing.
    let _recorder =
        axum_prometheus::metrics_exporter_prometheus::PrometheusBuilder::new().install_recorder();
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    Ok(runtime.block_on(measure_all())?)
}
