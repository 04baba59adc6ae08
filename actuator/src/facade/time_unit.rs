//! Units of time, and values in them as durations.

use std::time::Duration;

use metrics::Unit;

/// A unit of time that a histogram may be described with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TimeUnit {
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
}

impl TimeUnit {
    /// `None` for what is no time.
    pub(super) fn of(unit: Unit) -> Option<Self> {
        match unit {
            Unit::Seconds => Some(Self::Seconds),
            Unit::Milliseconds => Some(Self::Milliseconds),
            Unit::Microseconds => Some(Self::Microseconds),
            Unit::Nanoseconds => Some(Self::Nanoseconds),
            _ => None,
        }
    }

    /// So much of it, to the nanosecond. `None` for what is no duration: less than nothing, not a
    /// number, or more than the 584 years that a sum of nanoseconds can hold.
    pub(super) fn duration(self, value: f64) -> Option<Duration> {
        let nanos_each = match self {
            // The library rounds the exact value; a product would already have been rounded.
            Self::Seconds => {
                let duration = Duration::try_from_secs_f64(value).ok()?;
                return u64::try_from(duration.as_nanos()).is_ok().then_some(duration);
            }
            Self::Milliseconds => 1e6,
            Self::Microseconds => 1e3,
            Self::Nanoseconds => 1.0,
        };
        let nanos = (value * nanos_each).round();
        if !(0.0..MAX_NANOS).contains(&nanos) {
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number within the range of u64"
        )]
        let nanos = nanos as u64;
        Some(Duration::from_nanos(nanos))
    }
}

/// 2^64.
const MAX_NANOS: f64 = 18_446_744_073_709_551_616.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_converted_to_the_nanosecond() {
        let of = |unit: TimeUnit, value| unit.duration(value).map(|duration| duration.as_nanos());
        assert_eq!(of(TimeUnit::Seconds, 0.1), Some(100_000_000));
        assert_eq!(of(TimeUnit::Seconds, 4_000_000.000_000_001), Some(4_000_000_000_000_001));
        assert_eq!(of(TimeUnit::Milliseconds, 0.1), Some(100_000));
        assert_eq!(of(TimeUnit::Milliseconds, 86_400_000.000_001), Some(86_400_000_000_001));
        assert_eq!(of(TimeUnit::Microseconds, 0.25), Some(250));
        assert_eq!(of(TimeUnit::Nanoseconds, 7.0), Some(7));
        assert_eq!(of(TimeUnit::Nanoseconds, -0.0), Some(0));
    }

    #[test]
    fn what_is_no_duration_is_none() {
        for unit in [Unit::Seconds, Unit::Milliseconds, Unit::Microseconds, Unit::Nanoseconds] {
            let unit = TimeUnit::of(unit).unwrap();
            for value in [-1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, 2e19] {
                assert_eq!(unit.duration(value), None, "{value} {unit:?}");
            }
        }
        assert_eq!(TimeUnit::of(Unit::Bytes), None);
    }

    proptest::proptest! {
        #[test]
        fn a_duration_survives_the_way_through_a_float_of_seconds(nanos in 0..1_u64 << 52) {
            let duration = Duration::from_nanos(nanos);
            proptest::prop_assert_eq!(TimeUnit::Seconds.duration(duration.as_secs_f64()), Some(duration));
        }
    }
}
