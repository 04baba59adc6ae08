//! What was measured of something since the start: how often, how much, the least and the largest.

use crate::meter::{ExponentialSnapshot, Histogram, as_f64};

/// A summary of samples. Without buckets the least and the largest are not known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Measured {
    pub(super) count: u64,
    pub(super) sum: f64,
    pub(super) bounds: Option<(f64, f64)>,
}

impl Measured {
    /// All samples of a series; `None` before the first.
    pub(super) fn of(histogram: &Histogram) -> Option<Self> {
        let Some(buckets) = histogram.exponential() else {
            return Self::without_bounds(histogram.count(), histogram.sum());
        };
        if buckets.count == 0 {
            return None;
        }
        let (count, sum) = (buckets.count, buckets.sum);
        Some(Self { count, sum, bounds: Some(bounds(&buckets, histogram.max())) })
    }

    /// Samples of which only this is known; `None` before the first.
    pub(super) fn without_bounds(count: u64, sum: f64) -> Option<Self> {
        (count > 0).then_some(Self { count, sum, bounds: None })
    }

    /// Both together.
    pub(super) fn and(self, other: Self) -> Self {
        let bounds = self.bounds.zip(other.bounds);
        Self {
            count: self.count.saturating_add(other.count),
            sum: self.sum + other.sum,
            bounds: bounds.map(|(one, other)| (one.0.min(other.0), one.1.max(other.1))),
        }
    }

    /// The mean.
    pub(super) fn mean(self) -> f64 {
        self.sum / as_f64(self.count.max(1))
    }
}

/// The least and the largest, to 9 percent: the bounds of the outer buckets that hold something.
/// They are exact where the mean or the maximum of late tell more.
fn bounds(buckets: &ExponentialSnapshot, late: f64) -> (f64, f64) {
    let base = f64::from(1 << buckets.schema.min(8));
    let bound = |index: i32| (f64::from(index) / base).exp2();
    let of_all = (buckets.offset..).zip(&buckets.counts);
    let mut used = of_all.filter(|(_, count)| **count > 0).map(|(index, _)| index);
    let Some(first) = used.next() else { return (0.0, 0.0) };
    let last = used.last().unwrap_or(first);
    let least = if buckets.zero > 0 { 0.0 } else { bound(first - 1) };
    let largest = if late > bound(last - 1) { late } else { bound(last) };
    if buckets.count == 1 {
        return (buckets.sum, buckets.sum);
    }
    (least.min(largest), largest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outer_buckets_tell_the_least_and_the_largest() {
        let of = |zero, count, sum| ExponentialSnapshot {
            schema: 3,
            zero,
            offset: 0,
            counts: vec![1, 0, 0, 0, 0, 0, 0, 0, 2],
            count,
            sum,
        };
        // (0.917, 1] and (1.83, 2]
        let close = |(a, b): (f64, f64), (c, d): (f64, f64)| {
            assert!((a - c).abs() < 1e-3 && (b - d).abs() < 1e-3, "{a} {b} is not {c} {d}");
        };
        close(bounds(&of(0, 3, 5.0), 1.9), (0.917, 1.9));
        close(bounds(&of(0, 3, 5.0), 0.0), (0.917, 2.0));
        close(bounds(&of(4, 7, 5.0), 1.9), (0.0, 1.9));
        let one = ExponentialSnapshot { counts: vec![1], ..of(0, 1, 0.95) };
        close(bounds(&one, 0.0), (0.95, 0.95));
    }
}
