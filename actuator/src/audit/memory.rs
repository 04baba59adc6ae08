//! The ring of the last events.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use super::{AuditEvent, AuditEventFilter, AuditEventRepository, FoundEvents};

/// Remembers the last events in memory and forgets the oldest, as Spring's of the same name.
#[derive(Debug)]
pub struct InMemoryAuditEventRepository {
    capacity: usize,
    /// Oldest first.
    events: Mutex<VecDeque<AuditEvent>>,
}

impl InMemoryAuditEventRepository {
    /// Remembers `capacity` events, at least one.
    pub fn new(capacity: usize) -> Self {
        Self { capacity: capacity.max(1), events: Mutex::default() }
    }

    /// All events, oldest first; none are left.
    pub(super) fn drain(&self) -> VecDeque<AuditEvent> {
        std::mem::take(&mut *self.lock())
    }

    /// Remembers an event; whether another one had to be forgotten for it.
    pub(super) fn push(&self, event: AuditEvent) -> bool {
        let mut events = self.lock();
        // Freed after the lock.
        let forgotten = if events.len() >= self.capacity { events.pop_front() } else { None };
        events.push_back(event);
        drop(events);
        forgotten.is_some()
    }

    /// All events, oldest first.
    pub(super) fn snapshot(&self) -> VecDeque<AuditEvent> {
        self.lock().clone()
    }

    /// When the oldest event happened.
    pub(super) fn oldest(&self) -> Option<SystemTime> {
        self.lock().front().map(AuditEvent::timestamp)
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<AuditEvent>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AuditEventRepository for InMemoryAuditEventRepository {
    fn add(&self, event: AuditEvent) {
        self.push(event);
    }

    fn find(&self, filter: AuditEventFilter) -> FoundEvents<'_> {
        let events = self.lock();
        let found = events.iter().filter(|event| filter.matches(event)).cloned().collect();
        drop(events);
        Box::pin(std::future::ready(Ok(found)))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    async fn seconds(
        repository: &InMemoryAuditEventRepository,
        filter: AuditEventFilter,
    ) -> Vec<u64> {
        let found = repository.find(filter).await.unwrap();
        let since = |event: &AuditEvent| event.timestamp().duration_since(at(0)).unwrap();
        found.iter().map(|event| since(event).as_secs()).collect()
    }

    #[tokio::test]
    async fn the_oldest_are_forgotten_and_the_rest_come_oldest_first() {
        let repository = InMemoryAuditEventRepository::new(3);
        for second in 1..=1_000 {
            repository.add(AuditEvent::new(at(second), "kim", "T", ()));
        }
        assert_eq!(seconds(&repository, AuditEventFilter::all()).await, [998, 999, 1_000]);
        assert!(repository.lock().capacity() < 16, "no room for more than are remembered");
    }

    #[tokio::test]
    async fn filters_are_exact_and_all_of_them_have_to_agree() {
        let repository = InMemoryAuditEventRepository::new(10);
        for (second, principal, event_type) in
            [(1, "kim", "LOGIN"), (2, "lee", "LOGIN"), (3, "kim", "LOGOUT"), (4, "", "TICK")]
        {
            repository.add(AuditEvent::new(at(second), principal, event_type, ()));
        }
        let all = AuditEventFilter::all;
        for (filter, expected) in [
            (all().principal("kim"), vec![1, 3]),
            (all().principal("ki"), vec![]),
            (all().principal("KIM"), vec![]),
            (all().principal(""), vec![4]),
            (all().after(at(2)), vec![3, 4]),
            (all().event_type("LOGIN"), vec![1, 2]),
            (all().event_type("login"), vec![]),
            (all().principal("kim").event_type("LOGIN").after(at(1)), vec![]),
        ] {
            assert_eq!(seconds(&repository, filter.clone()).await, expected, "{filter:?}");
        }
    }
}
