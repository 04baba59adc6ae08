//! Names that nobody will ever read, most likely typos, and those that have better ones.

use super::{
    Property, PropertySource, SourceKind, catalog,
    catalog::Entry,
    name::{self, Spelling},
};
use crate::support::text;

/// The prefixes under which every name is known.
const PREFIXES: [&str; 5] =
    ["management.", "server.", "logging.", "spring.boot.admin.", "actuator."];
/// The same for variables; `SERVER_` and `LOGGING_` belong to too many others.
const VARIABLE_PREFIXES: [&str; 3] = ["ACTUATOR_", "MANAGEMENT_", "SPRING_BOOT_ADMIN_CLIENT_"];
/// More warnings than this help nobody.
const MAX_WARNINGS: usize = 50;

/// One warning for each name that is unknown, old, or without effect, with its origin and the
/// right one; and for values that Spring would make up.
pub fn suspects(sources: &[PropertySource]) -> Vec<String> {
    sources
        .iter()
        .flat_map(|source| source.properties.iter().map(move |(name, value)| (source, name, value)))
        .filter_map(|(source, name, property)| {
            of_name(source, name, property).or_else(|| random(name, property))
        })
        .take(MAX_WARNINGS)
        .collect()
}

fn of_name(source: &PropertySource, name: &str, property: &Property) -> Option<String> {
    let origin = &property.origin;
    let spelling = spelling(source);
    if let Some((dotted, entry)) = without_effect(source, name) {
        let hint = hint(&dotted, entry);
        return Some(format!("setting {name} ({origin}) has no effect here{hint}"));
    }
    if let Some((dotted, entry)) = catalog::canonical(name, spelling) {
        let new = catalog::with_key(&dotted, entry.name, entry.deprecated_by()?);
        return Some(format!("setting {name} ({origin}) is deprecated; use {new}"));
    }
    let is_ours = spelling == Spelling::Dotted || is_our_variable(name);
    if let Some(new) = catalog::new_name(name, spelling).filter(|_| is_ours) {
        return Some(format!("setting {name} ({origin}) has no effect any more; use {new}"));
    }
    Some(warning(&unknown(source, name)?, name, origin))
}

/// Values that would be others after each start are no settings.
fn random(name: &str, property: &Property) -> Option<String> {
    property.value.contains("${random.").then(|| {
        format!(
            "setting {name} ({}) holds ${{random.…}}: random values are not supported; it stays \
             as it is written",
            property.origin
        )
    })
}

fn spelling(source: &PropertySource) -> Spelling {
    if source.kind == SourceKind::Environment { Spelling::Variable } else { Spelling::Dotted }
}

/// The dotted form of a name for which Spring would do something that we do not.
fn without_effect(source: &PropertySource, name: &str) -> Option<(String, &'static Entry)> {
    catalog::canonical(name, spelling(source)).filter(|(_, entry)| entry.has_no_effect())
}

/// Where all names below a prefix are let pass, a typo in one that has an effect is among them.
fn hint(dotted: &str, entry: &Entry) -> String {
    let known = catalog::entries().map(|entry| entry.name).filter(|name| *name != entry.name);
    let almost = text::almost(dotted, known).filter(|_| entry.name.ends_with('*'));
    almost.map(|name| format!("; did you mean {name}?")).unwrap_or_default()
}

/// The dotted form of the name, if it should be known but is not.
fn unknown(source: &PropertySource, name: &str) -> Option<String> {
    if source.kind == SourceKind::Environment {
        return (is_our_variable(name) && catalog::canonical(name, Spelling::Variable).is_none())
            .then(|| name::as_written(name, Spelling::Variable));
    }
    let ours = PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    (ours && catalog::canonical(name, Spelling::Dotted).is_none()).then(|| name.to_owned())
}

fn is_our_variable(name: &str) -> bool {
    VARIABLE_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

fn warning(dotted: &str, name: &str, origin: &str) -> String {
    let known = catalog::entries().map(|entry| entry.name);
    let nearest = text::nearest(dotted, known);
    match catalog::entries().find(|entry| Some(entry.name) == nearest) {
        Some(Entry { name: known, description, .. }) => {
            format!("setting {name} ({origin}) is unknown; did you mean {known}? {description}")
        }
        None => format!("setting {name} ({origin}) is unknown and has no effect"),
    }
}
