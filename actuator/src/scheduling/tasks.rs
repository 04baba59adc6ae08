//! All tasks of a service, and the handle on them.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use tokio::task::JoinHandle;

use super::{
    runner::Runner,
    task::{ScheduledTask, TaskSnapshot},
};
use crate::support::{clock::Clock, trigger::Trigger};

/// The scheduled tasks of a service. Clones are the same handle.
///
/// With [`serve!`](crate::serve) they run from when the service is ready until it is told to stop,
/// and so they do between [`Actuator::register`](crate::Actuator::register) and
/// [`Registration::shutdown`](crate::Registration::shutdown). Who calls neither starts and stops them
/// here.
#[derive(Clone, Default)]
pub struct ScheduledTasks {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// Settled when the service is put together.
    tasks: OnceLock<Vec<Arc<ScheduledTask>>>,
    clock: Clock,
    stop: Trigger,
    /// Those that run, once they were started.
    runners: Mutex<Option<Runners>>,
}

/// Tasks, and what drives them.
type Runners = Vec<(Arc<ScheduledTask>, JoinHandle<()>)>;

/// Why a task does not run now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AskError {
    /// There is none of that name.
    Unknown,
    /// The service is not ready yet, or on its way down.
    NotRunning,
    /// It is running, and its runs do not overlap.
    Busy,
    /// Too many runs were asked for that have not begun.
    TooMany,
}

impl fmt::Display for AskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "there is no scheduled task of that name",
            Self::NotRunning => {
                "scheduled tasks do not run now: the service is not ready, or on its way down"
            }
            Self::Busy => "the task is running, and its runs do not overlap (overlap = skip)",
            Self::TooMany => "too many runs are waiting already",
        })
    }
}

impl std::error::Error for AskError {}

impl ScheduledTasks {
    /// Says which there are; the first word counts.
    pub(crate) fn settle(&self, tasks: Vec<Arc<ScheduledTask>>) {
        // A service is put together once.
        let _ = self.shared.tasks.set(tasks);
    }

    /// Lets the tasks run from now on, on the current runtime. Once started, or stopped, nothing
    /// changes.
    pub fn start(&self) {
        let mut runners = self.runners();
        if runners.is_some() || self.shared.stop.is_thrown() {
            return;
        }
        let start = |task: &Arc<ScheduledTask>| {
            let (task, clock) = (Arc::clone(task), self.shared.clock.clone());
            let runner = Runner::new(Arc::clone(&task), clock, self.shared.stop.clone());
            (task, tokio::spawn(runner.drive()))
        };
        *runners = Some(self.tasks().iter().map(start).collect());
    }

    /// Begins no further run.
    pub(crate) fn close(&self) {
        self.shared.stop.throw();
    }

    /// Begins no further run, and waits until the last one has ended, for at most `limit`; those that
    /// are left are cancelled, but for functions that block.
    pub async fn stop(&self, limit: Duration) {
        // Over: what is left is dropped, and so cancelled.
        let _ = tokio::time::timeout(limit, self.drain()).await;
    }

    /// The same without a limit of its own: dropped before its end it cancels what runs.
    pub(crate) async fn drain(&self) {
        self.close();
        let runners = self.runners().take().unwrap_or_default();
        // Stopped twice there is nothing left to wait for, and never a start again.
        let mut left = LeftBehind(runners);
        while let Some((_, runner)) = left.0.last_mut() {
            // A runner that was cancelled has ended too.
            let _ = runner.await;
            left.0.pop();
        }
    }

    /// All tasks: those that macros declare by name, then those that were registered, in their order.
    pub fn list(&self) -> Vec<TaskSnapshot> {
        self.tasks().iter().map(|task| task.snapshot(&self.shared.clock)).collect()
    }

    /// The task of this name.
    pub fn get(&self, name: &str) -> Option<TaskSnapshot> {
        self.find(name).map(|task| task.snapshot(&self.shared.clock))
    }

    /// Runs a task now, also one that is paused. What it does later stays as it is, except that a
    /// fixed delay is counted from the end of this run.
    ///
    /// # Errors
    /// It cannot run now.
    pub fn run(&self, name: &str) -> Result<(), AskError> {
        self.find(name).ok_or(AskError::Unknown)?.ask_for_run()
    }

    /// Pauses a task: it does not come due until [`Self::resume`], or a restart. A run in progress
    /// goes on. Whether that is a change.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn pause(&self, name: &str) -> Result<bool, AskError> {
        self.find(name).map(|task| task.pause(true)).ok_or(AskError::Unknown)
    }

    /// Lets a task come due again. What was due meanwhile is left out; only a single run is made up
    /// for. Whether that is a change.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn resume(&self, name: &str) -> Result<bool, AskError> {
        self.find(name).map(|task| task.pause(false)).ok_or(AskError::Unknown)
    }

    fn find(&self, name: &str) -> Option<&Arc<ScheduledTask>> {
        self.tasks().iter().find(|task| task.name() == name)
    }

    fn tasks(&self) -> &[Arc<ScheduledTask>] {
        self.shared.tasks.get().map_or(&[], Vec::as_slice)
    }

    fn runners(&self) -> MutexGuard<'_, Option<Runners>> {
        self.shared.runners.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tasks that go by another clock.
    #[cfg(test)]
    pub(crate) fn with_clock(clock: Clock) -> Self {
        Self { shared: Arc::new(Shared { clock, ..Shared::default() }) }
    }
}

impl fmt::Debug for ScheduledTasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.tasks().iter().map(|task| task.name()).collect();
        f.debug_struct("ScheduledTasks").field("tasks", &names).finish_non_exhaustive()
    }
}

/// Runners that are waited for; those that are left when this is dropped are cancelled.
struct LeftBehind(Runners);

impl Drop for LeftBehind {
    fn drop(&mut self) {
        for (task, runner) in &self.0 {
            if runner.is_finished() {
                continue;
            }
            runner.abort();
            let name = task.name();
            tracing::warn!(
                target: "actuator::scheduling",
                "scheduled task \"{name}\" did not end in time: it is cancelled, unless it blocks"
            );
        }
    }
}
