//! Checks that run by themselves, each in its own rhythm.

use std::sync::Arc;

use tokio::{runtime::Handle, time};

use super::{aggregator::StatusAggregator, runner::Check};

/// Runs a check for as long as somebody holds it, if its options say so.
pub(super) fn start(check: &Arc<Check>, runtime: &Handle, order: &StatusAggregator) {
    let Some(rhythm) = check.options().background else { return };
    let (check, order) = (Arc::downgrade(check), order.clone());
    runtime.spawn(async move {
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
    });
}
