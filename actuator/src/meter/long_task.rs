//! What is going on right now: how many, for how long in all, and the longest.

use std::{
    sync::{
        Arc,
        atomic::{
            AtomicU64,
            Ordering::{Acquire, Relaxed, Release},
        },
    },
    time::{Duration, Instant},
};

use super::id::SeriesId;
use crate::support::clock::Clock;

/// Start times are remembered for so many at a time: to begin and to end is to write one of them.
/// Of what is beyond, only the count and the sum are kept, and the longest is that of the remembered
/// ones.
const SLOTS: usize = 256;
/// How many slots are tried for a new start.
const PROBES: u64 = 4;
/// How often count and sum are read again until no task comes or goes in between.
const READS: usize = 8;

/// Measures tasks while they run.
#[derive(Debug)]
pub struct LongTaskTimer {
    pub(super) id: SeriesId,
    clock: Clock,
    origin: Instant,
    /// Start time since `origin` plus one; 0 is free.
    slots: Box<[AtomicU64]>,
    beyond: Beyond,
}

/// The tasks that found no slot.
#[derive(Debug, Default)]
struct Beyond {
    count: AtomicU64,
    /// Sum of the start times since the timer's origin.
    started_nanos: AtomicU64,
}

/// One running task, to be given back, once, to the [`LongTaskTimer::stop`] of its timer.
#[derive(Debug)]
#[must_use = "the task is running until it is stopped"]
pub struct LongTask {
    started_nanos: u64,
    slot: Option<u16>,
}

/// A running task that ends when this is dropped.
#[derive(Debug)]
pub struct LongTaskGuard {
    task: LongTask,
    timer: Arc<LongTaskTimer>,
}

impl Drop for LongTaskGuard {
    fn drop(&mut self) {
        self.timer.end(&self.task);
    }
}

impl LongTaskTimer {
    pub(super) fn new(id: SeriesId, clock: Clock) -> Self {
        let origin = clock.instant();
        Self {
            id,
            clock,
            origin,
            slots: (0..SLOTS).map(|_| AtomicU64::new(0)).collect(),
            beyond: Beyond::default(),
        }
    }

    /// A task has begun; it is running until it is given to [`Self::stop`].
    pub fn start(&self) -> LongTask {
        self.start_at(self.clock.instant())
    }

    /// A task has begun; it is running until the guard is dropped.
    #[must_use = "the task is running for as long as the guard is kept"]
    pub fn guard(self: &Arc<Self>) -> LongTaskGuard {
        LongTaskGuard { task: self.start(), timer: Arc::clone(self) }
    }

    /// A task has begun at `now`, of the registry's clock.
    #[inline]
    pub(crate) fn start_at(&self, now: Instant) -> LongTask {
        let started_nanos = self.nanos(now);
        let slot = self.occupy(started_nanos);
        if slot.is_none() {
            self.beyond.add(started_nanos);
        }
        LongTask { started_nanos, slot }
    }

    /// The task, one that this timer has started, has ended.
    #[expect(clippy::needless_pass_by_value, reason = "a task ends once")]
    #[inline]
    pub fn stop(&self, task: LongTask) {
        self.end(&task);
    }

    #[inline]
    fn end(&self, task: &LongTask) {
        match task.slot.and_then(|slot| self.slots.get(usize::from(slot))) {
            Some(slot) => slot.store(0, Relaxed),
            None => self.beyond.remove(task.started_nanos),
        }
    }

    /// How many are running.
    pub fn active(&self) -> u64 {
        self.starts().map(|_| 1).sum::<u64>() + self.beyond.count.load(Relaxed)
    }

    /// For how long all running ones have been running, together.
    pub fn duration(&self) -> Duration {
        let now = self.nanos(self.clock.instant());
        let remembered: u64 = self.starts().map(|start| now.saturating_sub(start)).sum();
        Duration::from_nanos(remembered.saturating_add(self.beyond.duration(now)))
    }

    /// For how long the oldest has been running.
    pub fn max(&self) -> Duration {
        let now = self.clock.instant();
        let oldest = self.starts().min();
        Duration::from_nanos(oldest.map_or(0, |start| self.nanos(now).saturating_sub(start)))
    }

    /// The start times that are remembered, since the origin.
    fn starts(&self) -> impl Iterator<Item = u64> {
        self.slots.iter().filter_map(|slot| slot.load(Relaxed).checked_sub(1))
    }

    #[inline]
    fn occupy(&self, started_nanos: u64) -> Option<u16> {
        // Starts differ in their nanoseconds, which spreads them over the slots.
        let first = started_nanos ^ (started_nanos >> 8);
        (0..PROBES).find_map(|probe| {
            let index = u16::try_from(first.wrapping_add(probe) % SLOTS as u64).ok()?;
            let slot = self.slots.get(usize::from(index))?;
            slot.compare_exchange(0, started_nanos + 1, Relaxed, Relaxed).is_ok().then_some(index)
        })
    }

    #[inline]
    fn nanos(&self, now: Instant) -> u64 {
        // In 64 bits, which last for 584 years; the 128 bits of std cost more.
        let passed = now.saturating_duration_since(self.origin);
        passed.as_secs().saturating_mul(1_000_000_000).saturating_add(passed.subsec_nanos().into())
    }
}

impl Beyond {
    fn add(&self, started_nanos: u64) {
        // In this order, and back in the other one: who reads in between takes the sum of all
        // durations for too small, not for longer by all the time since the origin.
        self.started_nanos.fetch_add(started_nanos, Relaxed);
        self.count.fetch_add(1, Release);
    }

    fn remove(&self, started_nanos: u64) {
        self.count.fetch_sub(1, Relaxed);
        self.started_nanos.fetch_sub(started_nanos, Release);
    }

    /// In nanoseconds, all together.
    fn duration(&self, now: u64) -> u64 {
        let mut active = self.count.load(Acquire);
        let mut started = self.started_nanos.load(Acquire);
        for _ in 0..READS {
            let seen = self.count.load(Acquire);
            if seen == active {
                break;
            }
            active = seen;
            started = self.started_nanos.load(Acquire);
        }
        let running = u128::from(now) * u128::from(active);
        u64::try_from(running.saturating_sub(u128::from(started))).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn timer() -> (Clock, Arc<LongTaskTimer>) {
        let clock = Clock::manual(SystemTime::UNIX_EPOCH);
        (clock.clone(), Arc::new(LongTaskTimer::new(SeriesId::default(), clock)))
    }

    #[test]
    fn running_tasks_are_counted_summed_and_the_oldest_is_known() {
        let (clock, timer) = timer();
        clock.advance(SECOND);
        let first = timer.start();
        clock.advance(SECOND * 2);
        let other = timer.guard();
        clock.advance(SECOND);
        assert_eq!((timer.active(), timer.duration(), timer.max()), (2, SECOND * 4, SECOND * 3));
        timer.stop(first);
        assert_eq!((timer.active(), timer.duration(), timer.max()), (1, SECOND, SECOND));
        drop(other);
        let none = (0, Duration::ZERO, Duration::ZERO);
        assert_eq!((timer.active(), timer.duration(), timer.max()), none);
    }

    #[test]
    fn more_tasks_than_remembered_starts_are_still_counted() {
        let (clock, timer) = timer();
        let tasks: Vec<_> = (0..SLOTS * 2).map(|_| timer.start()).collect();
        assert_eq!(timer.active(), SLOTS as u64 * 2);
        clock.advance(SECOND);
        assert_eq!((timer.duration(), timer.max()), (SECOND * 2 * 256, SECOND));
        for task in tasks {
            timer.stop(task);
        }
        clock.advance(SECOND);
        assert_eq!((timer.active(), timer.max()), (0, Duration::ZERO));
    }
}
