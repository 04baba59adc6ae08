//! Whatever profiles are called.

use proptest::prelude::*;

use super::Profiles;
use crate::{settings::Settings, support::odd_text::odd_text};

fn names() -> impl Strategy<Value = String> {
    odd_text("([a-z]{0,3}(\\.\\./|/|\\.|-|@|\\$\\{[a-z]\\}|,| )?){0,6}")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn a_profile_leads_to_no_other_folder_or_is_refused(
        active in names(), include in names(), default in names(), group in names(),
    ) {
        let settings = Settings::builder()
            .force("spring.profiles.active", active)
            .force("spring.profiles.include", include)
            .force("spring.profiles.default", default)
            .force("spring.profiles.group.a", group)
            .build();
        let Ok(settings) = settings else { return Ok(()) };
        let Ok(profiles) = Profiles::read(&settings) else { return Ok(()) };
        prop_assert!(profiles.active().len() <= 100);
        for name in profiles.active().iter().chain(profiles.accepted()) {
            prop_assert!(!name.contains(['/', '\\', '\0']) && name.chars().any(char::is_alphanumeric));
        }
    }
}
