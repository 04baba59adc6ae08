//! The one place where secrets are compared, and where they are made into digests.
//!
//! No comparison tells by its time where two secrets differ, and none of texts how long one is.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// SHA-256, or an HMAC with it.
pub type Hash = [u8; 32];

/// Whether both are the same.
pub fn same(one: &Hash, other: &Hash) -> bool {
    one.ct_eq(other).into()
}

/// SHA-256 of a secret.
pub fn sha256(secret: &[u8]) -> Hash {
    Sha256::digest(secret).into()
}

/// HMAC-SHA-256 (RFC 2104) under one key.
#[derive(Clone)]
pub struct Keyed(Hmac<Sha256>);

impl Keyed {
    /// Under a key that nobody knows, and that ends with the process.
    ///
    /// # Errors
    /// The operating system gives no random bytes.
    pub fn random() -> Result<Self, String> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| error.to_string())?;
        Ok(Self::under(&key))
    }

    /// Under a key that is made of a secret, for one purpose.
    pub fn derived(secret: &[u8], purpose: &[u8]) -> Self {
        Self::under(&Self::under(&sha256(secret)).of(&[purpose]))
    }

    fn under(key: &Hash) -> Self {
        // A key that is shorter than a block is filled up with zeros (RFC 2104).
        let mut block = [0; 64];
        block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
        Self(Hmac::new(&block.into()))
    }

    /// The HMAC of some texts. Where one ends counts: `a`, `bc` is not `ab`, `c`.
    pub fn of(&self, parts: &[&[u8]]) -> Hash {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_depends_on_the_key_and_on_where_a_part_ends() {
        let keyed = Keyed::random().unwrap();
        assert!(same(&keyed.of(&[b"a", b"bc"]), &keyed.of(&[b"a", b"bc"])));
        assert!(!same(&keyed.of(&[b"a", b"bc"]), &keyed.of(&[b"ab", b"c"])));
        assert!(!same(&keyed.of(&[b"a"]), &Keyed::random().unwrap().of(&[b"a"])));
        let cookie = |secret: &[u8]| Keyed::derived(secret, b"cookie").of(&[b"x"]);
        assert!(same(&cookie(b"s"), &cookie(b"s")));
        assert!(!same(&cookie(b"s"), &cookie(b"t")));
    }

    #[test]
    fn trap_seed_23_secrets_are_compared_in_one_place_that_tells_nothing_by_its_time() {
        // What `subtle` promises holds only where it is used: nowhere else in this folder or in
        // the guard is a secret compared with `==`.
        let sources = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
        let mut looked_at = 0;
        for folder in ["security", "security/password", "web/guard"] {
            for file in std::fs::read_dir(format!("{sources}/{folder}")).unwrap() {
                let path = file.unwrap().path();
                if path.extension().is_none_or(|extension| extension != "rs")
                    || path.ends_with("tests.rs")
                {
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]\nmod ").next().unwrap();
                for line in code.lines().filter(|line| line.contains("==") || line.contains("!=")) {
                    for secret in ["password", "secret", "token", "digest", "hash", "mac"] {
                        assert!(!line.contains(secret), "{}: {line}", path.display());
                    }
                }
                looked_at += 1;
            }
        }
        assert!(looked_at > 10);
    }
}
