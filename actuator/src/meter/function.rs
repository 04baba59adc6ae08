//! Meters whose values are asked for: functions of the application, run when a meter is read.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
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
}

impl FunctionTimer {
    pub(super) fn new(
        id: SeriesId,
        count: Box<dyn Fn() -> u64 + Send + Sync>,
        total: Box<dyn Fn() -> Duration + Send + Sync>,
    ) -> Self {
        Self { id, count, total }
    }

    /// How often; 0 if the function panics.
    pub(crate) fn count(&self) -> u64 {
        guarded(&self.count, 0)
    }

    /// For how long, together; none if the function panics.
    pub(crate) fn total(&self) -> Duration {
        guarded(&self.total, Duration::ZERO)
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
