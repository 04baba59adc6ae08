//! What all checks share: the runtime that they run on, the slots, the order of severity, and
//! whom to tell.

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use tokio::runtime::Handle;

use super::{
    aggregator::StatusAggregator, check::HealthCheck, options::WantedOptions, probe::CheckProbe,
    slots::Slots, transition::Transitions,
};
use crate::{model::sanitizer::Sanitizer, support::application_runtime::ApplicationRuntime};

/// What is told when a check begins to exist, has run, and ends.
pub trait CheckObserver: Send + Sync + 'static {
    /// A check was registered; what is returned is called with each result.
    fn registered(&self, check: CheckProbe) -> RunObserver;

    /// A check is gone.
    fn unregistered(&self, path: &str);
}

/// Called with how long a run took, and whether what the check said is good.
pub type RunObserver = Box<dyn Fn(Duration, bool) + Send + Sync>;

/// How checks are run where they do not say otherwise.
#[derive(Clone, Debug)]
pub struct EngineSettings {
    /// What holds for all checks that do not set it.
    pub(super) defaults: WantedOptions,
    /// What the settings say of single checks, by the path as it is written there.
    pub(super) by_check: Vec<(String, WantedOptions)>,
    /// The loose names of checks that settings switch off.
    pub(super) disabled: Vec<String>,
    /// How many checks may be under way at once.
    pub(super) max_concurrency: usize,
    /// How many changes of status are remembered of each check.
    pub(super) history: usize,
    /// A run that takes longer is worth a warning.
    pub(super) slow: Duration,
    /// What is more severe than what.
    pub(super) order: StatusAggregator,
    /// What hides secrets in the causes of changes.
    pub(super) sanitizer: Sanitizer,
}

impl Default for EngineSettings {
    fn default() -> Self {
        Self {
            defaults: WantedOptions::default(),
            by_check: Vec::new(),
            disabled: Vec::new(),
            max_concurrency: 128,
            history: 50,
            slow: Duration::from_secs(10),
            order: StatusAggregator::default(),
            sanitizer: Sanitizer::default(),
        }
    }
}

/// The surroundings of all checks.
pub(super) struct Engine {
    pub(super) settings: EngineSettings,
    pub(super) slots: Slots,
    pub(super) transitions: Transitions,
    /// Where the application's pools and timers live.
    pub(super) runtime: ApplicationRuntime,
    /// The first runtime that checks were registered or asked on, for callers on none.
    seen: OnceLock<Handle>,
    pub(super) observer: Option<Arc<dyn CheckObserver>>,
}

impl Engine {
    /// Surroundings that run checks on the application's runtime.
    pub(super) fn new(
        settings: EngineSettings,
        runtime: ApplicationRuntime,
        observer: Option<Arc<dyn CheckObserver>>,
    ) -> Self {
        Self {
            slots: Slots::new(settings.max_concurrency),
            settings,
            transitions: Transitions::default(),
            runtime,
            seen: OnceLock::new(),
            observer,
        }
    }

    /// Whether the caller is on the runtime where checks belong, or there is none at all.
    pub(super) fn is_here(&self) -> bool {
        let is_nowhere = || Handle::try_current().is_err() && self.seen.get().is_some();
        self.runtime.elsewhere().is_none() && !is_nowhere()
    }

    /// Where to run what does not end at once.
    pub(super) fn runtime(&self) -> Option<Handle> {
        let current = || {
            let handle = Handle::try_current().ok()?;
            self.seen.get_or_init(|| handle.clone());
            Some(handle)
        };
        self.runtime.elsewhere().or_else(current).or_else(|| self.seen.get().cloned())
    }

    /// How a check is to be run: its own settings, then what its author said, then the settings
    /// of all.
    pub(super) fn options_of(&self, check: &HealthCheck) -> super::options::CheckOptions {
        let name = super::settings::loose(&check.path);
        let own =
            self.settings.by_check.iter().find(|(path, _)| super::settings::loose(path) == name);
        let own = own.map(|(_, wanted)| wanted.clone()).unwrap_or_default();
        own.or(check.wanted.clone()).or(self.settings.defaults.clone()).decide()
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("settings", &self.settings).finish_non_exhaustive()
    }
}
