//! What all loggers were given by the settings, what is set over that, and the levels that come of
//! both. It is changed as a whole: a new one takes the place of the old.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
    time::Instant,
};

use tracing::{Level, level_filters::LevelFilter};

use super::{
    change::Origin,
    level::LogLevel,
    level_override::LevelOverride,
    tree::{LevelTree, ROOT},
};

/// Everything that is set.
#[derive(Clone, Debug)]
pub(super) struct State {
    initial: HashMap<String, LogLevel>,
    initial_root: LogLevel,
    /// As the settings made them.
    groups: Vec<LoggerGroup>,
    overrides: BTreeMap<String, Arc<Entry>>,
    /// How many overrides there were so far.
    count: u64,
    tree: LevelTree,
}

/// An override, and what decides when it counts.
#[derive(Debug)]
pub(super) struct Entry {
    /// What was set.
    pub(super) set: Arc<LevelOverride>,
    /// When it ends by the monotonic clock.
    pub(super) ends: Option<Instant>,
    /// Through which service it was set.
    pub(super) origin: Option<Origin>,
    /// Of two that concern the same logger the later one counts.
    order: u64,
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
            initial: HashMap::new(),
            initial_root: root,
            groups: built_in_groups(),
            overrides: BTreeMap::new(),
            count: 0,
            tree: LevelTree::new(root),
        }
    }

    /// Forgets these initial levels and groups, but no override; ROOT has `root` then. What comes
    /// next has to be added by [`Self::begin_with`].
    pub(super) fn forget(
        &mut self,
        levels: &[(String, LogLevel)],
        groups: &[LoggerGroup],
        root: LogLevel,
    ) {
        for (name, _) in levels {
            for logger in self.loggers_of(name) {
                if logger == ROOT {
                    self.initial_root = root;
                }
                self.initial.remove(&logger);
            }
            if let Some(group) = self.groups.iter_mut().find(|group| group.name == *name) {
                group.configured = None;
            }
        }
        let is_gone = |known: &LoggerGroup| groups.iter().any(|gone| gone.name == known.name);
        self.groups.retain(|known| !is_gone(known));
        self.groups.extend(built_in_groups().into_iter().filter(is_gone));
    }

    /// Adds initial levels and groups.
    pub(super) fn begin_with(&mut self, levels: &[(String, LogLevel)], groups: &[LoggerGroup]) {
        for group in groups {
            self.add_group(group.clone());
        }
        for (name, level) in levels {
            self.set_initial(name, *level);
        }
        self.compile();
    }

    /// Replaces or adds a group. [`Self::compile`] makes it count.
    pub(super) fn add_group(&mut self, group: LoggerGroup) {
        self.groups.retain(|known| known.name != group.name);
        self.groups.push(group);
    }

    /// Sets the level that a logger or a group begins with. [`Self::compile`] makes it count.
    pub(super) fn set_initial(&mut self, name: &str, level: LogLevel) {
        if let Some(group) = self.groups.iter_mut().find(|group| group.name == name) {
            group.configured = Some(level);
        }
        for logger in self.loggers_of(name) {
            if logger == ROOT {
                self.initial_root = level;
            } else {
                self.initial.insert(logger, level);
            }
        }
    }

    /// Sets an override, in place of those that it covers. A reset leaves one only where loggers
    /// would get a level back from elsewhere: in Spring a reset logger inherits, whatever the
    /// settings gave it (recorded: golden `loggers/post-group-reset-member`).
    pub(super) fn put(
        &mut self,
        set: LevelOverride,
        ends: Option<Instant>,
        origin: Option<Origin>,
    ) {
        let loggers = self.loggers_of(&set.name);
        self.overrides.remove(&set.name);
        for logger in &loggers {
            self.overrides.remove(logger);
        }
        let covered: HashSet<&String> = loggers.iter().collect();
        for group in &self.groups {
            if !group.members.is_empty() && group.members.iter().all(|name| covered.contains(name))
            {
                self.overrides.remove(&group.name);
            }
        }
        if set.level.is_some() || self.gives_level(&set.name, &loggers) {
            self.put_back(set, ends, origin);
        }
    }

    /// Adds an override that was set before: those that it covers are known to be gone.
    pub(super) fn put_back(
        &mut self,
        set: LevelOverride,
        ends: Option<Instant>,
        origin: Option<Origin>,
    ) {
        self.count += 1;
        let entry = Entry { set: Arc::new(set), ends, origin, order: self.count };
        self.overrides.insert(entry.set.name.clone(), Arc::new(entry));
    }

    /// Whether loggers would have a level of their own without an override of this name.
    fn gives_level(&self, name: &str, loggers: &[String]) -> bool {
        let covering = |logger: &String| {
            self.groups.iter().any(|group| {
                group.members.contains(logger) && self.overrides.contains_key(&group.name)
            })
        };
        self.group(name).is_some_and(|group| group.configured.is_some())
            || loggers.iter().any(|logger| self.initial.contains_key(logger) || covering(logger))
    }

    /// Removes an override; `false` if there is none of this name.
    pub(super) fn remove(&mut self, name: &str) -> bool {
        self.overrides.remove(name).is_some()
    }

    /// Makes the levels anew from all that was set.
    pub(super) fn compile(&mut self) {
        let mut tree = LevelTree::new(self.initial_root);
        for (name, level) in &self.initial {
            tree.set(name, *level);
        }
        let mut entries: Vec<&Arc<Entry>> = self.overrides.values().collect();
        entries.sort_by_key(|entry| entry.order);
        for entry in entries {
            for logger in self.loggers_of(&entry.set.name) {
                match entry.set.level {
                    Some(level) => tree.set(&logger, level),
                    None if logger == ROOT => tree.set(ROOT, self.initial_root),
                    None => tree.reset(&logger),
                }
            }
        }
        self.tree = tree;
    }

    /// The groups, in the order of their names, with the levels that they have now.
    pub(super) fn groups(&self) -> Vec<LoggerGroup> {
        let mut groups = self.groups.clone();
        for group in &mut groups {
            group.configured = self.configured(&group.name);
        }
        groups.sort_by(|a, b| a.name.cmp(&b.name));
        groups
    }

    /// The own level of a logger or a group.
    pub(super) fn configured(&self, name: &str) -> Option<LogLevel> {
        match (self.group(name), self.overrides.get(name)) {
            (Some(_), Some(entry)) => entry.set.level,
            (Some(group), None) => group.configured,
            (None, _) => self.tree.configured(name),
        }
    }

    /// The own level of a logger, also where a group has the same name.
    pub(super) fn own_level(&self, name: &str) -> Option<LogLevel> {
        self.tree.configured(name)
    }

    /// The level that a logger or a group has without overrides.
    pub(super) fn initial(&self, name: &str) -> Option<LogLevel> {
        match self.group(name) {
            Some(group) => group.configured,
            None if name == ROOT => Some(self.initial_root),
            None => self.initial.get(name).copied(),
        }
    }

    /// The level that counts for a logger.
    pub(super) fn effective(&self, name: &str) -> LogLevel {
        self.tree.effective(name)
    }

    /// Whether an event or span of this target and level passes.
    pub(super) fn lets_through(&self, target: &str, level: Level) -> bool {
        self.tree.effective(target).lets_through(level)
    }

    /// The most that any logger lets through.
    pub(super) fn max_level(&self) -> LevelFilter {
        self.tree.most_verbose().filter()
    }

    /// All overrides, in the order of their names.
    pub(super) fn overrides(&self) -> impl ExactSizeIterator<Item = &Arc<Entry>> {
        self.overrides.values()
    }

    /// The override of this name.
    pub(super) fn entry(&self, name: &str) -> Option<&Arc<Entry>> {
        self.overrides.get(name)
    }

    /// Which override decides on a logger, for all loggers that one decides on.
    pub(super) fn deciding(&self) -> HashMap<&str, &Arc<Entry>> {
        let mut deciding: HashMap<&str, &Arc<Entry>> = HashMap::new();
        for entry in self.overrides.values() {
            let name = entry.set.name.as_str();
            let one = std::slice::from_ref(&entry.set.name);
            let loggers = self.group(name).map_or(one, |group| group.members.as_slice());
            for logger in loggers {
                let known = deciding.entry(logger).or_insert(entry);
                if known.order < entry.order {
                    *known = entry;
                }
            }
        }
        deciding
    }

    /// When the next override ends.
    pub(super) fn next_end(&self) -> Option<Instant> {
        self.overrides.values().filter_map(|entry| entry.ends).min()
    }

    /// The loggers that the settings or overrides name, without ROOT.
    pub(super) fn named_loggers(&self) -> impl Iterator<Item = &str> {
        let overridden = self.overrides.keys().filter(|name| self.group(name).is_none());
        let of_groups = self.groups.iter().filter(|group| self.overrides.contains_key(&group.name));
        self.initial
            .keys()
            .chain(overridden)
            .chain(of_groups.flat_map(|group| &group.members))
            .map(String::as_str)
            .filter(|name| *name != ROOT)
    }

    /// The loggers that are meant by a name: a group's members, or the logger itself.
    pub(super) fn loggers_of(&self, name: &str) -> Vec<String> {
        match self.group(name) {
            Some(group) => group.members.clone(),
            None => vec![name.to_owned()],
        }
    }

    /// The group of this name, as the settings made it.
    pub(super) fn group(&self, name: &str) -> Option<&LoggerGroup> {
        self.groups.iter().find(|group| group.name == name)
    }
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
