//! Whatever is written as a number of bytes, a time, an address.

use std::time::{Duration, SystemTime};

use proptest::prelude::*;

use super::{
    data_size::parse_data_size,
    json::is_deeper_than,
    local_date::LocalDate,
    offset_date_time::parse_offset_date_time,
    outgoing::{HostPort, HttpTarget},
    text::shortened,
    time::{iso_duration, iso_instant, parse_duration},
};

proptest! {
    #[test]
    fn sizes_are_read_or_refused(
        text in "\\PC{0,12}|[0-9]{0,22} ?[kmgtKMGT]?i?[bB]?", number in 0_u64..1 << 20,
    ) {
        let _ = parse_data_size(&text);
        prop_assert_eq!(parse_data_size(&format!("{number}KB")), Ok(number << 10));
    }

    #[test]
    fn durations_are_read_or_refused_and_read_again(
        text in "\\PC{0,12}|[pP]?[0-9.,einfEa+-]{0,20}[dDtThHmMsSnuN]{0,4}[0-9.]{0,9}[dhmsDHMS]?",
        seconds in 0_u64..1 << 40,
        nanos in 0_u32..1_000_000_000,
    ) {
        let _ = parse_duration(&text, Duration::from_secs(1));
        // Read as floating point: what humans write is exact.
        let millis = nanos / 1_000_000 * 1_000_000;
        let duration = Duration::new(seconds % (1 << 20), millis);
        let read = parse_duration(&iso_duration(duration), Duration::ZERO).unwrap();
        let off = read.abs_diff(duration);
        prop_assert!(off < Duration::from_micros(1), "{duration:?} {read:?}");
    }

    #[test]
    fn instants_are_read_or_none_and_read_again(
        text in "\\PC{0,20}|[0-9]{0,5}-[0-9]{0,3}-[0-9]{0,3}[tT][0-9:.,]{0,20}[zZ+-][0-9:]{0,9}",
        millis in 0_u64..253_402_300_799_999,
    ) {
        let _ = parse_offset_date_time(&text);
        let at = SystemTime::UNIX_EPOCH + Duration::from_millis(millis);
        prop_assert_eq!(parse_offset_date_time(&iso_instant(at)), Some(at));
    }

    #[test]
    fn days_are_read_or_none_and_written_as_they_were_read(
        text in "\\PC{0,12}|[0-9]{0,5}-[0-9]{0,3}-[0-9]{0,3}",
        (year, month, day) in (0_u16..10_000, 1_u8..13, 1_u8..29),
    ) {
        if let Some(day) = LocalDate::parse(&text) {
            prop_assert_eq!(day.to_string(), text);
        }
        let text = format!("{year:04}-{month:02}-{day:02}");
        let read = LocalDate::parse(&text).map(|read| (read.year(), read.month(), read.day()));
        prop_assert_eq!(read, Some((year, month, day)));
    }

    #[test]
    fn addresses_are_read_or_refused_and_read_again(
        text in "\\PC{0,20}|[a-z0-9.\\[\\]:_-]{0,20}:[0-9]{0,6}|https?://[ -~]{0,30}",
    ) {
        if let Ok(address) = HostPort::parse(&text) {
            prop_assert!(address.port != 0 && !address.host.is_empty());
            prop_assert_eq!(HostPort::parse(&address.to_string()), Ok(address));
        }
        if let Ok(target) = HttpTarget::parse(&text) {
            prop_assert!(target.shown().starts_with("http"));
        }
    }

    #[test]
    fn texts_are_cut_between_characters(text in "\\PC{0,20}", most in 0_usize..30) {
        let cut = shortened(&text, most);
        prop_assert!(cut.len() <= most && text.starts_with(cut) && most.min(text.len()) < cut.len() + 4);
    }

    #[test]
    fn depth_is_that_of_the_brackets(levels in 1_usize..20, most in 0_usize..20, text in "[\\[{}\\]\"\\\\a:,]{0,40}") {
        let _ = is_deeper_than(&text, most);
        let nested = "[".repeat(levels) + &"]".repeat(levels);
        prop_assert_eq!(is_deeper_than(&nested, most), levels > most);
    }
}
