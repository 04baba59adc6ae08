//! A worker: no routes of its own, only jobs, and the management API beside them.
//!
//! `serve!` inside a runtime that the application started: the job runs on it as before.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use actuator::{ActuatorInfo, App, health_check};

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

async fn work(progress: Arc<Progress>) {
    loop {
        let done = progress.done.fetch_add(1, Ordering::Relaxed) + 1;
        tracing::info!(done, "job done");
        tokio::time::sleep(Duration::from_secs(5)).await;
    }
}

fn setup(app: &mut App) {
    let progress = Arc::new(Progress::default());
    app.component(progress.clone());
    tokio::spawn(work(progress));
}

#[tokio::main(flavor = "multi_thread")]
async fn main() -> actuator::Result<()> {
    actuator::serve!(setup)
}
