//! Buckets of even relative width: OpenTelemetry's exponential histogram and Prometheus' native
//! one at scale 3, 8 to each power of 2, so that a value is known to 4.5 percent.
//!
//! Percentiles over the last windows come from them too: what is there now, less what was there
//! when the oldest window began. Nothing has to be cleared, so that recording is one addition.

use std::{
    collections::VecDeque,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use super::{Unit, as_f64};

/// OpenTelemetry's scale, Prometheus' schema: bounds are powers of 2^(1/8).
const SCHEMA: u8 = 3;
const PER_POWER: i32 = 1 << SCHEMA;
/// Percentiles are those of the current window and the two before it.
const WINDOWS: u64 = 3;

/// 2^(k/8), the bounds within a power of 2.
const WITHIN: [f64; 8] = [
    1.0,
    1.090_507_732_665_257_7,
    1.189_207_115_002_721,
    1.296_839_554_651_009_6,
    std::f64::consts::SQRT_2,
    1.542_210_825_407_940_7,
    1.681_792_830_507_429,
    1.834_008_086_409_342_4,
];

/// From a microsecond to nine hours.
const SECONDS: (i32, i32) = (-20, 15);
/// From a millionth to 17 billion.
const ANYTHING: (i32, i32) = (-20, 44);

/// What is known of all values at one moment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ExponentialSnapshot {
    /// The base is 2^(2^-schema): 3 stands for 2^(1/8).
    pub(crate) schema: u8,
    /// How many values were 0.
    pub(crate) zero: u64,
    /// The index of the first of `counts`; index `i` stands for `(base^(i-1), base^i]`.
    pub(crate) offset: i32,
    /// How many values fell into each bucket, from the first one that is not empty to the last.
    pub(crate) counts: Vec<u64>,
    /// How many values there are, the zeros included.
    pub(crate) count: u64,
    /// Their sum, in the base unit.
    pub(crate) sum: f64,
}

#[derive(Debug)]
pub(super) struct Exponential {
    /// The index of the first bucket; what is below falls into it.
    first: i32,
    zero: AtomicU64,
    counts: Box<[AtomicU64]>,
    windows: Mutex<Windows>,
}

/// What was there when each of the last windows began, the oldest first. Never empty.
#[derive(Debug)]
struct Windows {
    begun: VecDeque<(u64, Totals)>,
}

/// The zeros, and the other buckets; none stand for as many empty ones.
#[derive(Clone, Debug, Default)]
struct Totals {
    zero: u64,
    counts: Box<[u64]>,
}

impl Exponential {
    /// Buckets for values of a base unit. `window` is the current one.
    pub(super) fn new(unit: Unit, window: u64) -> Self {
        let (smallest, largest) = match unit {
            Unit::Nanos => SECONDS,
            Unit::Plain => ANYTHING,
        };
        let buckets = (largest - smallest) * PER_POWER;
        let counts: Box<[AtomicU64]> = (0..buckets).map(|_| AtomicU64::new(0)).collect();
        Self {
            first: smallest * PER_POWER + 1,
            zero: AtomicU64::new(0),
            counts,
            windows: Mutex::new(Windows { begun: VecDeque::from([(window, Totals::default())]) }),
        }
    }

    /// Records a value in the base unit.
    pub(super) fn record(&self, value: f64) {
        if value <= 0.0 {
            self.zero.fetch_add(1, Relaxed);
            return;
        }
        let index = usize::try_from(index_of(value) - self.first).unwrap_or(0);
        if let Some(count) = self.counts.get(index.min(self.counts.len() - 1)) {
            count.fetch_add(1, Relaxed);
        }
    }

    /// Everything since the beginning.
    pub(super) fn snapshot(&self, sum: f64) -> ExponentialSnapshot {
        let Totals { zero, counts } = self.totals();
        let is_used = |count: &u64| *count != 0;
        let from = counts.iter().position(is_used).unwrap_or(0);
        let to = counts.iter().rposition(is_used).map_or(from, |last| last + 1);
        let counts = counts.get(from..to).unwrap_or_default().to_vec();
        ExponentialSnapshot {
            schema: SCHEMA,
            zero,
            offset: self.first + i32::try_from(from).unwrap_or(0),
            count: zero + counts.iter().sum::<u64>(),
            counts,
            sum,
        }
    }

    /// Begins `window`, if it has not begun.
    pub(super) fn roll(&self, window: u64) {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.begun.back().is_none_or(|(last, _)| *last < window) {
            windows.begun.push_back((window, self.totals()));
        }
        while windows.begun.len() > 1
            && windows.begun.front().is_some_and(|(begun, _)| begun + WINDOWS <= window)
        {
            windows.begun.pop_front();
        }
    }

    /// The values below which the shares `asked` of the last values are; NaN if there are none.
    pub(super) fn percentiles(&self, asked: &[f64], window: u64) -> Vec<(f64, f64)> {
        self.roll(window);
        let windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let before = windows.begun.front().map(|(_, totals)| totals.clone()).unwrap_or_default();
        drop(windows);
        let mut recent = self.totals();
        recent.zero = recent.zero.saturating_sub(before.zero);
        // There are no counts where nothing was there before.
        for (count, before) in recent.counts.iter_mut().zip(&before.counts) {
            *count = count.saturating_sub(*before);
        }
        asked.iter().map(|phi| (*phi, self.percentile(&recent, *phi))).collect()
    }

    /// Within its bucket a value is taken to lie where its rank lies among those of the bucket.
    fn percentile(&self, recent: &Totals, phi: f64) -> f64 {
        let all = recent.zero + recent.counts.iter().sum::<u64>();
        if all == 0 {
            return f64::NAN;
        }
        let rank = phi.clamp(0.0, 1.0) * as_f64(all);
        let mut below = as_f64(recent.zero);
        if recent.zero > 0 && rank <= below {
            return 0.0;
        }
        for (index, count) in (self.first..).zip(&recent.counts) {
            let count = as_f64(*count);
            if count > 0.0 && rank <= below + count {
                let (lower, upper) = (upper_bound(index - 1), upper_bound(index));
                return lower + (upper - lower) * (rank - below) / count;
            }
            below += count;
        }
        f64::NAN
    }

    fn totals(&self) -> Totals {
        Totals {
            zero: self.zero.load(Relaxed),
            counts: self.counts.iter().map(|count| count.load(Relaxed)).collect(),
        }
    }
}

/// The index of the bucket of a value above 0: the least `i` with `value <= 2^(i/8)`.
fn index_of(value: f64) -> i32 {
    const MANTISSA: u64 = (1 << 52) - 1;
    let bits = value.to_bits();
    // 11 bits; the sign is not set.
    let exponent = i32::try_from(bits >> 52).unwrap_or(0) - 1_023;
    let fraction = f64::from_bits((bits & MANTISSA) | 1.0_f64.to_bits());
    let above: i32 = WITHIN.iter().map(|bound| i32::from(fraction > *bound)).sum();
    exponent * PER_POWER + above
}

/// `2^(index/8)`.
fn upper_bound(index: i32) -> f64 {
    (f64::from(index) / f64::from(PER_POWER)).exp2()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_value_on_a_bound_is_in_the_bucket_below_it() {
        assert_eq!([1.0, 1.000_001, 2.0, 0.5, 1.09].map(index_of), [0, 1, 8, -8, 1]);
    }

    #[test]
    fn zeros_and_values_beyond_the_range_are_counted() {
        let exponential = Exponential::new(Unit::Nanos, 0);
        for value in [0.0, 1e-12, 1.0, 1e9] {
            exponential.record(value);
        }
        let snapshot = exponential.snapshot(7.0);
        assert_eq!((snapshot.zero, snapshot.count, snapshot.offset), (1, 4, -159));
        assert_eq!(snapshot.counts.iter().sum::<u64>(), 3);
    }

    #[test]
    fn percentiles_are_those_of_the_last_windows() {
        let exponential = Exponential::new(Unit::Nanos, 0);
        let median = |window| exponential.percentiles(&[0.5], window)[0].1;
        assert!(median(0).is_nan());
        (0..100).for_each(|_| exponential.record(4.0));
        assert!((median(2) / 4.0 - 1.0).abs() < 0.05);
        (0..100).for_each(|_| exponential.record(0.25));
        assert!((exponential.percentiles(&[0.75], 2)[0].1 / 4.0 - 1.0).abs() < 0.09);
        exponential.roll(4);
        (0..10).for_each(|_| exponential.record(1.0));
        assert!((exponential.percentiles(&[0.9], 5)[0].1 / 0.25 - 1.0).abs() > 0.05);
        assert!((median(6) / 1.0 - 1.0).abs() < 0.09);
        assert!(median(9).is_nan());
    }

    proptest! {
        #[test]
        fn a_value_lies_between_the_bounds_of_its_bucket(value in 1e-6_f64..1e9) {
            let index = index_of(value);
            let slack = 1.0 + 1e-12;
            prop_assert!(value <= upper_bound(index) * slack);
            prop_assert!(value * slack > upper_bound(index - 1));
        }
    }
}
