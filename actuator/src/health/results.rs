//! What comes of the runs of a check: results taken in, missed deadlines counted, changes told.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, MutexGuard, PoisonError, atomic::Ordering::Relaxed},
    time::Duration,
};

use tokio::time::Instant;

use super::{
    bound::bounded,
    flight::Flight,
    health::{Health, Status},
    report::CheckReport,
    runner::{Check, Execution, Run},
    shown::Shown,
    standing::{Change, Moment, Standing},
    transition::HealthTransition,
};

/// The longest cause of a change that is told, in characters.
const LONGEST_CAUSE: usize = 500;

impl Check {
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

    /// Ends an override whose time is over.
    pub(super) fn release_expired(&self, now: Instant) {
        if self.forced_until().is_none_or(|until| now < until) {
            return;
        }
        let moment = Moment { instant: now, ..Moment::now() };
        self.with_standing(|standing| {
            let released = standing.release(true, moment, &self.engine.settings.order);
            ((), released.and_then(|(_, change)| change))
        });
    }

    /// When the override of it ends, if there is one.
    pub(super) fn forced_until(&self) -> Option<Instant> {
        self.standing().forced_until()
    }

    /// Takes the result of a run in, and tells what it changes.
    pub(super) fn finish(&self, health: Health, run: Run) -> Arc<CheckReport> {
        let at = Moment::now();
        let took = self.observe(at, run, health.status());
        let health = bounded(health);
        self.with_standing(|standing| {
            standing.end(run.number);
            let change = standing.record(health, at, took, &self.engine.settings.order);
            (standing.report(), change)
        })
    }

    /// The answer while an execution has missed its deadline and goes on. It counts as one more
    /// bad result for each full timeout that passes.
    pub(super) fn overdue(&self, flight: &Flight, now: Instant) -> Arc<CheckReport> {
        let health = self.complaint(flight, now);
        let counts = flight.claims_miss(now);
        let at = Moment::now();
        let (report, is_told) = self.with_standing(|standing| {
            // What it said meanwhile, or a later run, is the newer word.
            if standing.has_ended(flight.run.number) {
                return ((standing.report(), true), None);
            }
            let change = counts.then(|| {
                let took = at.instant.saturating_duration_since(flight.run.began);
                standing.record(health.clone(), at, took, &self.engine.settings.order)
            });
            ((standing.report(), counts), change.flatten())
        });
        if counts {
            self.observe(at, flight.run, health.status());
        }
        if is_told || report.overridden.is_some() {
            return report;
        }
        let health = Arc::new(health.with_status(report.health.status().clone()));
        Arc::new(CheckReport { health, ..(*report).clone() })
    }

    /// DOWN with what a run that missed its deadline waits for, and for how long.
    fn complaint(&self, flight: &Flight, now: Instant) -> Health {
        let timeout = Shown(self.options.timeout);
        let age = now.saturating_duration_since(flight.run.began);
        let reason = flight.waits_for(&self.engine.slots, now).or_else(|| {
            // The indicator's own words: it may panic here as it may when it checks.
            let waits_for = catch_unwind(AssertUnwindSafe(|| self.indicator.waits_for()));
            waits_for.ok().flatten().map(|what| format!("waited for {what}"))
        });
        let health = match reason {
            Some(reason) => Health::from_error(format_args!("timeout after {timeout}: {reason}")),
            None => Health::from_error(format_args!("timeout after {timeout}")),
        };
        bounded(health.with_detail("age", Shown(age).to_string()))
    }

    /// Tells how long a run has taken and what came of it, and returns the former.
    fn observe(&self, at: Moment, run: Run, said: &Status) -> Duration {
        let took = at.instant.saturating_duration_since(run.began);
        if let Some(observer) = self.observer.get() {
            observer(took, self.engine.settings.order.severity(said) == 0);
        }
        self.warn_if_slow(took);
        took
    }

    /// The last result, while it is kept; always, of a check that runs by itself.
    pub(super) fn known(&self, now: Instant) -> Option<Arc<CheckReport>> {
        let mut standing = self.standing();
        if standing.forced_until().is_some_and(|until| now >= until) {
            drop(standing);
            self.release_expired(now);
            standing = self.standing();
        }
        let Some(background) = self.options.background else {
            return standing.is_kept(now).then(|| standing.report());
        };
        let (report, last_heard) = (standing.report(), standing.last_heard());
        drop(standing);
        // Nothing can have missed a deadline since then.
        if now.saturating_duration_since(last_heard) <= self.options.timeout {
            return Some(report);
        }
        let overdue = match &*self.execution() {
            Execution::Flying(flight) if now >= flight.deadline => Some(Arc::clone(flight)),
            _ => None,
        };
        if let Some(flight) = overdue {
            return Some(self.overdue(&flight, now));
        }
        let longest = background.interval.max(background.failure_interval);
        let patience = longest + 2 * self.options.timeout + Duration::from_secs(1);
        let silent = now.saturating_duration_since(last_heard);
        if silent <= patience {
            return Some(report);
        }
        let health = Arc::new(Health::from_error(format_args!(
            "not run for {}: the application's runtime does not get to it",
            Shown(silent)
        )));
        Some(Arc::new(CheckReport { health, ..(*report).clone() }))
    }

    /// What is remembered.
    pub(super) fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
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
            // First the secrets: half of one would not be known as such.
            let clean = self.engine.settings.sanitizer.sanitize_text(&cause);
            clean.chars().take(LONGEST_CAUSE).collect()
        });
        let path = Arc::clone(&self.path);
        let transition = HealthTransition { sequence: 0, path, from, to, at, cause, outage };
        let transition = self.engine.transitions.enqueue(transition);
        standing.remember(Arc::clone(&transition), self.engine.settings.history);
        transition
    }
}
