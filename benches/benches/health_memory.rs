//! That health holds no more memory the longer a service is asked: what is allocated after a million
//! `GET /actuator/health` of checks that are kept, and after 10,000 changes of a check's status that
//! three subscribers follow.
//!
//! Every allocation of this process is counted, of the servers, the load and the subscribers alike.

use std::{
    alloc::System,
    error::Error,
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use actuator::{Actuator, App, Health, HealthCheck, HealthContributors, HealthEvent, Running};
use actuator_benches::{
    load::{Connection, Target},
    process::resident_megabytes,
    table,
};
use stats_alloc::{INSTRUMENTED_SYSTEM, Stats, StatsAlloc};
use tokio::{
    runtime::{self, Runtime},
    time::sleep,
};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const REQUESTS: usize = 1_000_000;
const TOGGLES: usize = 10_000;
/// This part of them comes before the first figure is taken, so that what is bounded is full.
const WARM_UP: usize = 4;
const PATIENCE: Duration = Duration::from_secs(10);

fn main() -> Result<(), Box<dyn Error>> {
    let servers = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let load = runtime::Builder::new_current_thread().enable_all().build()?;
    requests(&servers, &load)?;
    toggles(&servers, &load)
}

/// Asks for health that is kept.
fn requests(servers: &Runtime, load: &Runtime) -> Result<(), Box<dyn Error>> {
    let kept = servers.block_on(start(|app| {
        for (name, open) in [("db", 3), ("queue", 17), ("stock", 5), ("mail", 1)] {
            let check = move || async move { Health::up().with_detail("open", open) };
            let check = HealthCheck::new(name, check).success_ttl(Duration::from_hours(1));
            app.add_health_check(check);
        }
    }))?;
    let health = Target::get(kept.address(), "/actuator/health");
    load.block_on(health.send(REQUESTS / WARM_UP))?;
    let before = Figures::now()?;
    load.block_on(health.send(REQUESTS))?;
    print(&format!("{REQUESTS} requests, four kept checks"), REQUESTS, &before, &Figures::now()?);
    Ok(())
}

/// Has a check whose status is another one each time, followed by two streams and a callback.
fn toggles(servers: &Runtime, load: &Runtime) -> Result<(), Box<dyn Error>> {
    let service = servers.block_on(start(|app| {
        let was_up = AtomicBool::new(false);
        app.health_check("toggled", move || {
            let up = !was_up.fetch_xor(true, Ordering::Relaxed);
            async move { up }
        });
    }))?;
    let health = Target::get(service.address(), "/actuator/health");
    // The first result is no change.
    load.block_on(health.ask())?;
    let seen = follow(load, &service.actuator().health());
    let until_seen = |changes: usize| {
        load.block_on(async {
            let mut connection = Connection::open(&health).await?;
            let asked = seen.iter().map(|seen| seen.load(Ordering::Relaxed)).max();
            for _ in asked.unwrap_or_default()..changes {
                connection.ask().await?;
            }
            let until = Instant::now() + PATIENCE;
            while seen.iter().any(|seen| seen.load(Ordering::Relaxed) < changes)
                && Instant::now() < until
            {
                sleep(Duration::from_millis(1)).await;
            }
            io::Result::Ok(())
        })
    };
    until_seen(TOGGLES / WARM_UP)?;
    let before = Figures::now()?;
    let first: Vec<_> = seen.iter().map(|seen| seen.load(Ordering::Relaxed)).collect();
    until_seen(TOGGLES / WARM_UP + TOGGLES)?;
    print(&format!("{TOGGLES} changes of status"), TOGGLES, &before, &Figures::now()?);
    for (name, (seen, first)) in
        ["a stream", "another", "a callback"].iter().zip(seen.iter().zip(first))
    {
        println!("{name} saw {}", seen.load(Ordering::Relaxed) - first);
    }
    Ok(())
}

/// How many changes each of three subscribers has seen.
fn follow(load: &Runtime, checks: &HealthContributors) -> [Arc<AtomicUsize>; 3] {
    let seen: [Arc<AtomicUsize>; 3] = Default::default();
    let [first, second, called] = seen.each_ref().map(Arc::clone);
    for seen in [first, second] {
        let mut changes = checks.subscribe();
        load.spawn(async move {
            while let Some(event) = changes.next().await {
                if let HealthEvent::Changed(_) = event {
                    seen.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
    }
    checks.on_change(move |_| {
        called.fetch_add(1, Ordering::Relaxed);
    });
    seen
}

/// What the process holds.
struct Figures {
    resident: f64,
    counted: Stats,
}

impl Figures {
    fn now() -> io::Result<Self> {
        Ok(Self { resident: resident_megabytes("self")?, counted: ALLOCATOR.stats() })
    }

    #[allow(clippy::cast_precision_loss)] // for people
    fn row(&self) -> Vec<f64> {
        let live = self.counted.bytes_allocated - self.counted.bytes_deallocated;
        vec![self.resident, live as f64 / 1024.0]
    }
}

#[allow(clippy::cast_precision_loss)] // for people
fn print(title: &str, times: usize, before: &Figures, after: &Figures) {
    let rows = [("before", before.row()), ("after", after.row())];
    table::print_columns(title, &["resident, MB", "allocated, kB"], &rows);
    let allocations = after.counted.allocations - before.counted.allocations;
    println!("{:.1} allocations each", allocations as f64 / times as f64);
}

async fn start(with: impl FnOnce(&mut App) + Send + 'static) -> actuator::Result<Running> {
    Actuator::builder()
        .isolated()
        .without_declarations()
        .application("health-memory", "1.0.0")
        .force_setting("server.port", "0")
        .force_setting("logging.level.actuator::health", "OFF")
        .force_setting("management.health.defaults.enabled", "false")
        .with(with)
        .start()
        .await
}
