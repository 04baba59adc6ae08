//! The upper bounds of buckets: which there are, how they are written, and where a value falls.

use super::{NANOS_PER_SECOND, Unit};

/// Up to so many bounds are compared one by one, which has no branch to guess.
const LINEAR: usize = 32;
/// More would be a mistake in a setting, and each costs 8 bytes in every series.
const MAX_BOUNDS: usize = 300;

/// The upper bound of a bucket; a value that equals it falls into the bucket.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bound {
    /// In the base unit.
    pub(crate) upper: f64,
    /// As it is written in a label: `0.005`.
    pub(crate) text: Box<str>,
}

/// All bounds of a meter, ascending; none if only the count is kept.
#[derive(Debug, Default)]
pub(in crate::meter) struct Bounds {
    shown: Box<[Bound]>,
    /// The same in what is recorded.
    recorded: Box<[f64]>,
}

impl Bounds {
    /// Bounds in the base unit. What is not finite or not above 0 is left out.
    pub(in crate::meter) fn new(unit: Unit, upper: impl IntoIterator<Item = f64>) -> Self {
        let mut upper: Vec<f64> =
            upper.into_iter().filter(|bound| bound.is_finite() && *bound > 0.0).collect();
        upper.sort_by(f64::total_cmp);
        upper.dedup();
        upper.truncate(MAX_BOUNDS);
        let recorded = upper.iter().map(|bound| match unit {
            Unit::Nanos => (bound * NANOS_PER_SECOND).round(),
            Unit::Plain => *bound,
        });
        Self {
            recorded: recorded.collect(),
            shown: upper
                .into_iter()
                .map(|upper| Bound { upper, text: format!("{upper:?}").into() })
                .collect(),
        }
    }

    pub(super) fn shown(&self) -> &[Bound] {
        &self.shown
    }

    /// The index of the bucket of a value; that of the last one if it is above all bounds.
    pub(super) fn bucket_of(&self, recorded: f64) -> usize {
        if self.recorded.len() > LINEAR {
            return self.recorded.partition_point(|bound| *bound < recorded);
        }
        self.recorded.iter().map(|bound| usize::from(recorded > *bound)).sum()
    }
}

/// The bounds by which Micrometer publishes a histogram from which percentiles can be computed
/// (`PercentileHistogramBuckets`): nine in each power of 4, of which those within the expected
/// values are taken, and these. All in what is recorded: nanoseconds for a timer.
pub(in crate::meter) fn percentile_bounds(smallest: f64, largest: f64) -> Vec<f64> {
    let mut bounds = vec![1.0, 2.0, 3.0];
    let mut power: u64 = 4;
    loop {
        let step = power / 3;
        let end = power.saturating_mul(4).saturating_sub(step);
        let mut current = power;
        while current < end {
            bounds.push(super::as_f64(current));
            current += step;
        }
        match power.checked_mul(4) {
            Some(next) if next < 1 << 62 => power = next,
            _ => break,
        }
    }
    bounds.retain(|bound| (smallest..=largest).contains(bound));
    bounds.extend([smallest, largest]);
    bounds.sort_by(f64::total_cmp);
    bounds.dedup();
    bounds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_on_a_bound_is_below_it() {
        let few = Bounds::new(Unit::Nanos, [0.5, 0.1, f64::NAN, 0.1, -1.0]);
        let texts: Vec<&str> = few.shown().iter().map(|bound| &*bound.text).collect();
        assert_eq!(texts, ["0.1", "0.5"]);
        let buckets = [1.0, 1e8, 1e8 + 1.0, 5e8, 5e8 + 1.0].map(|nanos| few.bucket_of(nanos));
        assert_eq!(buckets, [0, 0, 1, 1, 2]);
    }

    #[test]
    fn many_bounds_are_searched_as_few_are() {
        let many = Bounds::new(Unit::Plain, (1..=200).map(f64::from));
        assert_eq!([0.5, 1.0, 1.5, 200.0, 201.0].map(|v| many.bucket_of(v)), [0, 0, 1, 199, 200]);
    }

    #[test]
    fn the_bounds_for_percentiles_are_micrometers() {
        // Those of a timer between its default bounds of 1 ms and 30 s, as Micrometer gives them.
        let bounds = percentile_bounds(1e6, 30e9);
        assert_eq!(bounds.len(), 68);
        assert_eq!(bounds[..4], [1e6, 1_048_576.0, 1_398_101.0, 1_747_626.0]);
        assert_eq!(bounds[66..], [28_633_115_306.0, 30e9]);
        let seconds = bounds.into_iter().map(|nanos| nanos / 1e9);
        let bounds = Bounds::new(Unit::Nanos, seconds);
        assert_eq!(&*bounds.shown()[1].text, "0.001048576");
        assert_eq!(&*bounds.shown()[67].text, "30.0");
    }
}
