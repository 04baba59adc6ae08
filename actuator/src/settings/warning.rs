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
            if is_without_effect(source, name) {
                return Some(format!("setting {name} ({}) has no effect here", value.origin));
            }
            Some(warning(&unknown(source, name)?, name, &value.origin))
        })
        .take(MAX_WARNINGS)
        .collect()
}

/// Whether Spring would do something for this name that we do not.
fn is_without_effect(source: &PropertySource, name: &str) -> bool {
    let environment = source.kind == SourceKind::Environment;
    let spelling = if environment { Spelling::Variable } else { Spelling::Dotted };
    catalog::canonical(name, spelling).is_some_and(|(_, entry)| catalog::has_no_effect(entry))
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
