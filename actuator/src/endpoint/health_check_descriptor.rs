//! The JSON of what is known about a check beside its health: the detail `check`, if
//! `actuator.health.show-check` is set.

use std::sync::Arc;

use serde::Serialize;

use crate::{
    health::{CheckReport, HealthTransition},
    model::sanitizer::Sanitizer,
    support::time::{iso_duration, iso_instant},
};

/// How many changes are shown of a check that is asked for by itself.
const HISTORY: usize = 10;

/// What is known about a check. No key is `status`: Spring Boot Admin takes an object with one
/// for a component.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckDescriptor<'c> {
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'c str,
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
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    tags: &'c [String],
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
        sanitizer: &Sanitizer,
    ) -> Self {
        let options = &*report.options;
        Self {
            description: &options.description,
            result: report.raw_status.code(),
            at: iso_instant(report.at),
            duration: iso_duration(report.duration),
            since: iso_instant(report.since),
            last_success: report.last_success.map(iso_instant),
            last_failure: report.last_failure.map(iso_instant),
            consecutive: report.consecutive,
            critical: options.critical,
            level: options.level,
            tags: &options.tags,
            expires: report.expires.map(iso_instant),
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
            at: iso_instant(transition.at),
            from: transition.from.code().to_owned(),
            to: transition.to.code().to_owned(),
            cause: cause.map(|cause| sanitizer.sanitize_text(cause).into_owned()),
            outage: transition.outage.map(iso_duration),
        }
    }
}
