//! Whatever settings are called: in files, in the environment of the process, over HTTP.

use proptest::prelude::*;

use super::{
    canonical_name,
    name::{self, Spelling},
};

fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,30}",
        "[a-zA-Z.\\[\\]0-9_-]{0,40}",
        "(logging|server|management)([._\\[]\\PC{0,5}){0,6}"
    ]
}

proptest! {
    #[test]
    fn every_name_has_a_canonical_one_that_stays_as_it_is(name in any_name()) {
        let canonical = canonical_name(&name);
        prop_assert_eq!(canonical_name(&canonical), canonical);
    }

    #[test]
    fn names_of_variables_and_of_files_are_read_whatever_they_hold(
        name in any_name(), pattern in "[a-z*]{1,4}(\\.[a-z*]{1,4}){0,3}", indexed: bool,
    ) {
        for spelling in [Spelling::Dotted, Spelling::Variable] {
            let _ = name::canonical(&name, spelling, &pattern, indexed);
            let _ = name::as_written(&name, spelling);
        }
        let _ = (name::uniform(&name), name::indexed(&name), name::below(&name, &pattern));
    }

    #[test]
    fn a_known_name_is_known_in_every_spelling(upper: bool, dashes: bool) {
        let known = "management.endpoint.health.show-details";
        let name = if dashes { known.to_owned() } else { known.replace('-', "_") };
        let name = if upper { name.replace("show", "SHOW") } else { name };
        prop_assert_eq!(canonical_name(&name), known);
    }
}
