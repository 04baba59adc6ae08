//! The start-up of the application: tasks that have to be finished before it is ready.

use std::{
    collections::BTreeMap,
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use super::availability::Availability;

/// How far the start of the process is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartupState {
    /// It is not set up yet, or start-up tasks are running.
    Running,
    /// A start-up task failed, and was not taken again.
    Failed,
    /// It is over, for good.
    Finished,
}

/// A task that has to be finished before the service is ready; taken with
/// [`Availability::startup_task`]. Dropping it says that it is finished; dropping it because of a
/// panic, that it failed.
#[must_use = "dropping it says that the task is finished"]
pub struct StartupTask {
    availability: Availability,
    /// `None` once it has ended, or if it was taken too late to count.
    id: Option<u64>,
}

impl StartupTask {
    pub(super) fn new(availability: Availability, id: Option<u64>) -> Self {
        Self { availability, id }
    }

    /// Says that it is finished, as dropping it does.
    pub fn finished(self) {
        drop(self);
    }

    /// Says that it failed. The service stays unready, `startupState` is DOWN and shows why, until
    /// a task of the same name is taken again and finished. Liveness stays as it is: a start-up
    /// probe gives the process up anyway, and without one an operator can still look at it.
    pub fn failed(mut self, reason: impl fmt::Display) {
        self.end(Some(&reason.to_string()));
    }

    fn end(&mut self, failure: Option<&str>) {
        if let Some(id) = self.id.take() {
            self.availability.end_task(id, failure);
        }
    }
}

impl Drop for StartupTask {
    fn drop(&mut self) {
        self.end(std::thread::panicking().then_some("panicked"));
    }
}

impl fmt::Debug for StartupTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StartupTask").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A task that is not finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StartupProgress {
    /// The name that it was taken by.
    pub(crate) name: Arc<str>,
    /// Since when it runs, or why it failed.
    pub(crate) state: TaskState,
}

/// What became of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TaskState {
    /// It has been running for so long.
    Running(Duration),
    /// It failed for this reason.
    Failed(Arc<str>),
}

/// A task that runs.
#[derive(Clone, Debug)]
pub(super) struct RunningTask {
    pub(super) name: Arc<str>,
    pub(super) since: Instant,
}

/// The book of all tasks.
#[derive(Debug, Default)]
pub(super) struct Startup {
    /// The tasks taken so far; their ids are the numbers from 1 to it.
    taken: u64,
    running: BTreeMap<u64, RunningTask>,
    /// The reason by name.
    failed: BTreeMap<Arc<str>, Arc<str>>,
    /// All tasks are finished and the process listens: nothing opens the book again.
    over: bool,
}

impl Startup {
    pub(super) fn state(&self) -> StartupState {
        match (self.over, self.failed.is_empty()) {
            (true, _) => StartupState::Finished,
            (false, true) => StartupState::Running,
            (false, false) => StartupState::Failed,
        }
    }

    /// Takes a task down; `None` if it comes too late.
    pub(super) fn begin(&mut self, name: &Arc<str>) -> Option<u64> {
        if self.over {
            return None;
        }
        self.failed.remove(name);
        self.taken += 1;
        let task = RunningTask { name: Arc::clone(name), since: Instant::now() };
        self.running.insert(self.taken, task);
        Some(self.taken)
    }

    /// Crosses a task out; what it was.
    pub(super) fn end(&mut self, id: u64, failure: Option<&str>) -> Option<RunningTask> {
        let task = self.running.remove(&id)?;
        if let Some(reason) = failure {
            self.failed.insert(Arc::clone(&task.name), reason.into());
        }
        Some(task)
    }

    /// Closes the book if nothing is left in it and the process listens.
    pub(super) fn settle(&mut self, is_listening: bool) {
        self.over |= is_listening && self.running.is_empty() && self.failed.is_empty();
    }

    pub(super) fn has_tasks(&self) -> bool {
        self.taken > 0
    }

    pub(super) fn unfinished(&self) -> Vec<StartupProgress> {
        let running = self.running.values().map(|task| StartupProgress {
            name: Arc::clone(&task.name),
            state: TaskState::Running(task.since.elapsed()),
        });
        let failed = self.failed.iter().map(|(name, reason)| StartupProgress {
            name: Arc::clone(name),
            state: TaskState::Failed(Arc::clone(reason)),
        });
        running.chain(failed).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::ReadinessState::{AcceptingTraffic, RefusingTraffic};

    fn names(availability: &Availability) -> Vec<String> {
        availability.unfinished().iter().map(|task| task.name.to_string()).collect()
    }

    #[test]
    fn the_service_is_ready_when_its_last_task_is_finished_and_it_listens() {
        let availability = Availability::starting();
        let (first, second) =
            (availability.startup_task("cache"), availability.startup_task("cache"));
        availability.ready();
        assert_eq!(names(&availability), ["cache", "cache"]);
        assert_eq!(availability.startup(), StartupState::Running);
        drop(first);
        assert_eq!(availability.readiness(), RefusingTraffic);
        // Taken while another one runs: in time.
        let third = availability.startup_task("index");
        second.finished();
        assert_eq!(names(&availability), ["index"]);
        assert_eq!(availability.readiness(), RefusingTraffic);
        third.finished();
        assert_eq!(availability.readiness(), AcceptingTraffic);
        assert_eq!(availability.startup(), StartupState::Finished);
    }

    #[test]
    fn tasks_that_end_before_the_process_listens_do_not_make_it_ready() {
        let availability = Availability::starting();
        availability.startup_task("cache").finished();
        availability.started();
        assert_eq!(availability.startup(), StartupState::Running);
        availability.ready();
        assert_eq!(availability.startup(), StartupState::Finished);
    }

    #[test]
    fn start_up_that_is_over_stays_over() {
        let availability = Availability::starting();
        availability.ready();
        availability.startup_task("late").failed("nobody listens to it");
        let _late = availability.startup_task("late");
        assert_eq!(availability.startup(), StartupState::Finished);
        assert_eq!(availability.readiness(), AcceptingTraffic);
        assert!(names(&availability).is_empty());
    }

    #[test]
    fn a_failed_task_keeps_the_service_unready_until_it_is_taken_again_and_finished() {
        let availability = Availability::starting();
        let task = availability.startup_task("cache");
        availability.ready();
        task.failed("no route to host");
        assert_eq!(availability.startup(), StartupState::Failed);
        assert_eq!(availability.readiness(), RefusingTraffic);
        let [StartupProgress { state: TaskState::Failed(reason), .. }] =
            &availability.unfinished()[..]
        else {
            panic!("{:?}", availability.unfinished())
        };
        assert_eq!(&**reason, "no route to host");
        let again = availability.startup_task("cache");
        assert_eq!(availability.startup(), StartupState::Running);
        again.finished();
        assert_eq!(availability.readiness(), AcceptingTraffic);
    }

    #[tokio::test]
    async fn a_task_that_panics_has_failed() {
        let availability = Availability::starting();
        let task = availability.startup_task("cache");
        availability.ready();
        let panicked = tokio::spawn(async move {
            let _task = task;
            tokio::task::yield_now().await;
            assert!(std::hint::black_box(false), "boom");
        });
        assert!(panicked.await.is_err());
        assert_eq!(availability.startup(), StartupState::Failed);
        assert_eq!(availability.readiness(), RefusingTraffic);
    }
}
