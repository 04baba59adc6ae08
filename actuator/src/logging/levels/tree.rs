//! Which level a logger has: its own, or that of its nearest configured parent.

use std::collections::HashMap;

use super::level::LogLevel;

/// The name of the logger above all others.
pub(crate) const ROOT: &str = "ROOT";

/// The configured levels. Parents are found at `::` only, so a level on `shop::db` never touches
/// `shop::dbx`, and a `.` is part of a name like any other character.
#[derive(Clone, Debug)]
pub(super) struct LevelTree {
    root: LogLevel,
    levels: HashMap<String, LogLevel>,
}

impl LevelTree {
    /// A tree in which every logger has the level `root`.
    pub(super) fn new(root: LogLevel) -> Self {
        Self { root, levels: HashMap::new() }
    }

    /// The level that was set on this very logger.
    pub(super) fn configured(&self, name: &str) -> Option<LogLevel> {
        if name == ROOT { Some(self.root) } else { self.levels.get(name).copied() }
    }

    /// The level that counts for a logger.
    pub(super) fn effective(&self, name: &str) -> LogLevel {
        if self.levels.is_empty() || name == ROOT {
            return self.root;
        }
        std::iter::successors(Some(name), |name| parent(name))
            .find_map(|name| self.levels.get(name))
            .copied()
            .unwrap_or(self.root)
    }

    /// The most that any logger lets through.
    pub(super) fn most_verbose(&self) -> LogLevel {
        self.levels.values().copied().fold(self.root, LogLevel::max)
    }

    /// Sets the level of a logger.
    pub(super) fn set(&mut self, name: &str, level: LogLevel) {
        if name == ROOT {
            self.root = level;
        } else {
            self.levels.insert(name.to_owned(), level);
        }
    }

    /// Lets a logger inherit again. ROOT has nothing to inherit from and stays.
    pub(super) fn reset(&mut self, name: &str) {
        self.levels.remove(name);
    }
}

/// The logger above `name`; `None` below ROOT.
pub(super) fn parent(name: &str) -> Option<&str> {
    name.rsplit_once("::").map(|(parent, _)| parent).filter(|parent| !parent.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_inherited_across_double_colons_only() {
        let mut tree = LevelTree::new(LogLevel::Info);
        tree.set("shop::db", LogLevel::Debug);
        assert_eq!(tree.effective("shop::db"), LogLevel::Debug);
        assert_eq!(tree.effective("shop::db::pool::idle"), LogLevel::Debug);
        for other in ["shop", "shop::dbx", "shop::db.pool", "shop::db:pool", "db", ""] {
            assert_eq!(tree.effective(other), LogLevel::Info, "{other}");
        }
    }

    #[test]
    fn a_dot_is_part_of_a_name() {
        let mut tree = LevelTree::new(LogLevel::Info);
        tree.set("com.example", LogLevel::Trace);
        assert_eq!(tree.effective("com.example"), LogLevel::Trace);
        assert_eq!(tree.effective("com.example.demo"), LogLevel::Info);
    }

    #[test]
    fn a_silent_child_lives_below_a_verbose_parent() {
        let mut tree = LevelTree::new(LogLevel::Warn);
        tree.set("shop", LogLevel::Trace);
        tree.set("shop::noise", LogLevel::Off);
        assert_eq!(tree.effective("shop::noise::deep"), LogLevel::Off);
        assert_eq!(tree.most_verbose(), LogLevel::Trace);
        tree.reset("shop::noise");
        assert_eq!(tree.effective("shop::noise::deep"), LogLevel::Trace);
    }
}
