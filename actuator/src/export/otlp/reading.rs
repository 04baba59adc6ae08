//! What one series says at one moment, and how much of that is new.

use crate::meter::{ExponentialSnapshot, Histogram, RecordedExemplar, Series};

/// What a series says, in its base unit (timers: seconds).
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Reading {
    /// What only grows, and a recording that was traced.
    Sum(f64, Option<RecordedExemplar>),
    /// What is now.
    Gauge(f64),
    /// Many values.
    Distribution(Distribution),
    /// Tasks that run now.
    Tasks {
        /// How many.
        active: f64,
        /// How long all of them have run, in seconds.
        duration: f64,
        /// How long the first of them has run, in seconds.
        max: f64,
    },
}

/// Many values, and how they are spread.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Distribution {
    /// How many.
    pub(super) count: u64,
    /// How much in all.
    pub(super) sum: f64,
    /// The largest of late; `None` if nobody knows.
    pub(super) max: Option<f64>,
    /// How they are spread.
    pub(super) spread: Spread,
    /// Recordings that were traced.
    pub(super) exemplars: Vec<RecordedExemplar>,
}

/// How the values of a distribution are spread.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Spread {
    /// Nobody knows.
    #[default]
    Unknown,
    /// Among buckets.
    Buckets {
        /// Their upper bounds.
        bounds: Vec<f64>,
        /// How many values are in each, and above the last; not cumulative.
        counts: Vec<u64>,
    },
    /// Among buckets of even relative width.
    Exponential(ExponentialSnapshot),
    /// By percentiles of late: share and value.
    Percentiles(Vec<(f64, f64)>),
}

impl Reading {
    /// Reads a series; with `exponential`, in buckets of even width where it has them. `None` if
    /// it says what is no number.
    pub(super) fn of(series: &Series, exponential: bool) -> Option<Self> {
        let number = |value: f64| Some(value).filter(|value| !value.is_nan());
        Some(match series {
            Series::Counter(counter) => Self::Sum(as_f64(counter.count()), counter.exemplar()),
            Series::FunctionCounter(function) => Self::Sum(number(function.value())?, None),
            Series::Gauge(gauge) => Self::Gauge(number(gauge.value())?),
            Series::FunctionGauge(function) => Self::Gauge(number(function.value())?),
            Series::Timer(timer) => {
                Self::Distribution(Distribution::of(timer.histogram(), exponential))
            }
            Series::Summary(summary) => {
                Self::Distribution(Distribution::of(summary.histogram(), exponential))
            }
            Series::FunctionTimer(function) => Self::Distribution(Distribution {
                count: function.count(),
                sum: function.total().as_secs_f64(),
                ..Distribution::default()
            }),
            Series::LongTask(timer) => Self::Tasks {
                active: as_f64(timer.active()),
                duration: timer.duration().as_secs_f64(),
                max: timer.max().as_secs_f64(),
            },
        })
    }

    /// What has come since `before` of the same series. A series that says less than before
    /// began anew, and all of it is new.
    pub(super) fn since(self, before: &Self) -> Self {
        match (self, before) {
            (Self::Sum(now, exemplar), Self::Sum(before, _)) if now >= *before => {
                Self::Sum(now - before, exemplar)
            }
            (Self::Distribution(now), Self::Distribution(before)) if now.count >= before.count => {
                Self::Distribution(now.since(before))
            }
            (now, _) => now,
        }
    }

    /// What has to be remembered of it to know what is new the next time; `None` if nothing.
    pub(super) fn remembered(&self) -> Option<Self> {
        match self {
            Self::Sum(sum, _) => Some(Self::Sum(*sum, None)),
            Self::Distribution(Distribution { count, sum, spread, .. }) => {
                let spread = match spread {
                    Spread::Buckets { counts, .. } => {
                        Spread::Buckets { bounds: Vec::new(), counts: counts.clone() }
                    }
                    Spread::Exponential(snapshot) => Spread::Exponential(snapshot.clone()),
                    Spread::Unknown | Spread::Percentiles(_) => Spread::Unknown,
                };
                let rest = Distribution::default();
                Some(Self::Distribution(Distribution { count: *count, sum: *sum, spread, ..rest }))
            }
            Self::Gauge(_) | Self::Tasks { .. } => None,
        }
    }
}

impl Distribution {
    fn of(histogram: &Histogram, exponential: bool) -> Self {
        let bounds = histogram.bounds();
        let counts: Vec<u64> = histogram.counts().collect();
        let snapshot = exponential.then(|| histogram.exponential()).flatten();
        let (count, sum) = (counts.iter().sum(), histogram.sum());
        let exemplars = (0..counts.len()).filter_map(|bucket| histogram.exemplar(bucket));
        let exemplars = exemplars.collect();
        let known =
            Self { count, sum, max: Some(histogram.max()), spread: Spread::Unknown, exemplars };
        if let Some(snapshot) = snapshot {
            return Self { count: snapshot.count, spread: Spread::Exponential(snapshot), ..known };
        }
        let spread = if bounds.is_empty() {
            let percentiles = histogram.percentiles();
            if percentiles.is_empty() { Spread::Unknown } else { Spread::Percentiles(percentiles) }
        } else {
            let bounds = bounds.iter().map(|bound| bound.upper).collect();
            Spread::Buckets { bounds, counts }
        };
        Self { spread, ..known }
    }

    fn since(mut self, before: &Self) -> Self {
        match (&mut self.spread, &before.spread) {
            (Spread::Buckets { counts, .. }, Spread::Buckets { counts: before, .. }) => {
                for (now, before) in counts.iter_mut().zip(before) {
                    *now = now.saturating_sub(*before);
                }
                self.count = counts.iter().sum();
            }
            (Spread::Exponential(now), Spread::Exponential(before)) => {
                subtract(now, before);
                self.count = now.count;
            }
            _ => self.count -= before.count,
        }
        self.sum -= before.sum;
        self
    }
}

/// Takes away what was there before. The first index may have moved down meanwhile, never up.
fn subtract(now: &mut ExponentialSnapshot, before: &ExponentialSnapshot) {
    let behind = usize::try_from(before.offset - now.offset).unwrap_or(0);
    for (now, before) in now.counts.iter_mut().skip(behind).zip(&before.counts) {
        *now = now.saturating_sub(*before);
    }
    now.zero = now.zero.saturating_sub(before.zero);
    now.count = now.zero + now.counts.iter().sum::<u64>();
}

#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53, which counts do not reach")]
fn as_f64(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exponential(offset: i32, zero: u64, counts: &[u64]) -> Reading {
        let count = zero + counts.iter().sum::<u64>();
        let counts = counts.to_vec();
        let snapshot = ExponentialSnapshot { schema: 3, zero, offset, counts, count, sum: 0.0 };
        let spread = Spread::Exponential(snapshot);
        Reading::Distribution(Distribution { count, spread, ..Distribution::default() })
    }

    #[test]
    fn what_is_new_of_a_sum_is_the_difference_and_all_of_it_if_it_began_anew() {
        let sum = |value| Reading::Sum(value, None);
        assert_eq!(sum(5.0).since(&sum(3.0)), sum(2.0));
        assert_eq!(sum(1.0).since(&sum(3.0)), sum(1.0));
        assert_eq!(Reading::Gauge(1.0).since(&Reading::Gauge(3.0)), Reading::Gauge(1.0));
    }

    #[test]
    fn what_is_new_of_buckets_is_the_difference_of_each() {
        let buckets = |counts: [u64; 3], sum| {
            let (bounds, count) = (vec![1.0, 2.0], counts.iter().sum());
            let spread = Spread::Buckets { bounds, counts: counts.to_vec() };
            Reading::Distribution(Distribution { count, sum, spread, ..Distribution::default() })
        };
        let new = buckets([4, 1, 2], 9.0).since(&buckets([1, 1, 0], 2.5));
        assert_eq!(new, buckets([3, 0, 2], 6.5));
    }

    #[test]
    fn buckets_of_even_width_may_have_grown_at_both_ends() {
        let new = exponential(-5, 2, &[1, 0, 4, 2]).since(&exponential(-3, 1, &[3]));
        assert_eq!(new, exponential(-5, 1, &[1, 0, 1, 2]));
        let none = exponential(-3, 1, &[3]);
        assert_eq!(none.clone().since(&none), exponential(-3, 0, &[0]));
    }
}
