//! How members are called: which paths are left out, which have other names, and what becomes of
//! the fields of the application.

use super::{super::json::push_escaped, settings::JsonSettings};

/// How a format writes the names of fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// As they are.
    Flat,
    /// As they are, and a dot opens an object: the style of ECS.
    Nested,
    /// With an underscore in front, and of certain characters: GELF.
    Underscored,
}

/// Names of one format.
#[derive(Clone, Debug)]
pub(in super::super) struct Naming {
    pub(super) style: Style,
    pub(super) json: JsonSettings,
    /// The names that the format uses itself.
    pub(super) reserved: Vec<String>,
}

/// A field's name in one format, ready to be copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct FieldKey {
    /// `,"name":`.
    pub(super) member: Box<str>,
    /// The same in parts, escaped, if a dot opens an object.
    pub(super) path: Box<[Box<str>]>,
}

impl Naming {
    /// The name under which a member of the format itself is written; `None` leaves it out.
    pub(super) fn member<'n>(&'n self, path: &str, name: &'n str) -> Option<&'n str> {
        let below = |outer: &str, inner: &str| {
            inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let include = &self.json.include;
        let included = include.is_empty()
            || include.iter().any(|listed| below(listed, path) || below(path, listed));
        let excluded = self.json.exclude.iter().any(|listed| below(listed, path));
        (included && !excluded).then(|| self.json.rename.get(path).map_or(name, String::as_str))
    }

    /// The key of a field of the application; `None` leaves it out.
    pub(super) fn field(&self, name: &str) -> Option<FieldKey> {
        if self.json.hides_fields {
            return None;
        }
        let path = self.path_of(name);
        let last = path.rsplit_once('.').map_or(&*path, |(_, last)| last);
        let flat = self.style != Style::Nested;
        let renamed = self.member(&path, if flat { &path } else { last })?;
        if flat {
            return Some(FieldKey { member: member(renamed), path: Box::default() });
        }
        let outer = path.strip_suffix(last).unwrap_or_default();
        let whole = format!("{outer}{renamed}");
        let parts: Box<[Box<str>]> =
            whole.split('.').filter(|p| !p.is_empty()).map(escaped).collect();
        Some(FieldKey { member: member(&whole), path: parts })
    }

    /// Where a field is found, before it is renamed. What the format uses itself has a `_` behind.
    fn path_of(&self, name: &str) -> String {
        let joiner = if self.style == Style::Nested { "." } else { "_" };
        let prefix = self.json.prefix.as_str();
        let between = if prefix.is_empty() || prefix.ends_with(joiner) { "" } else { joiner };
        let mut path = format!("{prefix}{between}{name}");
        if self.style == Style::Underscored {
            let is_known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
            path = path.replace(|c| !is_known(c), "_");
            if !path.starts_with('_') {
                path.insert(0, '_');
            }
            // Graylog drops this one.
            if path == "_id" {
                path.push('_');
            }
        }
        let first = if self.style == Style::Nested { path.split('.').next() } else { None };
        let end = first.map_or(path.len(), str::len);
        if path.get(..end).is_some_and(|first| self.reserved.iter().any(|name| name == first)) {
            path.insert(end, '_');
        }
        path
    }
}

/// `,"name":`.
pub(super) fn member(name: &str) -> Box<str> {
    let mut text = String::from(",\"");
    push_escaped(&mut text, name);
    text.push_str("\":");
    text.into()
}

fn escaped(name: &str) -> Box<str> {
    let mut text = String::new();
    push_escaped(&mut text, name);
    text.into()
}
