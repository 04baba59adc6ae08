//! Whatever is to be imported.

use proptest::prelude::*;

use super::location::{Place, Shown, Written};
use crate::{settings::tests::Directory, support::odd_text::odd_text};

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn a_place_is_found_or_left_out_or_refused_with_its_name(
        text in odd_text(
            "((optional:)?(file:|configtree:|classpath:|[a-z]:|https?:)?/{0,2}\
             (a\\.toml|tree|no|[a-z*.]{0,4})/?\\*?/?(\\[\\.?[a-z]{0,5}\\])?;? ?){0,3}",
        ),
    ) {
        let directory = Directory::with(&[("a.toml", "k = 1"), ("tree/b/c", "1")]);
        let from = Shown::hidden(&directory.0);
        let written = Written { setting: "spring.config.import", text: &text, origin: "here" };
        match written.places(&from) {
            Ok((places, warnings)) => {
                prop_assert!(places.len() + warnings.len() <= 100 * text.split(';').count());
                for place in places {
                    let (Place::Directory(at) | Place::File(at, _) | Place::Tree(at)) = place;
                    // Files of profiles may be there where that without one is not.
                    prop_assert!(!at.path.as_os_str().is_empty(), "{}", text);
                }
            }
            Err(error) => {
                prop_assert!(error.to_string().starts_with("spring.config.import"), "{}", error);
            }
        }
    }

    #[test]
    fn what_is_there_is_found_by_each_of_its_spellings(name in "[a-z]{1,9}", below in "([a-z]{1,3}/){0,2}") {
        let file = format!("{below}{name}.toml");
        let directory = Directory::with(&[(&file, "k = 1")]);
        let from = Shown::hidden(&directory.0);
        let whole = directory.0.join(&file);
        for text in [
            file.clone(),
            format!("./{file}"),
            format!("optional:{file}"),
            format!("file:{}", whole.display()),
            format!("file://{}", whole.display()),
            format!("{file}[.toml]"),
        ] {
            let written = Written { setting: "x", text: &text, origin: "here" };
            let (places, warnings) = written.places(&from).unwrap();
            let found = places.iter().map(|place| match place {
                Place::File(at, _) => at.path.clone(),
                other => panic!("{other:?}"),
            });
            prop_assert_eq!(found.collect::<Vec<_>>(), std::slice::from_ref(&whole), "{}", text);
            prop_assert!(warnings.is_empty());
        }
    }
}
