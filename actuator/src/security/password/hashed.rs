//! Passwords of which only a slow hash is known.

use std::str::FromStr as _;

use argon2::{
    Argon2, Params,
    password_hash::{PasswordVerifier as _, phc::PasswordHash},
};

/// Each step doubles the time: this one is about five seconds.
const HIGHEST_COST: u32 = 16;
/// KiB of memory that looking at one password may take.
const MOST_MEMORY: u32 = 1024 * 1024;

/// A password of which only a hash is known, with what is needed to hash another.
#[derive(Clone)]
pub enum HashedPassword {
    /// bcrypt in its modular form: `$2b$10$…`.
    Bcrypt(String),
    /// argon2 in the PHC form: `$argon2id$v=19$m=19456,t=2,p=1$…`.
    Argon2(Box<PasswordHash>),
}

impl HashedPassword {
    /// Reads a hash.
    ///
    /// # Errors
    /// It is none, or looking at it would take too much.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.starts_with("$argon2") {
            return argon2(text).map(|hash| Self::Argon2(Box::new(hash)));
        }
        let parts = bcrypt::HashParts::from_str(text)
            .map_err(|_| "this is no hash of bcrypt ($2b$…) or argon2 ($argon2id$…)".to_owned())?;
        if parts.get_cost() > HIGHEST_COST {
            return Err(format!("its cost is above {HIGHEST_COST}: each look would take seconds"));
        }
        Ok(Self::Bcrypt(text.to_owned()))
    }

    /// Whether this is the password. It takes as long as whoever made the hash wanted.
    pub fn is(&self, password: &str) -> bool {
        match self {
            Self::Bcrypt(hash) => bcrypt::verify(password, hash).unwrap_or(false),
            Self::Argon2(hash) => {
                Argon2::default().verify_password(password.as_bytes(), &**hash).is_ok()
            }
        }
    }
}

fn argon2(text: &str) -> Result<PasswordHash, String> {
    let hash = PasswordHash::new(text).map_err(|error| format!("this is no PHC hash: {error}"))?;
    let parameters =
        Params::try_from(&hash).map_err(|error| format!("argon2 cannot use it: {error}"))?;
    if hash.salt.is_none() || hash.hash.is_none() {
        return Err("it has no salt, or no hash".to_owned());
    }
    if parameters.m_cost() > MOST_MEMORY {
        return Err("its memory (m) is above 1 GiB".to_owned());
    }
    Ok(hash)
}

#[cfg(test)]
mod tests {
    use crate::security::password::StoredPassword;

    /// What others made of `password`.
    const HASHES: [&str; 5] = [
        // Documentation of Spring Security's DelegatingPasswordEncoder.
        "{bcrypt}$2a$10$dXJ3SW6G7P50lGmMkkmwe.20cQQubK3.HZWzG3YB1tlRy.fqvM/BG",
        "$2a$10$dXJ3SW6G7P50lGmMkkmwe.20cQQubK3.HZWzG3YB1tlRy.fqvM/BG",
        // Test vectors of the reference implementation of argon2 (phc-winner-argon2, src/test.c).
        "{argon2}$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "{argon2@SpringSecurity_v5_8}$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
        "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8",
    ];

    #[test]
    fn hashes_that_others_made_are_read() {
        for hash in HASHES {
            let stored = StoredPassword::parse(hash).unwrap_or_else(|why| panic!("{hash}: {why}"));
            assert!(stored.is_slow());
            assert!(stored.is("password") && !stored.is("passwore"), "{hash}");
        }
    }

    #[test]
    fn what_would_take_too_much_is_refused() {
        for bad in [
            "$2a$31$dXJ3SW6G7P50lGmMkkmwe.20cQQubK3.HZWzG3YB1tlRy.fqvM/BG",
            "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ",
        ] {
            assert!(StoredPassword::parse(bad).is_err(), "{bad}");
        }
    }
}
