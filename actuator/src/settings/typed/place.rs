//! Where a value stands: a name, and the sources that may hold it.

use std::collections::BTreeSet;

use crate::settings::{Property, PropertySource, Settings, SourceKind, name};

/// A name, and the sources that are asked for it, highest precedence first.
#[derive(Clone, Debug)]
pub struct Place<'s> {
    name: String,
    settings: &'s Settings,
    sources: &'s [PropertySource],
}

/// The items of a list, all from the first source that has any, as in Spring.
pub(super) enum Items<'s> {
    /// One text, separated by commas.
    Text(&'s Property),
    /// `name[0]`, `name[1]`, …
    Places(Vec<Place<'s>>),
    /// `name[2]` without this one before it.
    Gap(String),
}

impl<'s> Place<'s> {
    /// This name in all sources.
    pub fn new(name: &str, settings: &'s Settings) -> Self {
        Self { name: name.to_owned(), settings, sources: settings.sources() }
    }

    /// The whole name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The place of `key` below this one.
    pub(super) fn below(&self, key: &str) -> Self {
        Self { name: format!("{}.{key}", self.name), ..self.clone() }
    }

    /// The property of exactly this name.
    pub(super) fn property(&self) -> Option<&'s Property> {
        self.sources.iter().find_map(|source| self.in_source(source))
    }

    /// Its property in one source, unless that does not count (`actuator.settings.on-invalid`).
    fn in_source(&self, source: &'s PropertySource) -> Option<&'s Property> {
        self.settings.counts(&source.name, source.get_with_name(&self.name)?)
    }

    /// Whether anything is set below this name.
    pub(super) fn has_anything_below(&self) -> bool {
        self.sources.iter().any(|source| rests(source, &self.name).next().is_some())
    }

    /// The items of the list of this name.
    pub(super) fn items(&self) -> Option<Items<'s>> {
        self.sources.iter().find_map(|source| {
            if let Some(property) = self.in_source(source) {
                return Some(Items::Text(property));
            }
            let indices = indices(source, &self.name);
            let gap = (0..indices.len()).find(|index| !indices.contains(index));
            if let Some(gap) = gap {
                return Some(Items::Gap(format!("{}[{gap}]", self.name)));
            }
            let place = |index: &usize| Place {
                name: format!("{}[{index}]", self.name),
                settings: self.settings,
                sources: std::slice::from_ref(source),
            };
            (!indices.is_empty()).then(|| Items::Places(indices.iter().map(place).collect()))
        })
    }

    /// The keys of the map of this name, sorted: all that stands behind it, or, if the values have
    /// names or items of their own, up to these.
    pub(super) fn keys(&self, values_are_scalar: bool) -> Vec<String> {
        let mut keys = BTreeSet::new();
        for source in self.sources.iter().rev() {
            let is_environment = source.kind == SourceKind::Environment;
            for rest in rests(source, &self.name) {
                let key = if values_are_scalar { rest } else { first(rest) };
                // A variable has no spelling; of two keys in files none is the other.
                let is_known = || keys.iter().any(|known: &String| is_variable_of(key, known));
                if !(is_environment && is_known()) {
                    keys.insert(key.to_owned());
                }
            }
        }
        keys.into_iter().collect()
    }
}

/// What stands in the source behind `name.`, by canonical name.
fn rests<'s>(source: &'s PropertySource, name: &str) -> impl Iterator<Item = &'s str> {
    let own = name.to_owned();
    // FOO_BAR_BAZ may mean foo-bar.baz: dashes count as separators there.
    let variable = source.kind == SourceKind::Environment && name.contains('-');
    let dotted = variable.then(|| name.replace('-', "."));
    source.by_canonical_name().filter_map(move |(canonical, _)| {
        name::below(canonical, &own).or_else(|| name::below(canonical, dotted.as_deref()?))
    })
}

/// The indices that stand behind the name, as `name[0]`, `name[0].x` or, of a variable, `NAME_0`.
fn indices(source: &PropertySource, name: &str) -> BTreeSet<usize> {
    let uniform = name::uniform(name);
    let dotted = name::uniform(&name.replace('-', "."));
    let is_environment = source.kind == SourceKind::Environment;
    let index = |canonical: &str| {
        let canonical = name::uniform(canonical);
        let rest = canonical
            .strip_prefix(&uniform)
            .or_else(|| canonical.strip_prefix(&dotted).filter(|_| is_environment))?;
        let digits = rest.strip_prefix('.')?;
        digits.split('.').next()?.parse().ok()
    };
    source.by_canonical_name().filter_map(|(canonical, _)| index(canonical)).collect()
}

/// The first part of `gold.max` and of `gold[0]`.
fn first(rest: &str) -> &str {
    rest.split(['.', '[']).next().unwrap_or(rest)
}

/// Whether a variable's part `max.size` is what a file calls `max-size`.
fn is_variable_of(part: &str, key: &str) -> bool {
    let part = name::uniform(part);
    part == name::uniform(key) || part == name::uniform(&key.replace('-', "."))
}
