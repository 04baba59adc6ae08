//! Scheduled tasks: what was declared and registered becomes tasks with meters, which run while the
//! service is ready.

use std::{panic::Location, sync::Arc, time::Duration};

use super::{actuator::Actuator, app::App, basics::Basics, further::Ground};
use crate::{
    endpoint::ScheduledtasksEndpoint,
    error::{Error, ErrorKind, Result},
    meter::{LongTaskGuard, LongTaskTimer, MeterRegistry, Timer, site::exception_of_type},
    model::endpoint::SharedEndpoint,
    registry::{Binder, Declarations},
    scheduling::{
        Plan, RunInProgress, RunObserver, Schedule, ScheduledTask, ScheduledTasks, TaskError,
        TaskFacts, TaskResult, Work,
    },
    settings::SettingsReader,
    support::clock::Clock,
};

/// The phase of the way down in which runs are waited for: before everything else, for what they
/// need may be closed by other hooks.
const PHASE: i32 = i32::MAX;
/// What Micrometer calls a task that is no method.
const ANONYMOUS: &str = "ANONYMOUS";

/// What the application registered, and the handle on all tasks.
#[derive(Debug, Default)]
pub(super) struct Scheduling {
    registered: Vec<Registered>,
    tasks: ScheduledTasks,
}

#[derive(Debug)]
struct Registered {
    name: String,
    schedule: Schedule,
    work: Work,
    place: String,
}

impl Scheduling {
    /// The names of those that were registered.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.registered.iter().map(|task| task.name.as_str())
    }

    /// The handle on all.
    pub(super) fn tasks(&self) -> ScheduledTasks {
        self.tasks.clone()
    }
}

impl App {
    /// The run-time twin of [`macro@crate::scheduled`] for an async function.
    ///
    /// ```
    /// use std::time::Duration;
    /// use actuator::{App, scheduling::Schedule};
    ///
    /// fn setup(app: &mut App) {
    ///     let every = Schedule::fixed_delay(Duration::from_secs(30));
    ///     app.scheduled("sync", every.timeout(Duration::from_secs(10)), || async {
    ///         std::fs::write("stamp", "now")
    ///     });
    /// }
    /// ```
    #[track_caller]
    pub fn scheduled<F, Fut, T>(
        &mut self,
        name: impl Into<String>,
        schedule: Schedule,
        task: F,
    ) -> &mut Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = T> + Send + 'static,
        T: TaskResult,
    {
        self.add_scheduled(name.into(), schedule, Work::asynchronous(task), Location::caller())
    }

    /// The same for a function that may block: it runs on a thread for such work.
    #[track_caller]
    pub fn scheduled_blocking<F, T>(
        &mut self,
        name: impl Into<String>,
        schedule: Schedule,
        task: F,
    ) -> &mut Self
    where
        F: Fn() -> T + Send + Sync + 'static,
        T: TaskResult,
    {
        self.add_scheduled(name.into(), schedule, Work::blocking(task), Location::caller())
    }

    /// The handle on all scheduled tasks, which are there once the service is put together; keep a
    /// clone to run, pause and resume them.
    pub fn scheduled_tasks(&self) -> ScheduledTasks {
        self.scheduling.tasks()
    }

    fn add_scheduled(
        &mut self,
        name: String,
        schedule: Schedule,
        work: Work,
        place: &Location<'_>,
    ) -> &mut Self {
        self.claim("scheduled task", &name, place);
        let place = format!("{}:{}", place.file(), place.line());
        self.scheduling.registered.push(Registered { name, schedule, work, place });
        self
    }
}

impl Actuator {
    /// The scheduled tasks: to see, run, pause and resume them, and to start and stop them where
    /// [`Self::register`] is not called.
    pub fn scheduled_tasks(&self) -> ScheduledTasks {
        self.scheduled_tasks.clone()
    }
}

/// Makes the tasks and their endpoint; none where there is no task.
pub(super) fn endpoint(ground: &mut Ground<'_>) -> Result<Option<SharedEndpoint>> {
    let mut makes = Makes { basics: ground.basics, tasks: Vec::new(), problems: Vec::new() };
    makes.declared(ground.declarations, ground.app)?;
    for registered in std::mem::take(&mut ground.app.scheduling.registered) {
        let Registered { name, schedule, work, place } = registered;
        let labels = Labels { function: name.clone(), namespace: ANONYMOUS.to_owned() };
        let facts = TaskFacts { name, description: String::new() };
        makes.add(facts, &schedule, work, &place, labels);
    }
    let tasks = makes.finish()?;
    if tasks.is_empty() {
        return Ok(None);
    }
    let handle = ground.app.scheduling.tasks();
    handle.settle(tasks);
    if ground.basics.config.scheduling.is_on {
        run_while_ready(ground.app, &handle);
    }
    let (audit, sanitizer) = (ground.basics.audit.clone(), ground.basics.sanitizer.clone());
    Ok(Some(Arc::new(ScheduledtasksEndpoint::new(handle, audit, sanitizer))))
}

/// What is set for all tasks.
#[derive(Clone, Copy, Debug)]
pub(super) struct SchedulingSettings {
    /// Whether they run in this instance.
    is_on: bool,
}

impl SchedulingSettings {
    /// Reads it.
    pub(super) fn read(reader: &mut SettingsReader<'_>) -> Self {
        Self { is_on: reader.value_or("actuator.scheduling.enabled", true) }
    }
}

/// From when the service is ready until it is told to stop; runs in progress are waited for first on
/// the way down.
fn run_while_ready(app: &App, tasks: &ScheduledTasks) {
    let (starting, told) = (tasks.clone(), app.lifecycle.clone());
    app.lifecycle.on_ready_first("scheduled tasks", move || {
        starting.start();
        tokio::spawn(async move {
            told.told_to_stop().await;
            starting.close();
        });
    });
    let stopping = tasks.clone();
    app.lifecycle.on_shutdown_in_phase(PHASE, "scheduled tasks", move || async move {
        stopping.drain().await;
    });
}

/// Puts tasks together, and gathers what is wrong with any of them.
struct Makes<'b> {
    basics: &'b Basics,
    tasks: Vec<Arc<ScheduledTask>>,
    problems: Vec<String>,
}

impl Makes<'_> {
    fn declared(&mut self, declarations: &Declarations, app: &App) -> Result<()> {
        let mut binder = Binder::new(&app.components);
        for declared in &declarations.scheduled {
            let (name, source) = (declared.known_as(), &declared.source);
            let work = binder.bind("scheduled task", name, source, declared.bind);
            let schedule = match declared.schedule.resolve(&self.basics.settings) {
                Ok(schedule) => schedule,
                Err(problem) => {
                    self.complain(name, &source.to_string(), &problem);
                    continue;
                }
            };
            let Some(schedule) = schedule else {
                tracing::info!(target: "actuator::scheduling", "scheduled task \"{name}\" is off");
                continue;
            };
            let Some(work) = work else { continue };
            let (namespace, function) = source.path.rsplit_once("::").unwrap_or(("", source.path));
            let labels = Labels { function: function.to_owned(), namespace: namespace.to_owned() };
            let description = declared.description.to_owned();
            let facts = TaskFacts { name: name.to_owned(), description };
            self.add(facts, &schedule, work, &source.to_string(), labels);
        }
        binder.finish()
    }

    fn add(
        &mut self,
        facts: TaskFacts,
        schedule: &Schedule,
        work: Work,
        place: &str,
        labels: Labels,
    ) {
        match Plan::of(schedule, Clock::system().now()) {
            Ok(plan) => {
                let meters = TaskMeters::new(&self.basics.meters, labels);
                let sanitizer = self.basics.sanitizer.clone();
                let observer: Option<Arc<dyn RunObserver>> = Some(Arc::new(meters));
                let task = ScheduledTask::new(facts, plan, work, observer, sanitizer);
                self.tasks.push(Arc::new(task));
            }
            Err(problem) => self.complain(&facts.name, place, &problem),
        }
    }

    fn complain(&mut self, name: &str, place: &str, problem: &str) {
        self.problems.push(format!("scheduled task \"{name}\" ({place}): {problem}"));
    }

    fn finish(self) -> Result<Vec<Arc<ScheduledTask>>> {
        if self.problems.is_empty() {
            return Ok(self.tasks);
        }
        let list = self.problems.join("\n  - ");
        Err(Error::new(
            ErrorKind::Declaration,
            format!("scheduled tasks cannot be scheduled:\n  - {list}"),
        ))
    }
}

/// Which code a task is, in its meters: Micrometer's `code.function` and `code.namespace`.
#[derive(Debug)]
struct Labels {
    function: String,
    namespace: String,
}

impl Labels {
    fn tags(&self) -> [(&'static str, &str); 2] {
        [("code.function", &self.function), ("code.namespace", &self.namespace)]
    }
}

/// Spring's meters of a task.
#[derive(Debug)]
struct TaskMeters {
    registry: Arc<MeterRegistry>,
    labels: Labels,
    active: Arc<LongTaskTimer>,
    success: Arc<Timer>,
}

impl TaskMeters {
    fn new(registry: &Arc<MeterRegistry>, labels: Labels) -> Arc<Self> {
        let active = registry
            .meter("tasks.scheduled.execution.active")
            .description("Runs of scheduled tasks in progress")
            .tags(labels.tags())
            .tags([("exception", "none"), ("outcome", "UNKNOWN")])
            .long_task_timer();
        let success = timer(registry, &labels, "none", "SUCCESS");
        Arc::new(Self { registry: Arc::clone(registry), active, success, labels })
    }
}

/// The timer of runs that ended like this; `error` is what Micrometer adds beside `exception`.
fn timer(registry: &MeterRegistry, labels: &Labels, exception: &str, outcome: &str) -> Arc<Timer> {
    registry
        .meter("tasks.scheduled.execution")
        .description("Runs of scheduled tasks")
        .tags(labels.tags())
        .tags([("error", exception), ("exception", exception), ("outcome", outcome)])
        .timer()
}

impl RunObserver for Arc<TaskMeters> {
    fn began(&self) -> Box<dyn RunInProgress> {
        Box::new(MeasuredRun { meters: Self::clone(self), _active: self.active.guard() })
    }

    fn skipped(&self, runs: u64) {
        self.registry
            .meter("tasks.scheduled.skipped")
            .description("Runs of scheduled tasks that were left out")
            .base_unit("runs")
            .tags(self.labels.tags())
            .counter()
            .add(runs);
    }
}

#[derive(Debug)]
struct MeasuredRun {
    meters: Arc<TaskMeters>,
    _active: LongTaskGuard,
}

impl RunInProgress for MeasuredRun {
    fn ended(self: Box<Self>, took: Duration, error: Option<&TaskError>) {
        let TaskMeters { registry, labels, success, .. } = &*self.meters;
        match error {
            None => success.record(took),
            Some(error) => {
                timer(registry, labels, &exception_of_type(error.kind()), "ERROR").record(took);
            }
        }
    }
}
