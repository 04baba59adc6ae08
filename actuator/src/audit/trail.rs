//! The handle with which an application records.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use serde::Serialize;
use tokio::time::timeout;

use super::{
    AuditEvent, AuditEventFilter, AuditEventRepository, AuditSettings, FoundEvents,
    InMemoryAuditEventRepository, types,
};
use crate::{model::sanitizer::Sanitizer, support::clock::Clock};

/// How long the end of a service waits for its events.
const LAST_FLUSH: Duration = Duration::from_secs(1);

/// Records audit events. Clones record into the same repository.
#[derive(Clone)]
pub struct Audit {
    shared: Arc<Shared>,
}

struct Shared {
    enabled: bool,
    sanitizer: Sanitizer,
    clock: Clock,
    repository: RwLock<Repository>,
}

#[derive(Clone)]
enum Repository {
    Memory(Arc<InMemoryAuditEventRepository>),
    Own(Arc<dyn AuditEventRepository>),
}

impl Audit {
    /// A trail in memory, until [`Self::keep_in`] names another place. The sanitiser sees events
    /// before they are kept.
    pub(crate) fn new(settings: &AuditSettings, sanitizer: Sanitizer, clock: Clock) -> Self {
        let memory = Arc::new(InMemoryAuditEventRepository::new(settings.capacity));
        Self {
            shared: Arc::new(Shared {
                enabled: settings.enabled,
                sanitizer,
                clock,
                repository: RwLock::new(Repository::Memory(memory)),
            }),
        }
    }

    /// Records that `principal` (empty for nobody in particular) did something, now.
    ///
    /// `data` is anything that is written as a JSON object; secrets in it are masked. The limits
    /// are those of [`AuditEvent`]. With `management.auditevents.enabled=false` nothing happens.
    pub fn record(
        &self,
        principal: impl AsRef<str>,
        event_type: impl AsRef<str>,
        data: impl Serialize,
    ) {
        if self.is_enabled() {
            self.add(AuditEvent::new(self.shared.clock.now(), principal, event_type, data));
        }
    }

    /// Records an event that has a time of its own.
    pub fn add(&self, event: AuditEvent) {
        if self.is_enabled() {
            let event = event.sanitized(&self.shared.sanitizer);
            // Under the lock, so that no event slips between two repositories.
            let place = self.shared.repository.read().unwrap_or_else(PoisonError::into_inner);
            place.as_dyn().add(event);
        }
    }

    /// The recorded events that the filter lets through, oldest first.
    ///
    /// # Errors
    /// What the application's own repository says; the one in memory has none.
    pub async fn find(&self, filter: AuditEventFilter) -> std::io::Result<Vec<AuditEvent>> {
        let repository = self.repository();
        let found: FoundEvents<'_> = repository.as_dyn().find(filter);
        found.await
    }

    /// Records that somebody logged in.
    pub fn authentication_success(&self, principal: impl AsRef<str>, data: impl Serialize) {
        self.record(principal, types::AUTHENTICATION_SUCCESS, data);
    }

    /// Records that somebody failed to log in. `principal` is who they said they are.
    pub fn authentication_failure(&self, principal: impl AsRef<str>, data: impl Serialize) {
        self.record(principal, types::AUTHENTICATION_FAILURE, data);
    }

    /// Done once all events are kept for good, or after a second.
    pub async fn flush(&self) {
        let repository = self.repository();
        // What takes longer is given up: a service must be able to end.
        let _ = timeout(LAST_FLUSH, repository.as_dyn().flush()).await;
    }

    /// Whether anything is recorded (`management.auditevents.enabled`).
    pub fn is_enabled(&self) -> bool {
        self.shared.enabled
    }

    /// Keeps events there from now on, those that are in memory included.
    pub(crate) fn keep_in(&self, repository: Arc<dyn AuditEventRepository>) {
        let mut place = self.shared.repository.write().unwrap_or_else(PoisonError::into_inner);
        if let Repository::Memory(memory) = &*place {
            memory.drain().into_iter().for_each(|event| repository.add(event));
        }
        *place = Repository::Own(repository);
    }

    fn repository(&self) -> Repository {
        self.shared.repository.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Repository {
    fn as_dyn(&self) -> &dyn AuditEventRepository {
        match self {
            Self::Memory(memory) => &**memory,
            Self::Own(own) => &**own,
        }
    }
}

impl fmt::Debug for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Audit").field("enabled", &self.is_enabled()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use serde_json::json;

    use super::*;

    fn trail(enabled: bool) -> (Audit, Clock) {
        let clock = Clock::manual(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000));
        let settings = AuditSettings { enabled, ..AuditSettings::default() };
        (Audit::new(&settings, Sanitizer::default(), clock.clone()), clock)
    }

    #[tokio::test]
    async fn what_is_recorded_has_its_time_and_no_secret() {
        let (audit, clock) = trail(true);
        clock.advance(Duration::from_millis(5));
        audit.clone().record("kim", "ORDER_CANCELLED", json!({"order": 7, "token": "t0ps3cret"}));
        let [event] =
            <[AuditEvent; 1]>::try_from(audit.find(AuditEventFilter::all()).await.unwrap())
                .unwrap();
        assert_eq!(event.timestamp(), clock.now());
        assert_eq!((event.principal(), event.event_type()), ("kim", "ORDER_CANCELLED"));
        assert_eq!(event.data().unwrap().get(), r#"{"order":7,"token":"******"}"#);
    }

    #[tokio::test]
    async fn nothing_is_recorded_where_that_is_switched_off() {
        let (audit, _) = trail(false);
        audit.record("kim", "T", ());
        audit.add(AuditEvent::new(SystemTime::now(), "kim", "T", ()));
        assert!(audit.find(AuditEventFilter::all()).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_repository_of_ones_own_gets_what_was_recorded_before_it_came() {
        let (audit, _) = trail(true);
        audit.record("kim", "BEFORE", ());
        let own = Arc::new(InMemoryAuditEventRepository::new(10));
        audit.keep_in(Arc::clone(&own) as Arc<dyn AuditEventRepository>);
        audit.record("kim", "AFTER", ());
        let found = own.find(AuditEventFilter::all()).await.unwrap();
        let types: Vec<_> = found.iter().map(AuditEvent::event_type).collect();
        assert_eq!(types, ["BEFORE", "AFTER"]);
    }
}
