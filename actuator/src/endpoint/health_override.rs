//! Setting a check's status by hand for a while: POST to `/health/{*path}`, DELETE to end it. A
//! POST to `/health` itself takes the instance out of traffic.

use std::time::{Duration, SystemTime};

use serde::Serialize;

use super::{health_operations::OPERATIONS, refused::refused};
use crate::{
    audit::{Audit, types::HEALTH_OVERRIDDEN},
    health::{HealthContributors, Status, StatusOverride},
    model::{
        call::Call,
        endpoint::{EndpointResult, OperationKind},
        reply::Reply,
    },
    support::time::{iso_instant, parse_duration},
};

/// The check whose override takes the instance out of traffic.
const INSTANCE: &str = "readinessState";
/// How long an override lasts if the caller does not say.
const USUAL: Duration = Duration::from_mins(10);
/// The longest reason and actor that are kept, in characters.
const LONGEST_TEXT: usize = 200;

/// Whether an operation of [`OPERATIONS`] changes something; others may follow behind them.
pub fn is_change(operation: usize) -> bool {
    OPERATIONS.get(operation).is_some_and(|operation| operation.kind != OperationKind::Read)
}

/// For how long, and where it is written down.
#[derive(Clone, Debug)]
pub struct Overrides {
    /// The longest time.
    pub longest: Duration,
    /// Every override, and every end of one before its time, is an event.
    pub audit: Audit,
}

/// The data of such an event.
#[derive(Serialize)]
struct Overridden<'o> {
    check: &'o str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'o str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'o str>,
}

impl Overrides {
    /// Answers a write or a delete.
    pub fn answer(&self, contributors: &HealthContributors, call: &Call<'_>) -> EndpointResult {
        let path = call.selectors.join("/");
        let path = if path.is_empty() { INSTANCE } else { &path };
        let is_write = OPERATIONS
            .get(call.operation)
            .is_some_and(|operation| operation.kind == OperationKind::Write);
        if !is_write {
            let actor = match actor(call) {
                Ok(actor) => actor.unwrap_or_default(),
                Err(complaint) => return refused(400, "Bad Request", &complaint),
            };
            if contributors.clear_override(path).is_none() {
                return Ok(Reply::NotFound);
            }
            let ended = Overridden { check: path, status: None, until: None, reason: None };
            self.audit.record(actor, HEALTH_OVERRIDDEN, ended);
            return Ok(Reply::Nothing);
        }
        let by = match self.read(contributors, call) {
            Ok(by) => by,
            Err(complaint) => return refused(400, "Bad Request", &complaint),
        };
        if let Err(error) = contributors.override_status(path, by.clone()) {
            return refused(404, "Not Found", &error.to_string());
        }
        let overridden = Overridden {
            check: path,
            status: Some(by.status.code()),
            until: Some(iso_instant(by.until)),
            reason: by.reason.as_deref(),
        };
        self.audit.record(by.actor.unwrap_or_default(), HEALTH_OVERRIDDEN, overridden);
        Ok(Reply::Nothing)
    }

    fn read(
        &self,
        contributors: &HealthContributors,
        call: &Call<'_>,
    ) -> Result<StatusOverride, String> {
        const KEYS: [&str; 4] = ["actor", "duration", "reason", "status"];
        if let Some((key, _)) = call.body.iter().find(|(key, _)| !KEYS.contains(&key.as_str())) {
            let key: String = key.chars().take(LONGEST_TEXT).collect();
            return Err(format!("unknown member {key:?}: expected {}", KEYS.join(", ")));
        }
        let status =
            call.text("status").map_or(Status::OUT_OF_SERVICE, |code| Status::named(code.trim()));
        if !contributors.knows_status(&status) {
            return Err("status: expected UP, RESTRICTED, OUT_OF_SERVICE, DOWN, UNKNOWN, or one \
                        of management.endpoint.health.status.order"
                .into());
        }
        let duration = match call.text("duration") {
            Some(text) => parse_duration(&text, Duration::from_secs(1))
                .map_err(|complaint| format!("duration: {complaint}"))?,
            None => USUAL,
        };
        if duration.is_zero() || duration > self.longest {
            return Err(format!(
                "duration: expected more than 0 and at most {} \
                 (actuator.health.override.max-duration)",
                humantime::format_duration(self.longest)
            ));
        }
        let until = SystemTime::now().checked_add(duration).ok_or("duration: too long")?;
        Ok(StatusOverride { status, reason: text(call, "reason")?, actor: actor(call)?, until })
    }
}

/// Who asks: the authenticated caller, else who the caller says it is.
fn actor(call: &Call<'_>) -> Result<Option<String>, String> {
    match call.principal {
        Some(principal) => Ok(Some(principal.name.clone())),
        None => text(call, "actor"),
    }
}

/// What is too long is refused, as of levels: a secret that was cut would not be known for one when
/// it is shown.
fn text(call: &Call<'_>, name: &str) -> Result<Option<String>, String> {
    let Some(text) = call.text(name) else { return Ok(None) };
    if text.chars().count() > LONGEST_TEXT {
        return Err(format!("{name}: expected at most {LONGEST_TEXT} characters"));
    }
    Ok(Some(text))
}
