//! The recorder: keys, units and descriptions of the `metrics` crate to meters of the registry.

use std::{
    fmt,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};

use super::{
    cache::SeriesCache,
    described::{DescribedName, DescribedNames, HistogramKind},
    handles::TimerIn,
    names,
    time_unit::TimeUnit,
};
use crate::meter::{
    self, DistributionSummary, MeterBuilder, MeterKind, MeterRegistry, Series, Timer,
};

/// Takes what is recorded through the `metrics` crate into a [`MeterRegistry`](crate::meter::MeterRegistry).
///
/// It is installed when the service starts, unless the process has a recorder already or
/// `actuator.metrics.facade.enabled` is `false`. Ask [`App::metrics_recorder`](crate::App) for one
/// to put it into a fan-out beside others.
///
/// | `metrics` | meter |
/// |---|---|
/// | counter: `increment`, `absolute` | counter |
/// | gauge: `set`, `increment`, `decrement` | gauge |
/// | histogram | distribution summary |
/// | histogram described in seconds, milliseconds, microseconds or nanoseconds | timer |
///
/// What the histograms of a name are is decided by the first of them. A unit of time that is said
/// afterwards leaves them a distribution summary: everything is kept, in the unit in which it is
/// recorded, which is then its base unit. Of several descriptions of a name the first holds.
///
/// Clones share everything.
#[derive(Clone)]
pub struct MetricsRecorder(Arc<Shared>);

struct Shared {
    meters: Arc<MeterRegistry>,
    names: DescribedNames,
    counters: SeriesCache<Weak<meter::Counter>>,
    gauges: SeriesCache<Weak<meter::Gauge>>,
    histograms: SeriesCache<WeakHistogram>,
    has_warned: AtomicBool,
}

impl MetricsRecorder {
    /// A recorder into this registry. It has to be installed, or put into a fan-out.
    pub fn new(meters: Arc<MeterRegistry>) -> Self {
        Self(Arc::new(Shared {
            names: DescribedNames::new(meters.settings().max_meters),
            meters,
            counters: SeriesCache::new(),
            gauges: SeriesCache::new(),
            histograms: SeriesCache::new(),
            has_warned: AtomicBool::new(false),
        }))
    }
}

impl Recorder for MetricsRecorder {
    fn describe_counter(&self, name: KeyName, unit: Option<Unit>, description: SharedString) {
        self.0.describe(name.as_str(), unit, &description);
    }

    fn describe_gauge(&self, name: KeyName, unit: Option<Unit>, description: SharedString) {
        self.0.describe(name.as_str(), unit, &description);
    }

    fn describe_histogram(&self, name: KeyName, unit: Option<Unit>, description: SharedString) {
        self.0.describe(name.as_str(), unit, &description);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        let shared = &*self.0;
        let known = shared.counters.get(key, Weak::upgrade);
        known.or_else(|| shared.counter(key)).map_or_else(Counter::noop, Counter::from_arc)
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        let shared = &*self.0;
        let known = shared.gauges.get(key, Weak::upgrade);
        known.or_else(|| shared.gauge(key)).map_or_else(Gauge::noop, Gauge::from_arc)
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        let shared = &*self.0;
        let known = shared.histograms.get(key, WeakHistogram::upgrade);
        known.or_else(|| shared.histogram(key)).unwrap_or_else(Histogram::noop)
    }
}

impl Shared {
    fn describe(&self, given: &str, unit: Option<Unit>, description: &str) {
        let name = names::name(given);
        let Some(known) = self.names.of(&name) else { return };
        // A macro may describe its meter at every use.
        if known.describe(unit, description) {
            self.tell_registry(&name, &known);
            if known.is_timed_too_late() {
                tracing::info!(
                    target: "actuator::meter",
                    "histogram {name} was described with a unit of time after it was recorded: it \
                     stays a distribution summary of that unit. Described before its first use, \
                     it is a timer"
                );
            }
        }
    }

    fn counter(&self, key: &Key) -> Option<Arc<meter::Counter>> {
        let counter = self.register(key, |builder, _, _| builder.counter())?;
        if is_kept(&counter) && is_its_own(key, &Series::Counter(Arc::clone(&counter))) {
            self.counters.keep(key, Arc::downgrade(&counter));
        }
        Some(counter)
    }

    fn gauge(&self, key: &Key) -> Option<Arc<meter::Gauge>> {
        let gauge = self.register(key, |builder, _, _| builder.gauge())?;
        if is_kept(&gauge) && is_its_own(key, &Series::Gauge(Arc::clone(&gauge))) {
            self.gauges.keep(key, Arc::downgrade(&gauge));
        }
        Some(gauge)
    }

    fn histogram(&self, key: &Key) -> Option<Histogram> {
        self.register(key, |builder, name, known| match known.histogram(|| self.existing(name)) {
            HistogramKind::Summary => self.summary(key, builder),
            HistogramKind::Timer(unit) => self.timer(key, unit, builder),
        })
    }

    fn summary(&self, key: &Key, builder: MeterBuilder<'_>) -> Histogram {
        let summary = builder.summary();
        if is_kept(&summary) && is_its_own(key, &Series::Summary(Arc::clone(&summary))) {
            self.histograms.keep(key, WeakHistogram::Summary(Arc::downgrade(&summary)));
        }
        Histogram::from_arc(summary)
    }

    fn timer(&self, key: &Key, unit: TimeUnit, builder: MeterBuilder<'_>) -> Histogram {
        let timer = builder.timer();
        if is_kept(&timer) && is_its_own(key, &Series::Timer(Arc::clone(&timer))) {
            self.histograms.keep(key, WeakHistogram::Timer(Arc::downgrade(&timer), unit));
        }
        timed(timer, unit)
    }

    /// What the registry has under this name already, if it can be recorded to as a histogram.
    /// It is asked once for each name.
    fn existing(&self, name: &str) -> Option<HistogramKind> {
        match self.meters.family(name)?.kind() {
            MeterKind::Timer => Some(HistogramKind::Timer(TimeUnit::Seconds)),
            MeterKind::Summary => Some(HistogramKind::Summary),
            MeterKind::Counter | MeterKind::Gauge | MeterKind::LongTask => None,
        }
    }

    /// Finds or makes the series of a key.
    fn register<S>(
        &self,
        key: &Key,
        choose: impl FnOnce(MeterBuilder<'_>, &str, &DescribedName) -> S,
    ) -> Option<S> {
        if names::is_odd(key) {
            self.warn_of_odd(key);
        }
        let name = names::name(key.name());
        let known = self.names.of(&name)?;
        let before = known.words();
        let series = choose(self.builder(&name, &known, key), &name, &known);
        // Somebody may have described it while the registry had no such meter yet.
        if known.words() != before {
            self.tell_registry(&name, &known);
        }
        Some(series)
    }

    fn builder(&self, name: &str, known: &DescribedName, key: &Key) -> MeterBuilder<'_> {
        let words = known.words();
        let mut builder = self.meters.meter(name);
        if let Some(description) = words.description {
            builder = builder.description(description);
        }
        if let Some(unit) = words.base_unit() {
            builder = builder.base_unit(unit);
        }
        names::tags(key).fold(builder, |builder, tag| builder.tag(tag.key, tag.value))
    }

    fn tell_registry(&self, name: &str, known: &DescribedName) {
        let words = known.words();
        self.meters.describe(name, words.description, words.base_unit());
    }

    fn warn_of_odd(&self, key: &Key) {
        if !self.has_warned.swap(true, Relaxed) {
            let name = names::name(key.name());
            tracing::warn!(
                target: "actuator::meter",
                "metric {name}: its name or a label's is empty, longer than 256 bytes or has \
                 control characters, or it has more than 32 labels; it is kept with what is left \
                 of it, as all further ones are. Give it a name and labels from code"
            );
        }
    }
}

/// Whether the registry keeps a meter that was asked for just now: it holds it too.
fn is_kept<M>(meter: &Arc<M>) -> bool {
    Arc::strong_count(meter) > 1
}

/// Whether a series is that of the key alone, not the one that stands for all that are too many.
/// What shares a series would fill the cache with whatever clients send.
fn is_its_own(key: &Key, series: &Series) -> bool {
    !series.labels().contains("\"_overflow_\"") && !names::is_odd(key)
}

/// A timer as a histogram of values in this unit.
fn timed(timer: Arc<Timer>, unit: TimeUnit) -> Histogram {
    match unit {
        TimeUnit::Seconds => Histogram::from_arc(timer),
        _ => Histogram::from_arc(Arc::new(TimerIn { timer, unit })),
    }
}

/// A summary or a timer, for as long as somebody else keeps it.
enum WeakHistogram {
    Summary(Weak<DistributionSummary>),
    Timer(Weak<Timer>, TimeUnit),
}

impl WeakHistogram {
    fn upgrade(&self) -> Option<Histogram> {
        match self {
            Self::Summary(summary) => Some(Histogram::from_arc(summary.upgrade()?)),
            Self::Timer(timer, unit) => Some(timed(timer.upgrade()?, *unit)),
        }
    }
}

impl fmt::Debug for MetricsRecorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MetricsRecorder").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use metrics::{counter, describe_histogram, gauge, histogram, with_local_recorder};

    use super::*;
    use crate::{
        meter::{MeterSettings, Statistic},
        support::clock::Clock,
    };

    fn recorder(settings: MeterSettings) -> MetricsRecorder {
        MetricsRecorder::new(Arc::new(MeterRegistry::new(settings, Clock::system())))
    }

    fn value(recorder: &MetricsRecorder, name: &str, statistic: Statistic) -> Option<f64> {
        let reading = recorder.0.meters.read(name, &[])?;
        let mut measurements = reading.measurements.iter();
        measurements.find(|one| one.statistic == statistic).map(|one| one.value)
    }

    #[test]
    fn what_is_known_is_found_without_the_registry_and_what_is_too_much_is_not_kept() {
        let recorder = recorder(MeterSettings { max_series: 10, ..MeterSettings::default() });
        with_local_recorder(&recorder, || {
            for user in 0..1_000 {
                counter!("visits", "user" => user.to_string()).increment(1);
                gauge!("carts", "user" => user.to_string()).increment(1.0);
                histogram!("sizes", "user" => user.to_string()).record(1.0);
                histogram!("visits", "user" => user.to_string()).record(1.0);
                counter!("named", format!("key{user}") => "v").increment(1);
            }
        });
        let shared = &*recorder.0;
        assert_eq!(
            (shared.counters.len(), shared.gauges.len(), shared.histograms.len()),
            (20, 10, 10)
        );
        assert_eq!(value(&recorder, "visits", Statistic::Count), Some(1_000.0));
        // Nor are keys that are made of data.
        assert_eq!(value(&recorder, "named", Statistic::Count), Some(1_000.0));
        assert!(shared.meters.read("named", &[]).unwrap().available_tags.len() <= 26);
    }

    #[test]
    fn a_series_that_was_removed_is_made_anew() {
        let recorder = recorder(MeterSettings::default());
        with_local_recorder(&recorder, || {
            counter!("orders", "region" => "eu").increment(5);
            recorder.0.meters.remove("orders", "region", "eu");
            assert_eq!(value(&recorder, "orders", Statistic::Count), None);
            counter!("orders", "region" => "eu").increment(1);
        });
        assert_eq!(value(&recorder, "orders", Statistic::Count), Some(1.0));
    }

    #[test]
    fn a_meter_that_is_there_already_decides_what_a_histogram_is() {
        let recorder = recorder(MeterSettings::default());
        let meters = Arc::clone(&recorder.0.meters);
        meters.meter("job").timer();
        meters.meter("rows").summary();
        with_local_recorder(&recorder, || {
            describe_histogram!("rows", Unit::Seconds, "");
            histogram!("job", "k" => "v").record(0.5);
            histogram!("rows", "k" => "v").record(7.0);
        });
        assert_eq!(value(&recorder, "job", Statistic::TotalTime), Some(0.5));
        assert_eq!(value(&recorder, "rows", Statistic::Total), Some(7.0));
    }

    #[test]
    fn a_meter_that_is_switched_off_can_be_recorded_and_is_not_there() {
        let enable = vec![("noisy".to_owned(), false)];
        let recorder = recorder(MeterSettings { enable, ..MeterSettings::default() });
        with_local_recorder(&recorder, || {
            counter!("noisy.count").increment(1);
            histogram!("noisy.size").record(1.0);
        });
        assert!(recorder.0.meters.names().is_empty());
        assert_eq!((recorder.0.counters.len(), recorder.0.histograms.len()), (0, 0));
    }

    #[test]
    fn a_renamed_meter_is_described_under_its_new_name() {
        let rename = vec![("old".to_owned(), "new".to_owned())];
        let recorder = recorder(MeterSettings { rename, ..MeterSettings::default() });
        with_local_recorder(&recorder, || {
            counter!("old").increment(1);
            metrics::describe_counter!("old", "Later");
        });
        let reading = recorder.0.meters.read("new", &[]).unwrap();
        assert_eq!(reading.description.as_deref(), Some("Later"));
    }
}
