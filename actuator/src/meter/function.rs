//! Meters whose values are asked for: functions of the application, run when a meter is read.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use super::id::SeriesId;

/// Gives a value whenever a meter is read. It must be quick: it runs while somebody waits.
pub(super) type ValueFn = Box<dyn Fn() -> f64 + Send + Sync>;

/// A gauge or a counter by function.
pub(crate) struct FunctionMeter {
    pub(super) id: SeriesId,
    value: ValueFn,
}

impl FunctionMeter {
    pub(super) fn new(id: SeriesId, value: ValueFn) -> Self {
        Self { id, value }
    }

    /// What the function says; NaN if it panics.
    pub(crate) fn value(&self) -> f64 {
        guarded(&self.value, f64::NAN)
    }
}

impl fmt::Debug for FunctionMeter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FunctionMeter").field("id", &self.id).finish_non_exhaustive()
    }
}

/// How often something took how long in all, where somebody else measures it.
pub(crate) struct FunctionTimer {
    pub(super) id: SeriesId,
    count: Box<dyn Fn() -> u64 + Send + Sync>,
    total: Box<dyn Fn() -> Duration + Send + Sync>,
    /// What was said last: a 0 in between would seem to be a new start, and all that was counted
    /// before new.
    last_count: AtomicU64,
    last_nanos: AtomicU64,
}

impl FunctionTimer {
    pub(super) fn new(
        id: SeriesId,
        count: Box<dyn Fn() -> u64 + Send + Sync>,
        total: Box<dyn Fn() -> Duration + Send + Sync>,
    ) -> Self {
        Self { id, count, total, last_count: AtomicU64::new(0), last_nanos: AtomicU64::new(0) }
    }

    /// How often; what it was the last time if the function panics.
    pub(crate) fn count(&self) -> u64 {
        let count = guarded(&self.count, self.last_count.load(Relaxed));
        self.last_count.store(count, Relaxed);
        count
    }

    /// For how long, together; what it was the last time if the function panics.
    pub(crate) fn total(&self) -> Duration {
        let last = Duration::from_nanos(self.last_nanos.load(Relaxed));
        let total = guarded(&self.total, last);
        self.last_nanos.store(u64::try_from(total.as_nanos()).unwrap_or(u64::MAX), Relaxed);
        total
    }
}

impl fmt::Debug for FunctionTimer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FunctionTimer").field("id", &self.id).finish_non_exhaustive()
    }
}

fn guarded<T>(function: impl Fn() -> T, otherwise: T) -> T {
    catch_unwind(AssertUnwindSafe(function)).unwrap_or(otherwise)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timer_whose_functions_panic_says_what_it_said_last() {
        let asked = AtomicU64::new(0);
        let is_odd = move || asked.fetch_add(1, Relaxed) % 2 == 1;
        let count = Box::new(move || if is_odd() { panic!("not now") } else { 7 });
        let total = Box::new(|| panic!("never"));
        let timer = FunctionTimer::new(SeriesId::default(), count, total);
        assert_eq!([timer.count(), timer.count(), timer.count()], [7, 7, 7]);
        assert_eq!(timer.total(), Duration::ZERO);
    }
}
