//! Work of the application in the course of its life: once the service is ready, and on the way
//! down. What fails, panics or hangs is logged, and stops nothing else.

use std::{
    cmp::Reverse,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::{runtime::Handle, time::sleep};

use crate::{
    model::endpoint::BoxFuture,
    startup::StartupSteps,
    support::{service_manager::ServiceManager, trigger::Trigger},
};

/// How much longer than a hook may take a service manager waits.
const MARGIN: Duration = Duration::from_secs(5);

type Work = Box<dyn FnOnce() -> BoxFuture<'static, Result<(), String>> + Send>;

/// What a hook may give: nothing, or a result whose error is logged.
#[diagnostic::on_unimplemented(
    message = "`{Self}` says nothing of how a hook went",
    label = "not the result of a hook",
    note = "return `()`, or a `Result<(), E>` whose error can be displayed"
)]
pub trait HookResult {
    /// The text of the error, if it is one.
    fn into_hook_result(self) -> Result<(), String>;
}

impl HookResult for () {
    fn into_hook_result(self) -> Result<(), String> {
        Ok(())
    }
}

impl<E: fmt::Display> HookResult for Result<(), E> {
    fn into_hook_result(self) -> Result<(), String> {
        self.map_err(|error| error.to_string())
    }
}

struct Hook {
    name: String,
    phase: i32,
    work: Work,
}

/// All of them.
#[derive(Default)]
pub(in crate::server) struct Hooks {
    ready: Mutex<Option<Vec<Hook>>>,
    shutdown: Mutex<Pending>,
}

/// Those for the way down, until they are taken.
#[derive(Default)]
struct Pending {
    hooks: Vec<Hook>,
    are_taken: bool,
}

/// Under which circumstances the hooks of the way down run.
pub(in crate::server) struct Circumstances<'c> {
    /// The runtime of the application.
    pub(in crate::server) home: &'c Handle,
    /// How long each may take.
    pub(in crate::server) limit: Duration,
    /// Thrown, those that are left do not run any more.
    pub(in crate::server) hurry: &'c Trigger,
    /// Is asked for the time that each may take.
    pub(in crate::server) manager: &'c ServiceManager,
}

impl Hooks {
    /// Adds one that runs once the service is ready.
    pub(super) fn on_ready<F, R>(&self, name: String, work: impl FnOnce() -> F + Send + 'static)
    where
        F: Future<Output = R> + Send + 'static,
        R: HookResult,
    {
        lock(&self.ready).get_or_insert_default().push(Hook::new(0, name, work));
    }

    /// Adds one that runs once the service is ready, before all that are there.
    pub(super) fn on_ready_first(&self, name: String, work: impl FnOnce() + Send + 'static) {
        let hook = Hook::new(0, name, || async move { work() });
        lock(&self.ready).get_or_insert_default().insert(0, hook);
    }

    /// Adds one that runs on the way down.
    pub(super) fn on_shutdown<F, R>(
        &self,
        phase: i32,
        name: String,
        work: impl FnOnce() -> F + Send + 'static,
    ) where
        F: Future<Output = R> + Send + 'static,
        R: HookResult,
    {
        let mut pending = lock(&self.shutdown);
        if pending.are_taken {
            drop(pending);
            tracing::warn!(
                target: "actuator::server",
                "the shutdown hook \"{name}\" comes too late: the service is on its way down"
            );
            return;
        }
        pending.hooks.push(Hook::new(phase, name, work));
    }

    /// Runs those for a service that is ready, one after the other in the order in which they were
    /// added, each as a step of the start.
    pub(in crate::server) async fn run_ready(&self, steps: &StartupSteps) {
        let hooks = lock(&self.ready).take().unwrap_or_default();
        for hook in hooks {
            let name = hook.name.clone();
            let step = steps.step("actuator.ready-hook").with_tag("name", &name);
            let task = tokio::spawn(step.instrument((hook.work)()));
            let error = match task.await {
                Ok(Ok(())) => continue,
                Ok(Err(error)) => error,
                Err(error) if error.is_panic() => "panicked".to_owned(),
                // The runtime ends.
                Err(_) => return,
            };
            failed("ready", &name, &error);
            step.fail(error);
        }
    }

    /// Runs those for the way down, one after the other: the highest phase first, and within one
    /// phase the last that was added.
    pub(in crate::server) async fn run_shutdown(&self, circumstances: &Circumstances<'_>) {
        let mut hooks = {
            let mut pending = lock(&self.shutdown);
            pending.are_taken = true;
            std::mem::take(&mut pending.hooks)
        };
        hooks.reverse();
        hooks.sort_by_key(|hook| Reverse(hook.phase));
        for hook in hooks {
            hook.run(circumstances).await;
        }
    }
}

impl Hook {
    fn new<F, R>(phase: i32, name: String, work: impl FnOnce() -> F + Send + 'static) -> Self
    where
        F: Future<Output = R> + Send + 'static,
        R: HookResult,
    {
        // Called and polled by the same task: a panic of either is one of the task.
        let work = move || -> BoxFuture<'static, Result<(), String>> {
            Box::pin(async move { work().await.into_hook_result() })
        };
        Self { name, phase, work: Box::new(work) }
    }

    async fn run(self, circumstances: &Circumstances<'_>) {
        let Circumstances { home, limit, hurry, manager } = circumstances;
        let name = self.name;
        if hurry.is_thrown() {
            failed("shutdown", &name, "not run: there was no time any more");
            return;
        }
        manager.extend(limit.saturating_add(MARGIN), &format!("stopping: {name}"));
        let began = Instant::now();
        let mut task = home.spawn((self.work)());
        let given_up = tokio::select! {
            biased;
            ended = &mut task => {
                match ended {
                    Ok(Ok(())) => {
                        let took = began.elapsed().as_millis();
                        tracing::debug!(
                            target: "actuator::server",
                            "shutdown hook \"{name}\" ended after {took} ms"
                        );
                    }
                    Ok(Err(error)) => failed("shutdown", &name, &error),
                    Err(error) if error.is_panic() => failed("shutdown", &name, "panicked"),
                    Err(_) => failed("shutdown", &name, "the runtime of the application has ended"),
                }
                return;
            }
            () = hurry.thrown() => "given up: there was no time any more".to_owned(),
            () = sleep(*limit) => {
                format!("given up after {}", humantime::format_duration(*limit))
            }
        };
        task.abort();
        failed("shutdown", &name, &given_up);
    }
}

fn failed(kind: &str, name: &str, error: &str) {
    tracing::error!(target: "actuator::server", "{kind} hook \"{name}\" failed: {error}");
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hooks").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    type Ran = Arc<Mutex<Vec<String>>>;

    fn add(hooks: &Hooks, phase: i32, name: &str, ran: &Ran) {
        let (ran, own) = (Arc::clone(ran), name.to_owned());
        hooks.on_shutdown(phase, name.to_owned(), move || async move { lock(&ran).push(own) });
    }

    async fn run(hooks: &Hooks, limit: Duration, hurry: &Trigger) {
        let (home, manager) = (Handle::current(), ServiceManager::default());
        let circumstances = Circumstances { home: &home, limit, hurry, manager: &manager };
        hooks.run_shutdown(&circumstances).await;
    }

    #[tokio::test]
    async fn the_highest_phase_runs_first_and_within_one_the_last_that_was_added() {
        let (hooks, ran) = (Hooks::default(), Ran::default());
        for (phase, name) in [(0, "first"), (0, "second"), (-5, "late"), (i32::MAX, "early")] {
            add(&hooks, phase, name, &ran);
        }
        run(&hooks, Duration::from_secs(30), &Trigger::default()).await;
        assert_eq!(*lock(&ran), ["early", "second", "first", "late"]);
        add(&hooks, 0, "too late", &ran);
        run(&hooks, Duration::from_secs(30), &Trigger::default()).await;
        assert_eq!(lock(&ran).len(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_fails_panics_or_hangs_does_not_stop_the_others() {
        let (hooks, ran) = (Hooks::default(), Ran::default());
        add(&hooks, 0, "last", &ran);
        hooks.on_shutdown(1, "fails".to_owned(), || async { Err("no disk") });
        hooks.on_shutdown(2, "panics".to_owned(), || async {
            assert!(std::hint::black_box(false), "for the test");
        });
        hooks.on_shutdown(3, "hangs".to_owned(), std::future::pending::<()>);
        run(&hooks, Duration::from_secs(30), &Trigger::default()).await;
        assert_eq!(*lock(&ran), ["last"]);
    }

    #[tokio::test]
    async fn in_a_hurry_the_one_that_runs_is_given_up_and_no_other_begins() {
        let (hooks, ran, hurry) = (Hooks::default(), Ran::default(), Trigger::default());
        add(&hooks, 0, "left out", &ran);
        let throws = hurry.clone();
        hooks.on_shutdown(1, "hangs".to_owned(), move || async move {
            throws.throw();
            std::future::pending::<()>().await;
        });
        run(&hooks, Duration::from_hours(1), &hurry).await;
        assert!(lock(&ran).is_empty());
    }

    #[tokio::test]
    async fn those_of_a_ready_service_run_in_their_order_whatever_becomes_of_one() {
        let (hooks, ran) = (Hooks::default(), Ran::default());
        for name in ["one", "two"] {
            let ran = Arc::clone(&ran);
            hooks.on_ready(name.to_owned(), move || async move {
                lock(&ran).push(name.to_owned());
                assert!(std::hint::black_box(false), "for the test");
            });
        }
        let steps = StartupSteps::default();
        hooks.run_ready(&steps).await;
        assert_eq!(*lock(&ran), ["one", "two"]);
        let failed = ("exception".to_owned(), "panicked".to_owned());
        assert!(steps.snapshot().events.iter().all(|event| event.tags.contains(&failed)));
    }
}
