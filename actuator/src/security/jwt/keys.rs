//! The keys that are known, and when the provider is asked for others.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::{key::Key, provider::Provider};
use crate::support::{clock::Clock, single_flight::SingleFlight};

/// After this the keys are asked for again, so that one that is withdrawn is not believed for long.
const FRESH: Duration = Duration::from_mins(5);
/// For a key that nobody knows the provider is asked at most this often: anybody can name one.
const UNKNOWN: Duration = Duration::from_mins(1);
/// How often it is asked while there are no keys at all.
const NONE_YET: Duration = Duration::from_secs(5);

/// The keys of one provider.
#[derive(Clone, Debug)]
pub(super) struct Keys {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    provider: Provider,
    clock: Clock,
    flight: SingleFlight<(), ()>,
    state: Mutex<State>,
    on_change: OnChange,
}

/// What is called when other keys are there.
pub(super) struct OnChange(pub(super) Box<dyn Fn() + Send + Sync>);

impl std::fmt::Debug for OnChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OnChange")
    }
}

#[derive(Debug, Default)]
struct State {
    /// The last ones that were good.
    keys: Option<Arc<Vec<Key>>>,
    fetched: Option<Instant>,
    tried: Option<Instant>,
    /// Why the last try failed.
    failure: Option<String>,
}

impl Keys {
    /// None yet; the provider is asked for them when the first token comes.
    pub(super) fn new(provider: Provider, clock: Clock, on_change: OnChange) -> Self {
        let state = Mutex::default();
        let shared = Shared { provider, clock, flight: SingleFlight::default(), state, on_change };
        Self { shared: Arc::new(shared) }
    }

    /// The keys that may be meant by `is_meant`; the provider is asked if there is none, though
    /// not too often. The error, if there never were any keys, says why.
    pub(super) async fn matching(
        &self,
        is_meant: impl Fn(&Key) -> bool,
    ) -> Result<Vec<Key>, String> {
        let find = |keys: &[Key]| -> Vec<Key> {
            keys.iter().filter(|key| is_meant(key)).cloned().collect()
        };
        if let Some(keys) = self.shared.known() {
            let found = find(&keys);
            if !found.is_empty() {
                self.refresh_if_old();
                return Ok(found);
            }
            if !self.shared.was_tried_within(UNKNOWN) {
                self.refresh().await;
            }
        } else if !self.shared.was_tried_within(NONE_YET) || self.shared.state().failure.is_none() {
            self.refresh().await;
        }
        match self.shared.known() {
            Some(keys) => Ok(find(&keys)),
            None => Err(self.shared.state().failure.clone().unwrap_or_default()),
        }
    }

    /// Asks the provider if the keys are old. Nobody waits for it.
    pub(super) fn refresh_if_old(&self) {
        let now = self.shared.clock.instant();
        let is_old = {
            let state = self.shared.state();
            state.fetched.is_some_and(|at| now.saturating_duration_since(at) >= FRESH)
        };
        if is_old && !self.shared.was_tried_within(UNKNOWN) {
            self.shared.state().tried = Some(now);
            let keys = self.clone();
            if let Ok(runtime) = tokio::runtime::Handle::try_current() {
                runtime.spawn(async move { keys.refresh().await });
            }
        }
    }

    /// Asks the provider, together with all others who want that now.
    async fn refresh(&self) {
        let shared = &self.shared;
        shared.flight.run((), || Arc::clone(shared).fetch()).await;
    }
}

impl Shared {
    async fn fetch(self: Arc<Self>) {
        self.state().tried = Some(self.clock.instant());
        let fetched = self.provider.fetch().await;
        let now = self.clock.instant();
        let mut state = self.state();
        match fetched {
            Ok(keys) => {
                if state.failure.take().is_some() {
                    tracing::info!(
                        target: "actuator::security",
                        "the keys for JWTs are there again: {}", self.provider
                    );
                }
                let is_new = state.keys.as_ref().is_none_or(|known| **known != keys);
                state.fetched = Some(now);
                if is_new {
                    state.keys = Some(Arc::new(keys));
                    drop(state);
                    (self.on_change.0)();
                }
            }
            Err(error) => {
                if state.failure.is_none() {
                    let rest = match state.keys {
                        Some(_) => "those that are known stay in use",
                        None => "no JWT can be checked",
                    };
                    tracing::warn!(
                        target: "actuator::security",
                        "the keys for JWTs cannot be fetched, {rest}: {error}"
                    );
                }
                state.failure = Some(error);
            }
        }
    }

    fn known(&self) -> Option<Arc<Vec<Key>>> {
        self.state().keys.clone()
    }

    fn was_tried_within(&self, time: Duration) -> bool {
        let now = self.clock.instant();
        self.state().tried.is_some_and(|at| now.saturating_duration_since(at) < time)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
