//! What one step of a timer or a summary sends: its new samples, from the buckets that grew.
//!
//! A line with the sample rate 1/n stands for n samples of one value. The samples of a bucket get
//! one value inside the bucket, and the values of all buckets are moved together so that the sum
//! is the sum that was recorded. A bucket of one sample next to no other is exact.

/// Buckets for each doubling of the value: schema 3 of native histograms.
const PER_DOUBLING: f64 = 8.0;

/// So many samples, each counted with this value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sample {
    /// In base units.
    pub(super) value: f64,
    pub(super) count: u64,
}

/// A state of an exponential histogram: buckets of base 2^(1/8), (2^((i-1)/8), 2^(i/8)].
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Buckets {
    /// How many samples were 0.
    pub(super) zero: u64,
    /// The index of the first of `counts`.
    pub(super) offset: i32,
    pub(super) counts: Vec<u64>,
    /// Of all samples, in base units.
    pub(super) sum: f64,
}

/// What of one series was sent.
#[derive(Debug, Default)]
pub(super) struct Sent {
    buckets: Buckets,
    /// The sum of what was sent. It may lag behind that of `buckets`, which are not read at one
    /// instant; the next step makes up for it.
    sum: f64,
}

/// A bucket that grew.
struct Grown {
    count: u64,
    low: f64,
    high: f64,
}

impl Sent {
    /// The new samples since the last step.
    pub(super) fn advance(&mut self, now: Buckets) -> Vec<Sample> {
        let zeros = now.zero.saturating_sub(self.buckets.zero);
        let grown = grown(&self.buckets, &now);
        let mut samples = within(&grown, now.sum - self.sum);
        self.sum += samples.iter().map(|sample| sample.value * as_f64(sample.count)).sum::<f64>();
        self.buckets = now;
        if zeros > 0 {
            samples.push(Sample { value: 0.0, count: zeros });
        }
        samples
    }
}

/// One value for each bucket, so that together they are `sum`, as far as the bounds allow it.
fn within(grown: &[Grown], sum: f64) -> Vec<Sample> {
    let middle = |bucket: &Grown| f64::midpoint(bucket.low, bucket.high);
    let middles: f64 = grown.iter().map(|bucket| middle(bucket) * as_f64(bucket.count)).sum();
    let missing = sum - middles;
    // From the middles, all go the same share of the way to their upper or lower bounds.
    let halves =
        grown.iter().map(|bucket| (bucket.high - bucket.low) / 2.0 * as_f64(bucket.count));
    let share = (missing / halves.sum::<f64>()).clamp(-1.0, 1.0);
    let share = if share.is_finite() { share } else { 0.0 };
    let value = |bucket: &Grown| middle(bucket) + share * (bucket.high - bucket.low) / 2.0;
    grown.iter().map(|bucket| Sample { value: value(bucket), count: bucket.count }).collect()
}

fn grown(before: &Buckets, now: &Buckets) -> Vec<Grown> {
    let counts = (now.offset..).zip(&now.counts);
    counts
        .filter_map(|(index, count)| {
            let count = count.saturating_sub(before.count(index));
            let bound = |index: i32| (f64::from(index) / PER_DOUBLING).exp2();
            let (low, high) = (bound(index - 1), bound(index));
            (count > 0).then_some(Grown { count, low, high })
        })
        .collect()
}

impl Buckets {
    fn count(&self, index: i32) -> u64 {
        let at = index.checked_sub(self.offset).and_then(|at| usize::try_from(at).ok());
        at.and_then(|at| self.counts.get(at)).copied().unwrap_or(0)
    }
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

#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53, which counts do not reach")]
fn as_f64(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// The state after these values were recorded.
    fn recorded(values: &[f64]) -> Buckets {
        let mut counts: BTreeMap<i32, u64> = BTreeMap::new();
        let mut zero = 0;
        for value in values {
            if *value > 0.0 {
                #[expect(clippy::cast_possible_truncation, reason = "small")]
                let index = (value.log2() * PER_DOUBLING).ceil() as i32;
                *counts.entry(index).or_default() += 1;
            } else {
                zero += 1;
            }
        }
        let offset = counts.first_key_value().map_or(0, |(index, _)| *index);
        let last = counts.last_key_value().map_or(-1, |(index, _)| *index);
        let dense = (offset..=last).map(|index| counts.get(&index).copied().unwrap_or(0));
        Buckets { zero, offset, counts: dense.collect(), sum: values.iter().sum() }
    }

    fn total(samples: &[Sample]) -> f64 {
        samples.iter().map(|sample| sample.value * as_f64(sample.count)).sum()
    }

    #[test]
    fn a_single_sample_is_exact_and_nothing_new_is_nothing_to_send() {
        let mut sent = Sent::default();
        assert_eq!(sent.advance(recorded(&[0.0123])), [Sample { value: 0.0123, count: 1 }]);
        assert_eq!(sent.advance(recorded(&[0.0123])), []);
        let next = sent.advance(recorded(&[0.0123, 0.0456]));
        assert!(next.len() == 1 && (next[0].value - 0.0456).abs() < 1e-12, "{next:?}");
        let zeros = sent.advance(recorded(&[0.0123, 0.0456, 0.0, 0.0]));
        assert_eq!(zeros, [Sample { value: 0.0, count: 2 }]);
    }

    #[test]
    fn a_sum_that_is_read_late_is_made_up_for() {
        let mut sent = Sent::default();
        // The sample is in its bucket already, and not yet in the sum.
        let mut torn = recorded(&[0.1]);
        torn.sum = 0.0;
        let first = sent.advance(torn);
        assert!(first[0].value > 0.08, "stays in its bucket: {first:?}");
        let second = sent.advance(recorded(&[0.1, 0.1, 0.1, 0.1]));
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
            steps in prop::collection::vec(prop::collection::vec(1e-7..1e4_f64, 0..40), 1..6)
        ) {
            let (mut sent, mut all) = (Sent::default(), Vec::new());
            let (mut told, mut sum) = (0, 0.0);
            for step in steps {
                all.extend(step.clone());
                let samples = sent.advance(recorded(&all));
                told += samples.iter().map(|sample| sample.count).sum::<u64>();
                sum += total(&samples);
                prop_assert_eq!(told, all.len() as u64);
                let expected: f64 = all.iter().sum();
                prop_assert!((sum - expected).abs() <= 1e-9 * expected, "{} {}", sum, expected);
                let mut step = step;
                step.sort_by(f64::total_cmp);
                for (sample, least) in samples.iter().zip(step.first()) {
                    prop_assert!(sample.value >= least / 1.1);
                    prop_assert!(sample.value <= step[step.len() - 1] * 1.1);
                }
            }
        }
    }
}
