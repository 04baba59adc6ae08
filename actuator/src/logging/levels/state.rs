//! What is known and set of all loggers, and the bounds of both.

use std::{borrow::Cow, collections::BTreeSet};

use tracing::{Level, level_filters::LevelFilter};

use super::{
    level::LogLevel,
    loggers::SetLevelError,
    tree::{LevelTree, ROOT, parent},
};

/// How many loggers may be named from outside, set or reset.
pub(super) const MAX_NAMED: usize = 1_000;
/// How many targets of `log` records are remembered; those of `tracing` callsites are constants.
const MAX_LOG_TARGETS: usize = 2_000;
/// The longest name of a logger, in bytes.
pub(super) const MAX_NAME: usize = 200;

/// Everything that is known and set.
#[derive(Debug)]
pub(super) struct State {
    tree: LevelTree,
    initial_root: LogLevel,
    targets: BTreeSet<Cow<'static, str>>,
    log_targets: usize,
    named: BTreeSet<String>,
    groups: Vec<LoggerGroup>,
}

/// One logger, as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Logger {
    /// The target, or `ROOT`.
    pub(crate) name: String,
    /// Its own level, if it has one.
    pub(crate) configured: Option<LogLevel>,
    /// The level that counts.
    pub(crate) effective: LogLevel,
}

/// Loggers that are set together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LoggerGroup {
    /// The name of the group.
    pub(crate) name: String,
    /// The names of its loggers.
    pub(crate) members: Vec<String>,
    /// The level that was last set on the group.
    pub(crate) configured: Option<LogLevel>,
}

impl State {
    /// ROOT with a level, and the built-in groups.
    pub(super) fn new(root: LogLevel) -> Self {
        Self {
            tree: LevelTree::new(root),
            initial_root: root,
            targets: BTreeSet::new(),
            log_targets: 0,
            named: BTreeSet::new(),
            groups: built_in_groups(),
        }
    }

    /// Replaces or adds a group.
    pub(super) fn add_group(&mut self, group: LoggerGroup) {
        self.groups.retain(|known| known.name != group.name);
        self.groups.push(group);
    }

    /// Sets the level of a logger or a group; for ROOT also what a reset gives back.
    pub(super) fn set_initial(&mut self, name: &str, level: LogLevel) {
        if name == ROOT {
            self.initial_root = level;
        }
        self.apply(name, Some(level));
    }

    /// The groups, in the order of their names.
    pub(super) fn groups(&self) -> Vec<LoggerGroup> {
        let mut groups = self.groups.clone();
        groups.sort_by(|a, b| a.name.cmp(&b.name));
        groups
    }

    /// All known loggers and their parents, ROOT first, then by name.
    pub(super) fn list(&self) -> Vec<Logger> {
        let mut names: BTreeSet<&str> = BTreeSet::new();
        for name in self.names() {
            for ancestor in std::iter::successors(Some(name), |name| parent(name)) {
                if !names.insert(ancestor) {
                    break;
                }
            }
        }
        std::iter::once(ROOT).chain(names).map(|name| self.logger(name)).collect()
    }

    /// Whether an event or span of this target and level passes.
    pub(super) fn lets_through(&self, target: &str, level: Level) -> bool {
        self.tree.effective(target).lets_through(level)
    }

    /// The most that any logger lets through.
    pub(super) fn max_level(&self) -> LevelFilter {
        self.tree.most_verbose().filter()
    }

    /// The own level that a logger or group will have when `level` is set.
    pub(super) fn outcome(&self, name: &str, level: Option<LogLevel>) -> Option<LogLevel> {
        if name == ROOT { level.or(Some(self.initial_root)) } else { level }
    }

    /// Whether this target was seen.
    pub(super) fn has_target(&self, target: &str) -> bool {
        self.targets.contains(target)
    }

    /// Whether this target of a `log` record is new and may be remembered.
    pub(super) fn wants_log_target(&self, target: &str) -> bool {
        self.log_targets < MAX_LOG_TARGETS && !self.has_target(target) && is_name(target)
    }

    /// Remembers the target of a callsite.
    pub(super) fn learn(&mut self, target: &'static str) {
        self.targets.insert(Cow::Borrowed(target));
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        let targets = self.targets.iter().map(AsRef::as_ref);
        targets.chain(self.named.iter().map(String::as_str)).chain(self.tree.configured_names())
    }

    /// Whether a logger was seen or named, or is a parent of such.
    pub(super) fn knows(&self, name: &str) -> bool {
        name == ROOT
            || self.names().any(|known| {
                known
                    .strip_prefix(name)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
            }) && !name.is_empty()
    }

    /// A logger as it stands, known or not.
    pub(super) fn logger(&self, name: &str) -> Logger {
        Logger {
            name: name.to_owned(),
            configured: self.tree.configured(name),
            effective: self.tree.effective(name),
        }
    }

    fn group(&self, name: &str) -> Option<&LoggerGroup> {
        self.groups.iter().find(|group| group.name == name)
    }

    /// The own level of a logger or a group.
    pub(super) fn configured(&self, name: &str) -> Option<LogLevel> {
        match self.group(name) {
            Some(group) => group.configured,
            None => self.tree.configured(name),
        }
    }

    /// Whether a name may be set. Resetting needs room too: it makes the logger known.
    pub(super) fn check(&self, name: &str) -> Result<(), SetLevelError> {
        if !is_name(name) {
            return Err(SetLevelError::Name);
        }
        let new = name != ROOT && self.group(name).is_none() && !self.named.contains(name);
        let set = self.named.iter().filter(|name| self.tree.configured(name).is_some());
        if new && self.named.len() >= MAX_NAMED && set.count() >= MAX_NAMED {
            return Err(SetLevelError::TooMany);
        }
        Ok(())
    }

    /// Sets or resets a logger, or a group and its members.
    pub(super) fn apply(&mut self, name: &str, level: Option<LogLevel>) {
        if let Some(group) = self.groups.iter_mut().find(|group| group.name == name) {
            group.configured = level;
            for member in group.members.clone() {
                self.apply_to_logger(&member, level);
            }
        } else {
            self.apply_to_logger(name, level);
        }
    }

    fn apply_to_logger(&mut self, name: &str, level: Option<LogLevel>) {
        match level {
            Some(level) => self.tree.set(name, level),
            None if name == ROOT => self.tree.set(ROOT, self.initial_root),
            None => self.tree.reset(name),
        }
        if name == ROOT {
            return;
        }
        if self.named.len() >= MAX_NAMED && !self.named.contains(name) {
            let tree = &self.tree;
            self.named.retain(|name| tree.configured(name).is_some());
        }
        self.named.insert(name.to_owned());
    }

    /// Remembers the target of a `log` record.
    pub(super) fn learn_log_target(&mut self, target: &str) {
        if self.wants_log_target(target) {
            self.targets.insert(Cow::Owned(target.to_owned()));
            self.log_targets += 1;
        }
    }
}

/// Whether a logger can have this name: nothing that could forge a line of the log.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= MAX_NAME
        && !name.chars().any(|c| c.is_control() || c.is_whitespace())
}

/// Spring's two groups, with the targets that play these parts in Rust services.
fn built_in_groups() -> Vec<LoggerGroup> {
    [
        ("web", &["axum", "hyper", "hyper_util", "tower", "tower_http"][..]),
        ("sql", &["sqlx", "sea_orm", "tokio_postgres"][..]),
    ]
    .into_iter()
    .map(|(name, members)| LoggerGroup {
        name: name.to_owned(),
        members: members.iter().map(|&member| member.to_owned()).collect(),
        configured: None,
    })
    .collect()
}
