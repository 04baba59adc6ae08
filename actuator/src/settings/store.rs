//! All settings that were found: who wins, lists, maps, profiles.

use std::collections::BTreeMap;

use super::{Property, PropertySource, SettingsBuilder, catalog, name};

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

    /// All winning settings below `prefix.`, without the prefix, in the order of their names. Where
    /// the catalog knows a list (`logging.group.*`), its items come as one comma separated text,
    /// however they were written.
    pub fn map(&self, prefix: &str) -> Vec<(String, String)> {
        let mut found = BTreeMap::new();
        for source in self.sources.iter().rev() {
            let mut lists: BTreeMap<&str, BTreeMap<usize, &str>> = BTreeMap::new();
            for (name, property) in source.by_canonical_name() {
                let Some(key) = name::below(name, prefix) else {
                    continue;
                };
                match name::indexed(key).filter(|_| catalog::is_list(name)) {
                    Some((key, index)) => {
                        lists.entry(key).or_default().insert(index, &property.value);
                    }
                    None => {
                        found.insert(key.to_owned(), property.value.clone());
                    }
                }
            }
            for (key, items) in lists {
                found.insert(key.to_owned(), items.into_values().collect::<Vec<_>>().join(","));
            }
        }
        found.into_iter().collect()
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
