//! Where events are kept, as those who keep them have to see it.

use std::{io, time::SystemTime};

use super::AuditEvent;
use crate::model::endpoint::BoxFuture;

/// Keeps events. There is one in memory ([`super::InMemoryAuditEventRepository`]), and
/// one in a file ([`super::FileAuditEventRepository`]); an application hands over its own with `App::audit_repository`.
pub trait AuditEventRepository: Send + Sync + 'static {
    /// Keeps an event. It is called where the event happens, so it must not wait: what is slow
    /// belongs behind a bounded queue. What goes wrong is the repository's to tell.
    fn add(&self, event: AuditEvent);

    /// The events that the filter lets through, oldest first. An error becomes status 500.
    fn find(&self, filter: AuditEventFilter) -> FoundEvents<'_>;

    /// Done once all events that were added are kept for good. The service waits for it, for a
    /// second at most, before it ends.
    fn flush(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// What [`AuditEventRepository::find`] gives: a future, so that a repository may read a file or
/// ask a database.
pub type FoundEvents<'r> = BoxFuture<'r, io::Result<Vec<AuditEvent>>>;

/// Which events are asked for; an empty one lets all through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuditEventFilter {
    /// Only those of exactly this principal; empty for those that have none.
    pub principal: Option<String>,
    /// Only those that happened later than this.
    pub after: Option<SystemTime>,
    /// Only those of exactly this type.
    pub event_type: Option<String>,
}

impl AuditEventFilter {
    /// Lets all events through.
    pub fn all() -> Self {
        Self::default()
    }

    /// Only events of this principal.
    #[must_use]
    pub fn principal(mut self, principal: impl Into<String>) -> Self {
        self.principal = Some(principal.into());
        self
    }

    /// Only events later than this.
    #[must_use]
    pub fn after(mut self, after: SystemTime) -> Self {
        self.after = Some(after);
        self
    }

    /// Only events of this type.
    #[must_use]
    pub fn event_type(mut self, event_type: impl Into<String>) -> Self {
        self.event_type = Some(event_type.into());
        self
    }

    /// Whether it lets this event through.
    pub fn matches(&self, event: &AuditEvent) -> bool {
        self.principal.as_deref().is_none_or(|principal| principal == event.principal())
            && self.after.is_none_or(|after| event.timestamp() > after)
            && self.event_type.as_deref().is_none_or(|wanted| wanted == event.event_type())
    }
}
