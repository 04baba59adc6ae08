//! The const record that `#[scheduled]` makes, and how its texts become a schedule: each may name
//! settings.

use std::time::Duration;

use super::{Overlap, Schedule, Work};
use crate::{
    model::{component::Components, source::Source},
    registry::Missing,
    settings::Settings,
    support::time::parse_duration,
};

/// Spring's word for a task that does not run.
const DISABLED: &str = "-";

/// A function that runs on a schedule, as the macro declares it.
#[derive(Debug)]
pub struct ScheduledDeclaration {
    /// The name, if it has one other than its path.
    pub name: Option<&'static str>,
    /// The doc comment.
    pub description: &'static str,
    /// Where it stands.
    pub source: Source,
    /// When it runs.
    pub schedule: DeclaredSchedule,
    /// The types of its parameters.
    pub dependencies: &'static [fn() -> &'static str],
    /// Finds its components, once, at start.
    pub bind: fn(&Components) -> Result<Work, Missing>,
}

impl ScheduledDeclaration {
    /// The name under which it is known: its own, or the path of the function.
    pub fn known_as(&self) -> &'static str {
        self.name.unwrap_or(self.source.path)
    }
}

/// The arguments of `#[scheduled]`, as they are written; `${…}` in them is looked up.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeclaredSchedule {
    /// Spring's six fields.
    pub cron: Option<&'static str>,
    /// The time zone of the expression.
    pub zone: Option<&'static str>,
    /// From one beginning to the next.
    pub fixed_rate: Option<&'static str>,
    /// From an end to the next beginning.
    pub fixed_delay: Option<&'static str>,
    /// Before the first run.
    pub initial_delay: Option<&'static str>,
    /// By how much runs are late at most.
    pub jitter: Option<&'static str>,
    /// How long a run may take.
    pub timeout: Option<&'static str>,
    /// What becomes of runs that come due while one is running.
    pub overlap: Option<Overlap>,
}

impl DeclaredSchedule {
    /// Nothing is said.
    pub const NONE: Self = Self {
        cron: None,
        zone: None,
        fixed_rate: None,
        fixed_delay: None,
        initial_delay: None,
        jitter: None,
        timeout: None,
        overlap: None,
    };

    /// The schedule; `None` if a setting says `-`. The error names the argument.
    pub fn resolve(&self, settings: &Settings) -> Result<Option<Schedule>, String> {
        let text = |key: &str, text: Option<&'static str>| filled(settings, key, text);
        let duration = |key: &str, given: Option<&'static str>| -> Result<Option<Given>, String> {
            text(key, given)?.map(|text| Given::read(key, &text)).transpose()
        };
        let is_set = |given: Option<Given>| match given {
            Some(Given::Duration(duration)) => Some(duration),
            Some(Given::Disabled) | None => None,
        };
        let cron = text("cron", self.cron)?;
        let rate = duration("fixed_rate", self.fixed_rate)?;
        let delay = duration("fixed_delay", self.fixed_delay)?;
        let initial = duration("initial_delay", self.initial_delay)?;
        let mut schedule = match (cron, rate, delay, initial) {
            (Some(cron), ..) if cron.trim() == DISABLED => return Ok(None),
            (_, Some(Given::Disabled), ..) | (_, _, Some(Given::Disabled), _) => return Ok(None),
            (Some(cron), ..) => Schedule::cron(cron),
            (None, Some(Given::Duration(rate)), ..) => Schedule::fixed_rate(rate),
            (None, None, Some(Given::Duration(delay)), _) => Schedule::fixed_delay(delay),
            (None, None, None, Some(Given::Duration(after))) => Schedule::once(after),
            (None, None, None, _) => return Ok(None),
        };
        if let Some(initial) = is_set(initial) {
            schedule = schedule.initial_delay(initial);
        }
        if let Some(zone) = text("zone", self.zone)? {
            schedule = schedule.zone(zone);
        }
        if let Some(jitter) = is_set(duration("jitter", self.jitter)?) {
            schedule = schedule.jitter(jitter);
        }
        if let Some(timeout) = is_set(duration("timeout", self.timeout)?) {
            schedule = schedule.timeout(timeout);
        }
        Ok(Some(schedule.overlap(self.overlap.unwrap_or_default())))
    }
}

/// A duration as it is given.
#[derive(Clone, Copy)]
enum Given {
    Disabled,
    Duration(Duration),
}

impl Given {
    fn read(key: &str, text: &str) -> Result<Self, String> {
        if text.trim() == DISABLED {
            return Ok(Self::Disabled);
        }
        // A bare number is milliseconds, as in Spring.
        parse_duration(text, Duration::from_millis(1))
            .map(Self::Duration)
            .map_err(|expected| format!("{key} = \"{text}\": {expected}"))
    }
}

/// The text with its placeholders filled in.
fn filled(
    settings: &Settings,
    key: &str,
    text: Option<&'static str>,
) -> Result<Option<String>, String> {
    let Some(text) = text else { return Ok(None) };
    let filled = settings.fill_in(text);
    if filled.contains("${") {
        return Err(format!(
            "{key} = \"{text}\" names a setting that is not set: set it, or write a default, as in \
             ${{name:default}}"
        ));
    }
    Ok(Some(filled))
}

#[cfg(test)]
#[path = "declaration_tests.rs"]
mod tests;
