//! Checks that run by themselves, each in its own rhythm.

use std::sync::Arc;

use tokio::{runtime::Handle, task::AbortHandle, time};

use super::{aggregator::StatusAggregator, runner::Check};

/// A task that ends with whoever holds this.
#[derive(Debug)]
pub(super) struct Timer(AbortHandle);

impl Timer {
    /// Runs `task` until it ends by itself or this is dropped.
    pub(super) fn start(runtime: &Handle, task: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(runtime.spawn(task).abort_handle())
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Runs a check for as long as somebody holds it, if its options say so.
pub(super) fn start(
    check: &Arc<Check>,
    runtime: &Handle,
    order: &StatusAggregator,
) -> Option<Timer> {
    let rhythm = check.options().background?;
    let (check, order) = (Arc::downgrade(check), order.clone());
    Some(Timer::start(runtime, async move {
        loop {
            let Some(held) = check.upgrade() else { return };
            let report = held.run().await;
            // Not held during the pause: a check that was removed ends with it.
            drop(held);
            // What it says itself: a failure that is not believed yet is confirmed at that pace.
            let fails = order.severity(&report.raw_status) > 0;
            let pause = if fails { rhythm.failure_interval } else { rhythm.interval };
            time::sleep(pause).await;
        }
    }))
}

/// Ends overrides of a check when their time is over, even if nobody asks for it.
pub(super) fn release(check: &Arc<Check>, runtime: &Handle) -> Timer {
    let check = Arc::downgrade(check);
    Timer::start(runtime, async move {
        loop {
            let until = check.upgrade().and_then(|check| check.forced_until());
            let Some(until) = until else { return };
            time::sleep_until(until).await;
            let Some(check) = check.upgrade() else { return };
            check.release_expired(time::Instant::now());
        }
    })
}
