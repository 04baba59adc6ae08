//! All loggers of the process: what is known of them, and whether an event passes.

use std::{
    fmt,
    sync::{
        Arc, Mutex, OnceLock, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tracing::{Metadata, level_filters::LevelFilter};
use tracing_log::AsLog as _;

use super::{
    alarm::Alarm,
    change::Listeners,
    events::EventCounts,
    known::Known,
    level::LogLevel,
    level_override::LevelOverride,
    settings::parse_directives,
    state::{Entry, LoggerGroup, State},
    tree::{ROOT, parent},
};
use crate::support::clock::Clock;

/// The level of ROOT if nobody says another one.
pub(super) const FIRST: LogLevel = LogLevel::Info;

/// The loggers of a subscriber. Clones share everything.
#[derive(Clone)]
pub(crate) struct Loggers {
    pub(super) shared: Arc<Shared>,
}

/// What clones share. No lock in it may be held while callsites are asked or lines are logged:
/// both come back here.
pub(super) struct Shared {
    state: RwLock<Arc<State>>,
    known: RwLock<Known>,
    /// Held while one state takes the place of another, which happens one at a time.
    pub(super) changing: Mutex<()>,
    pub(super) listeners: Arc<Listeners>,
    pub(super) alarm: Arc<Alarm>,
    pub(super) clock: Clock,
    attached: AtomicBool,
    log_follows: AtomicBool,
    events: EventCounts,
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
    /// The override that decides on it, its own or that of a group.
    pub(crate) standing: Option<Standing>,
}

/// An override, as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// What was set.
    pub(crate) set: Arc<LevelOverride>,
    /// How long it still counts; `None` if it does not end by itself.
    pub(crate) left: Option<Duration>,
    /// The level without it.
    pub(crate) initial: Option<LogLevel>,
    /// The loggers, if it is that of a group.
    pub(crate) members: Option<Vec<String>>,
}

impl Loggers {
    /// Loggers of which ROOT has a level, with the built-in groups.
    pub(crate) fn new(root: LogLevel) -> Self {
        Self::with_clock(root, Clock::system())
    }

    /// The same with a clock that says when overrides end.
    pub(super) fn with_clock(root: LogLevel, clock: Clock) -> Self {
        Self {
            shared: Arc::new(Shared {
                state: RwLock::new(Arc::new(State::new(root))),
                known: RwLock::default(),
                changing: Mutex::default(),
                listeners: Arc::default(),
                alarm: Arc::default(),
                clock,
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
                let loggers = Self::new(FIRST);
                loggers.configure(&of_variable(), &[]);
                loggers
            })
            .clone()
    }

    /// Whether levels can be changed: a subscriber asks these loggers.
    pub(crate) fn is_attached(&self) -> bool {
        self.shared.attached.load(Ordering::Acquire)
    }

    /// How many events were let through.
    pub(crate) fn events(&self) -> &EventCounts {
        &self.shared.events
    }

    /// All known loggers and their parents, ROOT first, then by name.
    pub(crate) fn list(&self) -> Vec<Logger> {
        if !self.is_attached() {
            return vec![foreign_root()];
        }
        let state = self.state();
        let known = self.shared.known.read().unwrap_or_else(PoisonError::into_inner);
        let mut names = std::collections::BTreeSet::new();
        for name in known.names().chain(state.named_loggers()) {
            for ancestor in std::iter::successors(Some(name), |name| parent(name)) {
                if !names.insert(ancestor) {
                    break;
                }
            }
        }
        let deciding = state.deciding();
        let logger =
            |name: &str| self.logger(&state, name, deciding.get(name).map(|entry| &***entry));
        std::iter::once(ROOT).chain(names).map(logger).collect()
    }

    /// The groups, in the order of their names; none if levels cannot be changed.
    pub(crate) fn groups(&self) -> Vec<LoggerGroup> {
        if self.is_attached() { self.state().groups() } else { Vec::new() }
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
        let state = self.state();
        let is_known = {
            let known = self.shared.known.read().unwrap_or_else(PoisonError::into_inner);
            name == ROOT
                || !name.is_empty()
                    && known.names().chain(state.named_loggers()).any(|known| {
                        known
                            .strip_prefix(name)
                            .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
                    })
        };
        is_known.then(|| {
            let deciding = state.deciding();
            self.logger(&state, name, deciding.get(name).map(|entry| &***entry))
        })
    }

    /// All overrides, in the order of their names; none if levels cannot be changed.
    pub(crate) fn overrides(&self) -> Vec<Standing> {
        if !self.is_attached() {
            return Vec::new();
        }
        let state = self.state();
        state.overrides().map(|entry| self.standing_of(&state, entry)).collect()
    }

    /// The override of this very name, a logger or a group.
    pub(crate) fn standing(&self, name: &str) -> Option<Standing> {
        let state = self.state();
        let entry = state.entry(name).filter(|_| self.is_attached())?;
        Some(self.standing_of(&state, entry))
    }

    fn logger(&self, state: &State, name: &str, deciding: Option<&Entry>) -> Logger {
        Logger {
            name: name.to_owned(),
            configured: state.own_level(name),
            effective: state.effective(name),
            standing: deciding.map(|entry| self.standing_of(state, entry)),
        }
    }

    fn standing_of(&self, state: &State, entry: &Entry) -> Standing {
        let now = self.shared.clock.instant();
        let name = &entry.set.name;
        Standing {
            set: Arc::clone(&entry.set),
            left: entry.ends.map(|ends| ends.saturating_duration_since(now)),
            initial: state.initial(name),
            members: state.group(name).map(|group| group.members.clone()),
        }
    }

    /// Whether an event or span passes; also learns targets of `log` records.
    pub(super) fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let target = metadata.target();
        // Such metadata is made anew for each record, so no callsite ever tells its target.
        if metadata.name() == "log record" && self.known(|known| known.wants_log_target(target)) {
            self.learn(|known| known.learn_log_target(target));
        }
        self.asked(|state| state.lets_through(target, *metadata.level()))
    }

    /// Learns the target of a callsite and says whether it is enabled.
    pub(super) fn register(&self, metadata: &'static Metadata<'static>) -> bool {
        let target = metadata.target();
        if metadata.name() != "log event" && !self.known(|known| known.has_target(target)) {
            self.learn(|known| known.learn(target));
        }
        self.asked(|state| state.lets_through(target, *metadata.level()))
    }

    /// The most that any logger lets through.
    pub(super) fn max_level(&self) -> LevelFilter {
        self.asked(|state| state.max_level())
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

    /// Makes every callsite ask again. No lock may be held but `changing`: callsites call back.
    pub(super) fn rebuild(&self) {
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

    /// What is set now.
    pub(super) fn state(&self) -> Arc<State> {
        self.asked(Arc::clone)
    }

    fn asked<T>(&self, question: impl FnOnce(&Arc<State>) -> T) -> T {
        question(&self.shared.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts a state in the place of the one before.
    pub(super) fn replace_state(&self, state: State) {
        let state = Arc::new(state);
        let mut place = self.shared.state.write().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *place, state);
        drop(place);
        drop(before);
    }

    fn known<T>(&self, question: impl FnOnce(&Known) -> T) -> T {
        question(&self.shared.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Remembers names.
    pub(super) fn learn(&self, lesson: impl FnOnce(&mut Known)) {
        lesson(&mut self.shared.known.write().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.alarm.end();
    }
}

impl fmt::Debug for Loggers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loggers").field("attached", &self.is_attached()).finish_non_exhaustive()
    }
}

/// The levels of `RUST_LOG`.
pub(super) fn of_variable() -> Vec<(String, LogLevel)> {
    parse_directives(&std::env::var("RUST_LOG").unwrap_or_default()).levels
}

/// What can be said about somebody else's subscriber.
fn foreign_root() -> Logger {
    Logger {
        name: ROOT.to_owned(),
        configured: None,
        effective: LevelFilter::current().into(),
        standing: None,
    }
}
