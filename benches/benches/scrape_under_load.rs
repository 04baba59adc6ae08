//! What scraping costs the application: the latency of a plain route under full load, alone and
//! while 10,000 histogram series are read as Prometheus text, by one reader in a row and, as
//! Prometheus does, once a second.
//!
//! The variants take turns in one service, so that a slow moment hits all of them.

use std::{error::Error, time::Duration};

use actuator::{Actuator, Running};
use actuator_benches::{
    load::{Connection, Target},
    table,
};
use axum::{Router, routing::get};
use tokio::{runtime, time::Instant};

const ROUNDS: usize = 9;
const ROUND: Duration = Duration::from_secs(4);
const SERIES: u32 = 10_000;

/// How often the metrics are read.
#[derive(Clone, Copy)]
enum Scrapes {
    Never,
    EachSecond,
}

fn main() -> Result<(), Box<dyn Error>> {
    let servers = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let load = runtime::Builder::new_current_thread().enable_all().build()?;
    let service = servers.block_on(start())?;
    let route = Target::get(service.address(), "/");
    let scrape = Target::get(service.address(), "/actuator/prometheus");
    let text = load.block_on(scrape.ask())?;
    println!("a scrape: {} bytes", text.body.len());
    let variants = [("no scrapes", Scrapes::Never), ("a scrape each second", Scrapes::EachSecond)];
    let mut rounds = vec![Vec::new(); variants.len()];
    for round in 0..=ROUNDS {
        for ((_, scrapes), measured) in variants.iter().zip(&mut rounds) {
            let quantiles = load.block_on(latencies(&route, &scrape, *scrapes))?;
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
    scrape: &Target,
    scrapes: Scrapes,
) -> Result<[f64; 2], Box<dyn Error>> {
    let until = Instant::now() + ROUND;
    let scraper = async {
        while matches!(scrapes, Scrapes::EachSecond) && Instant::now() < until {
            tokio::time::sleep(Duration::from_secs(1)).await;
            scrape.ask().await?;
        }
        Ok::<_, std::io::Error>(())
    };
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
    scraper.await?;
    let mut micros = Vec::new();
    for connection in connections {
        micros.extend(connection.await??);
    }
    micros.sort_by(f64::total_cmp);
    let at = |share: usize| micros.get(micros.len() * share / 100).copied().unwrap_or(f64::NAN);
    Ok([at(50), at(99)])
}

async fn start() -> actuator::Result<Running> {
    Actuator::builder()
        .isolated()
        .without_declarations()
        .application("scrape-under-load", "1.0.0")
        .force_setting("server.port", "0")
        .force_setting("actuator.metrics.max-series", "100000")
        .with(|app| {
            for number in 0..SERIES {
                let timer = app.meters().meter("orders.time").tag("uri", format!("/{number}"));
                timer.percentiles_histogram().timer().record(Duration::from_millis(7));
            }
        })
        .router(Router::new().route("/", get(|| async { "hello" })))
        .start()
        .await
}
