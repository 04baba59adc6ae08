//! Which checks belong to a group: by path, included or excluded.

use crate::support::text::is_at_or_below;

/// Spring's include and exclude lists of slash paths. A path belongs to a list if it or one of its
/// ancestors is named; exclusion wins.
#[derive(Clone, Debug, Default)]
pub struct Membership {
    include: Paths,
    exclude: Paths,
}

#[derive(Clone, Debug, Default)]
enum Paths {
    /// Nothing was said.
    #[default]
    Unset,
    /// `*`.
    All,
    /// These, and what is below them.
    Named(Vec<String>),
}

impl Membership {
    /// From the two lists; an empty `include` means everything.
    pub fn of(include: Vec<String>, exclude: Vec<String>) -> Self {
        Self { include: Paths::of(include), exclude: Paths::of(exclude) }
    }

    /// Nothing by itself: only what joins.
    pub fn of_joined() -> Self {
        Self { include: Paths::Named(Vec::new()), exclude: Paths::Unset }
    }

    /// Whether the check at `path` is kept out.
    pub fn excludes(&self, path: &str) -> bool {
        self.exclude.names(path).unwrap_or(false)
    }

    /// Whether the check at `path` belongs to the group.
    pub fn contains(&self, path: &str) -> bool {
        self.include.names(path).unwrap_or(true) && !self.excludes(path)
    }

    /// The paths that the setting `include` names.
    pub fn included(&self) -> &[String] {
        self.include.listed()
    }

    /// The paths that the setting `exclude` names.
    pub fn excluded(&self) -> &[String] {
        self.exclude.listed()
    }
}

impl Paths {
    fn of(paths: Vec<String>) -> Self {
        if paths.iter().any(|path| path == "*") {
            Self::All
        } else if paths.is_empty() {
            Self::Unset
        } else {
            Self::Named(paths)
        }
    }

    fn names(&self, path: &str) -> Option<bool> {
        match self {
            Self::Unset => None,
            Self::All => Some(true),
            Self::Named(paths) => Some(paths.iter().any(|named| is_at_or_below(path, named))),
        }
    }

    fn listed(&self) -> &[String] {
        if let Self::Named(paths) = self { paths } else { &[] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn membership(include: &[&str], exclude: &[&str]) -> Membership {
        let owned = |paths: &[&str]| paths.iter().map(|path| (*path).to_owned()).collect();
        Membership::of(owned(include), owned(exclude))
    }

    #[test]
    fn a_path_belongs_if_it_or_an_ancestor_is_listed() {
        let group = membership(&["test/primary", "db"], &[]);
        assert!(group.contains("test/primary"));
        assert!(group.contains("test/primary/b"));
        assert!(!group.contains("test/primary2"));
        assert!(!group.contains("test"));
        assert!(group.contains("db"));
    }

    #[test]
    fn exclusion_wins_and_an_empty_inclusion_is_everything() {
        assert!(membership(&[], &[]).contains("x"));
        assert!(membership(&["*"], &[]).contains("x"));
        assert!(!membership(&["*"], &["x"]).contains("x/y"));
        assert!(!membership(&["x"], &["*"]).contains("x"));
    }
}
