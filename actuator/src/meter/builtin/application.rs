//! Which build this is, and how long it took to start; told by whoever starts it.

use std::time::Duration;

use super::MeterRegistry;

/// A gauge of 1 whose tags tell the build.
pub(crate) const APPLICATION_INFO: &str = "application.info";
/// What of it is not known.
const NONE: &str = "none";

/// Adds `application.info`.
pub(crate) fn bind_application_info(
    registry: &MeterRegistry,
    version: Option<&str>,
    commit: Option<&str>,
) {
    registry
        .meter(APPLICATION_INFO)
        .description("1; the tags tell which build of the application this is")
        .tag("commit", commit.unwrap_or(NONE))
        .tag("version", version.unwrap_or(NONE))
        .gauge_with(|| 1.0);
}

/// The times of a start.
#[derive(Debug)]
pub(crate) struct ApplicationTimes<'r> {
    registry: &'r MeterRegistry,
}

impl<'r> ApplicationTimes<'r> {
    /// For this registry.
    pub(crate) fn new(registry: &'r MeterRegistry) -> Self {
        Self { registry }
    }

    /// `application.started.time`: everything is assembled.
    pub(crate) fn started(&self, after: Duration) {
        self.set("application.started.time", "Time taken to start the application", after);
    }

    /// `application.ready.time`: requests are accepted.
    pub(crate) fn ready(&self, after: Duration) {
        let description = "Time taken for the application to be ready to service requests";
        self.set("application.ready.time", description, after);
    }

    fn set(&self, name: &str, description: &str, after: Duration) {
        let builder = self.registry.meter(name).description(description).base_unit("seconds");
        // By a function, which is never idle: what is set once would be dropped as unused.
        let seconds = after.as_secs_f64();
        builder.gauge_with(move || seconds);
    }
}
