//! When a task runs, as the application says it.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

/// When a task runs, and how: the twin of the arguments of [`macro@crate::scheduled`].
///
/// ```
/// use std::time::Duration;
/// use actuator::scheduling::Schedule;
///
/// let minute = Duration::from_secs(60);
/// Schedule::fixed_rate(minute).jitter(Duration::from_secs(5));
/// Schedule::fixed_delay(minute).initial_delay(Duration::ZERO);
/// Schedule::cron("0 0 3 * * MON-FRI").zone("Europe/Zurich").timeout(minute);
/// Schedule::once(minute);
/// ```
#[derive(Clone, Debug)]
#[must_use = "a schedule does nothing until a task has it"]
pub struct Schedule {
    pub(super) trigger: Trigger,
    pub(super) initial_delay: Option<Duration>,
    pub(super) jitter: Duration,
    pub(super) timeout: Option<Duration>,
    pub(super) overlap: Overlap,
}

/// What makes a task come due.
#[derive(Clone, Debug)]
pub(super) enum Trigger {
    Cron { expression: String, zone: Option<String> },
    FixedRate(Duration),
    FixedDelay(Duration),
    Once,
    Custom(CustomTrigger),
}

/// Says when a task runs next.
type NextTime = Arc<dyn Fn(&TriggerContext) -> Option<SystemTime> + Send + Sync>;

/// A trigger of the application's own.
#[derive(Clone)]
pub struct CustomTrigger {
    /// What it is called.
    pub(super) name: String,
    pub(super) next: NextTime,
}

impl fmt::Debug for CustomTrigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CustomTrigger").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What becomes of a task that comes due while it is running.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overlap {
    /// That run is left out, counted and told in the log.
    #[default]
    Skip,
    /// It runs as soon as the one before has ended; at most 1,000 wait.
    Queue,
    /// It runs beside the others; at most 64 run at a time.
    Parallel,
}

impl Overlap {
    /// As attributes and documents spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::Queue => "queue",
            Self::Parallel => "parallel",
        }
    }
}

/// What a trigger of the application's own knows when it says when the task runs next.
#[derive(Clone, Debug)]
pub struct TriggerContext {
    pub(super) now: SystemTime,
    pub(super) last_scheduled: Option<SystemTime>,
    pub(super) last_completion: Option<SystemTime>,
}

impl TriggerContext {
    /// The present time.
    pub fn now(&self) -> SystemTime {
        self.now
    }

    /// When the last run was due; `None` before the first one.
    pub fn last_scheduled(&self) -> Option<SystemTime> {
        self.last_scheduled
    }

    /// When the last run ended; `None` before the first one.
    pub fn last_completion(&self) -> Option<SystemTime> {
        self.last_completion
    }
}

impl Schedule {
    /// Runs whenever the time of day fits an expression of Spring's six fields: second, minute,
    /// hour, day of month, month, day of week (`0 0 3 * * MON-FRI`), or `@daily` and the like. The
    /// zone is that of the machine unless [`Self::zone`] names one.
    ///
    /// It needs the feature `cron`; without it the start is refused.
    pub fn cron(expression: impl Into<String>) -> Self {
        Self::of(Trigger::Cron { expression: expression.into(), zone: None })
    }

    /// Runs at once, and then in this rhythm, counted from the first time and not from the last run:
    /// it does not drift.
    pub fn fixed_rate(interval: Duration) -> Self {
        Self::of(Trigger::FixedRate(interval))
    }

    /// Runs at once, and then this long after the end of each run.
    pub fn fixed_delay(delay: Duration) -> Self {
        Self::of(Trigger::FixedDelay(delay))
    }

    /// Runs once, this long after the service is ready.
    pub fn once(after: Duration) -> Self {
        Self::of(Trigger::Once).initial_delay(after)
    }

    /// Runs when `next` says, which is asked once the service is ready and after each run. A time
    /// that has passed is now; `None` is never again. `name` is what is shown.
    pub fn custom(
        name: impl Into<String>,
        next: impl Fn(&TriggerContext) -> Option<SystemTime> + Send + Sync + 'static,
    ) -> Self {
        Self::of(Trigger::Custom(CustomTrigger { name: name.into(), next: Arc::new(next) }))
    }

    fn of(trigger: Trigger) -> Self {
        Self {
            trigger,
            initial_delay: None,
            jitter: Duration::ZERO,
            timeout: None,
            overlap: Overlap::Skip,
        }
    }

    /// The time zone of a cron expression: `Europe/Zurich`, `UTC`, `+02:00`.
    pub fn zone(mut self, name: impl Into<String>) -> Self {
        if let Trigger::Cron { zone, .. } = &mut self.trigger {
            *zone = Some(name.into());
        }
        self
    }

    /// How long the first run waits after the service is ready; for a rate, a delay and a single run.
    pub fn initial_delay(mut self, delay: Duration) -> Self {
        self.initial_delay = Some(delay);
        self
    }

    /// Each run is late by a random time up to this: many instances then do not all begin at once.
    pub fn jitter(mut self, most: Duration) -> Self {
        self.jitter = most;
        self
    }

    /// How long a run may take. An async one is cancelled then; one that blocks goes on, since a
    /// thread cannot be stopped, and counts as running until it ends. Both have failed.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = Some(limit);
        self
    }

    /// What becomes of runs that come due while one is running.
    pub fn overlap(mut self, overlap: Overlap) -> Self {
        self.overlap = overlap;
        self
    }
}
