//! What one step of a timer or a summary sends: its new samples, from the buckets that grew.
//!
//! A line with the sample rate 1/n stands for n samples of one value. The samples of a bucket get
//! one value inside the bucket, and the values of all buckets are moved together so that the sum
//! is the sum that was recorded. A bucket of one sample next to no other is exact.

use crate::meter::{ExponentialSnapshot, as_f64};

/// Values of a timer below this bucket (a microsecond) or above that one (nine hours) are in it.
pub(super) const DURATIONS: Range = Range { first: -159, last: 120 };
/// The same of a summary: a millionth, and 17 billion.
pub(super) const AMOUNTS: Range = Range { first: -159, last: 352 };

/// The buckets whose outer bounds do not hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range {
    first: i32,
    last: i32,
}

/// So many samples, each counted with this value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sample {
    /// In base units.
    pub(super) value: f64,
    pub(super) count: u64,
}

/// What of one series was sent.
#[derive(Debug, Default)]
pub(super) struct Sent {
    zero: u64,
    offset: i32,
    counts: Vec<u64>,
    /// Of all buckets.
    count: u64,
    /// The sum of what was sent. It may lag behind that of the series, whose numbers are not read
    /// at one instant; the next step makes up for it.
    sum: f64,
}

/// A bucket that grew.
struct Grown {
    count: u64,
    low: f64,
    high: f64,
    is_last: bool,
}

impl Sent {
    /// How many samples were sent.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// The new samples since the last step.
    pub(super) fn advance(&mut self, now: ExponentialSnapshot, range: Range) -> Vec<Sample> {
        let zeros = now.zero.saturating_sub(self.zero);
        let grown = self.grown(&now, range);
        let mut samples = within(&grown, now.sum - self.sum);
        self.sum += samples.iter().map(|sample| sample.value * as_f64(sample.count)).sum::<f64>();
        (self.zero, self.offset, self.counts) = (now.zero, now.offset, now.counts);
        self.count = now.count;
        if zeros > 0 {
            samples.push(Sample { value: 0.0, count: zeros });
        }
        samples
    }

    fn grown(&self, now: &ExponentialSnapshot, range: Range) -> Vec<Grown> {
        let base = f64::from(1 << now.schema.min(8));
        let bound = |index: i32| (f64::from(index) / base).exp2();
        let grown = |(index, count): (i32, &u64)| {
            let count = count.saturating_sub(self.bucket(index));
            let low = if index <= range.first { 0.0 } else { bound(index - 1) };
            let is_last = index >= range.last;
            (count > 0).then(|| Grown { count, low, high: bound(index), is_last })
        };
        (now.offset..).zip(&now.counts).filter_map(grown).collect()
    }

    fn bucket(&self, index: i32) -> u64 {
        let at = index.checked_sub(self.offset).and_then(|at| usize::try_from(at).ok());
        at.and_then(|at| self.counts.get(at)).copied().unwrap_or(0)
    }
}

/// One value for each bucket, so that together they are `sum`, as far as the bounds allow it.
fn within(grown: &[Grown], sum: f64) -> Vec<Sample> {
    let middle = |bucket: &Grown| f64::midpoint(bucket.low, bucket.high);
    let half = |bucket: &Grown| (bucket.high - bucket.low) / 2.0;
    let of_all = |value: &dyn Fn(&Grown) -> f64| -> f64 {
        grown.iter().map(|bucket| value(bucket) * as_f64(bucket.count)).sum()
    };
    // From the middles, all go the same share of the way to their upper or lower bounds.
    let share = ((sum - of_all(&middle)) / of_all(&half)).clamp(-1.0, 1.0);
    let share = if share.is_finite() { share } else { 0.0 };
    let value = |bucket: &Grown| middle(bucket) + share * half(bucket);
    let beyond = sum - of_all(&value);
    let sample = |bucket: &Grown| {
        let open = if bucket.is_last { beyond.max(0.0) / as_f64(bucket.count) } else { 0.0 };
        Sample { value: value(bucket) + open, count: bucket.count }
    };
    grown.iter().map(sample).collect()
}

/// Sample rates that together stand for exactly this count: collectors compute 1/rate, and some of
/// them cut what is behind the point. Where the nearest number to 1/n has no n as its reciprocal
/// (49 is the first such n), it takes a second line.
pub(super) fn rates(count: u64) -> Vec<f64> {
    let mut rates = Vec::with_capacity(1);
    let mut left = count;
    while left > 0 {
        let exact = |count: &u64| (1.0 / (1.0 / as_f64(*count))).total_cmp(&as_f64(*count)).is_eq();
        // Not far away: at most one in seven has none, and powers of two always have one.
        let most = (1..=left).rev().find(exact).unwrap_or(1);
        rates.push(1.0 / as_f64(most));
        left -= most;
    }
    rates
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// The state after these values were recorded.
    fn recorded(values: &[f64]) -> ExponentialSnapshot {
        let mut counts: BTreeMap<i32, u64> = BTreeMap::new();
        let mut zero = 0;
        for value in values {
            if *value > 0.0 {
                #[expect(clippy::cast_possible_truncation, reason = "small")]
                let index = (value.log2() * 8.0).ceil() as i32;
                *counts.entry(index.clamp(DURATIONS.first, DURATIONS.last)).or_default() += 1;
            } else {
                zero += 1;
            }
        }
        let offset = counts.first_key_value().map_or(0, |(index, _)| *index);
        let last = counts.last_key_value().map_or(-1, |(index, _)| *index);
        let dense = (offset..=last).map(|index| counts.get(&index).copied().unwrap_or(0));
        let (count, sum) = (values.len() as u64, values.iter().sum());
        ExponentialSnapshot { schema: 3, zero, offset, counts: dense.collect(), count, sum }
    }

    fn total(samples: &[Sample]) -> f64 {
        samples.iter().map(|sample| sample.value * as_f64(sample.count)).sum()
    }

    #[test]
    fn a_single_sample_is_exact_and_nothing_new_is_nothing_to_send() {
        let mut sent = Sent::default();
        let mut one = |values: &[f64], expected: f64| {
            let samples = sent.advance(recorded(values), DURATIONS);
            assert!(samples.len() == 1 && samples[0].count == 1, "{samples:?}");
            assert!(
                (samples[0].value - expected).abs() <= 1e-12 * expected.max(1e-3),
                "{samples:?}"
            );
        };
        one(&[0.0123], 0.0123);
        one(&[0.0123, 0.0456], 0.0456);
        one(&[0.0123, 0.0456, 2e-9], 2e-9);
        one(&[0.0123, 0.0456, 2e-9, 1e6], 1e6);
        let same = recorded(&[0.0123, 0.0456, 2e-9, 1e6]);
        assert_eq!(sent.advance(same, DURATIONS), []);
        let zeros = sent.advance(recorded(&[0.0123, 0.0456, 2e-9, 1e6, 0.0, 0.0]), DURATIONS);
        assert_eq!(zeros, [Sample { value: 0.0, count: 2 }]);
        assert_eq!(sent.count(), 6);
    }

    #[test]
    fn a_sum_that_is_read_late_is_made_up_for() {
        let mut sent = Sent::default();
        // The sample is in its bucket already, and not yet in the sum.
        let mut torn = recorded(&[0.1]);
        torn.sum = 0.0;
        let first = sent.advance(torn, DURATIONS);
        assert!(first[0].value > 0.08, "stays in its bucket: {first:?}");
        let second = sent.advance(recorded(&[0.1, 0.1, 0.1, 0.1]), DURATIONS);
        assert!((total(&first) + total(&second) - 0.4).abs() < 0.01, "{first:?} {second:?}");
    }

    #[test]
    fn the_reciprocals_of_the_rates_are_the_count_even_if_cut() {
        for count in (1..100_000).chain([1_000_003, 123_456_789, 1 << 40]) {
            let rates = rates(count);
            assert!(rates.len() <= 3, "{count}");
            let told: f64 = rates.iter().map(|rate| (1.0 / rate).trunc()).sum();
            assert_eq!(told.to_bits(), as_f64(count).to_bits(), "{count}");
        }
        assert_eq!((rates(1), rates(4)), (vec![1.0], vec![0.25]));
        assert_eq!(rates(49).len(), 2);
    }

    proptest! {
        #[test]
        fn counts_are_exact_sums_agree_and_values_stay_in_their_buckets(
            steps in prop::collection::vec(prop::collection::vec(-18.0..14.0_f64, 0..40), 1..6)
        ) {
            let (mut sent, mut all) = (Sent::default(), Vec::new());
            let (mut told, mut sum) = (0, 0.0);
            for step in steps {
                let mut step: Vec<f64> = step.into_iter().map(f64::exp2).collect();
                all.extend(step.clone());
                let samples = sent.advance(recorded(&all), DURATIONS);
                told += samples.iter().map(|sample| sample.count).sum::<u64>();
                sum += total(&samples);
                prop_assert_eq!(told, all.len() as u64);
                let expected: f64 = all.iter().sum();
                prop_assert!((sum - expected).abs() <= 1e-9 * expected, "{} {}", sum, expected);
                step.sort_by(f64::total_cmp);
                for (sample, least) in samples.iter().zip(step.first()) {
                    prop_assert!(sample.value >= least / 1.1);
                    prop_assert!(sample.value <= step[step.len() - 1] * 1.1);
                }
            }
        }
    }
}
