//! Whatever checks a caller selects.

use proptest::{prelude::*, sample::select};

use super::query::selection;
use crate::{model::call::Call, support::odd_text::odd_text};

proptest! {
    #[test]
    fn what_is_selected_is_so_many_names_or_refused(
        given in prop::collection::vec(
            (
                select(&["max_level", "checks", "tag", "other"]),
                odd_text("[0-9+-]{0,12}|([a-d/ ]{0,3},){0,80}|([a-z]{2}[,.]){50,70}"),
            ),
            0..6,
        ),
    ) {
        let query = given.iter().map(|(name, value)| ((*name).into(), value.as_str().into()));
        match selection(&Call { query: query.collect(), ..Call::new(1) }) {
            Ok(selection) => {
                for names in [&selection.checks, &selection.tags] {
                    let mut once = names.clone();
                    once.sort_unstable();
                    once.dedup();
                    prop_assert_eq!(once.len(), names.len());
                    prop_assert!(names.len() <= 64);
                    prop_assert!(names.iter().all(|name| name.trim() == name && !name.is_empty()));
                    prop_assert!(!names.iter().any(|name| name.contains(',')));
                }
            }
            Err(problem) => prop_assert_eq!(problem.status(), 400),
        }
    }

    #[test]
    fn a_level_is_what_it_says(level: u32, sign in "[+-]?") {
        let text = format!("{sign}{level}");
        let query = vec![("max_level".into(), text.as_str().into())];
        let read = selection(&Call { query, ..Call::new(1) });
        prop_assert_eq!(read.ok().map(|read| read.max_level), sign.is_empty().then_some(Some(level)));
    }
}
