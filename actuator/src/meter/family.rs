//! All series of one meter name: they share kind, description and base unit.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Instant,
};

use super::{
    ActiveTimer, Counter, Gauge, Measurement, MetricReading, Statistic, Tag, Timer,
    instrument::as_f64,
};

/// Gives a value whenever a meter is read. It must be quick: it runs while somebody waits.
pub type MeterFn = Arc<dyn Fn() -> f64 + Send + Sync>;

/// One series, by what it is.
#[derive(Clone)]
pub(super) enum Meter {
    Counter(Arc<Counter>),
    FunctionCounter(MeterFn),
    Gauge(Arc<Gauge>),
    FunctionGauge(MeterFn),
    Timer(Arc<Timer>),
    Active(Arc<ActiveTimer>),
}

impl Meter {
    /// What it gives, in the order in which Micrometer lists it.
    fn measure(&self, now: Instant) -> Vec<Measurement> {
        let of = |statistic, value| Measurement { statistic, value };
        match self {
            Self::Counter(counter) => vec![of(Statistic::Count, as_f64(counter.count()))],
            Self::FunctionCounter(function) => vec![of(Statistic::Count, function())],
            Self::Gauge(gauge) => vec![of(Statistic::Value, gauge.value())],
            Self::FunctionGauge(function) => vec![of(Statistic::Value, function())],
            Self::Timer(timer) => vec![
                of(Statistic::Count, as_f64(timer.count())),
                of(Statistic::TotalTime, timer.total().as_secs_f64()),
                of(Statistic::Max, timer.max(now).as_secs_f64()),
            ],
            Self::Active(timer) => vec![
                of(Statistic::ActiveTasks, as_f64(timer.active())),
                of(Statistic::Duration, timer.duration(now).as_secs_f64()),
                of(Statistic::Max, timer.max(now).as_secs_f64()),
            ],
        }
    }

    /// Whether two series may stand under one name.
    fn is_like(&self, other: &Self) -> bool {
        use Meter::{Active, Counter, FunctionCounter, FunctionGauge, Gauge, Timer};
        matches!(
            (self, other),
            (Counter(_) | FunctionCounter(_), Counter(_) | FunctionCounter(_))
                | (Gauge(_) | FunctionGauge(_), Gauge(_) | FunctionGauge(_))
                | (Timer(_), Timer(_))
                | (Active(_), Active(_))
        )
    }
}

impl fmt::Debug for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Counter(_) | Self::FunctionCounter(_) => "counter",
            Self::Gauge(_) | Self::FunctionGauge(_) => "gauge",
            Self::Timer(_) => "timer",
            Self::Active(_) => "long task timer",
        })
    }
}

/// The series of one name.
#[derive(Debug)]
pub(super) struct Family {
    name: String,
    description: Option<String>,
    base_unit: Option<String>,
    series: RwLock<BTreeMap<Vec<Tag>, Meter>>,
    has_warned: AtomicBool,
}

impl Family {
    pub(super) fn new(name: &str, description: Option<String>, base_unit: Option<String>) -> Self {
        Self {
            name: name.to_owned(),
            description,
            base_unit,
            series: RwLock::default(),
            has_warned: AtomicBool::new(false),
        }
    }

    /// The series with these tags: the one that is there, or `meter` from now on. A meter of
    /// another kind, or one too many, is handed back unregistered: it can be used and is not seen.
    pub(super) fn register(&self, tags: Vec<Tag>, meter: Meter, max_series: usize) -> Meter {
        let mut series = self.series.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(first) = series.values().next().filter(|first| !first.is_like(&meter)) {
            self.warn(format_args!("it is a {first:?}, so a {meter:?} of this name is not kept"));
            return meter;
        }
        if let Some(existing) = series.get(&tags) {
            return existing.clone();
        }
        if series.len() >= max_series {
            self.warn(format_args!(
                "it has {max_series} series; further ones are not kept. A tag whose values are \
                 not a small set is the usual reason; actuator.metrics.max-series is the limit"
            ));
            return meter;
        }
        series.insert(tags, meter.clone());
        meter
    }

    /// Everything that holds all of `tags`, merged; `None` if no series does.
    pub(super) fn read(&self, tags: &[Tag], now: Instant) -> Option<MetricReading> {
        let series = self.series.read().unwrap_or_else(PoisonError::into_inner);
        let mut reading = MetricReading {
            name: self.name.clone(),
            description: self.description.clone(),
            base_unit: self.base_unit.clone(),
            measurements: Vec::new(),
            available_tags: BTreeMap::new(),
        };
        for (own, meter) in
            series.iter().filter(|(own, _)| tags.iter().all(|tag| own.contains(tag)))
        {
            merge(&mut reading.measurements, meter.measure(now));
            for tag in own.iter().filter(|own| tags.iter().all(|tag| tag.key != own.key)) {
                let values = reading.available_tags.entry(tag.key.clone()).or_default();
                values.insert(tag.value.clone());
            }
        }
        (!reading.measurements.is_empty()).then_some(reading)
    }

    /// Forgets all series that have this tag.
    pub(super) fn remove(&self, tag: &Tag) {
        let mut series = self.series.write().unwrap_or_else(PoisonError::into_inner);
        series.retain(|own, _| !own.contains(tag));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.series.read().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    fn warn(&self, reason: fmt::Arguments<'_>) {
        if !self.has_warned.swap(true, Relaxed) {
            tracing::warn!(target: "actuator::meter", "meter {}: {reason}", self.name);
        }
    }
}

fn merge(into: &mut Vec<Measurement>, more: Vec<Measurement>) {
    for one in more {
        match into.iter_mut().find(|known| known.statistic == one.statistic) {
            Some(known) => known.value = one.statistic.merge(known.value, one.value),
            None => into.push(one),
        }
    }
}
