//! Passwords as settings give them: hashed in Spring's forms (`{bcrypt}$2b$…`, `{argon2}$argon2id$…`,
//! either without its braces), or in the clear (`{noop}…`, or anything else).

#[cfg(feature = "passwords")]
mod hashed;
#[cfg(not(feature = "passwords"))]
#[path = "no_hashed.rs"]
mod hashed;

use std::fmt;

pub use self::hashed::HashedPassword;
use super::compare::{self, Hash};

/// A password that somebody must know.
#[derive(Clone)]
pub enum StoredPassword {
    /// One that stands in the settings as it is; kept as a digest.
    Clear(Hash),
    /// One of which only a slow hash is known.
    Hashed(HashedPassword),
}

impl StoredPassword {
    /// Reads the value of a setting.
    ///
    /// # Errors
    /// What is wrong with it; never a part of it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (encoding, rest) = match text.strip_prefix('{').and_then(|text| text.split_once('}')) {
            Some((encoding, rest)) => (Some(encoding), rest),
            None => (None, text),
        };
        if rest.is_empty() {
            return Err("a password must not be empty".to_owned());
        }
        let hashed = || HashedPassword::parse(rest).map(Self::Hashed);
        match encoding {
            // Spring 5.8 marks its newer parameters so; the hash says them itself.
            Some("bcrypt" | "argon2" | "argon2@SpringSecurity_v5_8") => hashed(),
            Some("noop") => Ok(Self::Clear(compare::sha256(rest.as_bytes()))),
            Some(_) => Err("expected {bcrypt}, {argon2} or {noop} in front of it".to_owned()),
            None if is_hash(rest) => hashed(),
            None => Ok(Self::Clear(compare::sha256(rest.as_bytes()))),
        }
    }

    /// Whether this is the password. It may take a second, unless it stands in the clear.
    pub fn is(&self, password: &str) -> bool {
        match self {
            Self::Clear(known) => compare::same(known, &compare::sha256(password.as_bytes())),
            Self::Hashed(known) => known.is(password),
        }
    }

    /// Whether it takes long to look.
    pub fn is_slow(&self) -> bool {
        matches!(self, Self::Hashed(_))
    }
}

/// Whether it has the form of a hash: nobody means a password by that.
fn is_hash(text: &str) -> bool {
    ["$2a$", "$2b$", "$2x$", "$2y$", "$argon2"].iter().any(|start| text.starts_with(start))
}

impl fmt::Debug for StoredPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_slow() { "Hashed(******)" } else { "Clear(******)" })
    }
}

#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod tests;
