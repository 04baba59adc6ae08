//! All loggers of the process: what is known, what is set, and setting it while it runs.

use std::{
    fmt,
    sync::{
        Arc, Mutex, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicBool, Ordering},
    },
};

use tracing::{Level, Metadata, level_filters::LevelFilter};
use tracing_log::AsLog as _;

use super::{
    events::EventCounts,
    level::LogLevel,
    settings::parse_directives,
    state::{Logger, LoggerGroup, MAX_NAME, MAX_NAMED, State},
    tree::ROOT,
};

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
    events: EventCounts,
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
        Self {
            shared: Arc::new(Shared {
                state: RwLock::new(State::new(root)),
                attached: AtomicBool::new(false),
                log_follows: AtomicBool::new(false),
                events: EventCounts::default(),
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
                state.add_group(group.clone());
            }
            for (name, level) in levels {
                state.set_initial(name, *level);
            }
        }
        self.rebuild();
    }

    /// Whether levels can be changed: a subscriber asks these loggers.
    pub(crate) fn is_attached(&self) -> bool {
        self.shared.attached.load(Ordering::Acquire)
    }

    /// How many events were let through.
    pub(crate) fn events(&self) -> &EventCounts {
        &self.shared.events
    }

    /// All known loggers, ROOT first, then by name.
    pub(crate) fn list(&self) -> Vec<Logger> {
        if self.is_attached() { self.read().list() } else { vec![foreign_root()] }
    }

    /// The groups, in the order of their names; none if levels cannot be changed.
    pub(crate) fn groups(&self) -> Vec<LoggerGroup> {
        if self.is_attached() { self.read().groups() } else { Vec::new() }
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
            (state.configured(name), state.outcome(name, level))
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
        let target = metadata.target();
        let state = self.read();
        let enabled = state.lets_through(target, *metadata.level());
        // Such metadata is made anew for each record, so no callsite ever tells its target.
        let learn = metadata.name() == "log record" && state.wants_log_target(target);
        drop(state);
        if learn {
            self.write().learn_log_target(target);
        }
        enabled
    }

    /// Learns the target of a callsite and says whether it is enabled.
    pub(super) fn register(&self, metadata: &'static Metadata<'static>) -> bool {
        let known = self.read().has_target(metadata.target());
        if !known && metadata.name() != "log event" {
            self.write().learn(metadata.target());
        }
        self.enabled(metadata)
    }

    /// The most that any logger lets through.
    pub(super) fn max_level(&self) -> LevelFilter {
        self.read().max_level()
    }

    /// Remembers whether a subscriber asks these loggers.
    pub(crate) fn attach(&self, attached: bool) {
        self.shared.attached.store(attached, Ordering::Release);
    }

    /// From now on the greatest level of the `log` crate is exactly what these loggers need.
    pub(crate) fn lead_log_crate(&self) {
        self.shared.log_follows.store(true, Ordering::Release);
        self.rebuild();
    }

    fn hears_own_info(&self) -> bool {
        self.read().lets_through(OWN_TARGET, Level::INFO)
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

fn log_change(name: &str, old: Option<LogLevel>, new: Option<LogLevel>) {
    let word = |level: Option<LogLevel>| level.map_or("inherited", LogLevel::name);
    tracing::info!(target: OWN_TARGET, "Level of {name}: {} -> {}", word(old), word(new));
}

/// What can be said about somebody else's subscriber.
fn foreign_root() -> Logger {
    Logger { name: ROOT.to_owned(), configured: None, effective: LevelFilter::current().into() }
}
