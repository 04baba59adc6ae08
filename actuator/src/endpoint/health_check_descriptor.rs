//! The JSON of what is known about a check beside its health: the detail `check`, if
//! `actuator.health.show-check` is set.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use serde::Serialize;

use crate::{
    health::{CheckReport, HealthTransition},
    model::sanitizer::{SanitizedText, Sanitizer},
    support::time::{iso_duration, iso_instant},
};

/// How many changes are shown of a check that is asked for by itself.
const HISTORY: usize = 10;

/// What is known about a check. No key is `status`: Spring Boot Admin takes an object with one
/// for a component.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckDescriptor<'c> {
    #[serde(skip_serializing_if = "SanitizedText::is_empty")]
    description: SanitizedText<'c>,
    result: &'c str,
    at: String,
    duration: String,
    since: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_success: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_failure: Option<String>,
    consecutive: u32,
    critical: bool,
    level: u32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<SanitizedText<'c>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    history: Vec<TransitionDescriptor>,
}

#[derive(Serialize)]
struct TransitionDescriptor {
    at: String,
    from: String,
    to: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outage: Option<String>,
}

impl<'c> CheckDescriptor<'c> {
    /// What `report` knows, with the latest of `history`, the newest first.
    pub fn new(
        report: &'c CheckReport,
        history: &[Arc<HealthTransition>],
        sanitizer: &'c Sanitizer,
    ) -> Self {
        let options = &*report.options;
        Self {
            description: sanitizer.shown(&options.description),
            result: report.raw_status.code(),
            at: instant(report.at),
            duration: duration(report.duration),
            since: instant(report.since),
            last_success: report.last_success.map(instant),
            last_failure: report.last_failure.map(instant),
            consecutive: report.consecutive,
            critical: options.critical,
            level: options.level,
            tags: sanitizer.all_shown(&options.tags),
            expires: report.expires.map(instant),
            history: history
                .iter()
                .rev()
                .take(HISTORY)
                .map(|transition| TransitionDescriptor::new(transition, sanitizer))
                .collect(),
        }
    }
}

impl TransitionDescriptor {
    fn new(transition: &HealthTransition, sanitizer: &Sanitizer) -> Self {
        let cause = transition.cause.as_deref();
        Self {
            at: instant(transition.at),
            from: transition.from.code().to_owned(),
            to: transition.to.code().to_owned(),
            cause: cause.map(|cause| sanitizer.sanitize_text(cause).into_owned()),
            outage: transition.outage.map(duration),
        }
    }
}

/// To the millisecond: this is read by people, in a narrow column of the admin server's UI.
fn instant(at: SystemTime) -> String {
    let nanos = at.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.subsec_nanos());
    let beyond = Duration::from_nanos(u64::from(nanos % 1_000_000));
    iso_instant(at.checked_sub(beyond).unwrap_or(at))
}

/// To the microsecond: checks in memory take no more.
fn duration(took: Duration) -> String {
    let beyond = Duration::from_nanos(u64::from(took.subsec_nanos() % 1_000));
    iso_duration(took.saturating_sub(beyond))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_and_durations_are_no_longer_than_people_read() {
        let nanos = Duration::from_nanos(1_234_567_890);
        assert_eq!(instant(SystemTime::UNIX_EPOCH + nanos), "1970-01-01T00:00:01.234Z");
        assert_eq!(duration(nanos), "PT1.234567S");
        assert_eq!(duration(Duration::from_nanos(761)), "PT0S");
    }
}
