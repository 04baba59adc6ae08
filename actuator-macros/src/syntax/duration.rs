//! Durations in attribute arguments: `"2s"`, `"500ms"`.

use std::time::Duration;

/// What to write instead, for messages.
pub(crate) const EXPECTED: &str = "a duration with a unit, such as \"2s\", \"500ms\" or \"1m\"";

/// Reads `<whole number><ns|us|ms|s|m|h|d>`, the short spelling of the settings. A unit is
/// required: in source code a bare number would leave the reader guessing.
pub(crate) fn parse(text: &str) -> Option<Duration> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(end)?;
    let number: u64 = number.parse().ok()?;
    let seconds = |factor: u64| number.checked_mul(factor).map(Duration::from_secs);
    match unit.trim() {
        "ns" => Some(Duration::from_nanos(number)),
        "us" => Some(Duration::from_micros(number)),
        "ms" => Some(Duration::from_millis(number)),
        "s" => seconds(1),
        "m" => seconds(60),
        "h" => seconds(3_600),
        "d" => seconds(86_400),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_needs_a_number_and_a_unit() {
        assert_eq!(parse("2s"), Some(Duration::from_secs(2)));
        assert_eq!(parse(" 500 ms "), Some(Duration::from_millis(500)));
        assert_eq!(parse("3m"), Some(Duration::from_mins(3)));
        for bad in ["", "2", "s", "-2s", "2 parsecs", "1.5s", "99999999999999999999s"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
