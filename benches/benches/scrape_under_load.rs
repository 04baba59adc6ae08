//! What scraping costs the application: the latency of a plain route under full load, alone, while
//! 1,000 series of histograms are read as Prometheus text once a second, and while 10,000 are, once a
//! second and every five seconds (Prometheus does it every 15 or 60).
//!
//! The variants take turns in one service, so that a slow moment hits all of them.

use std::{
    error::Error,
    thread,
    time::{Duration, Instant},
};

use actuator::{Actuator, Running};
use actuator_benches::{
    load::{Connection, Target},
    table,
};
use axum::{Router, routing::get};
use tokio::runtime;

const ROUNDS: usize = 9;
const ROUND: Duration = Duration::from_secs(5);
/// The names of two meters and their series.
const METERS: [(&str, u32); 2] = [("orders.time", 1_000), ("users.time", 9_000)];
const BOUNDS: [f64; 14] =
    [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

fn main() -> Result<(), Box<dyn Error>> {
    let servers = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let load = runtime::Builder::new_current_thread().enable_all().build()?;
    let service = servers.block_on(start())?;
    let route = Target::get(service.address(), "/");
    let scrape =
        |query: &str| Target::get(service.address(), &format!("/actuator/prometheus{query}"));
    let few = scrape("?includedNames=orders_time_seconds");
    for (name, scrape) in [("1,000 histograms", &few), ("10,000 histograms", &scrape(""))] {
        println!("{name}: {} bytes", load.block_on(scrape.ask())?.body.len());
    }
    let every = |seconds| Duration::from_secs(seconds);
    let variants = [
        ("no scrapes", None),
        ("1,000 histograms each second", Some((few, every(1)))),
        ("10,000 histograms every 5 s", Some((scrape(""), every(5)))),
        ("10,000 histograms each second", Some((scrape(""), every(1)))),
    ];
    let mut rounds = vec![Vec::new(); variants.len()];
    for round in 0..=ROUNDS {
        for ((_, scrape), measured) in variants.iter().zip(&mut rounds) {
            let quantiles = load.block_on(latencies(&route, scrape.clone()))?;
            // The first round warms up.
            if round > 0 {
                measured.push(quantiles);
            }
        }
    }
    let column = |rounds: &[[f64; 2]], index: usize| {
        let column: Vec<f64> = rounds.iter().filter_map(|r| r.get(index).copied()).collect();
        table::median(&column)
    };
    let rows: Vec<_> = variants
        .iter()
        .zip(&rounds)
        .map(|((name, _), rounds)| (*name, vec![column(rounds, 0), column(rounds, 1)]))
        .collect();
    let title = format!("latency of a route under load, median of {ROUNDS} rounds");
    table::print_columns(&title, &["p50 in µs", "p99 in µs"], &rows);
    Ok(())
}

/// The median and the 99th percentile of requests under full load, in microseconds.
async fn latencies(
    route: &Target,
    scrape: Option<(Target, Duration)>,
) -> Result<[f64; 2], Box<dyn Error>> {
    let until = Instant::now() + ROUND;
    // On a thread of its own, as Prometheus is a process of its own.
    let scraper =
        scrape.map(|(scrape, every)| thread::spawn(move || scrape_until(until, &scrape, every)));
    let mut connections = Vec::new();
    for _ in 0..actuator_benches::load::CONNECTIONS {
        let mut connection = Connection::open(route).await?;
        connections.push(tokio::spawn(async move {
            let mut micros = Vec::new();
            while Instant::now() < until {
                let asked = Instant::now();
                connection.expect_ok().await?;
                micros.push(asked.elapsed().as_secs_f64() * 1e6);
            }
            Ok::<_, std::io::Error>(micros)
        }));
    }
    let mut micros = Vec::new();
    for connection in connections {
        micros.extend(connection.await??);
    }
    if let Some(Ok(scraped)) = scraper.map(thread::JoinHandle::join) {
        scraped?;
    }
    micros.sort_by(f64::total_cmp);
    let at = |share: usize| micros.get(micros.len() * share / 100).copied().unwrap_or(f64::NAN);
    Ok([at(50), at(99)])
}

/// The first scrape is half a turn from now.
fn scrape_until(until: Instant, scrape: &Target, every: Duration) -> std::io::Result<()> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    thread::sleep(every / 2);
    while Instant::now() < until {
        runtime.block_on(scrape.ask())?;
        thread::sleep(every.min(until.saturating_duration_since(Instant::now())));
    }
    Ok(())
}

async fn start() -> actuator::Result<Running> {
    Actuator::builder()
        .isolated()
        .without_declarations()
        .application("scrape-under-load", "1.0.0")
        .force_setting("server.port", "0")
        .force_setting("actuator.metrics.max-series", "100000")
        .with(|app| {
            let meters = app.meters();
            for (name, series) in METERS {
                for number in 0..series {
                    let meter = meters.meter(name).tag("uri", format!("/{number}"));
                    let timer = meter.service_level_objectives(BOUNDS).timer();
                    timer.record(Duration::from_millis(7));
                }
            }
        })
        .router(Router::new().route("/", get(|| async { "hello" })))
        .start()
        .await
}
