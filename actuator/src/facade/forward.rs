//! Our recorder and another one beside it: everything goes to both.

use std::sync::Arc;

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};

use super::MetricsRecorder;

/// A recorder that somebody else made.
pub(crate) type SharedRecorder = Arc<dyn Recorder + Send + Sync>;

/// Ours, and theirs. Their handles are asked for at every use: when they may be kept, only they
/// know (some forget what was idle).
pub(super) struct Forwarding {
    pub(super) ours: MetricsRecorder,
    pub(super) theirs: SharedRecorder,
}

impl Recorder for Forwarding {
    fn describe_counter(&self, name: KeyName, unit: Option<Unit>, description: SharedString) {
        self.ours.describe_counter(name.clone(), unit, description.clone());
        self.theirs.describe_counter(name, unit, description);
    }

    fn describe_gauge(&self, name: KeyName, unit: Option<Unit>, description: SharedString) {
        self.ours.describe_gauge(name.clone(), unit, description.clone());
        self.theirs.describe_gauge(name, unit, description);
    }

    fn describe_histogram(&self, name: KeyName, unit: Option<Unit>, description: SharedString) {
        self.ours.describe_histogram(name.clone(), unit, description.clone());
        self.theirs.describe_histogram(name, unit, description);
    }

    fn register_counter(&self, key: &Key, metadata: &Metadata<'_>) -> Counter {
        let ours = self.ours.register_counter(key, metadata);
        Counter::from_arc(Arc::new(Both(ours, self.theirs.register_counter(key, metadata))))
    }

    fn register_gauge(&self, key: &Key, metadata: &Metadata<'_>) -> Gauge {
        let ours = self.ours.register_gauge(key, metadata);
        Gauge::from_arc(Arc::new(Both(ours, self.theirs.register_gauge(key, metadata))))
    }

    fn register_histogram(&self, key: &Key, metadata: &Metadata<'_>) -> Histogram {
        let ours = self.ours.register_histogram(key, metadata);
        Histogram::from_arc(Arc::new(Both(ours, self.theirs.register_histogram(key, metadata))))
    }
}

/// Our handle and theirs.
struct Both<H>(H, H);

impl CounterFn for Both<Counter> {
    fn increment(&self, value: u64) {
        self.0.increment(value);
        self.1.increment(value);
    }

    fn absolute(&self, value: u64) {
        self.0.absolute(value);
        self.1.absolute(value);
    }
}

impl GaugeFn for Both<Gauge> {
    fn increment(&self, value: f64) {
        self.0.increment(value);
        self.1.increment(value);
    }

    fn decrement(&self, value: f64) {
        self.0.decrement(value);
        self.1.decrement(value);
    }

    fn set(&self, value: f64) {
        self.0.set(value);
        self.1.set(value);
    }
}

impl HistogramFn for Both<Histogram> {
    fn record(&self, value: f64) {
        self.0.record(value);
        self.1.record(value);
    }

    fn record_many(&self, value: f64, count: usize) {
        self.0.record_many(value, count);
        self.1.record_many(value, count);
    }
}
