//! What is known of a check when it is asked.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use super::{
    health::{Health, Status},
    options::CheckOptions,
    status_override::StatusOverride,
};

/// What is known of a check: how it counts, what it said itself, and since when.
#[derive(Clone, Debug)]
pub struct CheckReport {
    /// As it counts: the status after thresholds, `failure_status` and an override, with the
    /// details of the last result.
    pub health: Arc<Health>,
    /// What the check itself said last.
    pub raw_status: Status,
    /// How it is run.
    pub options: Arc<CheckOptions>,
    /// When the last result came.
    pub at: SystemTime,
    /// How long the last run took.
    pub duration: Duration,
    /// Until when the result is kept, if it is.
    pub expires: Option<SystemTime>,
    /// Since when the status is what it is.
    pub since: SystemTime,
    /// When it was last good.
    pub last_success: Option<SystemTime>,
    /// When it was last bad.
    pub last_failure: Option<SystemTime>,
    /// How many results in a row were on the same side, good or bad.
    pub consecutive: u32,
    /// The override in force.
    pub overridden: Option<Arc<StatusOverride>>,
}
