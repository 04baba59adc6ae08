//! What is read as a password, and what is refused.

use super::*;

#[test]
fn a_password_in_the_clear_is_told_from_all_others() {
    for text in ["{noop}password", "password"] {
        let stored = StoredPassword::parse(text).unwrap();
        assert!(!stored.is_slow() && stored.is("password"));
        assert!(
            !stored.is("passwore") && !stored.is("passwor") && !stored.is(text)
                || text == "password"
        );
    }
}

#[test]
fn what_is_no_password_is_refused_without_repeating_it() {
    for bad in [
        "",
        "{noop}",
        "{bcrypt}t0ps3cret",
        "{md5}t0ps3cret",
        "{}t0ps3cret",
        "$2b$t0ps3cret",
        "$argon2id$t0ps3cret",
    ] {
        let error = StoredPassword::parse(bad).unwrap_err();
        assert!(!error.contains("t0ps3cret"), "{bad}: {error}");
    }
}
