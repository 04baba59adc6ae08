//! The unit in which times are told.

use crate::settings::{FromSetting, one_of};

const NANOS_PER_SECOND: f64 = 1e9;

/// A unit of time, of those that Java knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TimeUnit {
    Nanoseconds,
    Microseconds,
    Milliseconds,
    Seconds,
    Minutes,
    Hours,
    Days,
}

impl TimeUnit {
    /// Its name, as Micrometer gives it to the receiver.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Nanoseconds => "nanoseconds",
            Self::Microseconds => "microseconds",
            Self::Milliseconds => "milliseconds",
            Self::Seconds => "seconds",
            Self::Minutes => "minutes",
            Self::Hours => "hours",
            Self::Days => "days",
        }
    }

    /// Seconds in this unit.
    pub(super) fn of_seconds(self, seconds: f64) -> f64 {
        if self == Self::Seconds { seconds } else { seconds * (NANOS_PER_SECOND / self.nanos()) }
    }

    /// A bound in seconds in this unit: 1.001 seconds are 1001 milliseconds, not 1000.9999999999999.
    pub(super) fn of_bound(self, seconds: f64) -> f64 {
        if self == Self::Seconds {
            seconds
        } else {
            (seconds * NANOS_PER_SECOND).round() / self.nanos()
        }
    }

    fn nanos(self) -> f64 {
        match self {
            Self::Nanoseconds => 1.0,
            Self::Microseconds => 1e3,
            Self::Milliseconds => 1e6,
            Self::Seconds => NANOS_PER_SECOND,
            Self::Minutes => 60e9,
            Self::Hours => 3_600e9,
            Self::Days => 86_400e9,
        }
    }
}

impl FromSetting for TimeUnit {
    fn from_setting(text: &str) -> Result<Self, String> {
        let units = [
            Self::Nanoseconds,
            Self::Microseconds,
            Self::Milliseconds,
            Self::Seconds,
            Self::Minutes,
            Self::Hours,
            Self::Days,
        ];
        one_of(text, &units.map(|unit| (unit.name(), unit)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_a_round_number_in_each_unit() {
        for (seconds, millis) in [(1.001, 1001.0), (0.0041, 4.1), (0.3, 300.0), (29.0, 29_000.0)] {
            assert_eq!(TimeUnit::Milliseconds.of_bound(seconds).to_bits(), f64::to_bits(millis));
        }
        assert_eq!(TimeUnit::Minutes.of_bound(90.0).to_bits(), 1.5_f64.to_bits());
        assert_eq!(TimeUnit::Seconds.of_bound(0.07).to_bits(), 0.07_f64.to_bits());
    }
}
