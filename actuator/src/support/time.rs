//! Instants and durations in the spellings of ISO 8601 and of Spring's settings.

use std::{
    fmt::Write as _,
    time::{Duration, SystemTime},
};

/// An instant as Java prints it: `2026-08-21T09:01:40.123Z` with 0, 3, 6 or 9 fraction digits.
pub fn iso_instant(at: SystemTime) -> String {
    let at = printable(at);
    let nanos = at.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.subsec_nanos());
    if nanos == 0 {
        humantime::format_rfc3339_seconds(at).to_string()
    } else if nanos.is_multiple_of(1_000_000) {
        humantime::format_rfc3339_millis(at).to_string()
    } else if nanos.is_multiple_of(1_000) {
        humantime::format_rfc3339_micros(at).to_string()
    } else {
        humantime::format_rfc3339_nanos(at).to_string()
    }
}

/// The nearest instant that RFC 3339 can write: from 1970 to the end of 9999. The formatter
/// panics at others.
pub fn printable(at: SystemTime) -> SystemTime {
    const LAST: Duration = Duration::new(253_402_300_799, 999_999_999);
    let last = SystemTime::UNIX_EPOCH.checked_add(LAST).unwrap_or(SystemTime::UNIX_EPOCH);
    at.clamp(SystemTime::UNIX_EPOCH, last)
}

/// A duration as Java prints it: `PT0.023S`, `PT1M0.5S`, `PT0S`.
pub fn iso_duration(duration: Duration) -> String {
    let (seconds, nanos) = (duration.as_secs(), duration.subsec_nanos());
    if seconds == 0 && nanos == 0 {
        return "PT0S".to_owned();
    }
    let mut text = String::from("PT");
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    // Writing to a String cannot fail.
    if hours > 0 {
        let _ = write!(text, "{hours}H");
    }
    if minutes > 0 {
        let _ = write!(text, "{minutes}M");
    }
    if rest > 0 || nanos > 0 {
        let _ = write!(text, "{rest}");
        if nanos > 0 {
            let fraction = format!("{nanos:09}");
            let _ = write!(text, ".{}", fraction.trim_end_matches('0'));
        }
        text.push('S');
    }
    text
}

/// A duration in the spellings that Spring accepts: `10s`, `1h30m`, `PT10S`, or a bare number in
/// `bare_unit`. The error names what is accepted.
pub fn parse_duration(text: &str, bare_unit: Duration) -> Result<Duration, String> {
    let text = text.trim();
    parse_simple(text, bare_unit)
        .or_else(|| parse_iso(text))
        .ok_or_else(|| "expected a duration such as 10s, 500ms, 2m, 1h or PT10S".to_owned())
}

/// `10s`, a bare number, or several with a unit each: `1h30m`.
fn parse_simple(text: &str, bare_unit: Duration) -> Option<Duration> {
    let mut total: Option<Duration> = None;
    let mut rest = text;
    while total.is_none() || !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (number, behind) = rest.split_at_checked(end)?;
        let end = behind.find(|c: char| c.is_ascii_digit()).unwrap_or(behind.len());
        let (unit, behind) = behind.split_at_checked(end)?;
        let is_alone = total.is_none() && behind.is_empty();
        let nanos_per_unit: u128 = match unit.trim().to_ascii_lowercase().as_str() {
            "" if is_alone => bare_unit.as_nanos(),
            "ns" => 1,
            "us" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            "d" => 86_400_000_000_000,
            _ => return None,
        };
        let nanos = u128::from(number.parse::<u64>().ok()?).checked_mul(nanos_per_unit)?;
        let seconds = u64::try_from(nanos / 1_000_000_000).ok()?;
        let part = Duration::new(seconds, u32::try_from(nanos % 1_000_000_000).ok()?);
        total = Some(total.unwrap_or_default().checked_add(part)?);
        rest = behind;
    }
    total
}

fn parse_iso(text: &str) -> Option<Duration> {
    let upper = text.to_ascii_uppercase();
    let rest = upper.strip_prefix('P')?;
    let (days, time) = rest.split_once('T').map_or((rest, ""), |(days, time)| (days, time));
    let mut total = Duration::ZERO;
    let mut parts = 0;
    for (text, units) in
        [(days, &[('D', 86_400)][..]), (time, &[('H', 3_600), ('M', 60), ('S', 1)])]
    {
        let mut text = text;
        for (letter, seconds) in units {
            if let Some((number, after)) = text.split_once(*letter) {
                let number: f64 = number.parse().ok().filter(|n: &f64| *n >= 0.0)?;
                let part = Duration::try_from_secs_f64(number * f64::from(*seconds)).ok()?;
                total = total.checked_add(part)?;
                parts += 1;
                text = after;
            }
        }
        if !text.is_empty() {
            return None;
        }
    }
    (parts > 0).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_print_as_java_prints_them() {
        for (millis, text) in [
            (0, "PT0S"),
            (23, "PT0.023S"),
            (60_500, "PT1M0.5S"),
            (3_600_000, "PT1H"),
            (1_000, "PT1S"),
        ] {
            assert_eq!(iso_duration(Duration::from_millis(millis)), text);
        }
    }

    #[test]
    fn durations_are_read_in_springs_spellings() {
        let second = Duration::from_secs(1);
        for (text, millis) in [
            ("10s", 10_000),
            ("500ms", 500),
            ("PT10S", 10_000),
            ("pt1m0.5s", 60_500),
            ("7", 7_000),
            ("2m", 120_000),
            ("P1DT1H", 90_000_000),
            ("PT1H30M", 5_400_000),
            ("1d", 86_400_000),
            ("1h30m", 5_400_000),
            ("1 m 500 ms", 60_500),
        ] {
            assert_eq!(parse_duration(text, second), Ok(Duration::from_millis(millis)), "{text}");
        }
        let sum_too_large = "PT5000000000000000H10000000000000000000S";
        for bad in [
            "",
            "x",
            "10 parsecs",
            "1h30",
            "m",
            "1h-1m",
            "PT",
            "P",
            "-1s",
            "99999999999999999999s",
            sum_too_large,
        ] {
            assert!(parse_duration(bad, second).is_err(), "{bad}");
        }
    }

    #[test]
    fn instants_that_no_date_can_name_print_as_the_nearest_that_one_can() {
        let (epoch, ages) = (SystemTime::UNIX_EPOCH, Duration::from_secs(1_000_000_000_000));
        assert_eq!(iso_instant(epoch + ages), "9999-12-31T23:59:59.999999999Z");
        assert_eq!(iso_instant(epoch - ages), "1970-01-01T00:00:00Z");
    }
}
