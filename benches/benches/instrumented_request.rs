//! What it costs a request to be measured and remembered: nanoseconds per request of one axum
//! router without a network, bare, with a middleware that does nothing, with the layer, with bodies
//! too, and with axum-prometheus, in one run. The variants take turns, so that a slow moment hits
//! all of them.

use std::time::Instant;

use axum::{
    Router,
    body::Body,
    extract::Request,
    middleware::{self, Next},
    response::Response,
    routing::get,
};
use axum_prometheus::PrometheusMetricLayer;
use tower::ServiceExt as _;

const ROUNDS: usize = 40;
const REQUESTS: u32 = 15_000;

/// What a browser or a client library sends.
const HEADERS: [(&str, &str); 6] = [
    ("host", "orders.example:8080"),
    ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
    ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    ("accept-language", "en-US,en;q=0.5"),
    ("accept-encoding", "gzip, deflate, br"),
    ("connection", "keep-alive"),
];

fn router() -> Router {
    Router::new()
        .route("/", get(|| async { "root" }))
        .route("/orders", get(|| async { "orders" }))
        .route("/orders/{id}", get(|| async { "order" }))
        .route("/users/{id}", get(|| async { "user" }))
}

/// The layer of a service with its default settings, with or without recording exchanges.
async fn layer(exchanges: &str) -> actuator::Result<actuator::ActuatorLayer> {
    let builder = actuator::Actuator::builder()
        .isolated()
        .force_setting("actuator.metrics.facade.enabled", "false")
        .force_setting("management.httpexchanges.recording.enabled", exchanges);
    Ok(builder.build().await?.layer())
}

/// The router of a service that also records bodies, which nobody does by default.
async fn with_bodies() -> actuator::Result<Router> {
    let builder = actuator::Actuator::builder()
        .isolated()
        .force_setting("actuator.metrics.facade.enabled", "false")
        .force_setting("actuator.httpexchanges.include-bodies", "request,response");
    let actuator = builder.build().await?;
    Ok(router().layer(actuator.body_layer()).layer(actuator.layer()))
}

async fn nothing(request: Request, next: Next) -> Response {
    next.run(request).await
}

fn request(headers: &[(&str, &str)]) -> Request {
    let builder = Request::builder().uri("/orders/4711?expand=lines");
    headers
        .iter()
        .fold(builder, |builder, (name, value)| builder.header(*name, *value))
        .body(Body::empty())
        .unwrap_or_default()
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

fn main() -> actuator::Result<()> {
    let prometheus = PrometheusMetricLayer::new();
    // Without a recorder its macros would do nothing.
    let _recorder =
        axum_prometheus::metrics_exporter_prometheus::PrometheusBuilder::new().install_recorder();
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(async {
        let variants = [
            ("nothing", router()),
            ("no-op middleware", router().layer(middleware::from_fn(nothing))),
            ("actuator, meters only", router().layer(layer("false").await?)),
            ("actuator", router().layer(layer("true").await?)),
            ("actuator, with bodies", with_bodies().await?),
            ("axum-prometheus 0.10", router().layer(prometheus)),
        ];
        compare(&variants, &[]).await;
        compare(&variants, &HEADERS).await;
        Ok(())
    })
}
