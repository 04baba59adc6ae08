//! Operations of the management API that change something, as audit events.

use std::{
    num::NonZeroU64,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use serde::Serialize;

use crate::{
    audit::{Audit, types::ENDPOINT_WRITE},
    model::{endpoint::OperationKind, sanitizer::Sanitizer},
    support::clock::Clock,
    web::{EndpointWrite, OnWrite},
};

/// Endpoints whose changes have types of their own.
const TOLD_ELSEWHERE: [&str; 4] = ["env", "health", "loggeroverrides", "loggers"];
/// How many refused calls are recorded within [`WINDOW`]: anybody may cause them, and must not drive
/// everything else out of the trail.
const MAX_REFUSED: u32 = 20;
const WINDOW: Duration = Duration::from_mins(1);

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
    let refused = Refused { clock, state: Mutex::default() };
    Some(Arc::new(move |write: EndpointWrite| {
        let is_done = write.status < 400;
        if is_done && TOLD_ELSEWHERE.contains(&write.endpoint.as_str()) {
            return;
        }
        let Some(unrecorded) = refused.admit(is_done) else { return };
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

/// Lets so many refused calls through.
struct Refused {
    clock: Clock,
    state: Mutex<Window>,
}

#[derive(Default)]
struct Window {
    began: Option<Instant>,
    recorded: u32,
    unrecorded: u64,
}

impl Refused {
    /// How many were left out before this one, if this one is to be recorded.
    fn admit(&self, is_done: bool) -> Option<u64> {
        let mut window = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.instant();
        if window.began.is_none_or(|began| now.saturating_duration_since(began) >= WINDOW) {
            (window.began, window.recorded) = (Some(now), 0);
        }
        if !is_done {
            if window.recorded >= MAX_REFUSED {
                window.unrecorded += 1;
                return None;
            }
            window.recorded += 1;
        }
        Some(std::mem::take(&mut window.unrecorded))
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn refused_calls_are_bounded_and_those_left_out_are_counted() {
        let clock = Clock::manual(SystemTime::now());
        let refused = Refused { clock: clock.clone(), state: Mutex::default() };
        let admitted = (0..1_000).filter(|_| refused.admit(false).is_some()).count();
        assert_eq!(admitted, 20);
        assert_eq!(refused.admit(true), Some(980), "what was done is always recorded");
        clock.advance(WINDOW);
        assert_eq!(refused.admit(false), Some(0));
    }
}
