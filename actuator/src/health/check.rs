//! A check as an application hands it over: a path, an indicator, and how it is to be run.

use std::sync::Arc;

use super::indicator::HealthIndicator;

/// A check with its path and options.
pub struct HealthCheck {
    pub(super) path: String,
    pub(super) indicator: Arc<dyn HealthIndicator>,
    pub(super) level: u32,
}

impl HealthCheck {
    /// A check at `path`.
    pub fn new(path: impl Into<String>, indicator: impl HealthIndicator) -> Self {
        Self::shared(path, Arc::new(indicator))
    }

    /// The same with an indicator that others hold too.
    pub fn shared(path: impl Into<String>, indicator: Arc<dyn HealthIndicator>) -> Self {
        Self { path: path.into(), indicator, level: 1 }
    }

    /// Its level.
    pub fn level(mut self, level: u32) -> Self {
        self.level = level;
        self
    }

    /// Where it stands.
    pub fn path(&self) -> &str {
        &self.path
    }
}
