//! Hashed passwords in a build without the feature `passwords`: there are none, and a setting that
//! has one refuses the start.

/// A password of which only a hash is known.
#[derive(Clone)]
pub enum HashedPassword {}

impl HashedPassword {
    /// Refuses: to go on without would let nobody in, or anybody.
    ///
    /// # Errors
    /// Always.
    pub fn parse(_: &str) -> Result<Self, String> {
        Err("this program was built without the feature `passwords` of the crate actuator, and \
             cannot read hashed passwords; build it with that feature"
            .to_owned())
    }

    /// Whether this is the password.
    pub fn is(&self, _: &str) -> bool {
        match *self {}
    }
}

#[cfg(test)]
mod tests {
    use crate::security::password::StoredPassword;

    #[test]
    fn a_build_without_hashes_refuses_them_by_the_name_of_the_feature() {
        for hash in ["{bcrypt}x", "$2b$10$x", "$argon2id$x", "{argon2}x"] {
            assert!(StoredPassword::parse(hash).unwrap_err().contains("feature `passwords`"));
        }
    }
}
