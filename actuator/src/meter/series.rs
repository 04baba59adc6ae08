//! One series: a meter with its labels, whatever its kind.

use std::{fmt, sync::Arc, time::SystemTime};

use super::{
    Counter, DistributionSummary, Gauge, LongTaskTimer, Measurement, Statistic, Tag, Timer,
    function::{FunctionMeter, FunctionTimer},
    id::SeriesId,
    instrument::as_f64,
};

/// What a meter is, to those who show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeterKind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Durations that have ended.
    Timer,
    /// Amounts.
    Summary,
    /// Durations of what is running.
    LongTask,
}

impl fmt::Display for MeterKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Timer => "timer",
            Self::Summary => "distribution summary",
            Self::LongTask => "long task timer",
        })
    }
}

/// One series. Cheap to clone; it lives on while somebody holds it, registered or not.
#[derive(Clone, Debug)]
pub(crate) enum Series {
    /// Counted here.
    Counter(Arc<Counter>),
    /// Counted elsewhere.
    FunctionCounter(Arc<FunctionMeter>),
    /// Set.
    Gauge(Arc<Gauge>),
    /// Asked for.
    FunctionGauge(Arc<FunctionMeter>),
    /// Measured here.
    Timer(Arc<Timer>),
    /// Measured elsewhere.
    FunctionTimer(Arc<FunctionTimer>),
    /// Amounts.
    Summary(Arc<DistributionSummary>),
    /// What is running.
    LongTask(Arc<LongTaskTimer>),
}

impl Series {
    /// `method="GET",uri="/a"`: names made valid for Prometheus, values escaped, sorted by name,
    /// no braces; empty without tags.
    pub(crate) fn labels(&self) -> &str {
        self.id().labels()
    }

    /// The tags as they were given.
    pub(crate) fn tags(&self) -> Vec<Tag> {
        self.id().tags()
    }

    /// When it was registered.
    pub(crate) fn created(&self) -> SystemTime {
        self.id().created()
    }

    /// What it gives, in the order in which Micrometer lists it.
    pub(super) fn measure(&self) -> Vec<Measurement> {
        let of = |statistic, value| Measurement { statistic, value };
        match self {
            Self::Counter(counter) => vec![of(Statistic::Count, as_f64(counter.count()))],
            Self::FunctionCounter(function) => vec![of(Statistic::Count, function.value())],
            Self::Gauge(gauge) => vec![of(Statistic::Value, gauge.value())],
            Self::FunctionGauge(function) => vec![of(Statistic::Value, function.value())],
            Self::Timer(timer) => vec![
                of(Statistic::Count, as_f64(timer.count())),
                of(Statistic::TotalTime, timer.histogram().sum()),
                of(Statistic::Max, timer.histogram().max()),
            ],
            Self::FunctionTimer(timer) => vec![
                of(Statistic::Count, as_f64(timer.count())),
                of(Statistic::TotalTime, timer.total().as_secs_f64()),
            ],
            Self::Summary(summary) => vec![
                of(Statistic::Count, as_f64(summary.count())),
                of(Statistic::Total, summary.total()),
                of(Statistic::Max, summary.max()),
            ],
            Self::LongTask(timer) => vec![
                of(Statistic::ActiveTasks, as_f64(timer.active())),
                of(Statistic::Duration, timer.duration().as_secs_f64()),
                of(Statistic::Max, timer.max().as_secs_f64()),
            ],
        }
    }

    /// A number that differs once something was recorded; `None` where that cannot be told.
    pub(super) fn activity(&self) -> Option<u64> {
        match self {
            Self::Counter(counter) => Some(counter.count()),
            Self::Gauge(gauge) => Some(gauge.activity()),
            Self::Timer(timer) => Some(timer.count()),
            Self::Summary(summary) => Some(summary.count()),
            _ => None,
        }
    }

    /// Whether nobody but the registry holds it.
    pub(super) fn is_abandoned(&self) -> bool {
        match self {
            Self::Counter(counter) => Arc::strong_count(counter) == 1,
            Self::Gauge(gauge) => Arc::strong_count(gauge) == 1,
            Self::Timer(timer) => Arc::strong_count(timer) == 1,
            Self::Summary(summary) => Arc::strong_count(summary) == 1,
            _ => false,
        }
    }

    /// Ends a series that nobody but the registry holds; gives back one that somebody does.
    pub(super) fn end(self) -> Option<Self> {
        match self {
            Self::Counter(counter) => Arc::try_unwrap(counter).err().map(Self::Counter),
            Self::Gauge(gauge) => Arc::try_unwrap(gauge).err().map(Self::Gauge),
            Self::Timer(timer) => Arc::try_unwrap(timer).err().map(Self::Timer),
            Self::Summary(summary) => Arc::try_unwrap(summary).err().map(Self::Summary),
            other => Some(other),
        }
    }

    /// Begins the next window of what is measured over time.
    pub(super) fn roll(&self) {
        match self {
            Self::Timer(timer) => timer.histogram().roll(),
            Self::Summary(summary) => summary.histogram().roll(),
            _ => {}
        }
    }

    pub(super) fn id(&self) -> &SeriesId {
        match self {
            Self::Counter(counter) => &counter.id,
            Self::FunctionCounter(function) | Self::FunctionGauge(function) => &function.id,
            Self::Gauge(gauge) => &gauge.id,
            Self::Timer(timer) => &timer.id,
            Self::FunctionTimer(timer) => &timer.id,
            Self::Summary(summary) => &summary.id,
            Self::LongTask(timer) => &timer.id,
        }
    }
}
