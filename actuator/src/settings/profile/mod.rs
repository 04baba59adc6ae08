//! Which profiles are active: those that are named, those that they bring, and `default`.

mod expression;
#[cfg(test)]
mod property_tests;

use super::{PropertySource, Settings, store};
use crate::error::{Error, ErrorKind};

const ACTIVE: &str = "spring.profiles.active";
const INCLUDE: &str = "spring.profiles.include";
const DEFAULT: &str = "spring.profiles.default";
const GROUP: &str = "spring.profiles.group";
/// The condition of a document.
const ON_PROFILE: &str = "spring.config.activate.on-profile";
/// How many profiles may be active.
const MAX_PROFILES: usize = 100;

/// How names begin that say which profiles are active.
pub const PREFIX: &str = "spring.profiles.";

/// The profiles of a process.
#[derive(Clone, Debug, Default)]
pub struct Profiles {
    active: Vec<String>,
    default: Vec<String>,
}

impl Profiles {
    /// What the settings without any profile say: `spring.profiles.include`, then those that are
    /// active, each followed by the members of its group.
    pub fn read(settings: &Settings) -> Result<Self, Error> {
        let groups: Vec<(String, Vec<String>)> = settings
            .map(GROUP)
            .into_iter()
            .map(|(name, members)| (name, split(settings, &members)))
            .collect();
        let mut named: Vec<(&str, String)> = Vec::new();
        for source in settings.sources() {
            let included = source.list(INCLUDE).unwrap_or_default();
            named.extend(included.iter().flat_map(|text| with(INCLUDE, split(settings, text))));
        }
        let active = settings.list(ACTIVE).unwrap_or_default();
        named.extend(active.iter().flat_map(|text| with(ACTIVE, split(settings, text))));
        let mut profiles = Self::default();
        named.reverse();
        while let Some((setting, name)) = named.pop() {
            check(settings, setting, &name)?;
            if profiles.active.contains(&name) {
                continue;
            }
            if profiles.active.len() >= MAX_PROFILES {
                let message = format!("{setting}: more than {MAX_PROFILES} profiles are active");
                return Err(Error::new(ErrorKind::Setting, message));
            }
            let group = groups.iter().filter(|(group, _)| *group == name);
            let members = group.flat_map(|(_, members)| with(GROUP, members.clone()));
            let members: Vec<_> = members.collect();
            named.extend(members.into_iter().rev());
            profiles.active.push(name);
        }
        let default = settings.list(DEFAULT).unwrap_or_else(|| vec!["default".to_owned()]);
        profiles.default = default.iter().flat_map(|text| split(settings, text)).collect();
        profiles.default.iter().try_for_each(|name| check(settings, DEFAULT, name))?;
        Ok(profiles)
    }

    /// The active profiles, the last one winning.
    pub fn active(&self) -> &[String] {
        &self.active
    }

    /// Those whose files are read: the active ones, or the default ones if none is.
    pub fn accepted(&self) -> &[String] {
        if self.active.is_empty() { &self.default } else { &self.active }
    }
}

/// Whether a document counts: it has no condition, or one that is true. While the profiles are not
/// known yet, no condition is.
pub fn accepts(profiles: Option<&Profiles>, document: &PropertySource) -> Result<bool, Error> {
    if let Some(property) = document.get("spring.profiles") {
        let message = format!(
            "spring.profiles ({}) is not read any more; {ON_PROFILE} takes its place",
            property.origin
        );
        return Err(Error::new(ErrorKind::Setting, message));
    }
    let Some(expressions) = document.list(ON_PROFILE) else { return Ok(true) };
    let Some(profiles) = profiles else { return Ok(false) };
    let is_active = |name: &str| profiles.accepted().iter().any(|profile| profile == name);
    for expression in expressions {
        let is_true = expression::is_true(&expression, &is_active).map_err(|accepted| {
            let message =
                format!("{ON_PROFILE} = \"{expression}\" in {}: {accepted}", document.name);
            Error::new(ErrorKind::Setting, message)
        })?;
        if is_true {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The items of a text whose placeholders are resolved.
fn split(settings: &Settings, text: &str) -> Vec<String> {
    store::split(&settings.resolve(text).text)
}

fn with(
    setting: &'static str,
    names: Vec<String>,
) -> impl DoubleEndedIterator<Item = (&'static str, String)> {
    names.into_iter().map(move |name| (setting, name))
}

/// A profile is part of a file name, so it must not lead elsewhere.
fn check(settings: &Settings, setting: &str, profile: &str) -> Result<(), Error> {
    let allowed = |c: char| c.is_alphanumeric() || "-_.+@".contains(c);
    if profile.chars().all(allowed) && profile.chars().any(char::is_alphanumeric) {
        return Ok(());
    }
    let origin = settings.property(setting).map_or("", |property| property.origin.as_str());
    let message = format!(
        "{setting}: profile \"{profile}\" ({origin}) must consist of letters, digits and -_.+@"
    );
    Err(Error::new(ErrorKind::Setting, message))
}
