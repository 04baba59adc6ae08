//! The steps of a start: those of the service itself, those that functions declare, and the
//! endpoint that shows them.

use std::{sync::Arc, time::Duration};

use super::{app::App, further::Ground};
use crate::{
    endpoint::StartupEndpoint,
    model::endpoint::SharedEndpoint,
    registry::Declarations,
    settings::SettingsReader,
    startup::{DEFAULT_CAPACITY, StartupStep, StartupSteps},
};

/// How many steps are kept; 0 for none, and no endpoint.
const CAPACITY: &str = "actuator.startup.capacity";
/// How many steps the log names.
const LONGEST: usize = 5;

/// Reads how many steps are kept.
pub(super) fn read(reader: &mut SettingsReader<'_>, steps: &StartupSteps) {
    steps.timeline().limit(reader.value_or(CAPACITY, DEFAULT_CAPACITY));
}

/// From now on functions with `#[startup_step]` tell their calls to this start.
pub(super) fn bind_declared(steps: &StartupSteps) {
    for site in Declarations::startup_steps() {
        site.bind(steps);
    }
}

/// The endpoint, unless nothing is kept.
pub(super) fn endpoint(ground: &Ground<'_>) -> Option<SharedEndpoint> {
    let basics = ground.basics;
    let kept = SettingsReader::new(&basics.settings).value_or(CAPACITY, DEFAULT_CAPACITY);
    let timeline = Arc::clone(basics.startup.timeline());
    (kept > 0).then(|| {
        Arc::new(StartupEndpoint::new(timeline, basics.sanitizer.clone())) as SharedEndpoint
    })
}

/// Says where the time went, for those who look for it.
pub(super) fn tell(steps: &StartupSteps, took: Duration) {
    if !tracing::enabled!(target: "actuator::startup", tracing::Level::DEBUG) {
        return;
    }
    let mut events = steps.snapshot().events;
    events.sort_by_key(|event| std::cmp::Reverse(event.took));
    let longest = events.iter().take(LONGEST);
    let longest: Vec<String> =
        longest.map(|event| format!("{} {} ms", event.name, event.took.as_millis())).collect();
    tracing::debug!(
        target: "actuator::startup",
        "ready after {} ms; longest steps: {}",
        took.as_millis(), longest.join(", ")
    );
}

impl App {
    /// Begins a step of the start, which ends when it is dropped: `/actuator/startup` shows it with
    /// its duration. The run-time twin of [`macro@crate::startup_step`].
    ///
    /// ```
    /// fn setup(app: &mut actuator::App) {
    ///     let step = app.startup_step("load prices");
    ///     let prices = vec![1, 2, 3];
    ///     step.tag("prices", prices.len());
    ///     drop(step);
    ///     app.component(prices);
    /// }
    /// ```
    pub fn startup_step(&self, name: impl Into<String>) -> StartupStep {
        self.startup.step(name.into())
    }

    /// Begins steps wherever it goes: for what goes on behind the set-up, in other threads and
    /// tasks.
    pub fn startup_steps(&self) -> StartupSteps {
        self.startup.clone()
    }
}
