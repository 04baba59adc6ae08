//! From a bearer token to its caller.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{
    JwtSettings,
    algorithm::Algorithm,
    claims::Wanted,
    key::Key,
    keys::{Keys, OnChange},
    roles::Naming,
    token::{self, Token},
};
use crate::{
    model::{endpoint::BoxFuture, principal::Principal},
    security::{Attempt, Authenticator, Credentials, Verdict, compare::Hash, seen::Seen},
    support::clock::Clock,
};

/// Keys that are tried for a token that names none.
const MOST_TRIED: usize = 8;

/// Knows the callers whose JWTs an identity provider signed.
pub struct Jwt {
    algorithms: Vec<Algorithm>,
    wanted: Wanted,
    naming: Naming,
    keys: Keys,
    seen: Seen,
    /// How often the keys became others. What was found right under earlier ones is found again
    /// under their number only, which nobody asks for any more.
    changes: Arc<AtomicU64>,
    clock: Clock,
}

impl Jwt {
    /// By these settings. Nothing is fetched before the first token comes. The error: the system
    /// gives no random numbers.
    pub fn new(settings: JwtSettings, clock: Clock) -> Result<Self, String> {
        let JwtSettings { provider, algorithms, wanted, naming } = settings;
        let changes = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&changes);
        let on_change = OnChange(Box::new(move || {
            count.fetch_add(1, Ordering::Relaxed);
        }));
        let keys = Keys::new(provider, clock.clone(), on_change);
        Ok(Self {
            algorithms,
            wanted,
            naming,
            keys,
            seen: Seen::new(clock.clone())?,
            changes,
            clock,
        })
    }

    async fn judge(&self, token: &str) -> Verdict {
        if token.len() > token::LONGEST {
            return Verdict::Refused("the token is longer than 16 KiB".to_owned());
        }
        let changes = self.changes.load(Ordering::Relaxed).to_be_bytes();
        let key = self.seen.key(&[&changes, token.as_bytes()]);
        if let Some(principal) = self.seen.get(&key) {
            self.keys.refresh_if_old();
            return Verdict::Known(principal);
        }
        match self.check(token, key).await {
            Ok(principal) => Verdict::Known(principal),
            Err(Failure::Wrong(reason)) => Verdict::Refused(reason.to_owned()),
            Err(Failure::NoKeys(reason)) => Verdict::Unavailable(reason),
        }
    }

    async fn check(&self, text: &str, seen_as: Hash) -> Result<Principal, Failure> {
        let token = Token::read(text)?;
        if !self.algorithms.contains(&token.algorithm) {
            return Err(Failure::Wrong("the token is signed by an algorithm that is not allowed"));
        }
        let is_meant = |key: &Key| key.may_be(token.key.as_deref(), &token.algorithm_name);
        let keys = self.keys.matching(is_meant).await.map_err(Failure::NoKeys)?;
        if keys.is_empty() {
            return Err(Failure::Wrong("the token is signed with a key that is not known"));
        }
        let is_signed = keys
            .iter()
            .take(MOST_TRIED)
            .any(|key| key.has_signed(token.algorithm, token.message, &token.signature));
        if !is_signed {
            return Err(Failure::Wrong("the signature of the token is wrong"));
        }
        let claims = token.claims()?;
        let until = self.wanted.check(&claims, self.clock.now())?;
        let principal = self.naming.principal(&claims)?;
        self.seen.keep(seen_as, principal.clone(), until);
        Ok(principal)
    }
}

/// Why a token says nothing.
enum Failure {
    Wrong(&'static str),
    NoKeys(String),
}

impl From<&'static str> for Failure {
    fn from(reason: &'static str) -> Self {
        Self::Wrong(reason)
    }
}

impl Authenticator for Jwt {
    fn name(&self) -> &'static str {
        "jwt"
    }

    fn authenticate<'a>(&'a self, attempt: &'a Attempt<'a>) -> BoxFuture<'a, Verdict> {
        let token = attempt.credentials.iter().find_map(|one| match one {
            Credentials::Bearer(token) if token::is_one(token) => Some(*token),
            _ => None,
        });
        Box::pin(async move {
            match token {
                Some(token) => self.judge(token).await,
                None => Verdict::NotMine,
            }
        })
    }

    fn challenge(&self) -> Option<String> {
        Some(r#"Bearer realm="Realm""#.to_owned())
    }
}

impl fmt::Debug for Jwt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jwt").field("keys", &self.keys).finish_non_exhaustive()
    }
}
