//! Operations of the management API that change something, as audit events.

use std::{num::NonZeroU64, sync::Arc};

use serde::Serialize;

use super::event_limit::EventLimit;
use crate::{
    audit::{Audit, types::ENDPOINT_WRITE},
    model::{endpoint::OperationKind, sanitizer::Sanitizer},
    support::clock::Clock,
    web::{EndpointWrite, OnWrite},
};

/// Endpoints whose changes have types of their own.
const TOLD_ELSEWHERE: [&str; 5] = ["env", "health", "loggeroverrides", "loggers", "scheduledtasks"];
/// Refused calls that are recorded in a minute: anybody may cause them, and must not drive
/// everything else out of the trail.
const MAX_REFUSED: u32 = 20;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Written<'w> {
    endpoint: &'w str,
    operation: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    selectors: Vec<String>,
    status: u16,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    actor_claimed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    unrecorded: Option<NonZeroU64>,
}

/// What records them; `None` where nothing is recorded.
pub(super) fn recorder(audit: &Audit, sanitizer: Sanitizer, clock: Clock) -> Option<OnWrite> {
    if !audit.is_enabled() {
        return None;
    }
    let audit = audit.clone();
    let refused = EventLimit::new(MAX_REFUSED, clock);
    Some(Arc::new(move |write: EndpointWrite| {
        let is_done = write.status < 400;
        if is_done && TOLD_ELSEWHERE.contains(&write.endpoint.as_str()) {
            return;
        }
        let unrecorded = if is_done { Some(refused.pass()) } else { refused.admit() };
        let Some(unrecorded) = unrecorded else { return };
        let clean = |text: &String| sanitizer.sanitize_text(text).into_owned();
        let data = Written {
            endpoint: &write.endpoint,
            operation: match write.kind {
                OperationKind::Delete => "delete",
                OperationKind::Read | OperationKind::Write => "write",
            },
            selectors: write.selectors.iter().map(clean).collect(),
            status: write.status,
            actor_claimed: write.principal.is_none() && write.claimed_actor.is_some(),
            unrecorded: NonZeroU64::new(unrecorded),
        };
        let claimed = || write.claimed_actor.as_ref().map(clean);
        let actor = write.principal.clone().or_else(claimed).unwrap_or_default();
        audit.record(actor, ENDPOINT_WRITE, data);
    }))
}
