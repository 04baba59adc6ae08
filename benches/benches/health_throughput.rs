//! What health costs beside the cheapest thing that a server can do: requests per second of
//! `GET /actuator/health` with four quick checks, run on each request, or kept: each result by its
//! check (`success-ttl`), as the last one of a run in the background (`interval`), or the whole
//! answer (`cache.time-to-live`); and of a plain axum handler that answers the same bytes.
//!
//! All servers are in this process, each as its users get it; they take turns under the same load
//! over loopback. The servers have one thread and the load another, so that the load does not slow
//! down what it measures. A word as argument measures the variants alone whose names contain it,
//! for a profiler to look at.

use std::{env, error::Error, time::Duration};

use actuator::{Actuator, Health, Running};
use actuator_benches::{
    load::{Target, compare},
    plain,
};
use tokio::runtime;

const ROUNDS: usize = 15;
const ROUND: Duration = Duration::from_secs(1);
const PATH: &str = "/actuator/health";

/// What a service is called, and what sets it apart.
type Variant = (&'static str, &'static [(&'static str, &'static str)]);

const PLAIN: &str = "plain axum handler, same bytes";
const VARIANTS: [Variant; 4] = [
    ("GET /actuator/health, four checks", &[]),
    (
        "GET /actuator/health, each result kept",
        &[("actuator.health.success-ttl", "1h"), ("actuator.health.failure-ttl", "1h")],
    ),
    ("GET /actuator/health, run in the background", &[("actuator.health.interval", "1s")]),
    (
        "GET /actuator/health, whole answer kept",
        &[("management.endpoint.health.cache.time-to-live", "1h")],
    ),
];

fn main() -> Result<(), Box<dyn Error>> {
    let servers = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let load = runtime::Builder::new_current_thread().enable_all().build()?;
    // They live as long as their handles.
    let mut running = Vec::new();
    let mut targets = Vec::new();
    for (name, settings) in VARIANTS {
        let service = servers.block_on(start_actuator(settings))?;
        targets.push((name, Target::get(service.address(), PATH)));
        running.push(service);
    }
    let mut body = Vec::new();
    for (name, target) in &targets {
        body = load.block_on(target.ask())?.body;
        println!("{name}: {}", String::from_utf8_lossy(&body));
    }
    targets.insert(0, (PLAIN, Target::get(servers.block_on(plain::serve(PATH, body))?, PATH)));
    if let Some(word) = env::args().skip(1).find(|argument| !argument.starts_with('-')) {
        targets.retain(|(name, _)| name.contains(&word));
    }

    load.block_on(compare(&targets, ROUNDS, ROUND))?;
    Ok(())
}

async fn start_actuator(settings: &[(&str, &str)]) -> actuator::Result<Running> {
    let mut builder = Actuator::builder()
        .isolated()
        .without_declarations()
        .application("health-throughput", "1.0.0")
        .force_setting("server.port", "0")
        .force_setting("management.health.defaults.enabled", "false")
        .force_setting("management.endpoint.health.probes.enabled", "false");
    for (name, value) in settings {
        builder = builder.force_setting(name, *value);
    }
    builder
        .with(|app| {
            app.health_check("db", || async { Health::up().with_detail("open", 3) });
            app.health_check("queue", || async { Health::up().with_detail("waiting", 17) });
            app.health_check("stock", || async { true });
            app.health_check("mail", || async { Health::up() });
        })
        .start()
        .await
}
