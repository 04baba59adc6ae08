//! A timer: how often, how long in all, the longest of late, and how the durations are spread.

use std::{
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    exemplar::Exemplar,
    histogram::{Distribution, Histogram},
    id::SeriesId,
};

/// Records durations: a few atomic operations per recording, none of which waits.
#[derive(Debug)]
pub struct Timer {
    pub(super) id: SeriesId,
    histogram: Histogram,
}

impl Timer {
    pub(super) fn new(id: SeriesId, distribution: Arc<Distribution>) -> Self {
        Self { id, histogram: Histogram::new(distribution) }
    }

    /// Records a duration.
    pub fn record(&self, duration: Duration) {
        self.histogram.record_nanos(nanos(duration), None);
    }

    /// Records a duration, and remembers in which trace (shown where there are buckets).
    pub fn record_with(&self, duration: Duration, exemplar: Exemplar) {
        self.histogram.record_nanos(nanos(duration), Some(exemplar));
    }

    /// Runs a function and records how long it took.
    pub fn time<T>(&self, function: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let result = function();
        self.record(started.elapsed());
        result
    }

    /// Waits for a future and records how long it took, by the clock on the wall.
    pub async fn time_async<T>(&self, future: impl Future<Output = T>) -> T {
        let started = Instant::now();
        let result = future.await;
        self.record(started.elapsed());
        result
    }

    /// How many were recorded.
    pub fn count(&self) -> u64 {
        self.histogram.count()
    }

    /// The sum of all.
    pub fn total(&self) -> Duration {
        Duration::from_nanos(self.histogram.sum_nanos())
    }

    /// The longest of the last two minutes (at least 80 seconds, at most 120), or of what
    /// `management.metrics.distribution.expiry.<name>` says.
    pub fn max(&self) -> Duration {
        Duration::try_from_secs_f64(self.histogram.max()).unwrap_or(Duration::MAX)
    }

    /// The durations, in seconds.
    pub(crate) fn histogram(&self) -> &Histogram {
        &self.histogram
    }
}

fn nanos(duration: Duration) -> u64 {
    let nanos = u64::from(duration.subsec_nanos());
    duration.as_secs().saturating_mul(1_000_000_000).saturating_add(nanos)
}
