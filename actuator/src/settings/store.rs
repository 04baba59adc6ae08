//! All settings that were found: who wins, lists, maps, profiles.

use std::collections::BTreeMap;

use super::{Property, PropertySource, SettingsBuilder, name};

/// All settings, highest precedence first.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub(super) sources: Vec<PropertySource>,
    pub(super) active_profiles: Vec<String>,
    pub(super) warnings: Vec<String>,
}

impl Settings {
    /// Starts to gather settings.
    pub fn builder() -> SettingsBuilder {
        SettingsBuilder::default()
    }

    /// The winning property of this name (`management.endpoint.health.show-details`), in whatever
    /// spelling it was given.
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.sources.iter().find_map(|source| source.get(name))
    }

    /// A list: comma separated, or `name[0]`, `name[1]`, … The first source that has either gives
    /// all of it.
    pub fn list(&self, name: &str) -> Option<Vec<String>> {
        self.sources.iter().find_map(|source| {
            if let Some(property) = source.get(name) {
                return Some(split(&property.value));
            }
            let items: Vec<String> = (0..)
                .map_while(|index: usize| source.get(&format!("{name}[{index}]")))
                .map(|property| property.value.clone())
                .collect();
            (!items.is_empty()).then_some(items)
        })
    }

    /// All winning settings below `prefix.`, without the prefix, in the order of their names.
    pub fn map(&self, prefix: &str) -> Vec<(String, String)> {
        let mut found = BTreeMap::new();
        for source in self.sources.iter().rev() {
            for (name, property) in source.by_canonical_name() {
                if let Some(key) = name::below(name, prefix) {
                    found.insert(key, &property.value);
                }
            }
        }
        found.into_iter().map(|(key, value)| (key.to_owned(), value.clone())).collect()
    }

    /// The sources, highest precedence first, as `/env` lists them.
    pub fn sources(&self) -> &[PropertySource] {
        &self.sources
    }

    /// The active profiles, in the order in which they were named.
    pub fn active_profiles(&self) -> &[String] {
        &self.active_profiles
    }

    /// What looks like a mistake but does not prevent a start, one text each: unknown names with
    /// their origin and the nearest known name.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }
}

/// The items of a comma separated list, trimmed, without empty ones.
pub(super) fn split(list: &str) -> Vec<String> {
    list.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}
