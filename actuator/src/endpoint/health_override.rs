//! Setting a check's status by hand for a while: POST to `/health/{*path}`, DELETE to end it. A
//! POST to `/health` itself takes the instance out of traffic.

use std::time::{Duration, SystemTime};

use serde::Serialize;

use crate::{
    health::{HealthContributors, Status, StatusOverride},
    model::{
        call::Call,
        endpoint::{EndpointResult, Operation, OperationKind, Produces, Selector},
        reply::Reply,
    },
    support::time::parse_duration,
};

/// The check whose override takes the instance out of traffic.
const INSTANCE: &str = "readinessState";
/// How long an override lasts if the caller does not say.
const USUAL: Duration = Duration::from_mins(10);
/// The longest reason and actor that are kept, in characters.
const LONGEST_TEXT: usize = 200;

/// Reading, and the four operations that setting by hand adds.
pub const OPERATIONS: &[Operation] = &[
    Operation::read(&[]),
    Operation::read(&[Selector::Remaining("path")]),
    Operation::write(&[]).producing(Produces::Nothing),
    Operation::write(&[Selector::Remaining("path")]).producing(Produces::Nothing),
    Operation::delete(&[]),
    Operation::delete(&[Selector::Remaining("path")]),
];

/// Whether an operation of [`OPERATIONS`] changes something; others may follow behind them.
pub fn is_change(operation: usize) -> bool {
    OPERATIONS.get(operation).is_some_and(|operation| operation.kind != OperationKind::Read)
}

/// Who may be overridden for how long.
#[derive(Clone, Copy, Debug)]
pub struct Overrides {
    /// The longest time.
    pub longest: Duration,
}

impl Overrides {
    /// Answers a write or a delete.
    pub fn answer(self, contributors: &HealthContributors, call: &Call<'_>) -> EndpointResult {
        let path = call.selectors.join("/");
        let path = if path.is_empty() { INSTANCE } else { &path };
        let is_write = OPERATIONS
            .get(call.operation)
            .is_some_and(|operation| operation.kind == OperationKind::Write);
        if !is_write {
            let ended = contributors.clear_override(path);
            return Ok(ended.map_or(Reply::NotFound, |_| Reply::Nothing));
        }
        match self.read(call) {
            Ok(by) => match contributors.override_status(path, by) {
                Ok(()) => Ok(Reply::Nothing),
                Err(error) => refused(404, "Not Found", &error.to_string()),
            },
            Err(complaint) => refused(400, "Bad Request", &complaint),
        }
    }

    fn read(self, call: &Call<'_>) -> Result<StatusOverride, String> {
        let status = call.text("status").unwrap_or_else(|| "OUT_OF_SERVICE".to_owned());
        if !status.contains(char::is_alphanumeric) || status.len() > 64 {
            return Err("status: expected UP, RESTRICTED, OUT_OF_SERVICE, DOWN or UNKNOWN".into());
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
        let actor = call.principal.map(|principal| principal.name.clone());
        let text = |name| call.text(name).map(|text| text.chars().take(LONGEST_TEXT).collect());
        let status = Status::named(status.trim());
        Ok(StatusOverride {
            status,
            reason: text("reason"),
            actor: actor.or_else(|| text("actor")),
            until,
        })
    }
}

fn refused(status: u16, error: &str, message: &str) -> EndpointResult {
    #[derive(Serialize)]
    struct Refused<'r> {
        status: u16,
        error: &'r str,
        message: &'r str,
    }
    Reply::json_with_status(status, &Refused { status, error, message })
}
