//! Whatever a setting says a password is.

use proptest::prelude::*;

use super::*;

/// What begins as a stored password does, and goes on as it likes.
fn odd() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,40}",
        "\\{[a-zA-Z0-9@_]{0,12}\\}?\\PC{0,40}",
        "(\\{bcrypt\\})?\\$2[abxy]?\\$[0-9]{0,3}\\$?[./A-Za-z0-9]{0,60}\\PC{0,3}",
        "\\$argon2(id|i|d)?(\\$v=[0-9]{0,4})?(\\$[mtpx]=[0-9]{0,11}(,[mtp]=[0-9]{0,11}){0,3})?(\\$[+/A-Za-z0-9]{0,50}){0,3}",
    ]
}

proptest! {
    #[test]
    fn it_is_read_or_refused_and_never_repeated(text in odd(), secret in "[a-z]{12}q7") {
        let _ = StoredPassword::parse(&text);
        for around in [format!("{{x}}{secret}"), format!("$2b${secret}"), format!("{text}{secret}")] {
            match StoredPassword::parse(&around) {
                Ok(stored) => {
                    let shown = format!("{stored:?}");
                    prop_assert!(!shown.contains(&secret), "{shown}");
                }
                Err(error) => prop_assert!(!error.contains(&secret), "{around}: {error}"),
            }
        }
    }

    #[test]
    fn in_the_clear_it_is_itself_and_nothing_else(text in "[^{$]\\PC{0,30}", other in "\\PC{0,30}") {
        for written in [text.clone(), format!("{{noop}}{text}")] {
            let stored = StoredPassword::parse(&written).unwrap();
            prop_assert!(!stored.is_slow() && stored.is(&text));
            prop_assert_eq!(stored.is(&other), text == other);
        }
    }
}
