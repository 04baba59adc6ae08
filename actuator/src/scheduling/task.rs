//! One task: what it is, how it stands, and what is asked of it.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use tokio::{sync::Notify, time::Instant};

use super::{
    AskError, Overlap, TaskError, Work,
    beat::Due,
    plan::{Plan, PlanKind},
};
use crate::{model::sanitizer::Sanitizer, support::clock::Clock};

/// How many runs may be asked for that have not begun.
const MAX_ASKED: u32 = 16;

/// What a task is.
#[derive(Clone, Debug)]
pub struct TaskFacts {
    /// The name, which is unique: what it was declared with, or the path of its function.
    pub name: String,
    /// What it is for; may be empty.
    pub description: String,
}

/// Who is told of runs.
pub trait RunObserver: Send + Sync + fmt::Debug {
    /// A run has begun.
    fn began(&self) -> Box<dyn RunInProgress>;

    /// So many runs were left out.
    fn skipped(&self, runs: u64);
}

/// A run that somebody is told of. Dropped before its end it was cancelled.
pub trait RunInProgress: Send + fmt::Debug {
    /// It has ended after this time.
    fn ended(self: Box<Self>, took: Duration, error: Option<&TaskError>);
}

/// How the last run of a task went.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Execution {
    /// Where it is.
    pub status: ExecutionStatus,
    /// When it began.
    pub started: SystemTime,
    /// How long it took; `None` while it runs.
    pub took: Option<Duration>,
    /// Why it failed.
    pub error: Option<TaskError>,
}

/// Where a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExecutionStatus {
    /// It is running.
    Started,
    /// It has ended well.
    Success,
    /// It has failed, panicked, or taken longer than it may.
    Error,
}

/// What makes a task come due, as it is shown.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum TaskTrigger {
    /// An expression, and its zone if one was named.
    Cron {
        /// As it was given.
        expression: String,
        /// `Europe/Zurich`; `None` for that of the machine.
        zone: Option<String>,
    },
    /// A rhythm.
    FixedRate {
        /// Before the first run.
        initial_delay: Duration,
        /// From one beginning to the next.
        interval: Duration,
    },
    /// A pause.
    FixedDelay {
        /// Before the first run.
        initial_delay: Duration,
        /// From an end to the next beginning.
        interval: Duration,
    },
    /// A single run.
    Once {
        /// After the service is ready.
        initial_delay: Duration,
    },
    /// A trigger of the application's own.
    Custom {
        /// What it is called.
        name: String,
    },
}

/// A task at a moment.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TaskSnapshot {
    /// Its unique name.
    pub name: String,
    /// What it is for; may be empty.
    pub description: String,
    /// What makes it come due.
    pub trigger: TaskTrigger,
    /// What becomes of runs that come due while one is running.
    pub overlap: Overlap,
    /// How long a run may take.
    pub timeout: Option<Duration>,
    /// By how much runs are late at most, on purpose.
    pub jitter: Duration,
    /// Whether it is paused: it does not come due.
    pub is_paused: bool,
    /// How many runs are in progress.
    pub running: usize,
    /// How many wait for one to end.
    pub queued: u64,
    /// How many have ended well.
    pub succeeded: u64,
    /// How many have failed.
    pub failed: u64,
    /// How many were left out.
    pub skipped: u64,
    /// When the next one begins, if that is known.
    pub next: Option<SystemTime>,
    /// How the one that began last went.
    pub last: Option<Execution>,
}

/// A task.
#[derive(Debug)]
pub struct ScheduledTask {
    pub(super) facts: TaskFacts,
    pub(super) plan: Plan,
    pub(super) work: Work,
    observer: Option<Arc<dyn RunObserver>>,
    sanitizer: Sanitizer,
    state: Mutex<State>,
    /// Something is asked of it.
    pub(super) asked: Notify,
}

#[derive(Debug)]
struct State {
    is_paused: bool,
    asked: u32,
    /// What the runner said last.
    stand: Stand,
    succeeded: u64,
    failed: u64,
    skipped: u64,
    last: Option<(u64, Execution)>,
}

/// How it stands with a task, as its runner sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stand {
    pub(super) next: Due,
    pub(super) running: usize,
    pub(super) queued: u64,
    /// Whether runs begin at all: the service is ready, and not on its way down.
    pub(super) is_open: bool,
}

impl ScheduledTask {
    /// A task that waits for its runner. Messages of errors are shown as the sanitiser leaves them.
    pub fn new(
        facts: TaskFacts,
        plan: Plan,
        work: Work,
        observer: Option<Arc<dyn RunObserver>>,
        sanitizer: Sanitizer,
    ) -> Self {
        let stand = Stand { next: Due::Never, running: 0, queued: 0, is_open: false };
        let state = State {
            is_paused: false,
            asked: 0,
            stand,
            succeeded: 0,
            failed: 0,
            skipped: 0,
            last: None,
        };
        let (state, asked) = (Mutex::new(state), Notify::new());
        Self { facts, plan, work, observer, sanitizer, state, asked }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.facts.name
    }

    /// How it stands.
    pub fn snapshot(&self, clock: &Clock) -> TaskSnapshot {
        let state = self.state();
        let next = if state.is_paused { Due::Never } else { state.stand.next };
        TaskSnapshot {
            name: self.facts.name.clone(),
            description: self.facts.description.clone(),
            trigger: self.trigger(),
            overlap: self.plan.effective_overlap(),
            timeout: self.plan.timeout,
            jitter: self.plan.jitter,
            is_paused: state.is_paused,
            running: state.stand.running,
            queued: state.stand.queued,
            succeeded: state.succeeded,
            failed: state.failed,
            skipped: state.skipped,
            next: match next {
                Due::Never => None,
                Due::Wall(at) => Some(at),
                Due::At(at) => {
                    clock.now().checked_add(at.saturating_duration_since(Instant::now()))
                }
            },
            last: state.last.as_ref().map(|(_, execution)| execution.clone()),
        }
    }

    fn trigger(&self) -> TaskTrigger {
        let initial_delay = self.plan.initial_delay;
        match &self.plan.kind {
            PlanKind::Cron(cron) => TaskTrigger::Cron {
                expression: cron.expression().to_owned(),
                zone: cron.zone().map(str::to_owned),
            },
            PlanKind::FixedRate(interval) => {
                TaskTrigger::FixedRate { initial_delay, interval: *interval }
            }
            PlanKind::FixedDelay(interval) => {
                TaskTrigger::FixedDelay { initial_delay, interval: *interval }
            }
            PlanKind::Once => TaskTrigger::Once { initial_delay },
            PlanKind::Custom(custom) => TaskTrigger::Custom { name: custom.name.clone() },
        }
    }

    /// Asks for a run now, whether it is paused or not.
    pub fn ask_for_run(&self) -> Result<(), AskError> {
        let mut state = self.state();
        if !state.stand.is_open {
            return Err(AskError::NotRunning);
        }
        let is_busy = state.stand.running > 0 || state.asked > 0;
        if is_busy && self.plan.overlap == Overlap::Skip {
            return Err(AskError::Busy);
        }
        if state.asked >= MAX_ASKED {
            return Err(AskError::TooMany);
        }
        state.asked += 1;
        drop(state);
        self.asked.notify_one();
        Ok(())
    }

    /// Pauses it, or lets it come due again; whether that is a change.
    pub fn pause(&self, is_paused: bool) -> bool {
        let changes = std::mem::replace(&mut self.state().is_paused, is_paused) != is_paused;
        self.asked.notify_one();
        changes
    }

    /// Whether it is paused, and how many runs were asked for since the last time.
    pub(super) fn take_asked(&self) -> (bool, u32) {
        let mut state = self.state();
        (state.is_paused, std::mem::take(&mut state.asked))
    }

    pub(super) fn publish(&self, stand: Stand) {
        self.state().stand = stand;
    }

    /// The run with this number begins.
    pub(super) fn began(&self, number: u64, started: SystemTime) -> Option<Box<dyn RunInProgress>> {
        let status = ExecutionStatus::Started;
        let execution = Execution { status, started, took: None, error: None };
        self.state().last = Some((number, execution));
        self.observer.as_ref().map(|observer| observer.began())
    }

    /// The run with this number has ended; gives back its error as it may be shown.
    pub(super) fn ended(
        &self,
        number: u64,
        took: Duration,
        result: Result<(), TaskError>,
    ) -> Result<(), TaskError> {
        let result = result.map_err(|error| {
            let message = self.sanitizer.sanitize_text(error.message()).into_owned();
            error.with_message(&message)
        });
        let mut state = self.state();
        match &result {
            Ok(()) => state.succeeded += 1,
            Err(_) => state.failed += 1,
        }
        // Of several at a time the one that began last is shown.
        if let Some((_, last)) = state.last.as_mut().filter(|(last, _)| *last == number) {
            let failed = result.is_err();
            last.status = if failed { ExecutionStatus::Error } else { ExecutionStatus::Success };
            last.took = Some(took);
            last.error = result.as_ref().err().cloned();
        }
        result
    }

    pub(super) fn skipped(&self, runs: u64) {
        self.state().skipped += runs;
        if let Some(observer) = &self.observer {
            observer.skipped(runs);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
