//! Typed reading of settings that gathers every bad value before it refuses.

use std::{collections::HashSet, time::Duration};

use super::{
    FromSetting, Property, Settings,
    policy::{ON_INVALID, OnInvalid},
};
use crate::{
    error::{Error, ErrorKind},
    model::sanitizer::{MASK, Sanitizer},
};

/// Reads settings one by one; [`Self::finish`] refuses once, naming every bad value.
#[derive(Debug)]
pub struct SettingsReader<'s> {
    settings: &'s Settings,
    problems: Vec<Problem>,
}

impl<'s> SettingsReader<'s> {
    /// A reader of these settings.
    pub fn new(settings: &'s Settings) -> Self {
        Self { settings, problems: Vec::new() }
    }

    /// The typed value of a setting, or `None` if it is unset or bad (which is remembered).
    pub fn value<T: FromSetting>(&mut self, name: &str) -> Option<T> {
        let property = self.settings.property(name)?;
        match T::from_setting(&property.value) {
            Ok(value) => Some(value),
            // As in Spring, an empty text is no value where text is not what is wanted.
            Err(_) if property.value.trim().is_empty() => None,
            Err(expected) => {
                self.problems.push(describe(name, property, &expected));
                None
            }
        }
    }

    /// The typed value, or `default`.
    pub fn value_or<T: FromSetting>(&mut self, name: &str, default: T) -> T {
        self.value(name).unwrap_or(default)
    }

    /// A duration that is more than nothing and at most `longest` (whole hours), or `default`.
    pub fn duration_within(
        &mut self,
        name: &str,
        default: Duration,
        longest: Duration,
    ) -> Duration {
        let value = self.value_or(name, default);
        if value.is_zero() || value > longest {
            let hours = longest.as_secs() / 3600;
            self.reject(name, format!("expected more than 0 and at most {hours}h"));
            return default;
        }
        value
    }

    /// What happens to values that cannot be used: `actuator.settings.on-invalid`.
    pub fn on_invalid(&mut self) -> OnInvalid {
        self.value_or(ON_INVALID, OnInvalid::default())
    }

    /// A list: comma separated, or `name[0]`, `name[1]`, … `None` if unset.
    pub fn list(&mut self, name: &str) -> Option<Vec<String>> {
        self.settings.list(name)
    }

    /// All settings below `prefix.`, without the prefix, in the order of their names.
    pub fn map(&mut self, prefix: &str) -> Vec<(String, String)> {
        self.settings.map(prefix)
    }

    /// Remembers a complaint about a setting that could be read but does not make sense.
    pub fn reject(&mut self, name: &str, complaint: impl std::fmt::Display) {
        let problem = match self.settings.property(name) {
            Some(property) => describe(name, property, &complaint),
            None => Problem { name: name.to_owned(), text: format!("{name}: {complaint}") },
        };
        self.problems.push(problem);
    }

    /// As [`Self::reject`], without repeating the value, which may hold a secret.
    pub fn reject_hidden(&mut self, name: &str, complaint: impl std::fmt::Display) {
        let text = format!("{name} (value not shown): {complaint}");
        self.problems.push(Problem { name: name.to_owned(), text });
    }

    /// Tells what `later` found bad too, where there is a refusal anyway or bad values are left out.
    /// If there is neither, whoever reads the same later tells it, together with what is only known
    /// then.
    pub fn join(&mut self, later: SettingsReader<'_>) {
        if !self.problems.is_empty() || self.on_invalid() == OnInvalid::WarnAndKeep {
            self.problems.extend(later.problems);
        }
    }

    /// Refuses if anything was bad, naming all of it. What two subjects complain about is told
    /// once. Whoever reads within [`Settings::until_usable`] reads again where bad values are to be
    /// left out.
    pub fn finish(self) -> Result<(), Error> {
        let mut told = HashSet::new();
        let problems: Vec<(String, String)> = self
            .problems
            .into_iter()
            .filter(|problem| told.insert(problem.text.clone()))
            .map(|problem| (problem.name, problem.text))
            .collect();
        if problems.is_empty() {
            return Ok(());
        }
        self.settings.leave_out(&problems);
        let texts: Vec<String> = problems.into_iter().map(|(_, text)| text).collect();
        let message =
            format!("{} setting(s) cannot be used:\n  - {}", texts.len(), texts.join("\n  - "));
        Err(Error::new(ErrorKind::Setting, message))
    }
}

/// A setting that cannot be used.
#[derive(Debug)]
struct Problem {
    name: String,
    /// What is wrong with it, with its name, value and place.
    text: String,
}

/// One bad value for the message. Messages end in logs, so secrets are hidden.
fn describe(name: &str, property: &Property, complaint: &dyn std::fmt::Display) -> Problem {
    let sanitizer = Sanitizer::default();
    let shown =
        if property.holds_secret { MASK.into() } else { sanitizer.sanitize(name, &property.value) };
    let text = format!("{name} = \"{shown}\" ({}): {complaint}", property.origin);
    Problem { name: name.to_owned(), text }
}
