//! How far the runs of a scheduled task are from where they belong: milliseconds by which each run of
//! a fixed rate of one second begins after its second, counted from the first one, beside a task in
//! a loop of `tokio::time::interval` in the same process. The first argument is for how many seconds
//! (10; the promise is about 600).

use std::{
    error::Error,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use actuator::{Actuator, scheduling::Schedule};
use actuator_benches::table;
use tokio::time::{MissedTickBehavior, interval};

const RATE: Duration = Duration::from_secs(1);
const DEFAULT_SECONDS: u64 = 10;

/// When runs began.
#[derive(Clone, Default)]
struct Begun(Arc<Mutex<Vec<Instant>>>);

impl Begun {
    fn now(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now());
    }

    /// How late each run was against the rhythm that the first one began, in milliseconds.
    fn drifts(&self) -> Vec<f64> {
        let begun = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(first) = begun.first() else { return Vec::new() };
        let late = |(n, at): (u32, &Instant)| {
            let belongs = *first + RATE * n;
            let early = belongs.saturating_duration_since(*at).as_secs_f64();
            (at.saturating_duration_since(belongs).as_secs_f64() + early) * 1e3
        };
        (0..).zip(begun.iter()).map(late).collect()
    }
}

fn row(name: &'static str, begun: &Begun) -> (&'static str, Vec<f64>) {
    let mut drifts = begun.drifts();
    drifts.sort_by(f64::total_cmp);
    let at =
        |share: usize| drifts.get((drifts.len() * share / 100).min(drifts.len().saturating_sub(1)));
    let columns = [at(50), at(99), drifts.last()].map(|drift| drift.copied().unwrap_or_default());
    (name, columns.to_vec())
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Box<dyn Error>> {
    // Cargo gives `--bench` along.
    let seconds = std::env::args().skip(1).find_map(|argument| argument.parse().ok());
    let seconds: u64 = seconds.unwrap_or(DEFAULT_SECONDS);
    let (ours, theirs) = (Begun::default(), Begun::default());
    let seen = ours.clone();
    let running = Actuator::builder()
        .isolated()
        .without_declarations()
        .application("scheduled-drift", "1.0.0")
        .force_setting("server.port", "0")
        .with(move |app| {
            app.scheduled("tick", Schedule::fixed_rate(RATE), move || {
                seen.now();
                std::future::ready(())
            });
        })
        .start()
        .await?;
    let seen = theirs.clone();
    let looped = tokio::spawn(async move {
        let mut ticks = interval(RATE);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            ticks.tick().await;
            seen.now();
        }
    });
    tokio::time::sleep(Duration::from_secs(seconds) + RATE / 2).await;
    looped.abort();
    running.shutdown().await;
    table::print_columns(
        &format!("drift of a task at 1 Hz over {seconds} s"),
        &["p50, ms", "p99, ms", "max, ms"],
        &[row("a scheduled task", &ours), row("a loop of tokio's interval", &theirs)],
    );
    Ok(())
}
