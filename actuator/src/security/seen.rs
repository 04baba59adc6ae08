//! Credentials that were found right a short while ago, so that a slow hash is not made with each
//! request.
//!
//! What is kept is an HMAC under a key of this process: whoever reads the memory finds no password,
//! and whoever chooses a password cannot choose its place. Nothing wrong is ever kept.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::compare::{Hash, Keyed};
use crate::{model::principal::Principal, support::clock::Clock};

/// How many are kept; the one that was asked for least recently gives way.
const CAPACITY: usize = 256;
/// How long one is kept at most, however often it is asked for.
const KEPT: Duration = Duration::from_mins(10);

/// Credentials that were found right.
pub struct Seen {
    key: Keyed,
    clock: Clock,
    entries: Mutex<HashMap<Hash, Entry>>,
}

struct Entry {
    principal: Principal,
    until: Instant,
    used: Instant,
}

impl Seen {
    /// None yet.
    ///
    /// # Errors
    /// There is no random key.
    pub fn new(clock: Clock) -> Result<Self, String> {
        Ok(Self { key: Keyed::random()?, clock, entries: Mutex::default() })
    }

    /// Under what credentials are found again.
    pub fn key(&self, parts: &[&[u8]]) -> Hash {
        self.key.of(parts)
    }

    /// Who it is, if these credentials were right a short while ago.
    pub fn get(&self, key: &Hash) -> Option<Principal> {
        let now = self.clock.instant();
        let mut entries = self.entries();
        let entry = entries.get_mut(key).filter(|entry| now < entry.until)?;
        entry.used = now;
        Some(entry.principal.clone())
    }

    /// Keeps credentials that are right.
    pub fn keep(&self, key: Hash, principal: Principal) {
        let now = self.clock.instant();
        let mut entries = self.entries();
        if entries.len() >= CAPACITY && !entries.contains_key(&key) {
            entries.retain(|_, entry| now < entry.until);
            if entries.len() >= CAPACITY
                && let Some(oldest) =
                    entries.iter().min_by_key(|(_, entry)| entry.used).map(|(key, _)| *key)
            {
                entries.remove(&oldest);
            }
        }
        entries.insert(key, Entry { principal, until: now + KEPT, used: now });
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<Hash, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    fn ada() -> Principal {
        Principal::new("ada", ["operator"])
    }

    #[test]
    fn what_is_kept_ends_after_its_time_however_often_it_is_asked_for() {
        let clock = Clock::manual(SystemTime::now());
        let seen = Seen::new(clock.clone()).unwrap();
        let key = seen.key(&[b"ada", b"password"]);
        assert_eq!(seen.get(&key), None);
        seen.keep(key, ada());
        for _ in 0..9 {
            clock.advance(KEPT / 10);
            assert_eq!(seen.get(&key), Some(ada()));
        }
        assert_eq!(seen.get(&seen.key(&[b"adapassword", b""])), None);
        clock.advance(KEPT / 10);
        assert_eq!(seen.get(&key), None);
    }

    #[test]
    fn of_too_many_the_one_that_was_used_least_recently_goes() {
        let clock = Clock::manual(SystemTime::now());
        let seen = Seen::new(clock.clone()).unwrap();
        let key = |n: usize| seen.key(&[&n.to_be_bytes()]);
        for n in 0..10 * CAPACITY {
            clock.advance(Duration::from_millis(1));
            seen.keep(key(n), ada());
            assert!(seen.get(&key(0)).is_some(), "it is in use");
        }
        assert_eq!(seen.entries().len(), CAPACITY);
        assert!(seen.get(&key(1)).is_none() && seen.get(&key(10 * CAPACITY - 1)).is_some());
    }
}
