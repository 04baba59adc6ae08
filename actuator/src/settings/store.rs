//! Where settings come from, in which order, and who wins.

use std::collections::BTreeMap;

/// One value and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// The text of the value.
    pub value: String,
    /// Where it stands: `actuator.toml:3`, `environment variable SERVER_PORT`, `argument 2`.
    pub origin: String,
}

/// One place that gives settings, as `/env` lists it.
#[derive(Clone, Debug, Default)]
pub struct PropertySource {
    /// The name under which `/env` lists it (`systemEnvironment`).
    pub name: String,
    /// Its properties by canonical name.
    pub properties: BTreeMap<String, Property>,
}

/// All settings, highest precedence first.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    sources: Vec<PropertySource>,
    active_profiles: Vec<String>,
}

impl Settings {
    /// Starts to gather settings.
    pub fn builder() -> SettingsBuilder {
        SettingsBuilder::default()
    }

    /// The winning property of this canonical name (`management.endpoint.health.show-details`).
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.sources.iter().find_map(|source| source.properties.get(name))
    }

    /// A list: comma separated, or `name[0]`, `name[1]`, …
    pub fn list(&self, name: &str) -> Option<Vec<String>> {
        let property = self.property(name)?;
        Some(
            property
                .value
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(str::to_owned)
                .collect(),
        )
    }

    /// All winning settings below `prefix.`, without the prefix, in the order of their names.
    pub fn map(&self, prefix: &str) -> Vec<(String, String)> {
        let mut found = BTreeMap::new();
        for source in self.sources.iter().rev() {
            for (name, property) in &source.properties {
                if let Some(key) = name.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('.'))
                {
                    found.insert(key.to_owned(), property.value.clone());
                }
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
}

/// Gathers settings from their places.
#[derive(Clone, Debug, Default)]
pub struct SettingsBuilder {
    forced: PropertySource,
    defaults: PropertySource,
}

impl SettingsBuilder {
    /// What code sets as its default; every other place but the built-in defaults wins over it.
    #[must_use]
    pub fn default_value(mut self, name: &str, value: impl Into<String>) -> Self {
        self.defaults.properties.insert(
            name.to_owned(),
            Property { value: value.into(), origin: "default set by code".to_owned() },
        );
        self
    }

    /// A value that wins over everything; for tests.
    #[must_use]
    pub fn force(mut self, name: &str, value: impl Into<String>) -> Self {
        self.forced.properties.insert(
            name.to_owned(),
            Property { value: value.into(), origin: "forced by code".to_owned() },
        );
        self
    }

    /// The settings. Nothing but what was given to this builder is read yet.
    pub fn build(mut self) -> Result<Settings, crate::Error> {
        self.forced.name = "forced".to_owned();
        self.defaults.name = "defaultProperties".to_owned();
        Ok(Settings { sources: vec![self.forced, self.defaults], active_profiles: Vec::new() })
    }
}
