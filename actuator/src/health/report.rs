//! Stand-in until the engine lands.
use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use super::{health::Health, options::CheckOptions};

/// What is known of a check.
#[derive(Clone, Debug)]
pub struct CheckReport {
    /// As it counts.
    pub health: Arc<Health>,
    /// How it is run.
    pub options: Arc<CheckOptions>,
    /// When the last result came.
    pub at: SystemTime,
    /// How long the last run took.
    pub duration: Duration,
    /// Until when the result is kept, if it is.
    pub expires: Option<SystemTime>,
}
