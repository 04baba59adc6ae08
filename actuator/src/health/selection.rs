//! Which checks a caller wants: by level, by name, by tag; and why a name selects nothing.

use std::{fmt, sync::Arc};

use super::{
    contributors::{Composite, Contributor, find},
    group::HealthGroup,
    options::CheckOptions,
};
use crate::support::text::{is_at_or_below, nearest};

/// What a caller wants of a group; the default is everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only checks of this level or below.
    pub max_level: Option<u32>,
    /// Only these checks, and those below these composites, by path; empty for all.
    pub checks: Vec<String>,
    /// Only checks with one of these tags; empty for all.
    pub tags: Vec<String>,
}

/// A member of a group, before it is asked.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Its path from the root of the tree.
    pub path: Arc<str>,
    /// How it is run.
    pub options: Arc<CheckOptions>,
}

impl Selection {
    /// Whether everything is wanted.
    pub fn is_everything(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the check at `path` is wanted.
    pub fn selects(&self, path: &str, options: &CheckOptions) -> bool {
        let named =
            self.checks.is_empty() || self.checks.iter().any(|name| is_at_or_below(path, name));
        named && self.bars(options).is_none()
    }

    /// The same as a function, as `evaluate` takes it.
    pub fn selector(&self) -> impl Fn(&str, &CheckOptions) -> bool + Send + Sync {
        |path, options| self.selects(path, options)
    }

    /// Why there is none among the candidates that is wanted, or which name has none. A name that
    /// selects nothing must not look as if all were well.
    pub fn among(&self, candidates: &[Candidate]) -> Result<(), SelectionError> {
        let mut reasons: Vec<_> =
            self.checks.iter().filter_map(|name| self.missing(name, candidates)).collect();
        let is_wanted = |candidate: &Candidate| self.selects(&candidate.path, &candidate.options);
        if reasons.is_empty() && !candidates.iter().any(is_wanted) {
            reasons.push((String::new(), format!("no check is selected by {self}")));
        }
        if reasons.is_empty() { Ok(()) } else { Err(SelectionError { reasons }) }
    }

    /// Why a name selects nothing, if so.
    fn missing(&self, name: &str, candidates: &[Candidate]) -> Option<(String, String)> {
        let meant: Vec<_> =
            candidates.iter().filter(|candidate| is_at_or_below(&candidate.path, name)).collect();
        let Some(first) = meant.first() else {
            let known = candidates.iter().map(|candidate| &*candidate.path);
            let hint = nearest(name, known).map(|near| format!("; did you mean '{near}'?"));
            let hint = hint.unwrap_or_default();
            return Some((name.to_owned(), format!("there is no check '{name}' here{hint}")));
        };
        let bars: Vec<_> =
            meant.iter().map_while(|candidate| self.bars(&candidate.options)).collect();
        let all_barred = bars.len() == meant.len();
        all_barred.then(|| {
            let bar = bars.into_iter().next().unwrap_or_default();
            (name.to_owned(), format!("check '{}' {bar}", first.path))
        })
    }

    /// Why level or tags keep a check out.
    fn bars(&self, options: &CheckOptions) -> Option<String> {
        if let Some(max) = self.max_level.filter(|max| options.level > *max) {
            return Some(format!("has level {}, which is above max_level={max}", options.level));
        }
        let tagged = self.tags.is_empty() || self.tags.iter().any(|tag| options.tags.contains(tag));
        (!tagged).then(|| format!("has none of the tags {}", self.tags.join(", ")))
    }
}

impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            self.max_level.map(|max| format!("max_level={max}")),
            Some(format!("checks={}", self.checks.join(","))).filter(|_| !self.checks.is_empty()),
            Some(format!("tag={}", self.tags.join(","))).filter(|_| !self.tags.is_empty()),
        ];
        f.write_str(&parts.into_iter().flatten().collect::<Vec<_>>().join(" and "))
    }
}

/// Why a selection cannot be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectionError {
    reasons: Vec<(String, String)>,
}

impl SelectionError {
    /// Each name that selects nothing with the reason; the name is empty where all are meant.
    pub fn reasons(&self) -> impl Iterator<Item = (&str, &str)> {
        self.reasons.iter().map(|(name, reason)| (name.as_str(), reason.as_str()))
    }
}

impl fmt::Display for SelectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reasons: Vec<_> = self.reasons().map(|(_, reason)| reason).collect();
        f.write_str(&reasons.join("; "))
    }
}

/// The members of a group at or below `names` (no name: the whole tree), sorted by path; `None`
/// if there is no such contributor.
pub fn candidates(root: &Composite, names: &[&str], group: &HealthGroup) -> Option<Vec<Candidate>> {
    let mut found = Vec::new();
    if names.is_empty() {
        for contributor in root.values() {
            gather(contributor, group, &mut found);
        }
    } else {
        gather(find(root, names)?, group, &mut found);
    }
    Some(found)
}

fn gather(contributor: &Contributor, group: &HealthGroup, found: &mut Vec<Candidate>) {
    match contributor {
        Contributor::Indicator(check) if group.has(check.path(), check.options()) => {
            let (path, options) = (Arc::clone(check.path()), Arc::clone(check.options()));
            found.push(Candidate { path, options });
        }
        Contributor::Indicator(_) => {}
        Contributor::Composite(inner) => {
            for contributor in inner.values() {
                gather(contributor, group, found);
            }
        }
    }
}

#[cfg(test)]
#[path = "selection_tests.rs"]
mod tests;
