//! The two plain instruments: a counter and a gauge.

use std::sync::{
    OnceLock,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use super::{
    exemplar::{Exemplar, ExemplarSlot, RecordedExemplar},
    id::SeriesId,
};

/// Counts up.
#[derive(Debug, Default)]
pub struct Counter {
    pub(super) id: SeriesId,
    count: AtomicU64,
    exemplar: OnceLock<Box<ExemplarSlot>>,
}

impl Counter {
    pub(super) fn new(id: SeriesId) -> Self {
        Self { id, ..Self::default() }
    }

    /// Counts one more.
    pub fn increment(&self) {
        self.add(1);
    }

    /// Counts several more.
    pub fn add(&self, amount: u64) {
        self.count.fetch_add(amount, Relaxed);
    }

    /// Counts several more, and remembers in which trace.
    pub fn add_with(&self, amount: u64, exemplar: Exemplar) {
        self.add(amount);
        self.exemplar.get_or_init(Box::default).offer(exemplar, as_f64(amount));
    }

    /// Sets the count if it is larger than what was counted: for counts that somebody else keeps.
    pub fn raise_to(&self, count: u64) {
        self.count.fetch_max(count, Relaxed);
    }

    /// How many so far.
    pub fn count(&self) -> u64 {
        self.count.load(Relaxed)
    }

    /// The last traced addition.
    pub(crate) fn exemplar(&self) -> Option<RecordedExemplar> {
        self.exemplar.get()?.get()
    }
}

/// Holds a value that goes up and down.
#[derive(Debug, Default)]
pub struct Gauge {
    pub(super) id: SeriesId,
    bits: AtomicU64,
    /// Odd once it was set since it was last asked for.
    activity: AtomicU64,
}

impl Gauge {
    pub(super) fn new(id: SeriesId) -> Self {
        Self { id, ..Self::default() }
    }

    /// Sets the value.
    pub fn set(&self, value: f64) {
        self.bits.store(value.to_bits(), Relaxed);
        self.touch();
    }

    /// Adds to the value; a negative amount takes from it.
    pub fn add(&self, amount: f64) {
        add_f64(&self.bits, amount);
        self.touch();
    }

    /// A number that differs once it was set again, be it to the same value.
    pub(super) fn activity(&self) -> u64 {
        let activity = self.activity.load(Relaxed).next_multiple_of(2);
        self.activity.store(activity, Relaxed);
        activity
    }

    fn touch(&self) {
        let activity = self.activity.load(Relaxed);
        if activity.is_multiple_of(2) {
            self.activity.store(activity + 1, Relaxed);
        }
    }

    /// The value that was set last; 0 before.
    pub fn value(&self) -> f64 {
        f64::from_bits(self.bits.load(Relaxed))
    }
}

/// Adds to a float that is kept as bits. Nobody waits; who was overtaken tries again.
pub(super) fn add_f64(bits: &AtomicU64, amount: f64) {
    let add = |bits| Some((f64::from_bits(bits) + amount).to_bits());
    // Never refused: `add` gives a value for each.
    let _ = bits.fetch_update(Relaxed, Relaxed, add);
}

/// The nearest `f64`: values that cross the wire are JSON numbers.
#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53, which counts do not reach")]
pub(crate) fn as_f64(count: u64) -> f64 {
    count as f64
}
