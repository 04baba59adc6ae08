//! Whatever headers are listed.

use proptest::prelude::*;

use super::header_names::HeaderNames;
use crate::{
    settings::{Settings, SettingsReader},
    support::odd_text::odd_text,
};

const NAME: &str = "actuator.httpexchanges.request-headers";

fn read(list: &str) -> Result<Option<HeaderNames>, String> {
    let settings = Settings::builder().force(NAME, list).build().map_err(|e| e.to_string())?;
    let mut reader = SettingsReader::new(&settings);
    let read = HeaderNames::read(&mut reader, NAME);
    reader.finish().map(|()| read).map_err(|error| error.to_string())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn headers_are_listed_by_names_that_there_can_be(
        list in odd_text("([a-zA-Z-]{0,5}\\*?[ ,:]?){0,6}"),
        header in "[a-z-]{1,9}",
        start in "[a-z]{1,4}",
    ) {
        if let Ok(Some(names)) = read(&list) {
            if let HeaderNames::Listed(names) = &names {
                prop_assert!(names.len() <= 100 && names.iter().all(|name| name.is_ascii()));
                for name in names {
                    let name = name.trim_end_matches('*');
                    prop_assert!(name.is_empty() || http::HeaderName::try_from(name).is_ok(), "{}", name);
                }
            }
            let _ = names.includes(&header);
        }
        let names = read(&format!("{header},{start}*")).unwrap().unwrap();
        let (begins_so, other) = (format!("{start}{header}"), format!("1{header}"));
        prop_assert!(names.includes(&header) && names.includes(&begins_so));
        prop_assert!(!names.includes(&other));
        prop_assert_eq!(read("a, *"), Ok(Some(HeaderNames::All)));
    }
}
