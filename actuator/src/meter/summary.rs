//! A distribution summary: sizes and amounts, recorded as a timer records durations.

use std::sync::Arc;

use super::{
    exemplar::Exemplar,
    histogram::{Distribution, Histogram},
    id::SeriesId,
};

/// Records amounts that are not durations: bytes of a response, rows of a result.
#[derive(Debug)]
pub struct DistributionSummary {
    pub(super) id: SeriesId,
    histogram: Histogram,
}

impl DistributionSummary {
    pub(super) fn new(id: SeriesId, distribution: Arc<Distribution>) -> Self {
        Self { id, histogram: Histogram::new(distribution) }
    }

    /// Records an amount. Negative ones, NaN and infinities are ignored, as in Micrometer.
    pub fn record(&self, amount: f64) {
        self.keep(amount, None);
    }

    /// Records an amount, and remembers in which trace (shown where there are buckets).
    pub fn record_with(&self, amount: f64, exemplar: Exemplar) {
        self.keep(amount, Some(exemplar));
    }

    fn keep(&self, amount: f64, exemplar: Option<Exemplar>) {
        if amount.is_finite() && amount >= 0.0 {
            // -0.0 would not sort as 0.
            self.histogram.record_value(amount.abs(), exemplar);
        }
    }

    /// How many were recorded.
    pub fn count(&self) -> u64 {
        self.histogram.count()
    }

    /// The sum of all.
    pub fn total(&self) -> f64 {
        self.histogram.sum()
    }

    /// The largest of the last two minutes, or of what
    /// `management.metrics.distribution.expiry.<name>` says.
    pub fn max(&self) -> f64 {
        self.histogram.max()
    }

    /// The amounts.
    pub(crate) fn histogram(&self) -> &Histogram {
        &self.histogram
    }
}
