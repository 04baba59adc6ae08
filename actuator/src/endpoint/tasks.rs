//! `/tasks`: the asynchronous tasks that were spawned with a name.

use serde::Serialize;

use crate::{
    model::{
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation},
        parameter::{Parameter, Shape},
        reply::Reply,
        sanitizer::{SanitizedText, Sanitizer},
    },
    support::time::iso_duration,
    task::{MAX_NAME, TaskInfo, TaskState, Tasks},
};

const NAME: &str = "name";
const OPERATIONS: &[Operation] = &[Operation::read(&[])
    .doing("The tasks that run or wait, the oldest first.")
    .taking(&[Parameter::query(NAME, Shape::Text, "Only tasks of this name.")])];

/// Serves the list of tasks.
#[derive(Debug)]
pub(crate) struct TasksEndpoint {
    tasks: Tasks,
    sanitizer: Sanitizer,
}

impl TasksEndpoint {
    /// Names are shown as the sanitiser shows them.
    pub(crate) fn new(tasks: Tasks, sanitizer: Sanitizer) -> Self {
        Self { tasks, sanitizer }
    }

    fn answer(&self, call: &Call<'_>) -> EndpointResult {
        let wanted = call.text(NAME);
        let tasks = self.tasks.list();
        let tasks = tasks.iter().filter(|task| wanted.as_ref().is_none_or(|w| task.name == *w));
        Reply::json(&TasksDescriptor {
            tasks: tasks.map(|task| self.descriptor(task)).collect(),
            unlisted: self.tasks.unlisted(),
        })
    }

    fn descriptor<'t>(&'t self, task: &'t TaskInfo) -> TaskDescriptor<'t> {
        let (state, running_for) = match task.state {
            TaskState::Idle => ("idle", None),
            TaskState::Running(since) => ("running", Some(iso_duration(since))),
        };
        TaskDescriptor {
            id: task.id,
            name: self.sanitizer.shown_up_to(&task.name, MAX_NAME),
            state,
            running_for,
            age: iso_duration(task.age),
            polls: task.polls,
            spawned_at: &task.spawned_at,
        }
    }
}

#[derive(Serialize)]
struct TasksDescriptor<'t> {
    tasks: Vec<TaskDescriptor<'t>>,
    /// Those that are too many to be listed.
    unlisted: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TaskDescriptor<'t> {
    id: u64,
    name: SanitizedText<'t>,
    state: &'static str,
    /// How long the poll has taken already that is going on.
    #[serde(skip_serializing_if = "Option::is_none")]
    running_for: Option<String>,
    age: String,
    polls: u64,
    spawned_at: &'t str,
}

impl Endpoint for TasksEndpoint {
    fn id(&self) -> &'static str {
        "tasks"
    }

    fn operations(&self) -> &[Operation] {
        OPERATIONS
    }

    fn description(&self) -> &'static str {
        "The asynchronous tasks that were spawned with a name."
    }

    fn invoke<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(async move { self.answer(&call) })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[tokio::test]
    async fn tasks_are_told_with_state_age_and_place_and_can_be_asked_for_by_name() {
        let tasks = [
            crate::task::spawn("tasks-endpoint", std::future::pending::<()>()),
            crate::task::spawn("tasks-endpoint password=hunter2", std::future::pending::<()>()),
        ];
        let endpoint = TasksEndpoint::new(Tasks::of_process(), Sanitizer::default());
        let mut call = Call::new(0);
        call.query.push((NAME.into(), "tasks-endpoint".into()));
        let Ok(Reply::Json { body, .. }) = endpoint.invoke(call).await else { panic!() };
        let body: Value = serde_json::from_slice(&body).unwrap();
        let [task] = body["tasks"].as_array().unwrap().as_slice() else { panic!("{body}") };
        assert_eq!((&task["name"], &task["state"]), (&"tasks-endpoint".into(), &"idle".into()));
        assert!(task["age"].as_str().unwrap().starts_with("PT"), "{task}");
        assert!(task["spawnedAt"].as_str().unwrap().contains("endpoint/tasks.rs:"), "{task}");
        let Ok(Reply::Json { body, .. }) = endpoint.invoke(Call::new(0)).await else { panic!() };
        assert!(!String::from_utf8_lossy(&body).contains("hunter2"));
        tasks.iter().for_each(tokio::task::JoinHandle::abort);
    }
}
