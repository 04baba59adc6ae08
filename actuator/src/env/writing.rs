//! Setting values while the service runs: which names may be, and that no secret is.

use super::Environment;
use crate::{
    error::Error,
    settings::{SettingsReader, canonical_name, check_name, is_at_or_below, is_guarding},
};

const SETTING: &str = "actuator.env.writable";
/// Where settings come from, what becomes of bad ones, and all about endpoints: nobody changes that
/// from afar, as little as what [decides who may do what](is_guarding).
const GUARDED: [&str; 5] = [
    "actuator.settings",
    "management.endpoint",
    "management.endpoints",
    "spring.config",
    "spring.profiles",
];

/// The names that may be set: `demo.color`, or `demo.*` for all below.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WritableNames {
    patterns: Vec<String>,
}

impl WritableNames {
    /// Reads `actuator.env.writable`.
    pub(super) fn read(reader: &mut SettingsReader<'_>) -> Self {
        let patterns = reader.list(SETTING).unwrap_or_default();
        let is_good = |pattern: &String| {
            let stem = pattern.strip_suffix(".*").unwrap_or(pattern);
            !stem.is_empty() && !stem.contains('*')
        };
        if let Some(bad) = patterns.iter().find(|pattern| !is_good(pattern)) {
            reader.reject(
                SETTING,
                format!("\"{bad}\": expected names, or a prefix and .* for all names below it"),
            );
        }
        let canonical = |pattern: &String| match pattern.strip_suffix(".*") {
            Some(prefix) => format!("{prefix}.*"),
            None => canonical_name(pattern),
        };
        Self { patterns: patterns.iter().map(canonical).collect() }
    }

    fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Whether a canonical name is among them. What decides about this is never.
    fn allow(&self, name: &str) -> bool {
        let matches = |pattern: &String| match pattern.strip_suffix('*') {
            Some(prefix) => name.len() > prefix.len() && name.starts_with(prefix),
            None => name == pattern,
        };
        !is_guarded(name) && self.patterns.iter().any(matches)
    }
}

fn is_guarded(name: &str) -> bool {
    is_guarding(name) || GUARDED.iter().any(|guarded| is_at_or_below(name, guarded))
}

/// A value that was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetValue {
    /// Its canonical name.
    pub name: String,
    /// Whether something takes it over while the service runs, as far as that is known.
    pub takes_effect: bool,
}

/// Why a value was not set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetValueError {
    /// Its name is not among those that may be, or it is a secret.
    Forbidden(&'static str),
    /// Name or value cannot be used.
    Bad(String),
}

impl Environment {
    /// Whether anything may be set while the service runs.
    pub fn is_writable(&self) -> bool {
        !self.policy.writable.is_empty()
    }

    /// Sets a value over those of all sources, and says what came of it. It blocks while other
    /// settings are taken over.
    pub fn set(&self, name: &str, value: &str) -> Result<SetValue, SetValueError> {
        let bad = |error: Error| SetValueError::Bad(error.to_string());
        check_name(name).map_err(bad)?;
        let name = canonical_name(name);
        if !self.policy.writable.allow(&name) {
            return Err(SetValueError::Forbidden(
                "only names that actuator.env.writable lists may be set",
            ));
        }
        let beneath = self.live.current();
        let holds_secret = beneath.property(&name).is_some_and(|property| property.holds_secret);
        let is_masked = self.sanitizer.sanitize(&name, value) != value;
        if holds_secret || is_masked || self.sanitizer.is_secret_key(&name) {
            return Err(SetValueError::Forbidden("secrets cannot be set over HTTP"));
        }
        self.live.set(&name, value).map_err(bad)?;
        let takes_effect = self.live.waiting_for_restart(std::slice::from_ref(&name)).is_empty();
        Ok(SetValue { name, takes_effect })
    }

    /// Takes back all values that were set, and gives them. It blocks as [`Self::set`] does.
    pub fn reset(&self) -> Result<Vec<(String, String)>, SetValueError> {
        match self.live.remove_all() {
            Ok(removed) => Ok(removed.into_iter().collect()),
            Err(error) => Err(SetValueError::Bad(error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn names(list: &str) -> Result<WritableNames, String> {
        let settings = Settings::builder().force(SETTING, list).build().unwrap();
        let mut reader = SettingsReader::new(&settings);
        let names = WritableNames::read(&mut reader);
        reader.finish().map(|()| names).map_err(|error| error.to_string())
    }

    #[test]
    fn names_are_listed_one_by_one_or_by_a_prefix_and_a_bare_star_is_refused() {
        let names = names("demo.color, logging.level.*").unwrap();
        for allowed in ["demo.color", "logging.level.shop::db"] {
            assert!(names.allow(allowed), "{allowed}");
        }
        for refused in ["demo.color.x", "demo", "logging.level.", "logging.level", "logging.leve"] {
            assert!(!names.allow(refused), "{refused}");
        }
        for bad in ["*", "demo*", "*.demo", ".*", "a.*.b"] {
            assert!(self::names(bad).unwrap_err().contains(SETTING), "{bad}");
        }
        assert!(self::names("").unwrap().is_empty());
    }

    #[test]
    fn what_decides_who_may_do_what_cannot_be_set_in_any_spelling() {
        let names = names("actuator.*, management.*, spring.*, Spring.*").unwrap();
        for guarded in [
            "actuator.env.writable",
            "actuator.env.writable[0]",
            "management.endpoints.web.exposure.include",
            "management.end-point.env.show-values",
            "spring.security.user.name",
            "Spring.Security.user.name",
            "spring.config.location",
            "actuator.sanitize.exclude-keys",
            "actuator.settings.on-invalid",
            "actuator.forwarded.trusted-proxies[0]",
            "management[endpoint].env.show-values",
        ] {
            assert!(!names.allow(&canonical_name(guarded)), "{guarded}");
        }
        assert!(names.allow("management.metrics.tags.zone"));
    }
}
