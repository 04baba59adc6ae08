use super::*;

/// What others made of `password`: Spring's encoders, `htpasswd`, the reference implementation.
#[cfg(feature = "passwords")]
const HASHES: [&str; 5] = [
    // Documentation of Spring Security's DelegatingPasswordEncoder.
    "{bcrypt}$2a$10$dXJ3SW6G7P50lGmMkkmwe.20cQQubK3.HZWzG3YB1tlRy.fqvM/BG",
    "$2a$10$dXJ3SW6G7P50lGmMkkmwe.20cQQubK3.HZWzG3YB1tlRy.fqvM/BG",
    // Test vectors of the reference implementation of argon2 (phc-winner-argon2, src/test.c).
    "{argon2}$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
    "{argon2@SpringSecurity_v5_8}$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
    "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8",
];

#[cfg(feature = "passwords")]
#[test]
fn hashes_that_others_made_are_read() {
    for hash in HASHES {
        let stored = StoredPassword::parse(hash).unwrap_or_else(|error| panic!("{hash}: {error}"));
        assert!(stored.is_slow());
        assert!(stored.is("password"), "{hash}");
        assert!(!stored.is("passwore"), "{hash}");
    }
}

#[cfg(not(feature = "passwords"))]
#[test]
fn a_build_without_hashes_refuses_them_by_the_name_of_the_feature() {
    for hash in ["{bcrypt}x", "$2b$10$x", "$argon2id$x", "{argon2}x"] {
        assert!(StoredPassword::parse(hash).unwrap_err().contains("feature `passwords`"));
    }
}

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
        "$2a$31$dXJ3SW6G7P50lGmMkkmwe.20cQQubK3.HZWzG3YB1tlRy.fqvM/BG",
        "$2b$t0ps3cret",
        "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ",
        "$argon2id$t0ps3cret",
    ] {
        let error = StoredPassword::parse(bad).unwrap_err();
        assert!(!error.contains("t0ps3cret"), "{bad}: {error}");
    }
}
