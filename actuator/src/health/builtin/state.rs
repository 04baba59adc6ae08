//! Liveness, readiness and start-up as checks.

use std::{borrow::Cow, future::ready, sync::Arc};

use serde::Serialize;

use super::super::startup::{StartupProgress, StartupState, TaskState};
use crate::{
    health::{
        Health, HealthIndicator,
        availability::{Availability, LivenessState, ReadinessState},
    },
    model::endpoint::BoxFuture,
};

const REASON: &str = "reason";

/// `livenessState`: UP while the application is correct, else DOWN.
#[derive(Clone, Debug)]
pub struct Liveness {
    availability: Availability,
}

impl Liveness {
    /// The check of this handle's liveness.
    pub fn new(availability: Availability) -> Self {
        Self { availability }
    }
}

impl HealthIndicator for Liveness {
    fn check(&self) -> BoxFuture<'static, Health> {
        Box::pin(ready(match self.availability.liveness() {
            LivenessState::Correct => Health::up(),
            LivenessState::Broken => {
                with_reason(Health::down(), self.availability.broken_reason().as_ref())
            }
        }))
    }

    fn is_immediate(&self) -> bool {
        true
    }
}

/// `readinessState`: UP while the application accepts traffic, else `OUT_OF_SERVICE`.
#[derive(Clone, Debug)]
pub struct Readiness {
    availability: Availability,
}

impl Readiness {
    /// The check of this handle's readiness.
    pub fn new(availability: Availability) -> Self {
        Self { availability }
    }
}

impl HealthIndicator for Readiness {
    fn check(&self) -> BoxFuture<'static, Health> {
        Box::pin(ready(match self.availability.readiness() {
            ReadinessState::AcceptingTraffic => Health::up(),
            ReadinessState::RefusingTraffic => {
                let reason = self.availability.refusing_reason();
                let health = with_reason(Health::out_of_service(), reason.as_ref());
                with_tasks(health, &self.availability)
            }
        }))
    }

    fn is_immediate(&self) -> bool {
        true
    }
}

/// `startupState`: `OUT_OF_SERVICE` while the application starts, DOWN if a start-up task failed,
/// UP from then on.
///
/// Not DOWN while it starts, which would be an alarm at an admin server with every deployment; to
/// a probe both are 503.
#[derive(Clone, Debug)]
pub struct StartUp {
    availability: Availability,
}

impl StartUp {
    /// The check of this handle's start-up.
    pub fn new(availability: Availability) -> Self {
        Self { availability }
    }
}

impl HealthIndicator for StartUp {
    fn check(&self) -> BoxFuture<'static, Health> {
        let health = match self.availability.startup() {
            StartupState::Finished => return Box::pin(ready(Health::up())),
            StartupState::Running => Health::out_of_service(),
            StartupState::Failed => Health::down(),
        };
        Box::pin(ready(with_tasks(health, &self.availability)))
    }

    fn is_immediate(&self) -> bool {
        true
    }
}

fn with_reason(health: Health, reason: Option<&Arc<str>>) -> Health {
    match reason {
        Some(reason) => health.with_detail(REASON, &**reason),
        None => health,
    }
}

/// `startupTasks`, while there are some that are not finished.
fn with_tasks(health: Health, availability: &Availability) -> Health {
    let unfinished = availability.unfinished();
    if unfinished.is_empty() {
        return health;
    }
    let tasks: Vec<TaskDetail<'_>> = unfinished.iter().map(TaskDetail::new).collect();
    health.with_detail("startupTasks", tasks)
}

/// A task as a detail shows it: `{"name":"warm cache","state":"running for 3 s"}`.
#[derive(Serialize)]
struct TaskDetail<'t> {
    name: &'t str,
    state: Cow<'t, str>,
}

impl<'t> TaskDetail<'t> {
    fn new(task: &'t StartupProgress) -> Self {
        let state = match &task.state {
            TaskState::Running(time) => format!("running for {} s", time.as_secs()),
            TaskState::Failed(reason) => format!("failed: {reason}"),
        };
        Self { name: &task.name, state: state.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn shown(check: impl HealthIndicator) -> String {
        let health = check.check().await;
        let details = health.details().map(|(key, value)| format!(" {key}={value}"));
        health.status().code().to_owned() + &details.collect::<String>()
    }

    #[tokio::test]
    async fn tasks_that_run_are_named_until_they_are_finished() {
        let availability = Availability::starting();
        let task = availability.startup_task("warm cache");
        availability.ready();
        let running =
            r#"OUT_OF_SERVICE startupTasks=[{"name":"warm cache","state":"running for 0 s"}]"#;
        assert_eq!(shown(Readiness::new(availability.clone())).await, running);
        assert_eq!(shown(StartUp::new(availability.clone())).await, running);
        assert_eq!(shown(Liveness::new(availability.clone())).await, "UP");
        task.finished();
        assert_eq!(shown(Readiness::new(availability.clone())).await, "UP");
        assert_eq!(shown(StartUp::new(availability.clone())).await, "UP");
        availability.shutting_down();
        assert_eq!(shown(Readiness::new(availability.clone())).await, "OUT_OF_SERVICE");
        assert_eq!(shown(StartUp::new(availability)).await, "UP");
    }

    #[tokio::test]
    async fn a_task_that_failed_says_why() {
        let availability = Availability::starting();
        let task = availability.startup_task("warm cache");
        availability.ready();
        task.failed("no route to host");
        let tasks = r#"startupTasks=[{"name":"warm cache","state":"failed: no route to host"}]"#;
        let expected = format!("DOWN {tasks}");
        assert_eq!(shown(StartUp::new(availability.clone())).await, expected);
        let expected = format!("OUT_OF_SERVICE {tasks}");
        assert_eq!(shown(Readiness::new(availability)).await, expected);
    }

    #[tokio::test]
    async fn what_the_application_says_of_itself_is_shown_with_its_reason() {
        let availability = Availability::starting();
        availability.ready();
        availability.broken("key store unreadable");
        availability.refusing("reloading");
        assert_eq!(
            shown(Liveness::new(availability.clone())).await,
            r#"DOWN reason="key store unreadable""#
        );
        assert_eq!(
            shown(Readiness::new(availability.clone())).await,
            r#"OUT_OF_SERVICE reason="reloading""#
        );
        availability.set_liveness(LivenessState::Broken);
        assert_eq!(shown(Liveness::new(availability)).await, "DOWN");
    }
}
