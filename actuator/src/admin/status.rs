//! How registration goes, for whoever shows it (health, info).

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::{Duration, SystemTime},
};

use serde::{Serialize, Serializer};

use crate::support::time;

/// The state of the registration at one admin server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RegistrationState {
    /// Where the registration is sent, without credentials and query.
    pub url: String,
    /// Whether the last attempt here succeeded.
    pub registered: bool,
    /// The id that the server gave; kept when a later attempt fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Since when `registered` is what it is, ISO 8601; absent before the first attempt.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "iso")]
    pub since: Option<SystemTime>,
    /// Why the last attempt failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl RegistrationState {
    fn new(url: String) -> Self {
        Self { url, registered: false, id: None, since: None, error: None }
    }
}

#[expect(clippy::ref_option, reason = "the shape that serialize_with asks for")]
fn iso<S: Serializer>(at: &Option<SystemTime>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => serializer.serialize_str(&time::iso_instant(*at)),
        None => serializer.serialize_none(),
    }
}

/// A handle on the states of all admin servers, in the order of the setting; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct RegistrationStatus {
    states: Arc<Mutex<Vec<RegistrationState>>>,
    attempts: Arc<[Attempts]>,
}

/// How many attempts at a server went well, and how many did not.
#[derive(Debug, Default)]
struct Attempts {
    succeeded: AtomicU32,
    failed: AtomicU32,
}

impl RegistrationStatus {
    pub(super) fn new(urls: impl Iterator<Item = String>) -> Self {
        let states: Vec<_> = urls.map(RegistrationState::new).collect();
        let attempts = states.iter().map(|_| Attempts::default()).collect();
        Self { states: Arc::new(Mutex::new(states)), attempts }
    }

    /// Whether the last attempt at a server succeeded; `server` is its place in the setting.
    pub fn is_registered(&self, server: usize) -> bool {
        let states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        states.get(server).is_some_and(|state| state.registered)
    }

    /// How many attempts at a server succeeded so far, or did not.
    pub fn attempts(&self, server: usize, succeeded: bool) -> u32 {
        self.attempts.get(server).map_or(0, |attempts| attempts.of(succeeded).load(Relaxed))
    }

    /// The states as they are now, one per admin server; empty without registration.
    pub fn snapshot(&self) -> Vec<RegistrationState> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The states once something is known of each, but after a fifth of a second at the latest. An
    /// admin server asks for health in the very moment of the first registration, and keeps the
    /// details of that answer until the status changes.
    pub async fn after_first_attempt(&self) -> Vec<RegistrationState> {
        for _ in 0..40 {
            let states = self.snapshot();
            if states.iter().any(|state| state.since.is_some()) {
                return states;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        self.snapshot()
    }

    pub(super) fn succeeded(&self, server: usize, id: String, now: SystemTime) {
        self.count(server, true);
        self.update(server, true, now, |state| {
            state.id = Some(id);
            state.error = None;
        });
    }

    pub(super) fn failed(&self, server: usize, error: String, now: SystemTime) {
        self.count(server, false);
        self.update(server, false, now, |state| state.error = Some(error));
    }

    pub(super) fn removed(&self, server: usize, now: SystemTime) {
        self.update(server, false, now, |state| {
            state.id = None;
            state.error = None;
        });
    }

    fn count(&self, server: usize, succeeded: bool) {
        if let Some(attempts) = self.attempts.get(server) {
            attempts.of(succeeded).fetch_add(1, Relaxed);
        }
    }

    fn update(
        &self,
        server: usize,
        registered: bool,
        now: SystemTime,
        change: impl FnOnce(&mut RegistrationState),
    ) {
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(state) = states.get_mut(server) {
            if state.since.is_none() || state.registered != registered {
                state.since = Some(now);
            }
            state.registered = registered;
            change(state);
        }
    }
}

impl Attempts {
    fn of(&self, succeeded: bool) -> &AtomicU32 {
        if succeeded { &self.succeeded } else { &self.failed }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn since_moves_only_when_the_state_changes() {
        let status = RegistrationStatus::new(["http://sba/instances".to_owned()].into_iter());
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        status.succeeded(0, "a9".to_owned(), at(1));
        status.succeeded(0, "a9".to_owned(), at(2));
        assert_eq!(
            serde_json::to_string(&status.snapshot()).unwrap(),
            r#"[{"url":"http://sba/instances","registered":true,"id":"a9","since":"1970-01-01T00:00:01Z"}]"#
        );
        status.failed(0, "down".to_owned(), at(3));
        assert_eq!((status.attempts(0, true), status.attempts(0, false)), (2, 1));
        let state = &status.snapshot()[0];
        assert_eq!(
            (state.registered, state.id.as_deref(), state.since, state.error.as_deref()),
            (false, Some("a9"), Some(at(3)), Some("down"))
        );
    }
}
