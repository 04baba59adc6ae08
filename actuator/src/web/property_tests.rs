//! Whatever stands in a request, it is read or refused, and what was read holds what is promised.

use proptest::prelude::*;

use super::{arguments, host::named_host, media_type::Accept, path::segments};
use crate::{
    model::endpoint::Produces,
    support::uri_host::{host_and_port, is_host},
};

/// Texts of a request: printable bytes, and those beyond.
fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~]{0,60}", "[%0-9a-fA-F/;.&=+]{0,60}", "\\PC{0,20}"]
}

proptest! {
    #[test]
    fn a_path_has_as_many_segments_as_slashes_and_none_holds_one(path in text()) {
        if let Ok(read) = segments(&path) {
            prop_assert_eq!(read.len(), path.matches('/').count() + 1);
            prop_assert!(read.iter().all(|segment| !segment.contains(['/', '\0', ';'])
                || path.contains("%3b") || path.contains("%3B")));
            prop_assert!(read.iter().map(|segment| segment.len()).sum::<usize>() <= path.len());
        }
    }

    #[test]
    fn what_was_escaped_is_the_same_segment_again(plain in "[^/\0]{1,20}") {
        let escaped = percent_encoding::utf8_percent_encode(&plain, percent_encoding::NON_ALPHANUMERIC);
        let escaped = escaped.to_string();
        let read = segments(&escaped);
        let read = read.as_deref().ok().and_then(<[_]>::first).map(AsRef::as_ref);
        prop_assert_eq!(read, Some(plain.as_str()));
    }

    #[test]
    fn a_query_has_no_more_than_was_sent(query in text()) {
        if let Ok(read) = arguments::query(&query) {
            prop_assert!(read.len() <= query.split('&').count());
            let length: usize = read.iter().map(|(name, value)| name.len() + value.len()).sum();
            prop_assert!(length <= query.len());
        }
    }

    #[test]
    fn pairs_that_were_escaped_are_the_same_again(pairs in prop::collection::vec(("\\PC{1,8}", "\\PC{0,8}"), 1..5)) {
        let escape = |text: &str| {
            percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
        };
        let query: Vec<String> =
            pairs.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
        let query = query.join("&");
        let read = arguments::query(&query).unwrap();
        let read: Vec<(String, String)> =
            read.into_iter().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        prop_assert_eq!(read, pairs);
    }

    #[test]
    fn a_body_is_read_or_refused(
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..60),
            "[\\[\\]{}\":,a0-9.eE+\\\\ \t\nnulltrue-]{0,60}".prop_map(String::into_bytes),
        ],
        objects: bool,
    ) {
        if let Ok(read) = arguments::body(&bytes, objects) {
            prop_assert!(objects || read.objects.is_empty());
        }
    }

    #[test]
    fn what_is_accepted_is_offered_or_refused(
        header in prop_oneof![text(), "([a*]/[b*]|[a-z;,=q.0-9*/ ]){0,40}"],
    ) {
        let accept = Accept::parse(Some(&header));
        let _ = (accept.version(), accept.error_form());
        for product in [Produces::Json, Produces::Text, Produces::Named("a/b"), Produces::Ranked("a/b")] {
            if let Some((index, media_type)) = accept.choose(&std::iter::once(product)) {
                prop_assert!(index == 0 && http::HeaderValue::from_str(&media_type).is_ok());
            }
        }
        prop_assert!(accept.choose(&std::iter::once(Produces::Resource)).is_some());
    }

    #[test]
    fn the_host_that_is_named_can_stand_in_a_link(
        host in prop_oneof![text(), "[a-z0-9.:\\[\\]@?#_-]{0,30}"],
    ) {
        let mut headers = http::HeaderMap::new();
        if let Ok(value) = http::HeaderValue::from_str(&host) {
            headers.insert("host", value);
        }
        let target = http::Uri::from_static("/");
        let named = named_host(&target, &headers);
        prop_assert!(is_host(named), "{}", named);
        let link: http::Uri = format!("http://{named}/actuator").parse().unwrap();
        prop_assert_eq!(link.path(), "/actuator");
        let (name, port) = host_and_port(named);
        prop_assert_eq!(link.host().unwrap(), name);
        prop_assert_eq!(link.port_u16(), port);
    }
}
