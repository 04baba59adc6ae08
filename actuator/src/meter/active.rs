//! What is going on right now: how many, for how long in all, and the longest.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

/// Start times are remembered for so many at a time; beyond, only counts and sums are kept and
/// the longest is that of the remembered ones.
const SLOTS: usize = 256;
/// How many slots are tried for a new start.
const PROBES: u64 = 4;

/// Measures tasks while they run (Micrometer's long task timer).
#[derive(Debug)]
pub struct ActiveTimer {
    origin: Instant,
    count: AtomicU64,
    /// Sum of the start times since `origin`, so that the sum of all durations needs no walk.
    started_nanos: AtomicU64,
    /// Start time since `origin` plus one; 0 is free.
    slots: Box<[AtomicU64]>,
}

/// One running task, to be given back to [`ActiveTimer::stop`].
#[derive(Clone, Copy, Debug)]
pub struct ActiveTask {
    started_nanos: u64,
    slot: Option<u16>,
}

impl ActiveTimer {
    pub(super) fn new(origin: Instant) -> Self {
        Self {
            origin,
            count: AtomicU64::new(0),
            started_nanos: AtomicU64::new(0),
            slots: (0..SLOTS).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    /// A task has begun.
    pub fn start(&self, now: Instant) -> ActiveTask {
        let started_nanos = self.nanos(now);
        self.count.fetch_add(1, Relaxed);
        self.started_nanos.fetch_add(started_nanos, Relaxed);
        ActiveTask { started_nanos, slot: self.occupy(started_nanos) }
    }

    /// The task has ended.
    pub fn stop(&self, task: ActiveTask) {
        self.started_nanos.fetch_sub(task.started_nanos, Relaxed);
        self.count.fetch_sub(1, Relaxed);
        if let Some(slot) = task.slot.and_then(|slot| self.slots.get(usize::from(slot))) {
            slot.store(0, Relaxed);
        }
    }

    /// How many are running.
    pub fn active(&self) -> u64 {
        self.count.load(Relaxed)
    }

    /// For how long all running ones have been running, together.
    pub fn duration(&self, now: Instant) -> Duration {
        let running = u128::from(self.nanos(now)) * u128::from(self.active());
        let nanos = running.saturating_sub(u128::from(self.started_nanos.load(Relaxed)));
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// For how long the oldest has been running.
    pub fn max(&self, now: Instant) -> Duration {
        let starts = self.slots.iter().map(|slot| slot.load(Relaxed)).filter(|start| *start != 0);
        let oldest = starts.min().map_or(0, |start| self.nanos(now).saturating_sub(start - 1));
        Duration::from_nanos(oldest)
    }

    fn occupy(&self, started_nanos: u64) -> Option<u16> {
        // Starts differ in their nanoseconds, which spreads them over the slots.
        let first = started_nanos ^ (started_nanos >> 8);
        (0..PROBES).find_map(|probe| {
            let index = u16::try_from(first.wrapping_add(probe) % SLOTS as u64).ok()?;
            let slot = self.slots.get(usize::from(index))?;
            slot.compare_exchange(0, started_nanos + 1, Relaxed, Relaxed).is_ok().then_some(index)
        })
    }

    fn nanos(&self, now: Instant) -> u64 {
        u64::try_from(now.saturating_duration_since(self.origin).as_nanos()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn running_tasks_are_counted_summed_and_the_oldest_is_known() {
        let start = Instant::now();
        let timer = ActiveTimer::new(start);
        let second = Duration::from_secs(1);
        let first = timer.start(start + second);
        let other = timer.start(start + second * 3);
        let now = start + second * 4;
        assert_eq!(
            (timer.active(), timer.duration(now), timer.max(now)),
            (2, second * 4, second * 3)
        );
        timer.stop(first);
        assert_eq!((timer.active(), timer.duration(now), timer.max(now)), (1, second, second));
        timer.stop(other);
        assert_eq!(
            (timer.active(), timer.duration(now), timer.max(now)),
            (0, Duration::ZERO, Duration::ZERO)
        );
    }

    #[test]
    fn more_tasks_than_remembered_starts_are_still_counted() {
        let start = Instant::now();
        let timer = ActiveTimer::new(start);
        let tasks: Vec<_> = (0..SLOTS * 2).map(|_| timer.start(start)).collect();
        assert_eq!(timer.active(), SLOTS as u64 * 2);
        for task in tasks {
            timer.stop(task);
        }
        assert_eq!((timer.active(), timer.max(start + WAIT)), (0, Duration::ZERO));
    }

    const WAIT: Duration = Duration::from_secs(9);
}
