//! Names that nobody will ever read, most likely typos.

use super::{
    PropertySource, SourceKind, catalog,
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

/// One warning for each unknown name, with its origin and the nearest known name.
pub fn unknown_names(sources: &[PropertySource]) -> Vec<String> {
    sources
        .iter()
        .flat_map(|source| source.properties.iter().map(move |(name, value)| (source, name, value)))
        .filter_map(|(source, name, value)| {
            if let Some((dotted, entry)) = without_effect(source, name) {
                let hint = hint(&dotted, entry);
                return Some(format!("setting {name} ({}) has no effect here{hint}", value.origin));
            }
            Some(warning(&unknown(source, name)?, name, &value.origin))
        })
        .take(MAX_WARNINGS)
        .collect()
}

/// The dotted form of a name for which Spring would do something that we do not.
fn without_effect(source: &PropertySource, name: &str) -> Option<(String, &'static Entry)> {
    let environment = source.kind == SourceKind::Environment;
    let spelling = if environment { Spelling::Variable } else { Spelling::Dotted };
    catalog::canonical(name, spelling).filter(|(_, entry)| catalog::has_no_effect(entry))
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
        let ours = VARIABLE_PREFIXES.iter().any(|prefix| name.starts_with(prefix));
        return (ours && catalog::canonical(name, Spelling::Variable).is_none())
            .then(|| name::as_written(name, Spelling::Variable));
    }
    let ours = PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    (ours && catalog::canonical(name, Spelling::Dotted).is_none()).then(|| name.to_owned())
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
