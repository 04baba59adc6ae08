//! Runs checks: all at once, each with a deadline, none able to harm its caller.
//!
//! A check is first polled where it was asked for; most answer at once, without a task or a timer.
//! What is still pending then flies on as a task of its own, so that a caller who goes away cancels
//! nothing, and whoever asks meanwhile shares its answer. Asked from another runtime than the
//! application's (the management listener has its own), a check is not polled there at all.

use std::{
    any::Any,
    fmt,
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    task::{Context, Poll},
};

use tokio::time::Instant;

use super::{
    engine::{Engine, RunObserver},
    flight::{Flight, Landing, fly},
    health::Health,
    indicator::HealthIndicator,
    options::CheckOptions,
    report::CheckReport,
    schedule::{self, Timer},
    slots::Slot,
    standing::{Moment, Standing},
};
use crate::model::endpoint::BoxFuture;

/// A check at its place in the tree.
pub struct Check {
    pub(super) path: Arc<str>,
    pub(super) indicator: Arc<dyn HealthIndicator>,
    pub(super) options: Arc<CheckOptions>,
    pub(super) engine: Arc<Engine>,
    execution: Mutex<Execution>,
    runs: AtomicU64,
    pub(super) standing: Mutex<Standing>,
    pub(super) observer: OnceLock<RunObserver>,
    pub(super) is_slow: AtomicBool,
    has_begun: AtomicBool,
    timers: Mutex<Timers>,
}

/// What waits on behalf of a check.
#[derive(Default)]
struct Timers {
    rhythm: Option<Timer>,
    release: Option<Timer>,
}

/// One run of a check.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    /// Counts the runs of the check, from 1.
    pub(super) number: u64,
    /// When it was asked for.
    pub(super) began: Instant,
}

/// Whether the check is being run.
pub(super) enum Execution {
    None,
    /// Somebody polls it for the first time; nobody else has asked yet.
    Polled(Run),
    Flying(Arc<Flight>),
}

/// What came of asking.
enum Outcome {
    Done(Arc<CheckReport>),
    InFlight(Arc<Flight>),
}

impl Check {
    /// A check at `path` (`db/primary`).
    pub(super) fn new(
        path: &str,
        indicator: Arc<dyn HealthIndicator>,
        options: CheckOptions,
        engine: Arc<Engine>,
    ) -> Self {
        let options = Arc::new(options);
        Self {
            path: Arc::from(path),
            indicator,
            standing: Mutex::new(Standing::new(Arc::clone(&options), Moment::now())),
            options,
            engine,
            execution: Mutex::new(Execution::None),
            runs: AtomicU64::new(0),
            observer: OnceLock::new(),
            is_slow: AtomicBool::new(false),
            has_begun: AtomicBool::new(false),
            timers: Mutex::default(),
        }
    }

    /// Starts its rhythm, if it has one. Where there is no runtime yet, whoever asks first does.
    pub(super) fn begin(self: &Arc<Self>) {
        if self.options.background.is_none() || self.has_begun.load(Relaxed) {
            return;
        }
        let Some(runtime) = self.engine.runtime() else { return };
        if self.has_begun.swap(true, Relaxed) {
            return;
        }
        let rhythm = schedule::start(self, &runtime, &self.engine.settings.order);
        self.timers().rhythm = rhythm;
        if self.standing().is_removed() {
            self.stop();
        }
    }

    /// Sees to it that an override ends in time.
    pub(super) fn watch_override(self: &Arc<Self>) {
        if let Some(runtime) = self.engine.runtime() {
            // Begun and put there in one go, so that the one that stays began last.
            let mut timers = self.timers();
            timers.release = Some(schedule::release(self, &runtime));
        }
    }

    /// It is gone from the tree: nothing of it is told any more, and nothing runs by itself.
    pub(super) fn remove(&self) {
        self.standing().remove();
        self.stop();
    }

    fn stop(&self) {
        *self.timers() = Timers::default();
    }

    /// Calls `observer` with each result from now on.
    pub(super) fn observed_by(&self, observer: RunObserver) {
        // One observer, set once at registration.
        let _ = self.observer.set(observer);
    }

    /// The path of names from the root of the tree, separated by `/`.
    pub fn path(&self) -> &Arc<str> {
        &self.path
    }

    /// How it is run.
    pub fn options(&self) -> &Arc<CheckOptions> {
        &self.options
    }

    /// Runs it once, or shares the execution that is under way.
    pub(super) async fn run(self: &Arc<Self>) -> Arc<CheckReport> {
        self.release_expired(Instant::now());
        let here = self.engine.is_here();
        let outcome = poll_fn(|context| Poll::Ready(self.launch(context, here))).await;
        self.settle(outcome).await
    }

    /// Whether it is being run.
    pub(super) fn execution(&self) -> MutexGuard<'_, Execution> {
        self.execution.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known if that still counts, else a run.
    fn ask(self: &Arc<Self>, context: &mut Context<'_>, here: bool, now: Instant) -> Outcome {
        self.begin();
        self.known(now).map_or_else(|| self.launch(context, here), Outcome::Done)
    }

    async fn settle(&self, outcome: Outcome) -> Arc<CheckReport> {
        match outcome {
            Outcome::Done(report) => report,
            Outcome::InFlight(flight) => match flight.landed(self.engine.runtime()).await {
                Some(report) => report,
                None => self.overdue(&flight, Instant::now()),
            },
        }
    }

    fn launch(self: &Arc<Self>, context: &mut Context<'_>, here: bool) -> Outcome {
        let now = Instant::now();
        let mut execution = self.execution();
        match &*execution {
            Execution::None => {}
            Execution::Polled(run) => {
                let flight = Arc::new(Flight::polled(*run, self.options.timeout));
                *execution = Execution::Flying(Arc::clone(&flight));
                return Outcome::InFlight(flight);
            }
            Execution::Flying(flight) => {
                let flight = Arc::clone(flight);
                drop(execution);
                return if now < flight.deadline {
                    Outcome::InFlight(flight)
                } else {
                    Outcome::Done(self.overdue(&flight, now))
                };
            }
        }
        let run = Run { number: self.runs.fetch_add(1, Relaxed) + 1, began: now };
        if !here && !self.indicator.is_immediate() {
            return self.take_off(execution, run, None, None);
        }
        // One poll is free. What then goes on needs a slot, and a blocking call does from the start.
        let slot = if self.indicator.is_cancellable() {
            None
        } else {
            let Some(slot) = self.engine.slots.try_take() else {
                return self.take_off(execution, run, None, None);
            };
            Some(slot)
        };
        *execution = Execution::Polled(run);
        // Not held while the check is polled: one that blocks there must not block those who ask.
        drop(execution);
        self.poll_once(context, run, slot)
    }

    /// The first poll of a run, where it was asked for.
    fn poll_once(
        self: &Arc<Self>,
        context: &mut Context<'_>,
        run: Run,
        slot: Option<Slot>,
    ) -> Outcome {
        let first = catch_unwind(AssertUnwindSafe(|| {
            let mut future = self.indicator.check();
            match future.as_mut().poll(context) {
                Poll::Ready(health) => Ok(health),
                Poll::Pending => Err(future),
            }
        }));
        let health = match first {
            Ok(Ok(health)) => health,
            Ok(Err(future)) => {
                let slot = slot.or_else(|| self.engine.slots.try_take());
                return self.take_off(self.execution(), run, Some(future), slot);
            }
            Err(panic) => panicked(panic.as_ref()),
        };
        drop(slot);
        Outcome::Done(self.end(health, run))
    }

    /// The end of a run that has no task.
    fn end(&self, health: Health, run: Run) -> Arc<CheckReport> {
        let report = self.finish(health, run);
        let execution = std::mem::replace(&mut *self.execution(), Execution::None);
        if let Execution::Flying(flight) = execution {
            flight.land(report.clone());
        }
        report
    }

    fn take_off(
        self: &Arc<Self>,
        mut execution: MutexGuard<'_, Execution>,
        run: Run,
        begun: Option<BoxFuture<'static, Health>>,
        slot: Option<Slot>,
    ) -> Outcome {
        let Some(runtime) = self.engine.runtime() else {
            // Whoever asks meanwhile shares this answer.
            if matches!(*execution, Execution::None) {
                *execution = Execution::Polled(run);
            }
            drop(execution);
            let health = Health::from_error("no tokio runtime is there to wait in");
            return Outcome::Done(self.end(health, run));
        };
        let flight = match &*execution {
            Execution::Flying(flight) => Arc::clone(flight),
            _ => Arc::new(Flight::new(run, self.options.timeout, slot.is_some())),
        };
        *execution = Execution::Flying(Arc::clone(&flight));
        // A runtime that is shutting down drops the task at once, which frees the check again.
        drop(execution);
        let landing = Landing::new(Arc::clone(self), Arc::clone(&flight));
        runtime.spawn(fly(landing, begun, slot));
        Outcome::InFlight(flight)
    }

    fn timers(&self) -> MutexGuard<'_, Timers> {
        self.timers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check")
            .field("path", &self.path)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// Asks all checks at once; the answers come in the order of the checks.
pub async fn run_all(checks: &[Arc<Check>]) -> Vec<Arc<CheckReport>> {
    let mut outcomes = Vec::with_capacity(checks.len());
    poll_fn(|context| {
        let here = checks.first().is_some_and(|check| check.engine.is_here());
        let now = Instant::now();
        outcomes.extend(checks.iter().map(|check| check.ask(context, here, now)));
        Poll::Ready(())
    })
    .await;
    let mut reports = Vec::with_capacity(outcomes.len());
    for (check, outcome) in checks.iter().zip(outcomes) {
        reports.push(check.settle(outcome).await);
    }
    reports
}

/// DOWN because of a panic, with its message.
pub(super) fn panicked(panic: &(dyn Any + Send)) -> Health {
    let text = panic
        .downcast_ref::<&'static str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("(no text)");
    Health::from_error(format_args!("panicked: {text}"))
}

#[cfg(test)]
#[path = "runner_tests.rs"]
mod tests;
