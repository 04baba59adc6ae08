//! Expressions, zones, and the two days in the year that are no days like others.

use std::time::{Duration, SystemTime};

use super::*;
use crate::support::time::iso_instant;

fn at(text: &str) -> SystemTime {
    text.parse::<Timestamp>().unwrap().into()
}

/// The next times after `after`, in UTC.
fn times(expression: &str, zone: &str, after: &str, count: usize) -> Vec<String> {
    let cron = CronExpression::parse(expression, Some(zone)).unwrap();
    let mut times = vec![at(after)];
    for _ in 0..count {
        let next = cron.next_after(times[times.len() - 1]).unwrap();
        times.push(next);
    }
    times.into_iter().skip(1).map(iso_instant).collect()
}

#[test]
fn springs_fields_are_understood() {
    for (expression, next) in [
        ("0 0 3 * * MON-FRI", "2026-11-23T03:00:00Z"),
        ("*/10 * * * * *", "2026-11-21T09:22:20Z"),
        ("0 0/15 * * * *", "2026-11-21T09:30:00Z"),
        ("0 0 0 L * ?", "2026-11-30T00:00:00Z"),
        ("0 0 0 LW * ?", "2026-11-30T00:00:00Z"),
        ("0 0 0 15W * ?", "2026-12-15T00:00:00Z"),
        ("0 0 0 ? * 5#2", "2026-12-11T00:00:00Z"),
        ("0 0 0 ? * MON#1", "2026-12-07T00:00:00Z"),
        ("0 0 0 * * FRIL", "2026-11-27T00:00:00Z"),
        ("0 0 0 * * 7", "2026-11-22T00:00:00Z"),
        ("0 0 0 * * SAT-SUN", "2026-11-22T00:00:00Z"),
        ("0 0 0 29 2 *", "2028-02-29T00:00:00Z"),
        ("@hourly", "2026-11-21T10:00:00Z"),
        ("@Midnight", "2026-11-22T00:00:00Z"),
        ("@weekly", "2026-11-22T00:00:00Z"),
        ("@monthly", "2026-12-01T00:00:00Z"),
        ("@yearly", "2027-01-01T00:00:00Z"),
    ] {
        assert_eq!(times(expression, "UTC", "2026-11-21T09:22:16.5Z", 1), [next], "{expression}");
    }
}

#[test]
fn day_of_month_and_day_of_week_both_have_to_fit_as_in_spring() {
    let friday_the_13th = times("0 0 0 13 * FRI", "UTC", "2026-01-01T00:00:00Z", 3);
    assert_eq!(
        friday_the_13th,
        ["2026-02-13T00:00:00Z", "2026-03-13T00:00:00Z", "2026-11-13T00:00:00Z"]
    );
}

#[test]
fn the_time_of_day_is_that_of_the_zone() {
    let next = |zone| times("0 0 3 * * *", zone, "2026-07-01T12:00:00Z", 1);
    assert_eq!(next("Europe/Zurich"), ["2026-07-02T01:00:00Z"]);
    assert_eq!(next("America/New_York"), ["2026-07-02T07:00:00Z"]);
    assert_eq!(next("+02:00"), ["2026-07-02T01:00:00Z"]);
}

#[test]
fn a_time_of_day_in_the_gap_is_the_first_moment_behind_it() {
    // On 29 March 2026 02:00 in Zurich is followed by 03:00, which is 01:00 UTC.
    assert_eq!(
        times("0 30 2 * * *", "Europe/Zurich", "2026-03-28T12:00:00Z", 2),
        ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]
    );
}

#[test]
fn a_time_of_day_that_comes_twice_is_taken_once_and_a_repeating_one_goes_on() {
    // On 25 October 2026 02:00 to 03:00 in Zurich comes twice: from 00:00 and from 01:00 UTC.
    assert_eq!(
        times("0 30 2 * * *", "Europe/Zurich", "2026-10-24T12:00:00Z", 2),
        ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]
    );
    assert_eq!(
        times("0 */30 * * * *", "Europe/Zurich", "2026-10-24T23:45:00Z", 5),
        [
            "2026-10-25T00:00:00Z",
            "2026-10-25T00:30:00Z",
            "2026-10-25T01:00:00Z",
            "2026-10-25T01:30:00Z",
            "2026-10-25T02:00:00Z"
        ]
    );
}

#[test]
fn what_cannot_be_read_is_told_with_what_is_expected() {
    for (expression, zone, told) in [
        ("0 3 * * *", None, "has 5 field(s) and not 6"),
        ("0 0 3 * * * 2027", None, "has 7 field(s) and not 6"),
        ("", None, "has 0 field(s)"),
        ("0 0 61 * * *", None, "\"0 0 61 * * *\""),
        ("0 0 3 * * MOON", None, "\"0 0 3 * * MOON\""),
        ("@fortnightly", None, "has 1 field(s)"),
        ("0 0 3 * * *", Some("Mars/Olympus"), "no known time zone"),
    ] {
        let error = CronExpression::parse(expression, zone).unwrap_err();
        assert!(error.contains(told), "{expression}: {error}");
    }
}

#[test]
fn a_day_that_never_comes_is_found_out() {
    let cron = CronExpression::parse("0 0 0 30 2 *", Some("UTC")).unwrap();
    assert_eq!(cron.next_after(at("2026-01-01T00:00:00Z")), None);
}

proptest::proptest! {
    #[test]
    fn no_expression_panics(text in r"[0-9*/,?#LW@A-Z-]{0,4}( [0-9*/,?#LWa-z-]{0,5}){0,6}", zone in "[A-Za-z/+:0-9]{0,8}") {
        if let Ok(cron) = CronExpression::parse(&text, Some(&zone)) {
            let _ = cron.next_after(SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_252_939));
        }
    }
}
