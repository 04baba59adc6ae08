//! The two plain instruments: a counter and a gauge.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counts up.
#[derive(Debug, Default)]
pub struct Counter {
    count: AtomicU64,
}

impl Counter {
    /// Counts one more.
    pub fn increment(&self) {
        self.add(1);
    }

    /// Counts several more.
    pub fn add(&self, amount: u64) {
        self.count.fetch_add(amount, Relaxed);
    }

    /// How many so far.
    pub fn count(&self) -> u64 {
        self.count.load(Relaxed)
    }
}

/// Holds a value that goes up and down.
#[derive(Debug, Default)]
pub struct Gauge {
    bits: AtomicU64,
}

impl Gauge {
    /// Sets the value.
    pub fn set(&self, value: f64) {
        self.bits.store(value.to_bits(), Relaxed);
    }

    /// The value that was set last; 0 before.
    pub fn value(&self) -> f64 {
        f64::from_bits(self.bits.load(Relaxed))
    }
}

/// The nearest `f64`: values that cross the wire are JSON numbers.
#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53, which counts do not reach")]
pub(super) fn as_f64(count: u64) -> f64 {
    count as f64
}
