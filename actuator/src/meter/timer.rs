//! A timer: how often, how long in all, and the longest of late.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

/// Micrometer's default: a maximum is forgotten after two minutes, in three steps.
const WINDOW: Duration = Duration::from_secs(40);
const WINDOWS: usize = 3;

/// Records durations. Four atomic operations per recording, none of which waits.
#[derive(Debug)]
pub struct Timer {
    count: AtomicU64,
    total_nanos: AtomicU64,
    max: WindowMax,
}

impl Timer {
    /// A timer whose windows are counted from `origin`.
    pub(super) fn new(origin: Instant) -> Self {
        Self {
            count: AtomicU64::new(0),
            total_nanos: AtomicU64::new(0),
            max: WindowMax::new(origin),
        }
    }

    /// Records a duration that has ended at `now`.
    pub fn record(&self, duration: Duration, now: Instant) {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        self.count.fetch_add(1, Relaxed);
        self.total_nanos.fetch_add(nanos, Relaxed);
        self.max.record(nanos, now);
    }

    /// How many were recorded.
    pub fn count(&self) -> u64 {
        self.count.load(Relaxed)
    }

    /// The sum of all.
    pub fn total(&self) -> Duration {
        Duration::from_nanos(self.total_nanos.load(Relaxed))
    }

    /// The longest of the last two minutes (at least 80 seconds, at most 120).
    pub fn max(&self, now: Instant) -> Duration {
        Duration::from_nanos(self.max.value(now))
    }
}

/// The maximum over a ring of time windows. Each slot holds the number of its window in the upper
/// bits and the maximum in the lower ones, so that one compare-and-swap starts a new window and
/// sets its first value.
#[derive(Debug)]
struct WindowMax {
    origin: Instant,
    slots: [AtomicU64; WINDOWS],
}

/// 2^46 nanoseconds are 19 hours: longer durations count as that in the maximum.
const VALUE_BITS: u32 = 46;
const VALUE_MASK: u64 = (1 << VALUE_BITS) - 1;

impl WindowMax {
    fn new(origin: Instant) -> Self {
        Self { origin, slots: Default::default() }
    }

    /// The number of the window of `now`, from 1; it wraps after 121 days.
    fn window(&self, now: Instant) -> u64 {
        (now.saturating_duration_since(self.origin).as_secs() / WINDOW.as_secs() + 1)
            & (u64::MAX >> VALUE_BITS)
    }

    fn record(&self, nanos: u64, now: Instant) {
        let window = self.window(now);
        let packed = (window << VALUE_BITS) | nanos.min(VALUE_MASK);
        let Some(slot) = self.slots.get(ring_index(window)) else { return };
        let mut seen = slot.load(Relaxed);
        // Another window's value gives way whatever it is; this window's only to a longer one.
        while seen >> VALUE_BITS != window || seen < packed {
            match slot.compare_exchange_weak(seen, packed, Relaxed, Relaxed) {
                Ok(_) => return,
                Err(other) => seen = other,
            }
        }
    }

    fn value(&self, now: Instant) -> u64 {
        let window = self.window(now);
        self.slots
            .iter()
            .map(|slot| slot.load(Relaxed))
            .filter(|packed| {
                let age = window.wrapping_sub(packed >> VALUE_BITS);
                packed >> VALUE_BITS != 0 && age < WINDOWS as u64
            })
            .map(|packed| packed & VALUE_MASK)
            .max()
            .unwrap_or(0)
    }
}

fn ring_index(window: u64) -> usize {
    usize::try_from(window % WINDOWS as u64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn count_and_total_grow_and_max_is_the_longest() {
        let now = Instant::now();
        let timer = Timer::new(now);
        for millis in [3, 9, 6] {
            timer.record(ms(millis), now);
        }
        assert_eq!((timer.count(), timer.total(), timer.max(now)), (3, ms(18), ms(9)));
    }

    #[test]
    fn the_maximum_is_forgotten_after_two_minutes_and_the_total_never() {
        let start = Instant::now();
        let timer = Timer::new(start);
        timer.record(ms(500), start);
        timer.record(ms(20), start + Duration::from_mins(1));
        assert_eq!(timer.max(start + Duration::from_secs(119)), ms(500));
        assert_eq!(timer.max(start + Duration::from_mins(2)), ms(20));
        assert_eq!(timer.max(start + Duration::from_secs(200)), ms(0));
        assert_eq!(timer.total(), ms(520));
    }

    #[test]
    fn a_window_that_comes_round_again_starts_from_its_own_values() {
        let start = Instant::now();
        let timer = Timer::new(start);
        timer.record(ms(500), start);
        timer.record(ms(1), start + WINDOW * 3);
        assert_eq!(timer.max(start + WINDOW * 3), ms(1));
    }
}
