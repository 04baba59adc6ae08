//! Tokens that were found right, until they expire, so that a signature is checked once.
//!
//! What is kept is an HMAC under a key of this process, and never the token.

use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use crate::{
    model::principal::Principal,
    security::compare::{Hash, Keyed},
};

/// How many are kept.
pub(super) const CAPACITY: usize = 1_024;

/// Under what a token is found again.
pub(super) type Trace = Hash;

/// Tokens that were found right.
pub(super) struct Seen {
    key: Keyed,
    entries: Mutex<HashMap<Trace, Entry>>,
}

struct Entry {
    principal: Principal,
    until: SystemTime,
}

impl Seen {
    /// None yet. The error: there is no random key.
    pub(super) fn new() -> Result<Self, String> {
        Ok(Self { key: Keyed::random()?, entries: Mutex::default() })
    }

    /// Under what this token is found again.
    pub(super) fn trace(&self, token: &str) -> Trace {
        self.key.of(&[token.as_bytes()])
    }

    /// Whose it is, if it was right and still is.
    pub(super) fn get(&self, trace: &Trace, now: SystemTime) -> Option<Principal> {
        let entries = self.entries();
        entries.get(trace).filter(|entry| now < entry.until).map(|entry| entry.principal.clone())
    }

    /// Keeps a token that is right. If there are too many, those that are expired go, and if there
    /// are none, the one that would expire first.
    pub(super) fn keep(
        &self,
        trace: Trace,
        principal: Principal,
        until: SystemTime,
        now: SystemTime,
    ) {
        let mut entries = self.entries();
        if entries.len() >= CAPACITY {
            entries.retain(|_, entry| now < entry.until);
        }
        if entries.len() >= CAPACITY
            && let Some(first) = entries.iter().min_by_key(|(_, entry)| entry.until)
        {
            let first = *first.0;
            entries.remove(&first);
        }
        entries.insert(trace, Entry { principal, until });
    }

    /// Forgets all: the keys are others.
    pub(super) fn forget(&self) {
        self.entries().clear();
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<Trace, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seen").field("tokens", &self.entries().len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_token_is_known_until_it_expires_and_of_too_many_the_first_to_expire_goes() {
        let (seen, now) = (Seen::new().unwrap(), SystemTime::now());
        let ada = Principal::new("ada", ["viewer"]);
        let until = |n: usize| now + Duration::from_secs(1 + n as u64);
        for n in 0..2 * CAPACITY {
            seen.keep(seen.trace(&n.to_string()), ada.clone(), until(n), now);
        }
        assert_eq!(seen.entries().len(), CAPACITY);
        let last = seen.trace(&(2 * CAPACITY - 1).to_string());
        assert_eq!(seen.get(&last, now), Some(ada));
        assert_eq!(seen.get(&seen.trace("0"), now), None);
        assert_eq!(seen.get(&last, until(2 * CAPACITY - 1)), None);
        seen.forget();
        assert_eq!(seen.get(&last, now), None);
    }
}
