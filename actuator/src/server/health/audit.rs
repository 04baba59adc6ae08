//! Changes of health as audit events.

use serde::Serialize;

use crate::{
    audit::{Audit, AuditEvent, types::HEALTH_CHANGED},
    health::{HealthContributors, HealthTransition, Status},
    support::time::iso_duration,
};

#[derive(Serialize)]
struct HealthChanged<'t> {
    check: &'t str,
    from: &'t str,
    to: &'t str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outage: Option<String>,
}

/// Records every change from now on, but for checks that are well from the start: that is no
/// change to anybody.
pub(super) fn record_changes(health: &HealthContributors, audit: Audit) {
    if audit.is_enabled() {
        health.on_change(move |transition| {
            if transition.from != Status::UNKNOWN || transition.to != Status::UP {
                audit.add(event(transition));
            }
        });
    }
}

fn event(transition: &HealthTransition) -> AuditEvent {
    let data = HealthChanged {
        check: &transition.path,
        from: transition.from.code(),
        to: transition.to.code(),
        cause: transition.cause.as_deref(),
        outage: transition.outage.map(iso_duration),
    };
    AuditEvent::new(transition.at, "", HEALTH_CHANGED, data)
}
