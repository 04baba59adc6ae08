//! Whatever is sent as the argument of an endpoint.

use std::time::{Duration, SystemTime};

use proptest::prelude::*;

use super::{
    OffsetDateTime,
    argument::{Argument, word},
};
use crate::support::odd_text::odd_text;

/// Reads a text as every type there is.
fn read_all(text: &str) {
    fn refused<T: Argument>(text: &str) {
        if let Err(expected) = T::from_text(text) {
            assert!(expected.starts_with("expected ") && expected.len() < 200, "{expected}");
        }
    }
    refused::<bool>(text);
    refused::<char>(text);
    refused::<Duration>(text);
    refused::<SystemTime>(text);
    refused::<OffsetDateTime>(text);
    refused::<u8>(text);
    refused::<u128>(text);
    refused::<usize>(text);
    refused::<i8>(text);
    refused::<i64>(text);
    refused::<i128>(text);
    refused::<f32>(text);
    refused::<f64>(text);
}

proptest! {
    #[test]
    fn every_text_is_an_argument_or_refused_with_what_is_expected(
        text in odd_text(
            "[+-]?(0x|0X|#)?[+-]?[0-9a-fA-F]{0,40}|[0-9.]{0,40}([eE][+-]?[0-9]{0,9})?|-?[pP][0-9TDHMS.-]{0,20}|\
             [0-9]{1,12}[a-z]{1,2}|[0-9-]{8,12}[T ][0-9:.]{0,20}[Zz+-][0-9:]{0,9}",
        ),
    ) {
        read_all(&text);
        prop_assert_eq!(String::from_text(&text).unwrap(), text.as_str());
        let words = ["UP", "OUT_OF_SERVICE", "OFF"];
        match word(&text, &words) {
            Ok(index) => prop_assert!(index < words.len()),
            Err(expected) => prop_assert!(expected.len() < 100),
        }
    }

    #[test]
    fn what_was_written_is_read_again(number: i64, large: u128, fraction in any::<f64>(), one: char) {
        prop_assert_eq!(i64::from_text(&format!(" {number} ")), Ok(number));
        prop_assert_eq!(u128::from_text(&format!("{large:#x}")), Ok(large));
        let hex = number.unsigned_abs();
        let sign = if number < 0 { "-" } else { "" };
        prop_assert_eq!(i64::from_text(&format!("{sign}#{hex:X}")), Ok(number));
        prop_assert_eq!(f64::from_text(&fraction.to_string()).ok(), Some(fraction).filter(|f| f.is_finite()));
        prop_assert_eq!(char::from_text(&one.to_string()), Ok(one));
    }
}
