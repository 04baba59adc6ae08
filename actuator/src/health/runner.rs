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
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::Instant;

use super::{
    bound::bounded,
    engine::{Engine, RunObserver},
    flight::{Flight, Landing, fly},
    health::Health,
    indicator::HealthIndicator,
    options::CheckOptions,
    report::CheckReport,
    slots::Slot,
    standing::{Change, Moment, Standing},
    transition::HealthTransition,
};
use crate::model::endpoint::BoxFuture;

/// The longest cause of a change that is told, in characters.
const LONGEST_CAUSE: usize = 500;

/// A check at its place in the tree.
pub struct Check {
    path: Arc<str>,
    pub(super) indicator: Arc<dyn HealthIndicator>,
    options: Arc<CheckOptions>,
    pub(super) engine: Arc<Engine>,
    execution: Mutex<Execution>,
    standing: Mutex<Standing>,
    observer: OnceLock<RunObserver>,
    is_slow: AtomicBool,
}

/// Whether the check is being run.
pub(super) enum Execution {
    None,
    /// Somebody polls it for the first time; nobody else has asked yet.
    Polled(Instant),
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
            standing: Mutex::new(Standing::new(Arc::clone(&options), Moment::now().wall)),
            options,
            engine,
            execution: Mutex::new(Execution::None),
            observer: OnceLock::new(),
            is_slow: AtomicBool::new(false),
        }
    }

    /// Calls `observer` with the duration of each run from now on.
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

    /// Looks at what is remembered, and may change it; a change of status is told afterwards.
    pub(super) fn with_standing<T>(
        &self,
        f: impl FnOnce(&mut Standing) -> (T, Option<Change>),
    ) -> T {
        let (value, has_changed) = {
            let mut standing = self.standing();
            let (value, change) = f(&mut standing);
            (value, change.map(|change| self.number(&mut standing, change)).is_some())
        };
        if has_changed {
            self.engine.transitions.hand_out();
        }
        value
    }

    /// What is known, without running it.
    pub(super) fn report(&self) -> Arc<CheckReport> {
        self.standing().report()
    }

    /// Runs it once, or shares the execution that is under way.
    pub(super) async fn run(self: &Arc<Self>) -> Arc<CheckReport> {
        let here = self.engine.is_here();
        let outcome = poll_fn(|context| Poll::Ready(self.launch(context, here))).await;
        self.settle(outcome).await
    }

    /// Ends an override whose time is over.
    pub(super) fn release_expired(&self, now: Instant) {
        if !self.standing().is_forced() {
            return;
        }
        let moment = Moment { instant: now, ..Moment::now() };
        self.with_standing(|standing| {
            let released = standing.release(true, moment, &self.engine.settings.order);
            ((), released.and_then(|(_, change)| change))
        });
    }

    /// Takes a result in, and tells what it changes.
    pub(super) fn finish(&self, health: Health, began: Instant) -> Arc<CheckReport> {
        let at = Moment::now();
        let took = at.instant.saturating_duration_since(began);
        if let Some(observer) = self.observer.get() {
            observer(took);
        }
        self.warn_if_slow(took);
        let health = bounded(health);
        self.with_standing(|standing| {
            let change = standing.record(health, at, took, &self.engine.settings.order);
            (standing.report(), change)
        })
    }

    /// The answer while an execution has missed its deadline and goes on. It counts as one more
    /// bad result for each full timeout that passes.
    pub(super) fn overdue(&self, flight: &Flight, now: Instant) -> Arc<CheckReport> {
        let timeout = Shown(self.options.timeout);
        let age = now.saturating_duration_since(flight.began);
        let reason = flight.waits_for(&self.engine.slots, now).or_else(|| {
            // The indicator's own words: it may panic here as it may when it checks.
            let waits_for = catch_unwind(AssertUnwindSafe(|| self.indicator.waits_for()));
            waits_for.ok().flatten().map(|what| format!("waited for {what}"))
        });
        let health = match reason {
            Some(reason) => Health::from_error(format_args!("timeout after {timeout}: {reason}")),
            None => Health::from_error(format_args!("timeout after {timeout}")),
        };
        let health = health.with_detail("age", Shown(age).to_string());
        if flight.claims_miss(now) {
            return self.finish(health, flight.began);
        }
        let report = self.report();
        if report.overridden.is_some() {
            return report;
        }
        let health = Arc::new(health.with_status(report.health.status().clone()));
        Arc::new(CheckReport { health, ..(*report).clone() })
    }

    /// Whether it is being run.
    pub(super) fn execution(&self) -> MutexGuard<'_, Execution> {
        self.execution.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known if that still counts, else a run.
    fn ask(self: &Arc<Self>, context: &mut Context<'_>, here: bool, now: Instant) -> Outcome {
        self.known(now).map_or_else(|| self.launch(context, here), Outcome::Done)
    }

    async fn settle(&self, outcome: Outcome) -> Arc<CheckReport> {
        match outcome {
            Outcome::Done(report) => report,
            Outcome::InFlight(flight) => match flight.landed().await {
                Some(report) => report,
                None => self.overdue(&flight, Instant::now()),
            },
        }
    }

    /// The last result, while it is kept; always, of a check that runs by itself.
    fn known(&self, now: Instant) -> Option<Arc<CheckReport>> {
        let mut standing = self.standing();
        if standing.is_forced() {
            drop(standing);
            self.release_expired(now);
            standing = self.standing();
        }
        let Some(background) = self.options.background else {
            return standing.is_kept(now).then(|| standing.report());
        };
        let (report, last_run) = (standing.report(), standing.last_run());
        drop(standing);
        let overdue = match &*self.execution() {
            Execution::Flying(flight) if now >= flight.deadline => Some(Arc::clone(flight)),
            _ => None,
        };
        if let Some(flight) = overdue {
            return Some(self.overdue(&flight, now));
        }
        let longest = background.interval.max(background.failure_interval);
        let patience = longest
            .saturating_add(self.options.timeout.saturating_mul(2))
            .saturating_add(Duration::from_secs(1));
        let silent = last_run.map(|last| now.saturating_duration_since(last));
        let Some(silent) = silent.filter(|silent| *silent > patience) else { return Some(report) };
        let health = Arc::new(Health::from_error(format_args!(
            "not run for {}: the application's runtime does not get to it",
            Shown(silent)
        )));
        Some(Arc::new(CheckReport { health, ..(*report).clone() }))
    }

    fn launch(self: &Arc<Self>, context: &mut Context<'_>, here: bool) -> Outcome {
        let now = Instant::now();
        let mut execution = self.execution();
        match &*execution {
            Execution::None => {}
            Execution::Polled(began) => {
                let flight = Arc::new(Flight::polled(*began, self.options.timeout));
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
        if !here && !self.indicator.is_immediate() {
            return self.take_off(execution, now, None, None);
        }
        // One poll is free. What then goes on needs a slot, and a blocking call does from the start.
        let slot = if self.indicator.is_cancellable() {
            None
        } else {
            let Some(slot) = self.engine.slots.try_take() else {
                return self.take_off(execution, now, None, None);
            };
            Some(slot)
        };
        *execution = Execution::Polled(now);
        // Not held while the check is polled: one that blocks there must not block those who ask.
        drop(execution);
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
                return self.take_off(self.execution(), now, Some(future), slot);
            }
            Err(panic) => panicked(panic.as_ref()),
        };
        drop(slot);
        let report = self.finish(health, now);
        let execution = std::mem::replace(&mut *self.execution(), Execution::None);
        if let Execution::Flying(flight) = execution {
            flight.land(report.clone());
        }
        Outcome::Done(report)
    }

    fn take_off(
        self: &Arc<Self>,
        mut execution: MutexGuard<'_, Execution>,
        began: Instant,
        begun: Option<BoxFuture<'static, Health>>,
        slot: Option<Slot>,
    ) -> Outcome {
        let Some(runtime) = self.engine.runtime() else {
            *execution = Execution::None;
            drop(execution);
            let health = Health::from_error("no tokio runtime is there to wait in");
            return Outcome::Done(self.finish(health, began));
        };
        let flight = match &*execution {
            Execution::Flying(flight) => Arc::clone(flight),
            _ => Arc::new(Flight::new(began, self.options.timeout, slot.is_some())),
        };
        *execution = Execution::Flying(Arc::clone(&flight));
        // A runtime that is shutting down drops the task at once, which frees the check again.
        drop(execution);
        let landing = Landing::new(Arc::clone(self), Arc::clone(&flight));
        runtime.spawn(fly(landing, begun, slot));
        Outcome::InFlight(flight)
    }

    fn warn_if_slow(&self, took: Duration) {
        let is_slow = took > self.engine.settings.slow;
        if self.is_slow.swap(is_slow, Relaxed) != is_slow && is_slow {
            tracing::warn!(
                target: "actuator::health", check = &*self.path,
                "health check {} took {} to respond", self.path, Shown(took)
            );
        }
    }

    fn number(&self, standing: &mut Standing, change: Change) -> Arc<HealthTransition> {
        let Change { from, to, at, cause, outage } = change;
        let cause = cause.map(|cause| {
            let cause: String = cause.chars().take(LONGEST_CAUSE).collect();
            self.engine.sanitizer.sanitize_text(&cause).into_owned()
        });
        let path = Arc::clone(&self.path);
        let transition = HealthTransition { sequence: 0, path, from, to, at, cause, outage };
        let transition = self.engine.transitions.enqueue(transition);
        standing.remember(Arc::clone(&transition), self.engine.settings.history);
        transition
    }

    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
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

/// A duration for people: `2 s`, `500 ms`.
pub(super) struct Shown(pub(super) Duration);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, millis) = (self.0.as_secs(), self.0.subsec_millis());
        // Beyond ten seconds nobody asks for the milliseconds of an age.
        if whole >= 10 || (millis == 0 && whole > 0) {
            write!(f, "{whole} s")
        } else {
            write!(f, "{} ms", self.0.as_millis())
        }
    }
}

#[cfg(test)]
#[path = "runner_tests.rs"]
mod tests;
