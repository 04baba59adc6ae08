//! Periods of time that an archive holds: days or hours, in UTC.

use std::time::{Duration, SystemTime};

use crate::support::{offset_date_time::parse_offset_date_time, time::printable};

/// How long one period is, and how its name is written in the name of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// `yyyy-MM-dd`
    Day,
    /// `yyyy-MM-dd_HH`
    Hour,
}

impl Unit {
    /// The unit of a pattern as Logback writes it, without the braces; empty is a day.
    pub(super) fn from_format(format: &str) -> Option<Self> {
        // Logback takes a time zone behind the format. There is only one here.
        let (format, zone) = format.split_once(',').unwrap_or((format, "UTC"));
        match (format.trim(), zone.trim()) {
            ("" | "yyyy-MM-dd", "UTC") => Some(Self::Day),
            ("yyyy-MM-dd_HH", "UTC") => Some(Self::Hour),
            _ => None,
        }
    }

    /// The number of the period that an instant is in, counted from 1970.
    pub(super) fn period(self, at: SystemTime) -> u64 {
        let since = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        since.as_secs() / self.seconds()
    }

    /// How the period is written.
    pub(super) fn name(self, period: u64) -> String {
        let since = Duration::from_secs(period.saturating_mul(self.seconds()));
        let start = SystemTime::UNIX_EPOCH.checked_add(since).unwrap_or(SystemTime::UNIX_EPOCH);
        // 2026-11-21T09:00:00Z
        let mut text = humantime::format_rfc3339_seconds(printable(start)).to_string();
        text.truncate(self.length());
        text.replace('T', "_")
    }

    /// The period whose name this is.
    pub(super) fn parse(self, name: &str) -> Option<u64> {
        let hour = match self {
            Self::Day => format!("{name}T00:00Z"),
            Self::Hour => format!("{}:00Z", name.replace('_', "T")),
        };
        let period = self.period(parse_offset_date_time(&hour)?);
        (self.name(period) == name).then_some(period)
    }

    /// How many characters each name has.
    pub(super) fn length(self) -> usize {
        match self {
            Self::Day => "yyyy-MM-dd".len(),
            Self::Hour => "yyyy-MM-dd_HH".len(),
        }
    }

    fn seconds(self) -> u64 {
        match self {
            Self::Day => 86_400,
            Self::Hour => 3_600,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_written_and_read_back() {
        let at = parse_offset_date_time("2024-02-29T23:59:59Z").unwrap();
        for (unit, name) in [(Unit::Day, "2024-02-29"), (Unit::Hour, "2024-02-29_23")] {
            let period = unit.period(at);
            assert_eq!(unit.name(period), name);
            assert_eq!(unit.parse(name), Some(period));
            assert_eq!(unit.period(at + Duration::from_secs(1)), period + 1);
        }
    }

    #[test]
    fn what_is_no_period_is_not_read() {
        for name in ["", "2024-02-30", "2024-2-29", "2024-02-29_24", "2024-02-29T23", "x"] {
            assert_eq!(Unit::Day.parse(name), None, "{name}");
            assert_eq!(Unit::Hour.parse(name), None, "{name}");
        }
        assert_eq!(Unit::Hour.parse("2024-02-29"), None);
    }
}
