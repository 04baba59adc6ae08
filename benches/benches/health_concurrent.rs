//! What many callers and many checks cost: 1,000 `GET /actuator/health` at one moment while a check
//! takes 500 ms, and one `GET` of 100 checks that take 100 ms each; here, in Spring Boot and in
//! pyctuator, each with what it does when nobody tunes it.
//!
//! The peers run in processes of their own (`make peers` builds them); one that is not there is left
//! out.

use std::{
    error::Error,
    io,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use actuator::{Actuator, HealthCheck, Running};
use actuator_benches::{crowd::Crowd, load::Target, peer::Peer, table};
use tokio::runtime::{self, Runtime};

const CALLERS: usize = 1_000;
const SLOW: Duration = Duration::from_millis(500);
const CHECKS: usize = 100;
const QUICK: Duration = Duration::from_millis(100);
/// How often the whole of the checks is asked; the slowest answer counts.
const TIMES: usize = 3;

type Rows = Vec<(&'static str, Vec<f64>)>;

fn main() -> Result<(), Box<dyn Error>> {
    // Both ends of the connections are in this process.
    rlimit::increase_nofile_limit(u64::MAX)?;
    let load = runtime::Builder::new_current_thread().enable_all().build()?;
    let mut missing = Vec::new();

    let rows = measure(&load, 1, SLOW, &mut missing, |load, target| {
        let crowd = load.block_on(Crowd::gather(target, CALLERS))?;
        load.block_on(crowd.ask())
    })?;
    let title = format!("{CALLERS} callers at once, one check of {} ms", SLOW.as_millis());
    table::print_columns(&title, &["runs", "slowest, ms"], &rows);

    let rows = measure(&load, CHECKS, QUICK, &mut missing, |load, target| {
        let ask = || {
            let began = Instant::now();
            load.block_on(target.ask())?;
            Ok(began.elapsed())
        };
        (0..TIMES).map(|_| ask()).collect()
    })?;
    let title = format!("{CHECKS} checks of {} ms, asked {TIMES} times", QUICK.as_millis());
    table::print_columns(&title, &["runs", "slowest, ms"], &rows);

    missing.dedup();
    for remedy in missing {
        println!("{remedy}");
    }
    Ok(())
}

/// One row for each service with `checks` checks that take `each`: how often they ran while `ask`
/// asked, and the slowest answer in milliseconds.
fn measure(
    load: &Runtime,
    checks: usize,
    each: Duration,
    missing: &mut Vec<String>,
    ask: impl Fn(&Runtime, &Target) -> io::Result<Vec<Duration>>,
) -> Result<Rows, Box<dyn Error>> {
    let mut rows = Rows::new();
    for (name, blocking) in [("actuator, async checks", false), ("actuator, blocking checks", true)]
    {
        let servers = runtime::Builder::new_multi_thread().enable_all().build()?;
        let runs = Arc::new(AtomicU32::new(0));
        let running = servers.block_on(start(checks, each, blocking, Arc::clone(&runs)))?;
        let took = ask(load, &Target::get(running.address(), "/actuator/health"))?;
        rows.push((name, row(runs.load(Ordering::Relaxed), &took)));
    }
    for peer in Peer::ALL {
        match load.block_on(peer.start(checks, each))? {
            Ok(asked) => {
                let took = ask(load, &asked.health())?;
                rows.push((peer.name(), row(load.block_on(asked.runs())?, &took)));
            }
            Err(remedy) => missing.push(remedy),
        }
    }
    Ok(rows)
}

fn row(runs: u32, took: &[Duration]) -> Vec<f64> {
    let slowest = took.iter().max().map_or(f64::NAN, |slowest| slowest.as_secs_f64() * 1e3);
    vec![f64::from(runs), slowest]
}

async fn start(
    checks: usize,
    each: Duration,
    blocking: bool,
    runs: Arc<AtomicU32>,
) -> actuator::Result<Running> {
    Actuator::builder()
        .isolated()
        .without_declarations()
        .application("health-concurrent", "1.0.0")
        .force_setting("server.port", "0")
        .force_setting("management.health.defaults.enabled", "false")
        .with(move |app| {
            for number in 0..checks {
                let (name, runs) = (format!("check{number}"), Arc::clone(&runs));
                let check = if blocking {
                    HealthCheck::blocking(name, move || {
                        runs.fetch_add(1, Ordering::Relaxed);
                        thread::sleep(each);
                    })
                } else {
                    HealthCheck::new(name, move || {
                        runs.fetch_add(1, Ordering::Relaxed);
                        tokio::time::sleep(each)
                    })
                };
                app.add_health_check(check);
            }
        })
        .start()
        .await
}
