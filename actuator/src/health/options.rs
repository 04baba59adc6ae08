//! Stand-in until the engine lands.
use std::time::Duration;

use super::health::Status;

/// How a check is run, everything decided.
#[derive(Clone, Debug)]
pub struct CheckOptions {
    /// What it checks, for people; may be empty.
    pub description: String,
    /// Who needs to ask it: 0 nobody, 1 load balancers (the default), higher ones monitors.
    pub level: u32,
    /// Words by which it can be selected.
    pub tags: Vec<String>,
    /// Whether it counts for the status of the whole.
    pub critical: bool,
}

impl Default for CheckOptions {
    fn default() -> Self {
        Self { description: String::new(), level: 1, tags: Vec::new(), critical: true }
    }
}
