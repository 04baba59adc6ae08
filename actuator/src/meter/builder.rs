//! Describing a meter: name, tags, words, and what its histogram shows.

use std::{sync::Arc, time::Duration};

use super::{
    Counter, DistributionSummary, Gauge, LongTaskTimer, MeterRegistry, MultiGauge, Tag, Timer,
    function::{FunctionMeter, FunctionTimer, ValueFn},
    histogram::{Distribution, Unit},
    id::SeriesId,
    multi_gauge::FunctionRows,
    registry::Registration,
    series::{MeterKind, Series},
};

/// Describes a meter. Asking twice for the same name and tags gives the same meter. One that is
/// denied, over a limit, or of another kind than the others of its name can be used and is not
/// seen.
#[derive(Debug)]
#[must_use = "a meter exists only once its kind is chosen"]
pub struct MeterBuilder<'r> {
    registry: &'r MeterRegistry,
    registration: Registration,
}

impl<'r> MeterBuilder<'r> {
    pub(super) fn new(registry: &'r MeterRegistry, registration: Registration) -> Self {
        Self { registry, registration }
    }

    /// What it is, for people.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.registration.description = Some(description.into());
        self
    }

    /// What one of it is: `bytes`, `files`. Timers are in `seconds` by themselves.
    pub fn base_unit(mut self, unit: impl Into<String>) -> Self {
        self.registration.base_unit = Some(unit.into());
        self
    }

    /// A tag; it replaces one of the same key.
    pub fn tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.registration.tags.push(Tag::new(key, value));
        self
    }

    /// Several tags; they replace those of the same keys.
    pub fn tags<K: Into<String>, V: Into<String>>(
        mut self,
        tags: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let tags = tags.into_iter().map(|(key, value)| Tag::new(key, value));
        self.registration.tags.extend(tags);
        self
    }

    /// Bounds of buckets, in the base unit (seconds for timers): how many values are at most that.
    /// `management.metrics.distribution.slo.<name>` replaces them.
    pub fn service_level_objectives(mut self, bounds: impl IntoIterator<Item = f64>) -> Self {
        self.registration.options.objectives = bounds.into_iter().collect();
        self
    }

    /// Shares of 1 whose percentiles are computed here, over the last two minutes, to 9 percent.
    /// They cannot be put together over instances; buckets can.
    /// `management.metrics.distribution.percentiles.<name>` replaces them.
    pub fn percentiles(mut self, percentiles: impl IntoIterator<Item = f64>) -> Self {
        self.registration.options.percentiles = percentiles.into_iter().collect();
        self
    }

    /// Buckets from which Prometheus can compute percentiles: 68 for a timer, each 8 bytes a
    /// series. `management.metrics.distribution.percentiles-histogram.<name>` decides over it.
    pub fn percentiles_histogram(mut self) -> Self {
        self.registration.options.percentiles_histogram = true;
        self
    }

    /// A counter.
    pub fn counter(self) -> Arc<Counter> {
        let made = |id| Series::Counter(Arc::new(Counter::new(id)));
        match self.registration.register(MeterKind::Counter, made) {
            Series::Counter(counter) => counter,
            _ => Arc::default(),
        }
    }

    /// A counter whose count is asked for when it is read. It must never fall.
    pub fn counter_with(self, count: impl Fn() -> f64 + Send + Sync + 'static) {
        let count: ValueFn = Box::new(count);
        let made = |id| Series::FunctionCounter(Arc::new(FunctionMeter::new(id, count)));
        self.registration.register(MeterKind::Counter, made);
    }

    /// A gauge that is set.
    pub fn gauge(self) -> Arc<Gauge> {
        self.registration.gauge()
    }

    /// A gauge whose value is asked for when it is read. It must be quick.
    pub fn gauge_with(self, value: impl Fn() -> f64 + Send + Sync + 'static) {
        self.registration.gauge_with(Box::new(value));
    }

    /// A set of gauges that is replaced as a whole.
    pub fn multi_gauge(self) -> MultiGauge {
        MultiGauge::new(self.registration)
    }

    /// A set of gauges that is replaced as a whole, and whose values are asked for when they are
    /// read.
    pub(crate) fn function_rows(self) -> FunctionRows {
        FunctionRows::new(self.registration)
    }

    /// A timer.
    pub fn timer(mut self) -> Arc<Timer> {
        self.registration.base_unit = Some(SECONDS.to_owned());
        let made = |id, distribution| Series::Timer(Arc::new(Timer::new(id, distribution)));
        match self.registration.register_spread(Unit::Nanos, made) {
            Series::Timer(timer) => timer,
            _ => Arc::new(Timer::new(SeriesId::default(), Distribution::bare(Unit::Nanos))),
        }
    }

    /// A timer whose count and total are asked for when it is read. Neither may fall.
    pub fn timer_with(
        mut self,
        count: impl Fn() -> u64 + Send + Sync + 'static,
        total: impl Fn() -> Duration + Send + Sync + 'static,
    ) {
        self.registration.base_unit = Some(SECONDS.to_owned());
        let made = |id| {
            let timer = FunctionTimer::new(id, Box::new(count), Box::new(total));
            Series::FunctionTimer(Arc::new(timer))
        };
        self.registration.register(MeterKind::Timer, made);
    }

    /// A distribution summary.
    pub fn summary(self) -> Arc<DistributionSummary> {
        let made = |id, distribution| {
            Series::Summary(Arc::new(DistributionSummary::new(id, distribution)))
        };
        if let Series::Summary(summary) = self.registration.register_spread(Unit::Plain, made) {
            return summary;
        }
        let distribution = Distribution::bare(Unit::Plain);
        Arc::new(DistributionSummary::new(SeriesId::default(), distribution))
    }

    /// A timer of running tasks.
    pub fn long_task_timer(mut self) -> Arc<LongTaskTimer> {
        self.registration.base_unit = Some(SECONDS.to_owned());
        let clock = self.registry.clock().clone();
        let made = |id| Series::LongTask(Arc::new(LongTaskTimer::new(id, clock.clone())));
        match self.registration.register(MeterKind::LongTask, made) {
            Series::LongTask(timer) => timer,
            _ => Arc::new(LongTaskTimer::new(SeriesId::default(), clock)),
        }
    }
}

const SECONDS: &str = "seconds";
