//! Our meters as handles of the `metrics` crate.
//!
//! The meters implement its traits themselves: no object stands between a handle and its meter.

use std::sync::Arc;

use metrics::{CounterFn, GaugeFn, HistogramFn};

use super::time_unit::TimeUnit;
use crate::meter::{Counter, DistributionSummary, Gauge, Timer};

impl CounterFn for Counter {
    fn increment(&self, value: u64) {
        self.add(value);
    }

    fn absolute(&self, value: u64) {
        self.raise_to(value);
    }
}

impl GaugeFn for Gauge {
    fn increment(&self, value: f64) {
        self.add(value);
    }

    fn decrement(&self, value: f64) {
        self.add(-value);
    }

    fn set(&self, value: f64) {
        Gauge::set(self, value);
    }
}

impl HistogramFn for DistributionSummary {
    fn record(&self, value: f64) {
        DistributionSummary::record(self, value);
    }
}

/// Values are seconds, as the `metrics` crate turns a `Duration` into a number.
impl HistogramFn for Timer {
    fn record(&self, value: f64) {
        if let Some(duration) = TimeUnit::Seconds.duration(value) {
            Timer::record(self, duration);
        }
    }
}

/// A timer whose values come in another unit than seconds.
pub(super) struct TimerIn {
    pub(super) timer: Arc<Timer>,
    pub(super) unit: TimeUnit,
}

impl HistogramFn for TimerIn {
    fn record(&self, value: f64) {
        if let Some(duration) = self.unit.duration(value) {
            Timer::record(&self.timer, duration);
        }
    }
}
