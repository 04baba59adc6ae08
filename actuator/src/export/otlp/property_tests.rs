//! Whatever stands in OpenTelemetry's variables.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;

use super::variables::pairs;
use crate::support::odd_text::odd_text;

proptest! {
    #[test]
    fn pairs_are_read_or_refused_without_a_word_of_them(
        text in odd_text("([a-z%]{0,3}=?[a-z0-9%=]{0,6},? ?){0,6}"),
    ) {
        match pairs(&text) {
            Ok(read) => {
                prop_assert!(read.len() <= text.split(',').count());
                prop_assert!(read.iter().all(|(key, _)| !key.is_empty()));
                let length: usize = read.iter().map(|(key, value)| key.len() + value.len()).sum();
                prop_assert!(length <= text.len());
            }
            Err(expected) => {
                prop_assert_eq!(expected, "expected key1=value1,key2=value2, percent-encoded");
            }
        }
    }

    #[test]
    fn pairs_that_were_encoded_are_the_same_again(
        given in prop::collection::vec(("\\PC{1,8}", "\\PC{0,8}"), 0..5),
    ) {
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let written: Vec<String> =
            given.iter().map(|(key, value)| format!("{}={}", encoded(key), encoded(value))).collect();
        prop_assert_eq!(pairs(&written.join(" , ")), Ok(given));
    }
}
