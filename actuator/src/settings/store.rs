//! All settings that were found: who wins, lists, maps, profiles.

use std::collections::BTreeMap;

use super::{Property, PropertySource, SettingsBuilder, catalog, name, policy::LeftOut};
use crate::support::certificate::LoadedCertificates;

/// All settings, highest precedence first.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub(super) sources: Vec<PropertySource>,
    pub(super) active_profiles: Vec<String>,
    pub(super) warnings: Vec<String>,
    pub(super) left_out: LeftOut,
    /// The certificates of calls out that were read by these settings.
    pub(crate) certificates: LoadedCertificates,
}

impl Settings {
    /// Starts to gather settings.
    pub fn builder() -> SettingsBuilder {
        SettingsBuilder::default()
    }

    /// The winning property of this name (`management.endpoint.health.show-details`), in whatever
    /// spelling it was given.
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.sources.iter().find_map(|source| {
            let found = source.get_with_name(name)?;
            self.counts(&source.name, found)
        })
    }

    /// A list: comma separated, or `name[0]`, `name[1]`, … The first source that has either gives
    /// all of it.
    pub fn list(&self, name: &str) -> Option<Vec<String>> {
        let items = self.list_with_origins(name)?;
        Some(items.into_iter().map(|(item, _)| item).collect())
    }

    /// A list, each item with its origin.
    pub(super) fn list_with_origins(&self, name: &str) -> Option<Vec<(String, String)>> {
        self.sources.iter().find_map(|source| {
            let items = source.items(name)?;
            let mut properties = items.properties().iter();
            properties
                .all(|property| self.counts(&source.name, *property).is_some())
                .then(|| items.with_origins())
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
                let Some(key) = name::below(name, prefix) else { continue };
                if source
                    .get_with_name(name)
                    .is_some_and(|(key, _)| self.left_out.holds(&source.name, key))
                {
                    continue;
                }
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
