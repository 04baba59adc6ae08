//! Every name that a setting can have: one line each, in the tables beside this file.

mod browser;
mod callers;
mod config;
mod debug;
mod general;
mod groups;
mod insight;
mod lifecycle;
mod log_lines;
mod log_places;
mod meters;
mod push;
mod renamed;
mod requests;
mod secrets;
mod security;
mod sentry;
mod server;
mod stores;
mod tls;

use super::name::{self, Spelling};
pub use groups::{GROUPS, group_of};
pub(super) use renamed::{new_name, with_key};

/// A known name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The canonical name; a `*` stands for a key that somebody chooses.
    pub name: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// The default, as text; empty if there is none.
    pub default: &'static str,
    /// What it is for, in one line.
    pub description: &'static str,
    /// The version of this crate that had it first.
    pub since: &'static str,
}

impl Entry {
    /// The name that takes its place, if it is an old one that still works.
    pub fn deprecated_by(&self) -> Option<&'static str> {
        renamed::deprecated_by(self.name)
    }

    /// Whether this is a name of Spring's that is accepted, but does nothing here.
    pub fn has_no_effect(&self) -> bool {
        WITHOUT_EFFECT.contains(&self.name)
    }
}

/// What the value of a setting is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any text, or one of a few words.
    Text,
    /// A whole number.
    Number,
    /// `true` or `false`.
    Bool,
    /// A duration: `10s`, `500ms`, `PT10S`; a bare number is milliseconds.
    Duration,
    /// A size in bytes: `10MB`.
    Size,
    /// Texts, separated by commas or with an index each.
    List,
}

impl Kind {
    /// What tables call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Bool => "true or false",
            Self::Duration => "duration",
            Self::Size => "size",
            Self::List => "list",
        }
    }
}

/// All known names, those of a special thing before those of any.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    [
        browser::ENTRIES,
        callers::ENTRIES,
        config::ENTRIES,
        insight::ENTRIES,
        debug::ENTRIES,
        general::ENTRIES,
        lifecycle::ENTRIES,
        log_lines::ENTRIES,
        log_places::ENTRIES,
        push::ENTRIES,
        meters::ENTRIES,
        requests::ENTRIES,
        secrets::ENTRIES,
        security::ENTRIES,
        sentry::ENTRIES,
        server::ENTRIES,
        stores::ENTRIES,
        tls::ENTRIES,
    ]
    .into_iter()
    .flatten()
}

/// The canonical spelling of a name and what is known about it.
pub(super) fn canonical(name: &str, spelling: Spelling) -> Option<(String, &'static Entry)> {
    entries().find_map(|entry| {
        let first = entry.name.split('.').next()?;
        // Most environment variables are none of ours: do not take them apart.
        name.get(..first.len()).filter(|start| start.eq_ignore_ascii_case(first))?;
        let indexed = entry.kind == Kind::List;
        Some((name::canonical(name, spelling, entry.name, indexed)?, entry))
    })
}

/// Whether a canonical name, or an item of a list, is one of this pattern's, and of no pattern that
/// says it better.
pub(super) fn is_value_of(name: &str, pattern: &str) -> bool {
    match canonical(name, Spelling::Dotted) {
        Some((_, entry)) => entry.name == pattern,
        None => name::canonical(name, Spelling::Dotted, pattern, true).is_some(),
    }
}

/// Whether this dotted name is that of a known list.
pub(super) fn is_list(name: &str) -> bool {
    canonical(name, Spelling::Dotted).is_some_and(|(_, entry)| entry.kind == Kind::List)
}

/// `"name" Kind "default" "description";`, with `since "0.2.0"` before the semicolon for what came
/// later than the first version.
macro_rules! catalog {
    ($($name:literal $kind:ident $default:literal $description:literal $(since $since:literal)?;)*) => {
        &[$(Entry {
            name: $name,
            kind: Kind::$kind,
            default: $default,
            description: $description,
            since: catalog!(@since $($since)?),
        }),*]
    };
    (@since) => { "0.1.0" };
    (@since $since:literal) => { $since };
}

use catalog;

/// Settings of Spring services that may stand in files that both read. Whoever sets one is told.
const WITHOUT_EFFECT: &[&str] = &[
    "logging.buffer.size",
    "logging.pattern.*",
    "logging.structured.*",
    "management.endpoint.prometheus.cache.time-to-live",
    "management.metrics.*",
    "management.metrics.distribution.buffer-length.*",
    "management.observations.*",
    "management.prometheus.*",
    "management.statsd.metrics.export.step",
    "server.tomcat.remoteip.host-header",
    "server.tomcat.remoteip.port-header",
    "server.tomcat.remoteip.protocol-header",
    "server.tomcat.remoteip.protocol-header-https-value",
    "server.tomcat.remoteip.remote-ip-header",
    "spring.main.banner-mode",
    "spring.task.scheduling.*",
];

#[cfg(test)]
mod document;
#[cfg(test)]
mod schema;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_found_by_its_own_name_and_described() {
        for entry in entries() {
            let name = entry.name.replace('*', "x");
            let (canonical, _) = canonical(&name, Spelling::Dotted).expect("known");
            assert_eq!(canonical, name);
            assert!(entry.description.ends_with('.'), "{}", entry.name);
        }
    }

    #[test]
    fn every_name_without_effect_is_a_known_one() {
        for name in WITHOUT_EFFECT {
            assert!(entries().any(|entry| entry.name == *name), "{name}");
        }
    }

    #[test]
    fn a_name_appears_once() {
        let mut names: Vec<&str> = entries().map(|entry| entry.name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
