//! Whatever stands where a level or a directive should.

use proptest::prelude::*;

use super::{
    bounds::is_name, level::LogLevel, level_override::LevelOverride, settings::parse_directives,
};

proptest! {
    #[test]
    fn a_level_is_read_or_none_and_read_again(text in "\\PC{0,12}|[offwarnetlsdbugi -]{0,8}") {
        if let Some(level) = LogLevel::parse(&text) {
            prop_assert_eq!(LogLevel::parse(level.name()), Some(level));
        }
    }

    #[test]
    fn directives_are_read_or_told_and_name_only_what_can_be_a_logger(
        text in "\\PC{0,40}|([a-z:]{0,9}=?[a-z]{0,5},?[\\[{\"]?){0,6}",
    ) {
        let read = parse_directives(&text);
        prop_assert!(read.levels.len() + read.ignored.len() <= text.split(',').count());
        prop_assert!(read.levels.iter().all(|(name, _)| is_name(name)));
    }

    #[test]
    fn what_a_store_keeps_is_read_or_refused(
        name in "\\PC{0,10}", level in "\\PC{0,6}|DEBUG", since in "\\PC{0,10}|2026-[0-9]{2}-[0-9]{2}T00:00:00Z",
    ) {
        let text = serde_json::json!({ "name": name, "configuredLevel": level, "since": since });
        let _ = serde_json::from_value::<LevelOverride>(text);
    }
}
