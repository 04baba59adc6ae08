//! Changes of levels as audit events.

use serde::Serialize;

use crate::{
    audit::{
        Audit,
        types::{LOG_LEVEL_CHANGED, LOG_LEVEL_REVERTED},
    },
    logging::{ChangeCause, LevelChange, Listening, LogLevel, Loggers, Origin},
    support::time::iso_instant,
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LevelChanged<'c> {
    name: &'c str,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'c str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    actor_claimed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'static str>,
}

/// Records every change that is made through this service, or through none, for as long as what
/// this gives is kept; `None` where nothing is recorded.
pub(super) fn record_changes(
    loggers: &Loggers,
    service: Origin,
    audit: Audit,
) -> Option<Listening> {
    let is_enabled = audit.is_enabled();
    let listener = move |change: &LevelChange| {
        if change.origin.is_none_or(|origin| origin == service) {
            record(&audit, change);
        }
    };
    is_enabled.then(|| loggers.on_change(listener))
}

fn record(audit: &Audit, change: &LevelChange) {
    let expired = change.cause == ChangeCause::Expired;
    let event_type = if expired { LOG_LEVEL_REVERTED } else { LOG_LEVEL_CHANGED };
    let actor = change.actor.as_ref();
    let data = LevelChanged {
        name: &change.name,
        from: change.from.map(LogLevel::name),
        to: change.to.map(LogLevel::name),
        expires_at: change.expires_at.map(iso_instant),
        reason: change.reason.as_deref(),
        actor_claimed: actor.is_some_and(|actor| actor.claimed),
        cause: match change.cause {
            ChangeCause::Set | ChangeCause::Expired => None,
            ChangeCause::Removed => Some("override removed"),
            ChangeCause::Restored => Some("set before the start"),
            ChangeCause::Shared => Some("set by another instance"),
        },
    };
    audit.record(actor.map_or("", |actor| &actor.name), event_type, data);
}
