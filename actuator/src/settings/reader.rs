//! Typed reading of settings that gathers every bad value before it refuses.

use std::{collections::HashSet, time::Duration};

use super::{
    FromSetting, Property, Settings,
    policy::{ON_INVALID, OnInvalid},
    store,
};
use crate::{
    error::{Error, ErrorKind},
    model::{
        sanitizer::{KeyPatterns, MASK, Sanitizer},
        show::{Show, ShowValues},
    },
};

/// Reads settings one by one; [`Self::finish`] refuses once, naming every bad value.
#[derive(Debug)]
pub struct SettingsReader<'s> {
    settings: &'s Settings,
    problems: Vec<Problem>,
    sanitizer: Sanitizer,
}

impl<'s> SettingsReader<'s> {
    /// A reader of these settings.
    pub fn new(settings: &'s Settings) -> Self {
        Self { settings, problems: Vec::new(), sanitizer: Sanitizer::default() }
    }

    /// Hides what this hides when bad values are told.
    pub fn hide_with(&mut self, sanitizer: &Sanitizer) {
        self.sanitizer = sanitizer.clone();
    }

    /// The typed value of a setting, or `None` if it is unset or bad (which is remembered).
    pub fn value<T: FromSetting>(&mut self, name: &str) -> Option<T> {
        let property = self.settings.property(name)?;
        match T::from_setting(&property.value) {
            Ok(value) => Some(value),
            // As in Spring, an empty text is no value where text is not what is wanted.
            Err(_) if property.value.trim().is_empty() => None,
            Err(expected) => {
                if T::IS_SECRET {
                    self.reject_hidden(name, expected);
                } else {
                    let problem = self.describe(name, property, &expected);
                    self.problems.push(problem);
                }
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

    /// Who sees the values of this endpoint: `management.endpoint.<id>.show-values` and `.roles`.
    pub fn show_values(&mut self, id: &str, default: Show) -> ShowValues {
        let name = |last: &str| format!("management.endpoint.{id}.{last}");
        ShowValues {
            show: self.value_or(&name("show-values"), default),
            roles: self.list(&name("roles")).unwrap_or_default(),
        }
    }

    /// A list of keys: words, or regular expressions for the whole key. What is neither is refused.
    pub fn key_patterns(&mut self, name: &str) -> KeyPatterns {
        let mut patterns = KeyPatterns::default();
        self.add_key_patterns(name, &mut patterns);
        patterns
    }

    /// The same, added to others.
    pub fn add_key_patterns(&mut self, name: &str, patterns: &mut KeyPatterns) {
        for item in self.list(name).unwrap_or_default() {
            if let Err(complaint) = patterns.add(&item) {
                self.reject(name, complaint);
            }
        }
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
            Some(property) => self.describe(name, property, &complaint),
            None => Problem::new(name, format!("{name}: {complaint}")),
        };
        self.problems.push(problem);
    }

    /// Complains about a value that stands at this property, which it repeats unless it is hidden.
    pub fn reject_property(
        &mut self,
        name: &str,
        property: &Property,
        is_hidden: bool,
        complaint: &str,
    ) {
        let problem = if is_hidden {
            // What a parser or a check complains about may repeat it.
            let complaint = without(complaint, &property.value);
            let text = format!("{name} (value not shown, {}): {complaint}", property.origin);
            Problem::new(name, text)
        } else {
            self.describe(name, property, &complaint)
        };
        self.problems.push(problem);
    }

    /// Complains that a setting has to be set. `description` is what it is for, or empty.
    pub fn reject_unset(&mut self, name: &str, description: &str) {
        let variable: String = name
            .chars()
            .filter(|c| *c != ']')
            .map(|c| if c.is_alphanumeric() { c.to_ascii_uppercase() } else { '_' })
            .collect();
        let purpose =
            if description.is_empty() { String::new() } else { format!(" ({description})") };
        let text = format!(
            "{name}{purpose} is not set; set it in actuator.toml, as {variable} or with --{name}=…"
        );
        self.problems.push(Problem::new(name, text));
    }

    /// Complains about a default in the program, which no setting can mend.
    pub fn reject_default(&mut self, name: &str, complaint: &str) {
        let text = format!("the default of {name} in the program: {complaint}");
        self.problems.push(Problem::new(name, text));
    }

    /// The settings that are read.
    pub fn settings(&self) -> &'s Settings {
        self.settings
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

    /// One bad value for the message. Messages end in logs, so secrets are hidden.
    fn describe(
        &self,
        name: &str,
        property: &Property,
        complaint: &dyn std::fmt::Display,
    ) -> Problem {
        let shown = self.sanitizer.sanitize(name, &property.value);
        let shown = if property.holds_secret { MASK.into() } else { shown };
        let text = format!("{name} = \"{shown}\" ({}): {complaint}", property.origin);
        Problem::new(name, text)
    }
}

/// The text without a secret, or any item of a list of secrets.
fn without(text: &str, secret: &str) -> String {
    let items = store::split(secret);
    let secrets = std::iter::once(secret.trim()).chain(items.iter().map(String::as_str));
    let secrets = secrets.filter(|secret| !secret.is_empty());
    secrets.fold(text.to_owned(), |text, secret| text.replace(secret, MASK))
}

/// A setting that cannot be used.
#[derive(Debug)]
struct Problem {
    name: String,
    /// What is wrong with it, with its name, value and place.
    text: String,
}

impl Problem {
    fn new(name: &str, text: String) -> Self {
        Self { name: name.to_owned(), text }
    }
}
