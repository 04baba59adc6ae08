//! Which sessions there are, for a store that cannot be asked by user: bounded, the one that was
//! used longest ago goes first.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use super::repository::SessionDetails;
use crate::support::{clock::Clock, text::shortened, unique_id};

/// Names of attributes that are remembered of a session.
const MAX_NAMES: usize = 32;
/// Bytes of such a name.
const MAX_NAME: usize = 128;
/// Bytes of a username.
const MAX_USERNAME: usize = 256;

/// Remembers sessions by user, and gives each an id of its own to be shown. Clones share it.
///
/// `K` is what the store calls a session; it is never shown. Whoever keeps sessions tells the index
/// what happens to them.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use actuator::session::{SessionIndex, SessionState};
///
/// let index = SessionIndex::new(10_000);
/// let lifetime = Duration::from_secs(1800);
/// index.saved("the value of the cookie", SessionState {
///     username: Some("alice"),
///     attribute_names: &["cart"],
///     expires: SystemTime::now() + lifetime,
/// });
/// let found = index.find_by_username("alice");
/// assert_eq!(found.len(), 1);
/// assert_eq!(index.key_of(&found[0].id), Some("the value of the cookie"));
/// ```
pub struct SessionIndex<K> {
    state: Arc<Mutex<State<K>>>,
    max: usize,
    clock: Clock,
}

/// A session as its store keeps it.
#[derive(Clone, Copy)]
pub struct SessionState<'s> {
    /// Whose it is, as far as that is known.
    pub username: Option<&'s str>,
    /// The names of what is kept in it.
    pub attribute_names: &'s [&'s str],
    /// When it ends unless it is used again.
    pub expires: SystemTime,
}

struct State<K> {
    sessions: HashMap<K, Entry>,
    /// From shown ids.
    shown: HashMap<u128, K>,
    /// By their last use.
    used: BTreeMap<u64, K>,
    /// By user, and in the order in which they came.
    users: HashMap<Arc<str>, BTreeMap<u128, K>>,
    uses: u64,
}

struct Entry {
    shown: u128,
    use_number: u64,
    username: Option<Arc<str>>,
    attribute_names: Box<[Box<str>]>,
    created: SystemTime,
    last_accessed: SystemTime,
    max_inactive: Duration,
    expires: SystemTime,
}

impl<K: Clone + Eq + Hash> SessionIndex<K> {
    /// An empty one that remembers at most `max` sessions.
    pub fn new(max: usize) -> Self {
        Self::with_clock(max, Clock::system())
    }

    fn with_clock(max: usize, clock: Clock) -> Self {
        let state = State {
            sessions: HashMap::new(),
            shown: HashMap::new(),
            used: BTreeMap::new(),
            users: HashMap::new(),
            uses: 0,
        };
        Self { state: Arc::new(Mutex::new(state)), max: max.max(1), clock }
    }

    /// The session began, or something in it has changed. One that was not known counts as begun
    /// now.
    pub fn saved(&self, key: K, session: SessionState<'_>) {
        let now = self.clock.now();
        let mut names = session.attribute_names.to_vec();
        names.sort_unstable();
        let names = names.into_iter().take(MAX_NAMES).map(|name| shortened(name, MAX_NAME).into());
        let username = session.username.map(|name| Arc::from(shortened(name, MAX_USERNAME)));
        let mut state = self.lock();
        let known = state.take(&key);
        let (shown, created) = known.map_or_else(
            || (unique_id::number(self.clock.instant()), now),
            |known| (known.shown, known.created),
        );
        state.uses += 1;
        let entry = Entry {
            shown,
            use_number: state.uses,
            username,
            attribute_names: names.collect(),
            created,
            last_accessed: now,
            max_inactive: session.expires.duration_since(now).unwrap_or_default(),
            expires: session.expires,
        };
        state.put(key, entry);
        if state.sessions.len() > self.max {
            state.forget_oldest();
        }
    }

    /// The session was used; whether it is known.
    pub fn accessed(&self, key: &K) -> bool {
        let now = self.clock.now();
        let mut state = self.lock();
        state.uses += 1;
        let number = state.uses;
        let Some(entry) = state.sessions.get_mut(key) else { return false };
        let before = std::mem::replace(&mut entry.use_number, number);
        entry.last_accessed = now;
        state.used.remove(&before);
        state.used.insert(number, key.clone());
        true
    }

    /// The session has ended.
    pub fn removed(&self, key: &K) {
        drop(self.lock().take(key));
    }

    /// The sessions of a user, the oldest first. Those whose time is over are forgotten.
    pub fn find_by_username(&self, username: &str) -> Vec<SessionDetails> {
        let now = self.clock.now();
        let mut state = self.lock();
        let Some(keys) = state.users.get(shortened(username, MAX_USERNAME)) else {
            return Vec::new();
        };
        let keys: Vec<K> = keys.values().cloned().collect();
        for key in &keys {
            if state.sessions.get(key).is_some_and(|entry| entry.expires <= now) {
                state.take(key);
            }
        }
        let entries = keys.iter().filter_map(|key| state.sessions.get(key));
        let mut found: Vec<_> = entries.map(Entry::details).collect();
        found.sort_by_key(|one| one.created);
        found
    }

    /// The session under a shown id.
    pub fn find_by_id(&self, id: &str) -> Option<SessionDetails> {
        let key = self.key_of(id)?;
        let now = self.clock.now();
        let state = self.lock();
        state.sessions.get(&key).filter(|entry| entry.expires > now).map(Entry::details)
    }

    /// What the store calls the session under a shown id.
    pub fn key_of(&self, id: &str) -> Option<K> {
        self.lock().shown.get(&parse(id)?).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, State<K>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Clone + Eq + Hash> State<K> {
    fn put(&mut self, key: K, entry: Entry) {
        self.shown.insert(entry.shown, key.clone());
        self.used.insert(entry.use_number, key.clone());
        if let Some(username) = &entry.username {
            let sessions = self.users.entry(Arc::clone(username)).or_default();
            sessions.insert(entry.shown, key.clone());
        }
        self.sessions.insert(key, entry);
    }

    fn take(&mut self, key: &K) -> Option<Entry> {
        let entry = self.sessions.remove(key)?;
        self.shown.remove(&entry.shown);
        self.used.remove(&entry.use_number);
        if let Some(username) = &entry.username
            && let Some(sessions) = self.users.get_mut(username)
        {
            sessions.remove(&entry.shown);
            if sessions.is_empty() {
                self.users.remove(username);
            }
        }
        Some(entry)
    }

    fn forget_oldest(&mut self) {
        if let Some(key) = self.used.first_key_value().map(|(_, key)| key.clone()) {
            self.take(&key);
        }
    }
}

impl Entry {
    fn details(&self) -> SessionDetails {
        SessionDetails {
            id: written(self.shown),
            attribute_names: self.attribute_names.iter().map(ToString::to_string).collect(),
            created: self.created,
            last_accessed: self.last_accessed,
            max_inactive: self.max_inactive,
            is_expired: false,
        }
    }
}

/// 32 digits, in lower case.
fn written(id: u128) -> String {
    format!("{id:032x}")
}

fn parse(id: &str) -> Option<u128> {
    let number = u128::from_str_radix(id, 16).ok()?;
    (written(number) == id).then_some(number)
}

impl<K> Clone for SessionIndex<K> {
    fn clone(&self) -> Self {
        Self { state: Arc::clone(&self.state), max: self.max, clock: self.clock.clone() }
    }
}

/// Without what is in it.
impl<K> fmt::Debug for SessionIndex<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionIndex").field("max", &self.max).finish_non_exhaustive()
    }
}

impl fmt::Debug for SessionState<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionState").field("expires", &self.expires).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "index_tests.rs"]
mod tests;
