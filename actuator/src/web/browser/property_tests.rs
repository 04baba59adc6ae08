//! Whatever a browser or a setting calls an origin.

use proptest::prelude::*;

use super::{cors::OriginPattern, origin::WebOrigin};

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["\\PC{0,30}", "(https?|null|file)?(://)?[a-z*.:@\\[\\]0-9,/-]{0,30}"]
}

proptest! {
    #[test]
    fn an_origin_is_read_or_none_and_the_same_again(text in text()) {
        if let Some(origin) = WebOrigin::parse(&text) {
            prop_assert!(!text.contains('@') || text.contains('/'), "{}", text);
            prop_assert_eq!(WebOrigin::parse(&text), Some(origin));
        }
    }

    #[test]
    fn a_pattern_is_read_or_refused_and_matches_what_it_was_made_for(
        pattern in text(),
        host in "[a-z0-9]{1,8}(\\.[a-z]{1,5}){0,3}",
        other in text(),
    ) {
        if let Ok(pattern) = OriginPattern::parse(&pattern) {
            let _ = pattern.matches(&other);
        }
        let below = OriginPattern::parse(&format!("https://*.{host}")).unwrap();
        let matches = below.matches(&format!("https://shop.{host}"));
        prop_assert!(matches);
        let matches = below.matches(&format!("https://shop.{host}.evil.example"));
        prop_assert!(!matches || host.ends_with("example"));
    }
}
