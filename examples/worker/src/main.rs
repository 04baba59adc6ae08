//! A worker: no routes of its own, only jobs, and the management API beside them.
//!
//! `serve!` inside a runtime that the application started: the jobs run on it.

use std::sync::atomic::{AtomicU64, Ordering};

use actuator::{ActuatorInfo, App, health_check, scheduled};

#[derive(ActuatorInfo)]
struct Worker;

/// What the worker has done so far.
#[derive(Default)]
struct Progress {
    done: AtomicU64,
}

/// Does the queue move?
#[health_check(name = "queue")]
async fn queue(progress: &Progress) -> (bool, String) {
    (true, format!("{} jobs done", progress.done.load(Ordering::Relaxed)))
}

/// Works off what is in the queue.
#[scheduled(name = "work", fixed_rate = "${worker.every:5s}", timeout = "1m")]
async fn work(progress: &Progress) {
    let done = progress.done.fetch_add(1, Ordering::Relaxed) + 1;
    tracing::info!(done, "job done");
}

/// Counts from the beginning each night.
#[scheduled(name = "forget", cron = "0 0 3 * * *", zone = "Europe/Zurich")]
fn forget(progress: &Progress) {
    progress.done.store(0, Ordering::Relaxed);
}

fn setup(app: &mut App) {
    app.component(Progress::default());
}

#[tokio::main(flavor = "multi_thread")]
async fn main() -> actuator::Result<()> {
    actuator::serve!(setup)
}
