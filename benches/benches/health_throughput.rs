//! What health costs beside the cheapest thing that a server can do: requests per second of
//! `GET /actuator/health` with four quick checks, run on each request and kept for a while
//! (`cache.time-to-live`), and of a plain axum handler that answers the same bytes.
//!
//! All servers are in this process, each as its users get it; they take turns under the same load
//! over loopback. The servers have one thread and the load another, so that the load does not slow
//! down what it measures.

use std::{error::Error, thread, time::Duration};

use actuator::{Actuator, Health, Running};
use actuator_benches::{load::Target, plain, table};
use tokio::runtime;

const ROUNDS: usize = 15;
const ROUND: Duration = Duration::from_secs(1);
const PATH: &str = "/actuator/health";

fn main() -> Result<(), Box<dyn Error>> {
    let servers = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let load = runtime::Builder::new_current_thread().enable_all().build()?;
    let running = servers.block_on(start_actuator("0s"))?;
    let keeping = servers.block_on(start_actuator("1h"))?;
    let health = Target::get(running.address(), PATH);
    let kept = Target::get(keeping.address(), PATH);
    let sample = load.block_on(health.ask())?;
    println!("{}", String::from_utf8_lossy(&sample.body));
    let plain = Target::get(servers.block_on(plain::serve(PATH, sample.body))?, PATH);

    let (mut of_plain, mut of_health, mut of_kept) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let (a, b, c) = load.block_on(async {
            let plain = plain.throughput(ROUND).await?;
            let health = health.throughput(ROUND).await?;
            std::io::Result::Ok((plain, health, kept.throughput(ROUND).await?))
        })?;
        // The first round warms up.
        if round > 0 {
            of_plain.push(a);
            of_health.push(b);
            of_kept.push(c);
        }
    }
    table::print(
        &format!("median of {ROUNDS} rounds, {} cores", thread::available_parallelism()?),
        "requests/s",
        &[
            ("plain axum handler, same bytes", table::median(&of_plain)),
            ("GET /actuator/health, four checks", table::median(&of_health)),
            ("GET /actuator/health, kept", table::median(&of_kept)),
        ],
    );
    Ok(())
}

async fn start_actuator(time_to_live: &str) -> actuator::Result<Running> {
    Actuator::builder()
        .isolated()
        .without_declarations()
        .application("health-throughput", "1.0.0")
        .force_setting("server.port", "0")
        .force_setting("management.endpoint.health.cache.time-to-live", time_to_live)
        .force_setting("management.health.defaults.enabled", "false")
        .force_setting("management.endpoint.health.probes.enabled", "false")
        .with(|app| {
            app.health_check("db", || async { Health::up().with_detail("open", 3) });
            app.health_check("queue", || async { Health::up().with_detail("waiting", 17) });
            app.health_check("stock", || async { true });
            app.health_check("mail", || async { Health::up() });
        })
        .start()
        .await
}
