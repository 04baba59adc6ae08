//! When a task comes due next, and how that goes on.
//!
//! A fixed rate is counted from its first time on, by the clock that only goes forward; so it does
//! not drift. Cron expressions and triggers of the application's own go by the time of day, which is
//! looked at every few seconds, since somebody may set it.

use std::{
    hash::{BuildHasher as _, RandomState},
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, SystemTime},
};

use tokio::time::Instant;

use super::{
    TriggerContext,
    plan::{Plan, PlanKind},
    schedule::CustomTrigger,
};
use crate::support::clock::Clock;

/// How long the clock on the wall is believed to go on as it does.
const LOOK: Duration = Duration::from_secs(10);
/// A clock that is set back by no more than this repeats nothing; by more, it was wrong before.
const REPEATED: Duration = Duration::from_hours(3);

/// When a task comes due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    Never,
    /// By the clock that only goes forward.
    At(Instant),
    /// By the clock on the wall.
    Wall(SystemTime),
}

/// The beat of one task.
#[derive(Debug)]
pub(super) struct Beat {
    plan: Plan,
    clock: Clock,
    due: Due,
    /// How much later than due the next run begins: the jitter.
    late: Duration,
    dice: RandomState,
    throws: u64,
    last_scheduled: Option<SystemTime>,
    last_completion: Option<SystemTime>,
}

impl Beat {
    /// The beat of a task that may run from now on.
    pub(super) fn begin(plan: Plan, clock: Clock) -> Self {
        let mut beat = Self {
            due: Due::Never,
            late: Duration::ZERO,
            dice: RandomState::new(),
            throws: 0,
            last_scheduled: None,
            last_completion: None,
            plan,
            clock,
        };
        beat.due = match &beat.plan.kind {
            PlanKind::Cron(cron) => wall(cron.next_after(beat.clock.now())),
            PlanKind::Custom(custom) => beat.asked(custom),
            PlanKind::FixedRate(_) | PlanKind::FixedDelay(_) | PlanKind::Once => {
                after(Instant::now(), beat.plan.initial_delay)
            }
        };
        beat.throw();
        beat
    }

    /// When to look again; `None` if nothing comes due by itself.
    pub(super) fn wakes_at(&self) -> Option<Instant> {
        match self.due {
            Due::Never => None,
            Due::At(at) => at.checked_add(self.late),
            Due::Wall(at) => {
                let left = at.checked_add(self.late)?.duration_since(self.clock.now());
                Instant::now().checked_add(left.unwrap_or_default().min(LOOK))
            }
        }
    }

    /// When the next run begins, if that is known.
    pub(super) fn next(&self) -> Due {
        match self.due {
            Due::Never => Due::Never,
            Due::At(at) => after(at, self.late),
            Due::Wall(at) => wall(at.checked_add(self.late)),
        }
    }

    /// How often it has come due since it was asked last: more than once only where a fixed rate is
    /// asked late.
    pub(super) fn poll(&mut self) -> u64 {
        match self.due {
            Due::Never => 0,
            Due::At(at) => self.poll_at(at),
            Due::Wall(at) => self.poll_wall(at),
        }
    }

    fn poll_at(&mut self, at: Instant) -> u64 {
        let now = Instant::now();
        if at.checked_add(self.late).is_none_or(|due| now < due) {
            return 0;
        }
        self.last_scheduled = Some(self.clock.now());
        let mut beats = 1;
        self.due = Due::Never;
        if let PlanKind::FixedRate(interval) = self.plan.kind {
            let (next, passed) = next_of_rate(at, interval, now);
            self.due = next;
            beats = passed;
        }
        self.throw();
        beats
    }

    fn poll_wall(&mut self, at: SystemTime) -> u64 {
        let now = self.clock.now();
        let is_due = at.checked_add(self.late).is_some_and(|due| due <= now);
        if is_due {
            self.last_scheduled = Some(at);
            self.due = match &self.plan.kind {
                PlanKind::Cron(cron) => wall(cron.next_after(now)),
                _ => Due::Never,
            };
            self.throw();
            return 1;
        }
        if now < at {
            self.look_again(now);
        }
        0
    }

    /// The clock may have been set: from an expression it is found out anew.
    fn look_again(&mut self, now: SystemTime) {
        let PlanKind::Cron(cron) = &self.plan.kind else { return };
        let last = self
            .last_scheduled
            .filter(|last| last.duration_since(now).is_ok_and(|repeated| repeated <= REPEATED));
        self.due = wall(cron.next_after(last.unwrap_or(now)));
    }

    /// A run begins that was not due: somebody asked for it.
    pub(super) fn began(&mut self) {
        if matches!(self.plan.kind, PlanKind::FixedDelay(_)) {
            self.due = Due::Never;
        }
    }

    /// No run is left.
    pub(super) fn finished(&mut self) {
        self.last_completion = Some(self.clock.now());
        match &self.plan.kind {
            PlanKind::FixedDelay(delay) => self.due = after(Instant::now(), *delay),
            PlanKind::Custom(custom) if self.due == Due::Never => self.due = self.asked(custom),
            _ => return,
        }
        self.throw();
    }

    /// It may come due again after a pause: what was due meanwhile is left out, but for what would
    /// never come again.
    pub(super) fn resumed(&mut self) {
        let now = Instant::now();
        match (&self.plan.kind, self.due) {
            (PlanKind::Cron(_), _) => self.look_again(self.clock.now()),
            (PlanKind::FixedRate(interval), Due::At(at)) if at <= now => {
                self.due = next_of_rate(at, *interval, now).0;
            }
            (PlanKind::FixedDelay(delay), Due::At(at)) if at <= now => {
                self.due = after(now, *delay);
            }
            _ => {}
        }
    }

    fn asked(&self, custom: &CustomTrigger) -> Due {
        let context = TriggerContext {
            now: self.clock.now(),
            last_scheduled: self.last_scheduled,
            last_completion: self.last_completion,
        };
        // It is the application's code.
        let next = catch_unwind(AssertUnwindSafe(|| (custom.next)(&context)));
        wall(next.unwrap_or_else(|_| {
            let name = &custom.name;
            tracing::error!(
                target: "actuator::scheduling",
                "the trigger \"{name}\" panicked; its task does not come due any more"
            );
            None
        }))
    }

    fn throw(&mut self) {
        let jitter = u64::try_from(self.plan.jitter.as_nanos()).unwrap_or(u64::MAX);
        if jitter > 0 {
            self.throws = self.throws.wrapping_add(1);
            self.late = Duration::from_nanos(self.dice.hash_one(self.throws) % jitter);
        }
    }
}

/// The first beat of a rate behind `now`, and how many there are from `at` to `now`.
fn next_of_rate(at: Instant, interval: Duration, now: Instant) -> (Due, u64) {
    let behind = now.saturating_duration_since(at).as_nanos();
    let interval = interval.as_nanos().max(1);
    let beats = behind / interval + 1;
    let ahead = u64::try_from(beats * interval).unwrap_or(u64::MAX);
    (after(at, Duration::from_nanos(ahead)), u64::try_from(beats).unwrap_or(u64::MAX))
}

fn after(at: Instant, delay: Duration) -> Due {
    at.checked_add(delay).map_or(Due::Never, Due::At)
}

fn wall(at: Option<SystemTime>) -> Due {
    at.map_or(Due::Never, Due::Wall)
}

#[cfg(test)]
#[path = "beat_tests.rs"]
mod tests;
