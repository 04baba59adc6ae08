//! Whatever a browser or a setting calls an origin.

use proptest::prelude::*;

use super::{cors::OriginPattern, host::AllowedHosts, origin::WebOrigin};

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

    #[test]
    fn no_name_of_others_is_taken_for_this_machine(
        odd in prop_oneof![text(), "[a-z0-9@:.%\\[\\]-]{0,20}"],
        begin in "(localhost|127\\.0\\.0\\.1|\\[::1\\]|shop\\.example|[a-z0-9]{1,8})[.:@/?#%0-9a-z-]{0,8}",
        port in "(:[0-9]{0,5})?",
    ) {
        let hosts = AllowedHosts::new(&["shop.example".to_owned()]);
        let is_allowed = |host: &str| {
            let mut parts = http::Request::new(()).into_parts().0;
            let host = http::HeaderValue::from_str(host).ok()?;
            parts.headers.insert(http::header::HOST, host);
            Some(hosts.check(&parts).is_ok())
        };
        let _ = is_allowed(&odd);
        for foreign in [format!("{odd}.evil.example{port}"), format!("{begin}.evil.example{port}")] {
            prop_assert_ne!(is_allowed(&foreign), Some(true), "{}", foreign);
        }
        for own in ["localhost", "127.0.0.1", "[::1]", "Shop.Example"] {
            prop_assert_eq!(is_allowed(&format!("{own}{port}")), Some(true));
        }
    }
}
