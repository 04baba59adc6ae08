//! Sentry, as a service meets it: before its set-up, once its build is known, and at its end.

use std::time::Duration;

use crate::{
    error::{Error, ErrorKind, Result},
    info::{self, Facts},
    logging::Beside,
    meter::MeterRegistry,
    model::sanitizer::Sanitizer,
    registry::Declarations,
    sentry::{Reporter, SentryLayer, SentrySettings, Slot, layer as sentry_layer},
    settings::SettingsReader,
};

/// How long the last events may take on the way down.
const LAST_EVENTS: Duration = Duration::from_secs(2);

/// To whom events go, if to anybody.
pub(super) type Wanted = Option<SentrySettings>;

/// Reads the settings.
pub(super) fn read(reader: &mut SettingsReader<'_>) -> Wanted {
    SentrySettings::read(reader)
}

/// What the subscriber of the process gets beside its own layers.
pub(super) fn layer() -> Beside<SentryLayer> {
    Beside { layer: sentry_layer(), sees_requests: true }
}

/// Sends from now on, if that is wanted; `name` and `version` are what the code says about itself.
pub(super) fn start(
    wanted: Wanted,
    (name, version): (Option<&str>, Option<&str>),
    meters: &MeterRegistry,
    sanitizer: &Sanitizer,
) -> Result<()> {
    let Some(settings) = wanted else { return Ok(()) };
    let slot = Slot::of_process();
    if slot.reporter().is_none() {
        let about = settings.to_string();
        let reporter = Reporter::start(settings, meters, sanitizer).map_err(|error| {
            Error::new(ErrorKind::Runtime, format!("no thread for Sentry: {error}"))
                .with_cause(error)
        })?;
        if slot.fill(reporter) {
            slot.watch_panics();
            tracing::info!(target: "actuator::sentry", "{about}");
        }
    }
    let facts = info::facts_of(&Declarations::collect().facts, name);
    built(facts.map(|declared| &declared.facts), name.unwrap_or_default(), version);
    Ok(())
}

/// Says which build this is: its commit, else its name and version.
pub(super) fn built(facts: Option<&Facts>, name: &str, version: Option<&str>) {
    let Some(reporter) = Slot::of_process().reporter().cloned() else { return };
    let commit = facts.and_then(|facts| facts.git).map(|git| git.commit_id.to_owned());
    let versioned = version.map(|version| format!("{name}@{version}"));
    reporter.is_built_as(commit.or(versioned));
}

/// Waits until all events so far are sent, at most two seconds.
pub(super) async fn flush() {
    if let Some(reporter) = Slot::of_process().reporter().cloned() {
        reporter.flush(LAST_EVENTS).await;
    }
}

/// To be held while the service runs: sends what is left where a panic ends it.
pub(super) fn last_words() -> LastWords {
    LastWords
}

/// Waits for the last events when it is dropped by a panic.
#[derive(Debug)]
pub(super) struct LastWords;

impl Drop for LastWords {
    fn drop(&mut self) {
        let reporter = Slot::of_process().reporter().filter(|_| std::thread::panicking()).cloned();
        if let Some(reporter) = reporter {
            reporter.flush_blocking(LAST_EVENTS);
        }
    }
}
