//! One value with its origin, and one place that gives such values.

use std::collections::BTreeMap;

use super::{
    catalog,
    name::{self, Spelling},
    store,
};

/// One value and where it came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Property {
    /// The text of the value, placeholders resolved.
    pub value: String,
    /// Where it stands: `actuator.toml:3:8`, `environment variable SERVER_PORT`,
    /// `argument --server.port`.
    pub origin: String,
    /// The type that the value has in its source.
    pub kind: ValueKind,
    /// Whether a placeholder in it named a secret, so that the whole value is one.
    pub holds_secret: bool,
}

impl Property {
    /// A text with its origin.
    pub(super) fn text(value: impl Into<String>, origin: impl Into<String>) -> Self {
        Self { value: value.into(), origin: origin.into(), ..Self::default() }
    }
}

/// The type that a value has in its source; `/env` keeps it in JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ValueKind {
    /// Text; everything from the environment, from arguments and from code.
    #[default]
    Text,
    /// A number of a file.
    Number,
    /// `true` or `false` of a file.
    Boolean,
}

/// What kind of place a source is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SourceKind {
    /// Set while the service runs (`manager`).
    Manager,
    /// Forced by code, for tests.
    Forced,
    /// `--name=value` arguments.
    Arguments,
    /// Facts of the process itself (`PID`).
    Process,
    /// Environment variables, under their own names.
    Environment,
    /// A document of a file, a directory tree, or `SPRING_APPLICATION_JSON`.
    File,
    /// Defaults that code sets.
    #[default]
    Defaults,
}

/// One place that gives settings, as `/env` lists it.
#[derive(Clone, Debug, Default)]
pub struct PropertySource {
    /// The name under which `/env` lists it (`systemEnvironment`).
    pub name: String,
    /// What kind of place it is.
    pub kind: SourceKind,
    /// Its properties: environment variables by their own names, all others by canonical name.
    pub properties: BTreeMap<String, Property>,
    /// From the canonical name to the key in `properties`.
    canonical: BTreeMap<String, String>,
    /// From the name without any spelling to the key in `properties`.
    uniform: BTreeMap<String, String>,
}

impl PropertySource {
    /// An empty source.
    pub(super) fn new(name: impl Into<String>, kind: SourceKind) -> Self {
        Self { name: name.into(), kind, ..Self::default() }
    }

    /// Adds a property under the name as it was written; a later one of the same name wins.
    pub(super) fn insert(&mut self, written: &str, property: Property) {
        let environment = self.kind == SourceKind::Environment;
        let spelling = if environment { Spelling::Variable } else { Spelling::Dotted };
        let canonical = catalog::canonical(written, spelling)
            .map_or_else(|| name::as_written(written, spelling), |(canonical, _)| canonical);
        let key = if environment { written.to_owned() } else { canonical.clone() };
        self.uniform.insert(name::uniform(&canonical), key.clone());
        self.canonical.insert(canonical, key.clone());
        self.properties.insert(key, property);
    }

    /// The property of this name in any of its spellings.
    pub fn get(&self, name: &str) -> Option<&Property> {
        self.get_with_name(name).map(|(_, property)| property)
    }

    /// The property of this name in any of its spellings, and the name that it has here.
    pub fn get_with_name(&self, name: &str) -> Option<(&str, &Property)> {
        if let Some((key, property)) = self.properties.get_key_value(name) {
            return Some((key, property));
        }
        let key =
            self.canonical.get(name).or_else(|| self.uniform.get(&name::uniform(name))).or_else(
                || {
                    // FOO_BAR_BAZ may mean foo.bar-baz: dashes count as separators there.
                    let variable = self.kind == SourceKind::Environment && name.contains('-');
                    variable.then(|| self.uniform.get(&name::uniform(&name.replace('-', "."))))?
                },
            )?;
        self.properties.get_key_value(key).map(|(key, property)| (key.as_str(), property))
    }

    /// The properties of a list, with their keys: one with commas, or one for each index.
    pub(super) fn items(&self, name: &str) -> Option<Items<'_>> {
        if let Some(property) = self.get_with_name(name) {
            return Some(Items::WithCommas(property));
        }
        let items: Vec<_> = (0..)
            .map_while(|index: usize| self.get_with_name(&format!("{name}[{index}]")))
            .collect();
        (!items.is_empty()).then_some(Items::Indexed(items))
    }

    /// A list, each item with its origin.
    pub(super) fn list_with_origins(&self, name: &str) -> Option<Vec<(String, String)>> {
        Some(self.items(name)?.with_origins())
    }

    /// A list.
    pub(super) fn list(&self, name: &str) -> Option<Vec<String>> {
        Some(self.list_with_origins(name)?.into_iter().map(|(item, _)| item).collect())
    }

    /// Canonical names with the keys of `properties`.
    pub(super) fn keys_by_canonical_name(&self) -> impl Iterator<Item = (&str, &str)> {
        self.canonical.iter().map(|(canonical, key)| (canonical.as_str(), key.as_str()))
    }

    /// Canonical names with their properties.
    pub(super) fn by_canonical_name(&self) -> impl Iterator<Item = (&str, &Property)> {
        self.canonical
            .iter()
            .filter_map(|(canonical, key)| Some((canonical.as_str(), self.properties.get(key)?)))
    }
}

/// The properties that a list is made of, with their keys.
pub(super) enum Items<'s> {
    /// One, whose value is separated by commas.
    WithCommas((&'s str, &'s Property)),
    /// One for each item.
    Indexed(Vec<(&'s str, &'s Property)>),
}

impl<'s> Items<'s> {
    /// All of them.
    pub(super) fn properties(&self) -> &[(&'s str, &'s Property)] {
        match self {
            Self::WithCommas(property) => std::slice::from_ref(property),
            Self::Indexed(properties) => properties,
        }
    }

    /// The items, each with its origin.
    pub(super) fn with_origins(&self) -> Vec<(String, String)> {
        match self {
            Self::WithCommas((_, property)) => store::split(&property.value)
                .into_iter()
                .map(|item| (item, property.origin.clone()))
                .collect(),
            Self::Indexed(properties) => properties
                .iter()
                .map(|(_, property)| (property.value.clone(), property.origin.clone()))
                .collect(),
        }
    }
}
