//! `scheduledtasks`: all tasks as Spring lists them (recorded: 4.1.0), one with all that is known of
//! it, and running, pausing and resuming it, which is ours.

use std::time::{Duration, SystemTime};

use serde::Serialize;

use super::refused::refused;
use crate::{
    audit::{Audit, types::SCHEDULED_TASK_CHANGED},
    model::{
        access::Access,
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation, Produces, Selector},
        parameter::{Parameter, Shape},
        reply::Reply,
        sanitizer::{SanitizedText, Sanitizer},
    },
    scheduling::{
        AskError, Execution, ExecutionStatus, ScheduledTasks, TaskError, TaskSnapshot, TaskTrigger,
    },
    support::{text::shortened, time::iso_instant},
};

const TASK: &[Selector] = &[Selector::One("task")];
const NAME: Parameter =
    Parameter::path("task", Shape::Text, "The name of the task: the member target of the list.");
const ACTION: Parameter = Parameter::body(
    "action",
    Shape::Enumeration(&["run", "pause", "resume"]),
    "Runs the task now, lets it come due no more, or again.",
)
.required();
const LIST: usize = 0;
const ONE: usize = 1;
const OPERATIONS: [Operation; 3] = [
    Operation::read(&[]).doing("All scheduled tasks, with their last and next execution."),
    Operation::read(TASK)
        .doing("One scheduled task, with all that is known of it.")
        .taking(&[NAME]),
    Operation::write(TASK)
        .producing(Produces::Nothing)
        .doing("Runs, pauses or resumes a scheduled task.")
        .taking(&[NAME, ACTION]),
];

/// Serves the scheduled tasks.
#[derive(Debug)]
pub(crate) struct ScheduledtasksEndpoint {
    tasks: ScheduledTasks,
    audit: Audit,
    sanitizer: Sanitizer,
}

impl ScheduledtasksEndpoint {
    /// The endpoint of these tasks; what is done with them goes to the trail. Names and texts are
    /// shown as the sanitiser shows them.
    pub(crate) fn new(tasks: ScheduledTasks, audit: Audit, sanitizer: Sanitizer) -> Self {
        Self { tasks, audit, sanitizer }
    }

    fn answer(&self, call: &Call<'_>) -> EndpointResult {
        match call.operation {
            LIST => self.list(),
            ONE => self.one(call.selector(0)?),
            _ => self.act(call, call.selector(0)?),
        }
    }

    fn list(&self) -> EndpointResult {
        let tasks = self.tasks.list();
        let mut list = ListDescriptor::default();
        for task in &tasks {
            let row = TaskDescriptor::of(task, &self.sanitizer);
            match &task.trigger {
                TaskTrigger::Cron { .. } => list.cron.push(row),
                TaskTrigger::FixedRate { .. } => list.fixed_rate.push(row),
                TaskTrigger::FixedDelay { .. } => list.fixed_delay.push(row),
                TaskTrigger::Custom { .. } => list.custom.push(row),
                TaskTrigger::Once { .. } => list.one_time.push(row),
            }
        }
        Reply::json(&list)
    }

    fn one(&self, name: &str) -> EndpointResult {
        match self.tasks.get(name) {
            Some(task) => Reply::json(&DetailedDescriptor::of(&task, &self.sanitizer)),
            None => Ok(Reply::NotFound),
        }
    }

    fn act(&self, call: &Call<'_>, name: &str) -> EndpointResult {
        // Not from the query: addresses end in other people's logs, and are clicked.
        let action = call.body.iter().rev().find(|(key, _)| key == "action");
        let action = action.and_then(|(_, action)| action.as_deref()).unwrap_or_default();
        let done = match action {
            "run" => self.tasks.run(name),
            "pause" => self.tasks.pause(name).map(|_| ()),
            "resume" => self.tasks.resume(name).map(|_| ()),
            other => {
                let other = shortened(other, 100);
                let expected = format!("action {other:?}: expected run, pause or resume");
                return refused(400, "Bad Request", &expected);
            }
        };
        match done {
            Ok(()) => {
                tracing::info!(
                    target: "actuator::scheduling",
                    "scheduled task \"{name}\": {action}, asked for over HTTP"
                );
                self.record(call, name, action);
                Ok(Reply::Nothing)
            }
            Err(AskError::Unknown) => Ok(Reply::NotFound),
            Err(error) => refused(409, "Conflict", &error.to_string()),
        }
    }

    fn record(&self, call: &Call<'_>, task: &str, action: &str) {
        #[derive(Serialize)]
        struct Changed<'c> {
            task: &'c str,
            action: &'c str,
        }
        let actor = call.principal.map_or("", |principal| &principal.name);
        self.audit.record(actor, SCHEDULED_TASK_CHANGED, Changed { task, action });
    }
}

impl Endpoint for ScheduledtasksEndpoint {
    fn id(&self) -> &'static str {
        "scheduledtasks"
    }

    fn operations(&self) -> &[Operation] {
        &OPERATIONS
    }

    fn description(&self) -> &'static str {
        "Functions that run on a schedule: when they ran last and how that went, when they run next."
    }

    /// A job that somebody runs twice may bill twice: who wants that over HTTP says so.
    fn default_access(&self) -> Access {
        Access::ReadOnly
    }

    fn invoke<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(std::future::ready(self.answer(&call)))
    }
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct ListDescriptor<'t> {
    cron: Vec<TaskDescriptor<'t>>,
    fixed_delay: Vec<TaskDescriptor<'t>>,
    fixed_rate: Vec<TaskDescriptor<'t>>,
    custom: Vec<TaskDescriptor<'t>>,
    /// Spring lists no tasks that run once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    one_time: Vec<TaskDescriptor<'t>>,
}

/// A task with the members that its trigger has.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TaskDescriptor<'t> {
    runnable: RunnableDescriptor<'t>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expression: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trigger: Option<SanitizedText<'t>>,
    /// In milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    initial_delay: Option<u64>,
    /// In milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    interval: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_execution: Option<NextDescriptor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_execution: Option<ExecutionDescriptor<'t>>,
}

#[derive(Serialize)]
struct RunnableDescriptor<'t> {
    target: SanitizedText<'t>,
}

#[derive(Serialize)]
struct NextDescriptor {
    time: String,
}

#[derive(Serialize)]
struct ExecutionDescriptor<'t> {
    status: &'static str,
    time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    exception: Option<ExceptionDescriptor<'t>>,
}

#[derive(Serialize)]
struct ExceptionDescriptor<'t> {
    message: SanitizedText<'t>,
    #[serde(rename = "type")]
    kind: &'static str,
}

impl<'t> TaskDescriptor<'t> {
    fn of(task: &'t TaskSnapshot, sanitizer: &'t Sanitizer) -> Self {
        let (mut expression, mut trigger) = (None, None);
        let (mut initial, mut every) = (None, None);
        match &task.trigger {
            TaskTrigger::Cron { expression: text, .. } => expression = Some(text.as_str()),
            TaskTrigger::Custom { name } => trigger = Some(sanitizer.shown(name)),
            TaskTrigger::Once { initial_delay } => initial = Some(millis(*initial_delay)),
            TaskTrigger::FixedRate { initial_delay, interval }
            | TaskTrigger::FixedDelay { initial_delay, interval } => {
                initial = Some(millis(*initial_delay));
                every = Some(millis(*interval));
            }
        }
        Self {
            runnable: RunnableDescriptor { target: sanitizer.shown(&task.name) },
            expression,
            trigger,
            initial_delay: initial,
            interval: every,
            next_execution: task
                .next
                .map(|at: SystemTime| NextDescriptor { time: iso_instant(at) }),
            last_execution: task.last.as_ref().map(|last| ExecutionDescriptor::of(last, sanitizer)),
        }
    }
}

impl<'t> ExecutionDescriptor<'t> {
    fn of(execution: &'t Execution, sanitizer: &'t Sanitizer) -> Self {
        let exception = |error: &'t TaskError| ExceptionDescriptor {
            message: sanitizer.shown(error.message()),
            kind: error.kind(),
        };
        Self {
            status: match execution.status {
                ExecutionStatus::Started => "STARTED",
                ExecutionStatus::Success => "SUCCESS",
                ExecutionStatus::Error => "ERROR",
            },
            time: iso_instant(execution.started),
            exception: execution.error.as_ref().map(exception),
        }
    }
}

/// All that is known of a task. Durations are in milliseconds.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DetailedDescriptor<'t> {
    #[serde(flatten)]
    task: TaskDescriptor<'t>,
    #[serde(skip_serializing_if = "SanitizedText::is_empty")]
    description: SanitizedText<'t>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zone: Option<&'t str>,
    overlap: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    timeout: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jitter: Option<u64>,
    paused: bool,
    running: usize,
    queued: u64,
    counts: CountsDescriptor,
    /// How long the last execution took.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_duration: Option<u64>,
}

#[derive(Serialize)]
struct CountsDescriptor {
    success: u64,
    error: u64,
    skipped: u64,
}

impl<'t> DetailedDescriptor<'t> {
    fn of(task: &'t TaskSnapshot, sanitizer: &'t Sanitizer) -> Self {
        let zone = match &task.trigger {
            TaskTrigger::Cron { zone, .. } => zone.as_deref(),
            _ => None,
        };
        Self {
            task: TaskDescriptor::of(task, sanitizer),
            description: sanitizer.shown(&task.description),
            zone,
            overlap: task.overlap.name(),
            timeout: task.timeout.map(millis),
            jitter: Some(task.jitter).filter(|jitter| !jitter.is_zero()).map(millis),
            paused: task.is_paused,
            running: task.running,
            queued: task.queued,
            counts: CountsDescriptor {
                success: task.succeeded,
                error: task.failed,
                skipped: task.skipped,
            },
            last_duration: task.last.as_ref().and_then(|last| last.took).map(millis),
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
