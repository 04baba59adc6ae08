//! Whatever a router says of itself.

use axum::{Router, routing::any};
use proptest::prelude::*;

use super::listed::{methods, routes};
use crate::support::odd_text::odd_text;

proptest! {
    #[test]
    fn what_cannot_be_read_is_no_route(
        text in odd_text(
            "(Router \\{ |routes: \\{|RouteId\\([0-9]?|\\): |\"|/[a-z]|, |\\}|\\}, node: Node \\{ paths: \\{|\
             allow_header: Bytes\\(b\"|GET,){0,20}",
        ),
    ) {
        let found = routes(&text);
        prop_assert!(found.len() <= text.matches("RouteId(").count());
        prop_assert!(methods(&text).iter().map(|name| name.len()).sum::<usize>() <= text.len());
    }

    #[test]
    fn a_router_of_axum_says_all_its_patterns(
        mut paths in prop::collection::btree_set("(/[a-z]{1,5}){1,3}", 0..6),
    ) {
        let router = paths.iter().fold(Router::<()>::new(), |router, path| {
            router.route(path, any(|| async {}))
        });
        for route in routes(&format!("{router:?}")) {
            prop_assert!(paths.remove(&*route.pattern), "{}", route.pattern);
        }
        prop_assert!(paths.is_empty(), "{:?}", paths);
    }
}
