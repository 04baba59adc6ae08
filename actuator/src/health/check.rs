//! A check as an application hands it over: a path, an indicator, and how it is to be run.

use std::{fmt, sync::Arc, time::Duration};

use super::{
    blocking::BlockingIndicator,
    declaration::HealthDeclaration,
    health::Status,
    indicator::{HealthIndicator, IntoHealth},
    options::WantedOptions,
};

/// A check with its path and options, the run-time twin of `#[health_check]`.
///
/// What is not set here follows the settings: `actuator.health.check.<path>.*` for this check,
/// `actuator.health.*` for all. Settings of this check win over what is set here.
///
/// ```
/// use std::time::Duration;
/// use actuator::{Health, HealthCheck};
///
/// let check = HealthCheck::new("brokers/primary", || async { Health::up() })
///     .interval(Duration::from_secs(10))
///     .failure_threshold(3)
///     .critical(false);
/// ```
#[must_use = "a check does nothing until it is registered"]
pub struct HealthCheck {
    pub(super) path: String,
    pub(super) indicator: Arc<dyn HealthIndicator>,
    pub(super) wanted: WantedOptions,
}

impl HealthCheck {
    /// A check at `path` (`db`, `brokers/primary`).
    pub fn new(path: impl Into<String>, indicator: impl HealthIndicator) -> Self {
        Self::shared(path, Arc::new(indicator))
    }

    /// The same with an indicator that others hold too.
    pub fn shared(path: impl Into<String>, indicator: Arc<dyn HealthIndicator>) -> Self {
        Self { path: path.into(), indicator, wanted: WantedOptions::default() }
    }

    /// A check by a function that may block: it runs on the runtime's blocking pool.
    pub fn blocking<T: IntoHealth>(
        path: impl Into<String>,
        function: impl Fn() -> T + Send + Sync + 'static,
    ) -> Self {
        Self::new(path, BlockingIndicator::new(function))
    }

    /// What a macro declared, once its components are bound.
    pub(crate) fn declared(
        declaration: &HealthDeclaration,
        indicator: Arc<dyn HealthIndicator>,
    ) -> Self {
        Self { wanted: declaration.into(), ..Self::shared(declaration.name, indicator) }
    }

    /// Where it stands in the tree of checks.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The groups that it joins by itself.
    pub(crate) fn groups(&self) -> &[String] {
        self.wanted.groups.as_deref().unwrap_or_default()
    }

    /// What it checks, for people.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.wanted.description = Some(description.into());
        self
    }

    /// How long an answer may take (`actuator.health.timeout`, 2 s).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.wanted.timeout = Some(timeout);
        self
    }

    /// How long a good result is kept and shared; not at all by default.
    pub fn success_ttl(mut self, ttl: Duration) -> Self {
        self.wanted.success_ttl = Some(ttl);
        self
    }

    /// How long a bad result is kept and shared; not at all by default.
    pub fn failure_ttl(mut self, ttl: Duration) -> Self {
        self.wanted.failure_ttl = Some(ttl);
        self
    }

    /// Runs it by itself with this pause, so that a request never waits for it.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.wanted.interval = Some(interval);
        self
    }

    /// The pause while it fails; `interval` by default.
    pub fn failure_interval(mut self, interval: Duration) -> Self {
        self.wanted.failure_interval = Some(interval);
        self
    }

    /// Whether it counts for the status of the whole; `false` only shows it.
    pub fn critical(mut self, critical: bool) -> Self {
        self.wanted.critical = Some(critical);
        self
    }

    /// How many bad results in a row it takes to be reported as bad.
    pub fn failure_threshold(mut self, results: u32) -> Self {
        self.wanted.failure_threshold = Some(results);
        self
    }

    /// How many good results in a row it takes to be reported as good again.
    pub fn success_threshold(mut self, results: u32) -> Self {
        self.wanted.success_threshold = Some(results);
        self
    }

    /// What is reported before the thresholds are reached for the first time.
    pub fn initial_status(mut self, status: Status) -> Self {
        self.wanted.initial_status = Some(status);
        self
    }

    /// What is reported instead of DOWN, such as [`Status::RESTRICTED`].
    pub fn failure_status(mut self, status: Status) -> Self {
        self.wanted.failure_status = Some(status);
        self
    }

    /// Who needs to ask it: 0 nobody, 1 load balancers (the default), higher ones monitors.
    pub fn level(mut self, level: u32) -> Self {
        self.wanted.level = Some(level);
        self
    }

    /// A word by which it can be selected (`?tag=`).
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.wanted.tags.get_or_insert_default().push(tag.into());
        self
    }

    /// A group that it joins, beside those that name it in their settings.
    pub fn group(mut self, group: impl Into<String>) -> Self {
        self.wanted.groups.get_or_insert_default().push(group.into());
        self
    }
}

impl fmt::Debug for HealthCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HealthCheck")
            .field("path", &self.path)
            .field("wanted", &self.wanted)
            .finish_non_exhaustive()
    }
}
