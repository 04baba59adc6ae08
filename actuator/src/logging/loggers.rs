//! All loggers of the process: what is known, what is set, and setting it while it runs.

use std::{
    borrow::Cow,
    collections::BTreeSet,
    fmt,
    sync::{
        Arc, Mutex, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicBool, Ordering},
    },
};

use tracing::{Metadata, level_filters::LevelFilter};
use tracing_log::AsLog as _;

use super::{
    level::LogLevel,
    settings::parse_directives,
    tree::{LevelTree, ROOT, parent},
};

/// How many loggers may be named from outside, set or reset.
const MAX_NAMED: usize = 1_000;
/// How many targets of `log` records are remembered; those of `tracing` callsites are constants.
const MAX_LOG_TARGETS: usize = 2_000;
/// The longest name of a logger, in bytes.
const MAX_NAME: usize = 200;
/// The target under which changes of levels are logged.
const OWN_TARGET: &str = "actuator::loggers";

/// The loggers of a subscriber. Clones share everything.
#[derive(Clone)]
pub(crate) struct Loggers {
    shared: Arc<Shared>,
}

struct Shared {
    state: RwLock<State>,
    attached: AtomicBool,
    log_follows: AtomicBool,
}

struct State {
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

/// Why a level was not set. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SetLevelError {
    /// No logger can have this name.
    Name,
    /// Too many loggers were named already.
    TooMany,
    /// The subscriber of the process is not ours and has no [`super::LoggersLayer`].
    NotAttached,
}

impl fmt::Display for SetLevelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name => {
                write!(f, "a logger's name has 1 to {MAX_NAME} printable characters without blanks")
            }
            Self::TooMany => write!(f, "{MAX_NAMED} loggers have a level already; reset some"),
            Self::NotAttached => f.write_str(
                "the application installed its own tracing subscriber; add \
                 actuator::logging::layer() to it to make levels changeable",
            ),
        }
    }
}

impl Loggers {
    /// Loggers of which ROOT has a level, with the built-in groups.
    pub(crate) fn new(root: LogLevel) -> Self {
        let state = State {
            tree: LevelTree::new(root),
            initial_root: root,
            targets: BTreeSet::new(),
            log_targets: 0,
            named: BTreeSet::new(),
            groups: built_in_groups(),
        };
        Self {
            shared: Arc::new(Shared {
                state: RwLock::new(state),
                attached: AtomicBool::new(false),
                log_follows: AtomicBool::new(false),
            }),
        }
    }

    /// The loggers of the process, with the levels of `RUST_LOG`.
    pub(crate) fn global() -> Self {
        static GLOBAL: OnceLock<Loggers> = OnceLock::new();
        GLOBAL
            .get_or_init(|| {
                let loggers = Self::new(LogLevel::Info);
                let directives = std::env::var("RUST_LOG").unwrap_or_default();
                loggers.configure(&parse_directives(&directives).levels, &[]);
                loggers
            })
            .clone()
    }

    /// Sets initial levels and groups. A level of a group goes to its members.
    pub(crate) fn configure(&self, levels: &[(String, LogLevel)], groups: &[LoggerGroup]) {
        {
            let mut state = self.write();
            for group in groups {
                state.groups.retain(|known| known.name != group.name);
                state.groups.push(group.clone());
            }
            for (name, level) in levels {
                if name == ROOT {
                    state.initial_root = *level;
                }
                state.apply(name, Some(*level));
            }
        }
        self.rebuild();
    }

    /// Whether levels can be changed: a subscriber asks these loggers.
    pub(crate) fn is_attached(&self) -> bool {
        self.shared.attached.load(Ordering::Acquire)
    }

    /// All known loggers, ROOT first, then by name.
    pub(crate) fn list(&self) -> Vec<Logger> {
        let state = self.read();
        if !self.is_attached() {
            return vec![foreign_root()];
        }
        let mut names: BTreeSet<&str> = BTreeSet::new();
        for name in state.names() {
            for ancestor in std::iter::successors(Some(name), |name| parent(name)) {
                if !names.insert(ancestor) {
                    break;
                }
            }
        }
        std::iter::once(ROOT).chain(names).map(|name| state.logger(name)).collect()
    }

    /// The groups, in the order of their names.
    pub(crate) fn groups(&self) -> Vec<LoggerGroup> {
        let mut groups = if self.is_attached() { self.read().groups.clone() } else { Vec::new() };
        groups.sort_by(|a, b| a.name.cmp(&b.name));
        groups
    }

    /// One group.
    pub(crate) fn group(&self, name: &str) -> Option<LoggerGroup> {
        self.groups().into_iter().find(|group| group.name == name)
    }

    /// One logger, if it is known: looking creates nothing.
    pub(crate) fn get(&self, name: &str) -> Option<Logger> {
        if !self.is_attached() {
            return (name == ROOT).then(foreign_root);
        }
        let state = self.read();
        state.knows(name).then(|| state.logger(name))
    }

    /// Sets the level of a logger or of all loggers of a group; `None` lets them inherit again,
    /// and gives ROOT its initial level.
    pub(crate) fn set(&self, name: &str, level: Option<LogLevel>) -> Result<(), SetLevelError> {
        if !self.is_attached() {
            return Err(SetLevelError::NotAttached);
        }
        let (old, new) = {
            let state = self.read();
            state.check(name)?;
            let new = match level {
                None if name == ROOT => Some(state.initial_root),
                level => level,
            };
            (state.configured(name), new)
        };
        // Said while it can be heard: `ROOT=OFF` silences this very line.
        let said = self.hears_own_info();
        if said {
            log_change(name, old, new);
        }
        self.write().apply(name, level);
        self.rebuild();
        if !said && self.hears_own_info() {
            log_change(name, old, new);
        }
        Ok(())
    }

    /// Whether an event or span passes; also learns targets of `log` records.
    pub(super) fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let state = self.read();
        let enabled = state.tree.effective(metadata.target()).lets_through(*metadata.level());
        // Such metadata is made anew for each record, so no callsite ever tells its target.
        if metadata.name() == "log record" && !state.targets.contains(metadata.target()) {
            let room = state.log_targets < MAX_LOG_TARGETS && is_name(metadata.target());
            drop(state);
            if room {
                self.write().learn_log_target(metadata.target());
            }
        }
        enabled
    }

    /// Learns the target of a callsite and says whether it is enabled.
    pub(super) fn register(&self, metadata: &'static Metadata<'static>) -> bool {
        let known = self.read().targets.contains(metadata.target());
        if !known && metadata.name() != "log event" {
            self.write().targets.insert(Cow::Borrowed(metadata.target()));
        }
        self.enabled(metadata)
    }

    /// The most that any logger lets through.
    pub(super) fn max_level(&self) -> LevelFilter {
        self.read().tree.most_verbose().filter()
    }

    /// Remembers whether a subscriber asks these loggers.
    pub(super) fn attach(&self, attached: bool) {
        self.shared.attached.store(attached, Ordering::Release);
    }

    /// From now on the greatest level of the `log` crate is exactly what these loggers need.
    pub(super) fn lead_log_crate(&self) {
        self.shared.log_follows.store(true, Ordering::Release);
        self.rebuild();
    }

    fn hears_own_info(&self) -> bool {
        self.read().tree.effective(OWN_TARGET) >= LogLevel::Info
    }

    /// Makes every callsite ask again. No lock may be held: callsites call back.
    fn rebuild(&self) {
        // Two at once could leave the greatest level as the slower one saw it before the faster.
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        tracing::callsite::rebuild_interest_cache();
        let needed = self.max_level().as_log();
        if self.shared.log_follows.load(Ordering::Acquire) {
            tracing_log::log::set_max_level(needed);
        } else if self.is_attached()
            && tracing_log::log::max_level() != tracing_log::log::LevelFilter::Off
        {
            // Somebody else's bridge, which may serve others too: never take levels away.
            tracing_log::log::set_max_level(needed.max(tracing_log::log::max_level()));
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.shared.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.shared.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Loggers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loggers").field("attached", &self.is_attached()).finish_non_exhaustive()
    }
}

impl State {
    fn names(&self) -> impl Iterator<Item = &str> {
        let targets = self.targets.iter().map(AsRef::as_ref);
        targets.chain(self.named.iter().map(String::as_str)).chain(self.tree.configured_names())
    }

    fn knows(&self, name: &str) -> bool {
        name == ROOT
            || self.names().any(|known| {
                known
                    .strip_prefix(name)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
            }) && !name.is_empty()
    }

    fn logger(&self, name: &str) -> Logger {
        Logger {
            name: name.to_owned(),
            configured: self.tree.configured(name),
            effective: self.tree.effective(name),
        }
    }

    fn group(&self, name: &str) -> Option<&LoggerGroup> {
        self.groups.iter().find(|group| group.name == name)
    }

    fn configured(&self, name: &str) -> Option<LogLevel> {
        match self.group(name) {
            Some(group) => group.configured,
            None => self.tree.configured(name),
        }
    }

    /// Whether a name may be set. Resetting needs room too: it makes the logger known.
    fn check(&self, name: &str) -> Result<(), SetLevelError> {
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

    fn apply(&mut self, name: &str, level: Option<LogLevel>) {
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

    fn learn_log_target(&mut self, target: &str) {
        if self.log_targets < MAX_LOG_TARGETS && self.targets.insert(Cow::Owned(target.to_owned()))
        {
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

fn log_change(name: &str, old: Option<LogLevel>, new: Option<LogLevel>) {
    let word = |level: Option<LogLevel>| level.map_or("inherited", LogLevel::name);
    tracing::info!(target: OWN_TARGET, "Level of {name}: {} -> {}", word(old), word(new));
}

/// What can be said about somebody else's subscriber.
fn foreign_root() -> Logger {
    Logger { name: ROOT.to_owned(), configured: None, effective: LevelFilter::current().into() }
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
