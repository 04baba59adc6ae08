//! Whatever typed settings are made of.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{FieldFacts, Place, Rules, SettingField};
use crate::{
    settings::{SettingKind, Settings, SettingsReader},
    support::odd_text::odd_text,
};

/// The names that hold a value, below one name: as lists, maps, groups, or none of these.
fn names() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(odd_text("(\\.|\\[[0-9]{1,21}\\]|\\[|\\]|_|-|[a-cA-C]|[0-9]){0,6}"), 0..5)
}

const KINDS: [SettingKind; 4] =
    [SettingKind::Number, SettingKind::Duration, SettingKind::Size, SettingKind::Text];

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn lists_and_maps_of_any_names_are_read_or_refused(
        names in names(), variables in names(), value in odd_text("[0-9,a-c ]{0,9}"),
    ) {
        let mut settings = Settings::builder();
        for name in &names {
            settings = settings.default_value(&format!("shop.a-list{name}"), &*value);
        }
        let variables =
            variables.iter().map(|name| (format!("SHOP_A_LIST{name}"), value.clone()));
        let Ok(settings) = settings.environment(variables).build() else { return Ok(()) };
        let mut reader = SettingsReader::new(&settings);
        let place = Place::new("shop.a-list", &settings);
        let _ = Vec::<String>::read(&place, &FieldFacts::NONE, &mut reader);
        let _ = Vec::<Vec<u8>>::read(&place, &FieldFacts::NONE, &mut reader);
        let _ = BTreeMap::<String, String>::read(&place, &FieldFacts::NONE, &mut reader);
        let _ = BTreeMap::<String, Vec<u64>>::read(&place, &FieldFacts::NONE, &mut reader);
        let _ = Option::<u16>::read(&place, &FieldFacts::NONE, &mut reader);
        if let Err(error) = reader.finish() {
            prop_assert!(error.to_string().contains("shop.a-list"), "{}", error);
        }
    }

    #[test]
    fn a_list_is_read_as_it_was_written(items in prop::collection::vec("[a-z]{1,5}", 1..30)) {
        let mut settings = Settings::builder();
        for (index, item) in items.iter().enumerate() {
            settings = settings.default_value(&format!("shop.items[{index}]"), &**item);
        }
        let settings = settings.build().unwrap();
        let mut reader = SettingsReader::new(&settings);
        let place = Place::new("shop.items", &settings);
        let read = Vec::<String>::read(&place, &FieldFacts::NONE, &mut reader);
        prop_assert_eq!(read.value, Some(items));
    }

    #[test]
    fn a_value_keeps_the_rules_or_is_told_what_is_expected(
        text in odd_text("[+-]?[0-9]{0,40}(\\.[0-9]{0,9})?(ms|s|m|h|d|KB|MB|e[0-9]{1,4})?|NaN|inf"),
        least in 0_usize..9,
    ) {
        let bounds = [Some("10"), Some("1s"), Some("4KB"), Some("0.5"), Some("soon"), None];
        for kind in KINDS {
            for (min, max) in bounds.into_iter().zip(bounds.into_iter().rev()) {
                let rules =
                    Rules { min, max, non_empty: true, least: Some(least), ..Rules::NONE };
                if let Some(expected) = rules.broken_by(&text, kind) {
                    prop_assert!(expected.starts_with("expected ") && expected.len() < 100);
                } else {
                    prop_assert!(!text.trim().is_empty() && text.chars().count() >= least);
                }
            }
        }
    }

    #[test]
    fn numbers_are_within_their_bounds_as_numbers_are(number: i64, min: i64, max: i64) {
        let texts = (min.to_string(), max.to_string());
        // What lives as long as the program, as an attribute's text does; a few bytes each.
        let (least, most): (&'static str, &'static str) = (texts.0.leak(), texts.1.leak());
        let rules = Rules { min: Some(least), max: Some(most), ..Rules::NONE };
        let broken = rules.broken_by(&number.to_string(), SettingKind::Number);
        prop_assert_eq!(broken.is_none(), (min..=max).contains(&number));
    }
}
