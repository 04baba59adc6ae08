//! What timers and distribution summaries share: how often, how much in all, the largest of late,
//! and, where it is asked for, how the values are spread.
//!
//! Recording is two additions and a comparison, wherever the value falls: the count is the sum of
//! the buckets, so that the two never disagree. Nothing waits for a lock.

mod bounds;
mod distribution;
mod exponential;
mod max;

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use super::{
    exemplar::{Exemplar, ExemplarSlot, RecordedExemplar},
    instrument::{add_f64, as_f64},
};

pub(crate) use bounds::Bound;
pub(crate) use exponential::ExponentialSnapshot;

pub(super) use bounds::{Bounds, percentile_bounds};
pub(super) use distribution::{Distribution, Unit};
use exponential::Exponential;
use max::WindowMax;

const NANOS_PER_SECOND: f64 = 1e9;

/// The values of one series.
#[derive(Debug)]
pub(crate) struct Histogram {
    distribution: Arc<Distribution>,
    cells: Cells,
    max: WindowMax,
    exponential: Option<Box<Exponential>>,
    exemplars: OnceLock<Box<[ExemplarSlot]>>,
}

/// What each recording writes, apart from all that it only reads: threads that record at once take
/// these cells from each other, and nothing else.
///
/// First the sum (nanoseconds of a timer, the bits of a float otherwise), then a bucket for each
/// bound and one for what is above.
#[derive(Debug)]
struct Cells(Box<[AtomicU64]>);

impl Cells {
    fn new(buckets: usize) -> Self {
        Self((0..=buckets).map(|_| AtomicU64::new(0)).collect())
    }

    /// Changes the sum and counts one in a bucket.
    #[inline]
    fn add(&self, bucket: usize, to_sum: impl FnOnce(&AtomicU64)) {
        if let Some((sum, buckets)) = self.0.split_first() {
            to_sum(sum);
            if let Some(bucket) = buckets.get(bucket) {
                bucket.fetch_add(1, Relaxed);
            }
        }
    }

    fn sum(&self) -> u64 {
        self.0.first().map_or(0, |sum| sum.load(Relaxed))
    }

    fn buckets(&self) -> &[AtomicU64] {
        self.0.get(1..).unwrap_or_default()
    }
}

impl Histogram {
    pub(super) fn new(distribution: Arc<Distribution>) -> Self {
        let cells = Cells::new(distribution.bounds().len() + 1);
        let exponential = distribution
            .needs_exponential()
            .then(|| Box::new(Exponential::new(distribution.unit(), distribution.window())));
        Self {
            distribution,
            cells,
            max: WindowMax::default(),
            exponential,
            exemplars: OnceLock::new(),
        }
    }

    /// Records nanoseconds; only a timer's histogram knows them.
    #[inline]
    pub(super) fn record_nanos(&self, nanos: u64, exemplar: Option<Exemplar>) {
        let recorded = as_f64(nanos);
        let index = self.distribution.bucket_of(recorded);
        self.cells.add(index, |sum| {
            sum.fetch_add(nanos, Relaxed);
        });
        // The division is for those who need it.
        self.remember(index, recorded, || recorded / NANOS_PER_SECOND, exemplar);
    }

    /// Records a value that is at least 0 and finite.
    #[inline]
    pub(super) fn record_value(&self, value: f64, exemplar: Option<Exemplar>) {
        let index = self.distribution.bucket_of(value);
        self.cells.add(index, |sum| add_f64(sum, value));
        self.remember(index, value, || value, exemplar);
    }

    /// What is kept beside sum and buckets. `recorded` is in the unit of the bounds that are
    /// searched, `value` gives it in the base unit.
    #[inline]
    fn remember(
        &self,
        index: usize,
        recorded: f64,
        value: impl Fn() -> f64,
        exemplar: Option<Exemplar>,
    ) {
        self.max.record(recorded, self.distribution.window());
        if let Some(exponential) = &self.exponential {
            exponential.record(value());
        }
        if let Some(exemplar) = exemplar.filter(|_| !self.distribution.bounds().is_empty()) {
            let slots = self.exemplars.get_or_init(|| {
                self.cells.buckets().iter().map(|_| ExemplarSlot::default()).collect()
            });
            if let Some(slot) = slots.get(index) {
                slot.offer(exemplar, value());
            }
        }
    }

    /// The bounds of the buckets that are shown; none if no histogram was asked for.
    pub(crate) fn bounds(&self) -> &[Bound] {
        self.distribution.bounds()
    }

    /// How many values fell into each bucket (not below it): one for each bound and one for what
    /// is above. Their sum is the count.
    pub(crate) fn counts(&self) -> impl Iterator<Item = u64> {
        self.cells.buckets().iter().map(|bucket| bucket.load(Relaxed))
    }

    /// How many values.
    pub(crate) fn count(&self) -> u64 {
        self.counts().fold(0, u64::wrapping_add)
    }

    /// The sum of all values, in the base unit.
    pub(crate) fn sum(&self) -> f64 {
        let sum = self.cells.sum();
        match self.distribution.unit() {
            Unit::Nanos => as_f64(sum) / NANOS_PER_SECOND,
            Unit::Plain => f64::from_bits(sum),
        }
    }

    /// The sum of a timer.
    pub(super) fn sum_nanos(&self) -> u64 {
        self.cells.sum()
    }

    /// The largest value of the last windows (by default of two minutes), in the base unit.
    pub(crate) fn max(&self) -> f64 {
        let max = self.max.value(self.distribution.window());
        match self.distribution.unit() {
            Unit::Nanos => max / NANOS_PER_SECOND,
            Unit::Plain => max,
        }
    }

    /// The last traced value of a bucket.
    pub(crate) fn exemplar(&self, bucket: usize) -> Option<RecordedExemplar> {
        self.exemplars.get()?.get(bucket)?.get()
    }

    /// The percentiles that were asked for, as (phi, value), over the last windows. None is above
    /// the maximum, which is known better than where in a bucket a value lies.
    pub(crate) fn percentiles(&self) -> Vec<(f64, f64)> {
        let asked = self.distribution.percentiles();
        let Some(exponential) = self.exponential.as_ref().filter(|_| !asked.is_empty()) else {
            return Vec::new();
        };
        let mut percentiles = exponential.percentiles(asked, self.distribution.window());
        let max = self.max();
        for (_, value) in &mut percentiles {
            // NaN stays: nothing was recorded of late.
            if *value > max {
                *value = max;
            }
        }
        percentiles
    }

    /// All values in buckets of even relative width; `None` unless this was switched on.
    pub(crate) fn exponential(&self) -> Option<ExponentialSnapshot> {
        let exponential =
            self.exponential.as_deref().filter(|_| self.distribution.shows_exponential())?;
        Some(exponential.snapshot(self.sum()))
    }

    /// Begins the next window of the percentiles if it is time.
    pub(super) fn roll(&self) {
        if let Some(exponential) = &self.exponential {
            exponential.roll(self.distribution.window());
        }
    }
}

#[cfg(test)]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a model is plain")]
mod model_tests;
