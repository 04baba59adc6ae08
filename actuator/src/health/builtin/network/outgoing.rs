//! What the checks that call out have in common.

use std::{fmt, time::Duration};

use crate::{
    error::{Error, ErrorKind},
    health::{HealthCheck, HealthIndicator},
};

/// How long such a check may take unless told otherwise.
pub const TIMEOUT: Duration = Duration::from_secs(3);
/// How much longer the engine waits, so that it is the check that says what it waited for.
const MARGIN: Duration = Duration::from_millis(500);

/// The longest timeout: beyond it there is nothing to wait for, and a clock has to add it.
const LONGEST: Duration = Duration::from_hours(24);

/// A timeout as such a check keeps it.
pub fn bounded(timeout: Duration) -> Duration {
    timeout.min(LONGEST)
}

/// The check at its path, with a deadline behind its own timeout.
pub fn named(
    path: impl Into<String>,
    indicator: impl HealthIndicator,
    timeout: Duration,
) -> HealthCheck {
    HealthCheck::new(path, indicator).timeout(timeout + MARGIN)
}

/// A check that cannot be made.
pub fn refused(complaint: impl fmt::Display) -> Error {
    Error::new(ErrorKind::Declaration, format!("a health check cannot be made: {complaint}"))
}
