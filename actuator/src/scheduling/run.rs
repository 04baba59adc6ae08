//! A run in progress.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::{Duration, SystemTime},
};

use tokio::{
    task::{AbortHandle, JoinError, JoinSet},
    time::Instant,
};
use tracing::Instrument as _;

use super::{
    TaskError, Work,
    task::{RunInProgress, ScheduledTask},
};

/// How the runs of a task end.
pub(super) type Runs = JoinSet<Result<(), TaskError>>;

/// A run that has begun.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) number: u64,
    began: Instant,
    deadline: Option<Instant>,
    watch: Option<Box<dyn RunInProgress>>,
    handle: AbortHandle,
    /// Whether it has been said already how it went.
    is_told: bool,
}

impl Run {
    /// Begins a run of the task.
    pub(super) fn begin(
        task: &Arc<ScheduledTask>,
        number: u64,
        started: SystemTime,
        runs: &mut Runs,
    ) -> (tokio::task::Id, Self) {
        let watch = task.began(number, started);
        let began = Instant::now();
        let span =
            tracing::info_span!(target: "actuator::scheduling", "scheduled", task = task.name());
        let handle = match &task.work {
            Work::Async(work) => {
                let work = Arc::clone(work);
                // Called and polled by the same task: a panic of either is one of the run.
                runs.spawn(async move { work().await }.instrument(span))
            }
            Work::Blocking(work) => {
                let work = Arc::clone(work);
                runs.spawn_blocking(move || span.in_scope(|| work()))
            }
        };
        let deadline = task.plan.timeout.and_then(|timeout| began.checked_add(timeout));
        (handle.id(), Self { number, began, deadline, watch, handle, is_told: false })
    }

    /// When it has taken longer than it may, unless that was said.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.deadline.filter(|_| !self.is_told)
    }

    /// Gives it up if it has taken longer than it may; a run that blocks goes on. The error that it
    /// ends with, once.
    pub(super) fn time_out(&mut self, limit: Option<Duration>) -> Option<TaskError> {
        self.deadline().filter(|deadline| *deadline <= Instant::now())?;
        self.is_told = true;
        self.handle.abort();
        let limit = humantime::format_duration(limit.unwrap_or_default());
        Some(TaskError::new(TaskError::TIMEOUT, &format!("took longer than {limit}")))
    }

    /// How it ended, unless that was said.
    pub(super) fn result(
        &mut self,
        joined: Result<Result<(), TaskError>, JoinError>,
    ) -> Option<Result<(), TaskError>> {
        if std::mem::replace(&mut self.is_told, true) {
            return None;
        }
        match joined.map_err(JoinError::try_into_panic) {
            Ok(result) => Some(result),
            Err(Ok(panic)) => Some(Err(of_panic(panic))),
            // The runtime ends.
            Err(Err(_)) => None,
        }
    }

    /// Tells the task, and who watches it.
    pub(super) fn tell(
        &mut self,
        task: &ScheduledTask,
        result: Result<(), TaskError>,
    ) -> Result<(), TaskError> {
        let took = self.began.elapsed();
        let result = task.ended(self.number, took, result);
        if let Some(watch) = self.watch.take() {
            watch.ended(took, result.as_ref().err());
        }
        result
    }
}

fn of_panic(panic: Box<dyn Any + Send>) -> TaskError {
    let error = TaskError::of_panic(&*panic);
    // A value whose own end panics must not end the runner.
    let _ = catch_unwind(AssertUnwindSafe(|| drop(panic)));
    error
}
