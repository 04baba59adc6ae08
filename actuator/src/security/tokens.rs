//! Bearer tokens that settings name, in the clear or as SHA-256.

use std::{fmt, future::ready};

use super::{
    Attempt, Authenticator, Credentials, Verdict,
    compare::{self, Hash},
};
use crate::model::{endpoint::BoxFuture, principal::Principal};

/// A token as settings describe one. It is long and random, so a quick digest will do.
#[derive(Debug)]
pub struct Token {
    /// The name that it has in the settings, and roles.
    pub principal: Principal,
    /// Its SHA-256.
    pub digest: Hash,
}

/// Tokens: `Authorization: Bearer …`.
pub struct Tokens {
    tokens: Vec<Token>,
}

impl Tokens {
    /// These tokens.
    pub fn new(tokens: Vec<Token>) -> Self {
        Self { tokens }
    }

    fn judge(&self, attempt: &Attempt<'_>) -> Verdict {
        let bearer = attempt.credentials.iter().find_map(|credentials| match credentials {
            Credentials::Bearer(token) => Some(*token),
            _ => None,
        });
        let Some(bearer) = bearer else { return Verdict::NotMine };
        let digest = compare::sha256(bearer.as_bytes());
        let mut found = None;
        // All are looked at: which one it is shows in no time.
        for token in &self.tokens {
            if compare::same(&token.digest, &digest) {
                found = Some(&token.principal);
            }
        }
        match found {
            Some(principal) => Verdict::Known(principal.clone()),
            None => Verdict::Refused("unknown token".to_owned()),
        }
    }
}

impl Authenticator for Tokens {
    fn name(&self) -> &'static str {
        "bearer"
    }

    fn authenticate<'a>(&'a self, attempt: &'a Attempt<'a>) -> BoxFuture<'a, Verdict> {
        Box::pin(ready(self.judge(attempt)))
    }

    fn challenge(&self) -> Option<String> {
        Some(r#"Bearer realm="Realm""#.to_owned())
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("tokens", &self.tokens.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_as_a_whole() {
        let token = |name: &str, value: &str| Token {
            principal: Principal::new(name, ["viewer"]),
            digest: compare::sha256(value.as_bytes()),
        };
        let tokens = Tokens::new(vec![token("a", "aaa"), token("b", "bbb")]);
        let ask = |value: &str| {
            let credentials = [Credentials::Bearer(value)];
            tokens.judge(&Attempt { credentials: &credentials, client: None, header: &|_| None })
        };
        assert_eq!(ask("bbb"), Verdict::Known(Principal::new("b", ["viewer"])));
        for wrong in ["", "aa", "aaaa", "aaabbb", "AAA"] {
            assert!(matches!(ask(wrong), Verdict::Refused(_)), "{wrong}");
        }
    }
}
