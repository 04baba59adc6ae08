//! The names that typed structs read: for documentation, and to find names that nobody reads.

use super::rules::FieldFacts;
use crate::{
    settings::{
        PropertySource, SettingKind, SourceKind, catalog,
        name::{self, Spelling},
    },
    support::text,
};

/// A name that is read, as documentation tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DescribedSetting {
    /// The name; `*` stands for a key that somebody chooses, `[*]` for an index.
    pub name: String,
    /// What its value is.
    pub kind: SettingKind,
    /// The default, as text; empty if there is none.
    pub default: &'static str,
    /// What it is for, in one line; may be empty.
    pub description: &'static str,
    /// Whether there is no start without it.
    pub is_required: bool,
    /// Whether its value is hidden whoever looks.
    pub is_secret: bool,
}

impl DescribedSetting {
    /// One that is neither required nor, by its type, secret.
    pub(super) fn new(name: &str, kind: SettingKind, facts: &FieldFacts) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            default: facts.default.unwrap_or_default(),
            description: facts.description,
            is_required: false,
            is_secret: facts.is_secret,
        }
    }

    fn is(&self, name: &str, spelling: Spelling) -> bool {
        let pattern = self.name.replace("[*]", ".*");
        name::canonical(name, spelling, &pattern, self.kind == SettingKind::List).is_some()
    }
}

/// More warnings than this help nobody.
const MAX_WARNINGS: usize = 50;

/// One warning for each name below one of the prefixes that is none of those described, with its
/// origin and the nearest one.
pub fn unknown_names(
    sources: &[PropertySource],
    prefixes: &[&str],
    described: &[DescribedSetting],
) -> Vec<String> {
    let mut warnings = Vec::new();
    for source in sources {
        for (name, property) in &source.properties {
            let Some(dotted) = unknown(source, name, prefixes, described) else { continue };
            let known = described.iter().map(|known| known.name.as_str());
            let is_environment = source.kind == SourceKind::Environment;
            // Kubernetes makes variables of the names of services: only a typo is told.
            let meant = if is_environment {
                text::almost(&dotted, known)
            } else {
                text::nearest(&dotted, known)
            };
            if is_environment && meant.is_none() {
                continue;
            }
            let meant = described.iter().find(|known| Some(known.name.as_str()) == meant);
            let remedy = meant.map_or_else(
                || "and has no effect".to_owned(),
                |known| format!("; did you mean {}? {}", known.name, known.description),
            );
            let space = if remedy.starts_with(';') { "" } else { " " };
            let warning = format!("setting {name} ({}) is unknown{space}{remedy}", property.origin);
            warnings.push(warning.trim_end().to_owned());
        }
    }
    warnings.truncate(MAX_WARNINGS);
    warnings
}

/// The dotted form of a name that somebody should know, but nobody does.
fn unknown(
    source: &PropertySource,
    name: &str,
    prefixes: &[&str],
    described: &[DescribedSetting],
) -> Option<String> {
    let is_environment = source.kind == SourceKind::Environment;
    let spelling = if is_environment { Spelling::Variable } else { Spelling::Dotted };
    let dotted = name::as_written(name, spelling);
    let is_owned = |prefix: &str| {
        name::below(&dotted, prefix).is_some()
            || is_environment && name::below(&dotted, &prefix.replace('-', ".")).is_some()
    };
    if !prefixes.iter().any(|prefix| is_owned(prefix))
        || catalog::canonical(name, spelling).is_some()
        || described.iter().any(|known| known.is(name, spelling))
    {
        return None;
    }
    Some(dotted)
}
