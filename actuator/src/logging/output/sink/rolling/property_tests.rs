//! Whatever a setting says archives are named, and whatever files stand beside them.

use std::path::Path;

use proptest::prelude::*;

use super::{
    pattern::{Pattern, Slot},
    period::Unit,
};

fn pattern() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,30}",
        "(\\$\\{LOG_FILE\\}|[a-zé/.%$_-]{0,4}|%i|%d(\\{(yyyy-MM-dd|yyyy-MM-dd_HH|HH)?(, ?UTC)?\\}?)?){0,6}(\\.gz)?",
    ]
}

proptest! {
    #[test]
    fn what_is_accepted_names_archives_that_are_found_again(
        text in pattern(),
        file in "/[a-zé0-9%$.-]{1,12}",
        period in 0_u64..100_000_000_000,
        index in 0_u32..=999_999_999,
        name in "\\PC{0,30}|[a-z0-9._é-]{0,30}",
    ) {
        let Ok(pattern) = Pattern::parse(&text, Path::new(&file)) else { return Ok(()) };
        let _ = pattern.slot(&name);
        // Up to the end of the year 9999; no log is of later.
        let last = match pattern.unit() { Unit::Day => 2_932_896, Unit::Hour => 70_389_527 };
        let slot = Slot { period: period % (last + 1), index };
        let path = pattern.path(slot);
        prop_assert!(path.starts_with(pattern.folder()), "{:?}", path);
        let name = path.file_name().and_then(|name| name.to_str()).unwrap();
        prop_assert_eq!(pattern.slot(name), Some((slot, false)));
        let longer = format!("{name}x");
        prop_assert!(pattern.slot(&longer).is_none_or(|found| found.0 != slot), "{}", longer);
        prop_assert_ne!(&path, Path::new(&file));
    }

    #[test]
    fn periods_are_read_or_none(text in "\\PC{0,16}|[0-9]{0,5}-[0-9]{0,3}-[0-9]{0,3}(_[0-9]{0,3})?") {
        for unit in [Unit::Day, Unit::Hour] {
            if let Some(period) = unit.parse(&text) {
                prop_assert_eq!(unit.name(period), text.clone());
            }
        }
    }
}
