//! What a check does that blocks its thread for a minute, where it must not, in a service whose
//! runtime has one thread: milliseconds until liveness and health answer on the management port,
//! while the application's own port answers nothing.

use std::{
    error::Error,
    io, process, thread,
    time::{Duration, Instant},
};

use actuator::{Actuator, Health, HealthCheck, Running};
use actuator_benches::{load::Target, table};
use tokio::{runtime, time::timeout};

const BLOCKS: Duration = Duration::from_mins(1);
const TIMES: usize = 200;
const BETWEEN: Duration = Duration::from_millis(20);
/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(3);

fn main() -> Result<(), Box<dyn Error>> {
    let application =
        runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let load = runtime::Builder::new_current_thread().enable_all().build()?;
    // On the one thread, as `run()` does it.
    let running = application.block_on(async { tokio::spawn(start()).await })??;
    let management = running.management_address();
    let ask = |path: &str| Target::get(management, path);
    let (liveness, kept) = (ask("/actuator/health/liveness"), ask("/actuator/health/kept"));
    load.block_on(kept.ask())?;

    let blocking = ask("/actuator/health/blocking");
    load.spawn(async move { blocking.ask().await });
    let rows = load.block_on(async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let liveness = slowest(&liveness).await?;
        let kept = slowest(&kept).await?;
        let whole = slowest(&ask("/actuator/health")).await?;
        io::Result::Ok([
            ("GET /actuator/health/liveness", liveness),
            ("GET /actuator/health/kept, a result that is kept", kept),
            ("GET /actuator/health, all checks", whole),
        ])
    })?;
    table::print_columns(
        &format!("one check blocks the one thread, {TIMES} times each"),
        &["median, ms", "slowest, ms"],
        &rows,
    );
    let own = Target::get(running.address(), "/actuator/health/liveness");
    let answered = load.block_on(async { timeout(PATIENCE, own.ask()).await }).is_ok();
    println!("the application's own port answers: {answered}");
    // What blocks goes on: nothing can be waited for.
    process::exit(0)
}

async fn slowest(target: &Target) -> io::Result<Vec<f64>> {
    let mut took = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        let began = Instant::now();
        timeout(PATIENCE, target.ask()).await??;
        took.push(began.elapsed().as_secs_f64() * 1e3);
        tokio::time::sleep(BETWEEN).await;
    }
    let slowest = took.iter().copied().fold(0.0, f64::max);
    Ok(vec![table::median(&took), slowest])
}

async fn start() -> actuator::Result<Running> {
    Actuator::builder()
        .isolated()
        .without_declarations()
        .application("health-blocked", "1.0.0")
        .force_setting("server.port", "0")
        .force_setting("management.server.port", "0")
        .force_setting("management.health.defaults.enabled", "false")
        .with(|app| {
            app.add_health_check(
                HealthCheck::new("kept", || async { Health::up() })
                    .success_ttl(Duration::from_hours(1)),
            );
            app.health_check("blocking", || async { thread::sleep(BLOCKS) });
        })
        .start()
        .await
}
