//! Instants as callers of Spring's API write them: Java's `ISO_OFFSET_DATE_TIME`.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use super::time::iso_instant;

const DAY: i64 = 86_400;
/// Java's limit of an offset.
const MAX_OFFSET: i64 = 18 * 3_600;

/// An instant with the offset that its writer gave it; Java's class of that name. As JSON it is
/// written with its offset: `2026-08-21T11:00:00+02:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OffsetDateTime {
    instant: SystemTime,
    offset: i64,
}

impl OffsetDateTime {
    /// Reads Java's `ISO_OFFSET_DATE_TIME`; `None` for all else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let instant = parse_offset_date_time(text)?;
        let (_, time) = text.split_once(['T', 't'])?;
        let (_, offset) = time.split_at_checked(time.find(['Z', 'z', '+', '-'])?)?;
        Some(Self { instant, offset: offset_seconds(offset)? })
    }

    /// The instant.
    #[must_use]
    pub fn instant(self) -> SystemTime {
        self.instant
    }

    /// Seconds east of Greenwich.
    #[must_use]
    pub fn offset(self) -> i64 {
        self.offset
    }
}

impl fmt::Display for OffsetDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = Duration::from_secs(self.offset.unsigned_abs());
        let local = if self.offset < 0 {
            self.instant.checked_sub(by)
        } else {
            self.instant.checked_add(by)
        };
        let local = iso_instant(local.unwrap_or(self.instant));
        if self.offset == 0 {
            return f.write_str(&local);
        }
        let (sign, minutes) = (if self.offset < 0 { '-' } else { '+' }, by.as_secs() / 60);
        let local = local.trim_end_matches('Z');
        write!(f, "{local}{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

impl serde::Serialize for OffsetDateTime {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The instant of `2026-08-21T09:01:40.123456789+02:00`. The offset is required; seconds, their
/// fraction and the offset's minutes and colons are optional; `t` and `z` count as capitals.
pub fn parse_offset_date_time(text: &str) -> Option<SystemTime> {
    let (date, rest) = text.split_once(['T', 't'])?;
    let (time, offset) = rest.split_at_checked(rest.find(['Z', 'z', '+', '-'])?)?;
    let (seconds, nanos) = time_of_day(time)?;
    let seconds = days(date)? * DAY + seconds - offset_seconds(offset)?;
    let whole = Duration::from_secs(seconds.unsigned_abs());
    let at = if seconds < 0 {
        SystemTime::UNIX_EPOCH.checked_sub(whole)
    } else {
        SystemTime::UNIX_EPOCH.checked_add(whole)
    };
    at?.checked_add(Duration::from_nanos(nanos))
}

/// Year, month and day of `yyyy-MM-dd`, if there is such a day.
pub fn year_month_day(date: &str) -> Option<(i64, i64, i64)> {
    let mut parts = date.splitn(3, '-');
    let year = number(parts.next()?, 4)?;
    let month = number(parts.next()?, 2)?;
    let day = number(parts.next()?, 2)?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return None,
    };
    (1..=last).contains(&day).then_some((year, month, day))
}

/// Days from 1970-01-01 to `yyyy-MM-dd`.
fn days(date: &str) -> Option<i64> {
    let (year, month, day) = year_month_day(date)?;
    // Years that begin in March end with the leap day.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // 719_468 days lie between 0000-03-01 and 1970-01-01.
    Some(year * 365 + leap_days + (month * 153 + 2) / 5 + day - 1 - 719_468)
}

/// Seconds and nanoseconds since midnight of `HH:mm`, `HH:mm:ss` or `HH:mm:ss.n`.
fn time_of_day(time: &str) -> Option<(i64, u64)> {
    let mut parts = time.splitn(3, ':');
    let hour = number(parts.next()?, 2).filter(|hour| *hour < 24)?;
    let minute = number(parts.next()?, 2).filter(|minute| *minute < 60)?;
    let (second, fraction) = match parts.next() {
        None => ("00", ""),
        Some(second) => second.split_once('.').unwrap_or((second, "")),
    };
    let second = number(second, 2).filter(|second| *second < 60)?;
    if fraction.len() > 9 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some((hour * 3_600 + minute * 60 + second, format!("{fraction:0<9}").parse().ok()?))
}

/// Seconds east of Greenwich of `Z`, `+02:00`, `-0330` or `+02`.
fn offset_seconds(offset: &str) -> Option<i64> {
    if offset.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, digits) = offset.split_at_checked(1)?;
    let digits = digits.replace(':', "");
    let (hours, minutes) = digits.split_at_checked(2)?;
    let hours = number(hours, 2)?;
    let minutes = if minutes.is_empty() { 0 } else { number(minutes, 2)? };
    let seconds = hours * 3_600 + minutes * 60;
    let valid = minutes < 60 && seconds <= MAX_OFFSET;
    valid.then_some(if sign == "-" { -seconds } else { seconds })
}

/// A number of exactly so many digits.
fn number(text: &str, digits: usize) -> Option<i64> {
    let plain = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_keeps_the_offset_that_its_writer_gave_it() {
        for text in
            ["2026-08-21T11:00:00+02:00", "2026-08-21T09:00:01.500Z", "2026-08-20T23:30:00-03:30"]
        {
            assert_eq!(OffsetDateTime::parse(text).map(|at| at.to_string()).as_deref(), Some(text));
        }
        assert_eq!(OffsetDateTime::parse("2026-08-21 09:00"), None);
    }

    #[test]
    fn every_spelling_of_an_instant_is_read() {
        for (text, instant) in [
            ("2026-08-21T09:00:01Z", "2026-08-21T09:00:01Z"),
            ("2026-08-21t09:00:01z", "2026-08-21T09:00:01Z"),
            ("2026-08-21T09:00Z", "2026-08-21T09:00:00Z"),
            ("2026-08-21T11:00:01+02:00", "2026-08-21T09:00:01Z"),
            ("2026-08-21T11:00:01+02", "2026-08-21T09:00:01Z"),
            ("2026-08-21T05:30:01-0330", "2026-08-21T09:00:01Z"),
            ("2026-08-21T00:00:00+18:00", "2026-08-20T06:00:00Z"),
            ("2026-08-21T09:00:01.1234567Z", "2026-08-21T09:00:01.123456700Z"),
            ("2024-02-29T23:59:59.5-00:00", "2024-02-29T23:59:59.500Z"),
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
            ("2000-03-01T00:00:00Z", "2000-03-01T00:00:00Z"),
            ("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z"),
        ] {
            assert_eq!(parse_offset_date_time(text).map(iso_instant).as_deref(), Some(instant));
        }
        let before = parse_offset_date_time("1969-12-31T23:59:58.5Z").unwrap();
        let before = SystemTime::UNIX_EPOCH.duration_since(before).unwrap();
        assert_eq!(before, Duration::from_millis(1_500));
        assert!(parse_offset_date_time("0000-01-01T00:00:00+18:00").is_some());
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        for text in [
            "",
            "T",
            "yesterday",
            "2026-08-21",
            "2026-08-21T09:00:01",
            "2026-08-21T11:00:01 02:00",
            "1787302800000",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-04-31T00:00:00Z",
            "2026-08-00T00:00:00Z",
            "2026-08-21T24:00:00Z",
            "2026-08-21T09:60:00Z",
            "2026-08-21T09:00:60Z",
            "2026-08-21T09Z",
            "2026-08-21T09:00:01.1234567890Z",
            "2026-08-21T09:00:01.+1Z",
            "2026-08-21T09:00:01+18:01",
            "2026-08-21T09:00:01+02:60",
            "2026-08-21T09:00:01+",
            "2026-08-21T09:00:01+é:00",
            "2026-08-21T09:00:01Zulu",
            "26-08-21T09:00:01Z",
            "2026-8-21T09:00:01Z",
            "+2026-08-21T09:00:01Z",
        ] {
            assert_eq!(parse_offset_date_time(text), None, "{text}");
        }
    }
}
