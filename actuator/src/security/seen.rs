//! Credentials that were found right before, each until its own end, so that a slow hash or a
//! signature is not looked at with each request.
//!
//! What is kept is an HMAC under a key of this process: whoever reads the memory finds no
//! credentials, and whoever chooses them cannot choose their place. Nothing wrong is ever kept.

use std::{
    collections::HashMap,
    fmt,
    ops::Range,
    sync::{Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use super::compare::{Hash, Keyed};
use crate::{model::principal::Principal, support::clock::Clock};

/// How many are kept; the one that was asked for least recently gives way.
const CAPACITY: usize = 1_024;

/// Credentials that were found right.
pub struct Seen {
    key: Keyed,
    clock: Clock,
    entries: Mutex<Entries>,
}

#[derive(Default)]
struct Entries {
    by_key: HashMap<Hash, Entry>,
    /// Counts what is kept and found.
    uses: u64,
}

struct Entry {
    principal: Principal,
    /// From when to when it is known. Where the wall clock is set back to before it was kept,
    /// nobody knows how long ago that was.
    known: Range<SystemTime>,
    /// Its last use, by their count.
    used: u64,
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

    /// Who it is, if these credentials were right before and have not come to their end.
    pub fn get(&self, key: &Hash) -> Option<Principal> {
        let now = self.clock.now();
        let mut entries = self.entries();
        let used = entries.next_use();
        let entry = entries.by_key.get_mut(key).filter(|entry| entry.known.contains(&now))?;
        entry.used = used;
        Some(entry.principal.clone())
    }

    /// Keeps credentials that are right, until their end, however often they are asked for.
    pub fn keep(&self, key: Hash, principal: Principal, until: SystemTime) {
        let now = self.clock.now();
        let mut entries = self.entries();
        if entries.by_key.len() >= CAPACITY && !entries.by_key.contains_key(&key) {
            entries.make_room(now);
        }
        let used = entries.next_use();
        entries.by_key.insert(key, Entry { principal, known: now..until, used });
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    fn next_use(&mut self) -> u64 {
        self.uses += 1;
        self.uses
    }

    /// Lets those go that have ended; if there are none, the one whose last use is longest ago.
    fn make_room(&mut self, now: SystemTime) {
        self.by_key.retain(|_, entry| entry.known.contains(&now));
        if self.by_key.len() >= CAPACITY {
            let idle = self.by_key.iter().min_by_key(|(_, entry)| entry.used);
            if let Some(key) = idle.map(|(key, _)| *key) {
                self.by_key.remove(&key);
            }
        }
    }
}

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = self.entries().by_key.len();
        f.debug_struct("Seen").field("credentials", &kept).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    fn ada() -> Principal {
        Principal::new("ada", ["operator"])
    }

    #[test]
    fn each_ends_at_its_own_time_however_often_it_is_asked_for() {
        let clock = Clock::manual(SystemTime::now());
        let seen = Seen::new(clock.clone()).unwrap();
        let (long, short) = (seen.key(&[b"ada", b"password"]), seen.key(&[b"token"]));
        assert_eq!(seen.get(&long), None);
        seen.keep(long, ada(), clock.now() + 10 * MINUTE);
        seen.keep(short, ada(), clock.now() + MINUTE);
        for minute in 1..10 {
            clock.advance(MINUTE);
            assert_eq!(seen.get(&long), Some(ada()), "{minute}");
            assert_eq!(seen.get(&short), None, "{minute}");
        }
        assert_eq!(seen.get(&seen.key(&[b"adapassword", b""])), None);
        clock.advance(MINUTE);
        assert_eq!(seen.get(&long), None);
    }

    #[test]
    fn of_too_many_what_has_ended_goes_and_then_the_one_that_was_used_least_recently() {
        let clock = Clock::manual(SystemTime::now());
        let seen = Seen::new(clock.clone()).unwrap();
        let key = |n: usize| seen.key(&[&n.to_be_bytes()]);
        let keep = |n: usize| seen.keep(key(n), ada(), clock.now() + MINUTE);
        for n in 0..10 * CAPACITY {
            keep(n);
            assert!(seen.get(&key(0)).is_some(), "it is in use");
        }
        assert_eq!(seen.entries().by_key.len(), CAPACITY);
        assert!(seen.get(&key(1)).is_none() && seen.get(&key(10 * CAPACITY - 1)).is_some());
        clock.advance(MINUTE);
        keep(10 * CAPACITY);
        assert_eq!(seen.entries().by_key.len(), 1, "all others had ended");
    }

    #[test]
    fn what_was_kept_later_than_now_is_not_known() {
        let (clock, later) = (Clock::manual(SystemTime::now()), SystemTime::now() + MINUTE);
        let seen = Seen::new(clock.clone()).unwrap();
        let key = seen.key(&[b"token"]);
        seen.keep(key, ada(), later + MINUTE);
        // The clock was set back after that.
        seen.entries().by_key.get_mut(&key).unwrap().known.start = later;
        assert_eq!(seen.get(&key), None);
    }
}
