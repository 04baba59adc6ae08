//! Whatever is asked of exchanges, and whatever is in their URIs.

use proptest::prelude::*;

use super::{PathPattern, StatusPattern, body::masked_pairs};
use crate::model::sanitizer::Sanitizer;

proptest! {
    #[test]
    fn a_status_is_read_or_none(text in "\\PC{0,8}|[0-9]{0,6}(xx|XX)?") {
        let _ = StatusPattern::parse(&text);
    }

    #[test]
    fn a_pattern_matches_itself_where_nothing_stands_for_something_else(
        odd in "\\PC{0,20}|/[a*?/]{0,20}",
        path in "(/[a-z0-9.-]{0,6}){1,5}",
        bytes in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        if let Ok(pattern) = PathPattern::parse(&odd) {
            let _ = pattern.matches(&bytes);
        }
        prop_assert!(PathPattern::parse(&path).unwrap().matches(path.as_bytes()));
        prop_assert!(PathPattern::parse("/**").unwrap().matches(&bytes));
    }

    #[test]
    fn pairs_that_are_no_secret_stay_and_secrets_go(
        odd in "\\PC{0,20}|[a-z&=%+0-9]{0,40}", value in "[a-z0-9]{12}",
    ) {
        let sanitizer = Sanitizer::default();
        let _ = masked_pairs(&odd, &sanitizer);
        let shown = masked_pairs(&format!("page=2&{odd}&password=q{value}&x=1"), &sanitizer);
        prop_assert!(shown.starts_with("page=2&") && shown.ends_with("&x=1"), "{}", shown);
        prop_assert!(!shown.contains(&format!("q{value}")), "{}", shown);
    }
}
