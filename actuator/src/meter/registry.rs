//! The registry: every meter of the process by name.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
    time::Instant,
};

use super::{
    ActiveTimer, Counter, Gauge, MeterSettings, MetricReading, Tag, Timer,
    family::{Family, Meter, MeterFn},
};
use crate::support::clock::Clock;

/// Holds all meters. Finding one costs a lock and a comparison of names: resolve once, keep the
/// handle, record through it.
#[derive(Debug)]
pub struct MeterRegistry {
    settings: MeterSettings,
    clock: Clock,
    origin: Instant,
    families: RwLock<BTreeMap<String, Arc<Family>>>,
}

impl MeterRegistry {
    /// An empty registry.
    pub fn new(settings: MeterSettings, clock: Clock) -> Self {
        let origin = clock.instant();
        Self { settings, clock, origin, families: RwLock::default() }
    }

    /// Begins to describe a meter; the kind is chosen at the end.
    pub fn meter(&self, name: impl Into<String>) -> MeterBuilder<'_> {
        MeterBuilder {
            registry: self,
            name: name.into(),
            description: None,
            base_unit: None,
            tags: self.settings.common_tags.clone(),
        }
    }

    /// The names of all meters, sorted.
    pub fn names(&self) -> Vec<String> {
        let families = self.families.read().unwrap_or_else(PoisonError::into_inner);
        families
            .iter()
            .filter(|(_, family)| !family.is_empty())
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// Reads all series of a meter that hold all of `tags`, merged; `None` if there are none.
    pub fn read(&self, name: &str, tags: &[Tag]) -> Option<MetricReading> {
        let families = self.families.read().unwrap_or_else(PoisonError::into_inner);
        let family = families.get(name).cloned()?;
        drop(families);
        family.read(tags, self.clock.instant())
    }

    /// Forgets all series of a meter that have this tag. Handles on them go on, unseen.
    pub fn remove(&self, name: &str, key: &str, value: &str) {
        let families = self.families.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(family) = families.get(name) {
            family.remove(&Tag::new(key, value));
        }
    }

    /// What was set.
    pub fn settings(&self) -> &MeterSettings {
        &self.settings
    }

    /// The clock by which durations are measured.
    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    fn family(&self, builder: &mut MeterBuilder<'_>) -> Arc<Family> {
        let families = self.families.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(family) = families.get(&builder.name) {
            return Arc::clone(family);
        }
        drop(families);
        let mut families = self.families.write().unwrap_or_else(PoisonError::into_inner);
        let family = families.entry(builder.name.clone()).or_insert_with(|| {
            let (description, base_unit) = (builder.description.take(), builder.base_unit.take());
            Arc::new(Family::new(&builder.name, description, base_unit))
        });
        Arc::clone(family)
    }
}

/// Describes a meter. Asking twice for the same name and tags gives the same meter.
#[derive(Debug)]
#[must_use = "a meter exists only once its kind is chosen"]
pub struct MeterBuilder<'r> {
    registry: &'r MeterRegistry,
    name: String,
    description: Option<String>,
    base_unit: Option<String>,
    tags: Vec<Tag>,
}

impl MeterBuilder<'_> {
    /// What it is, for people.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// What one of it is: `bytes`, `files`. Timers are in `seconds` by themselves.
    pub fn base_unit(mut self, unit: impl Into<String>) -> Self {
        self.base_unit = Some(unit.into());
        self
    }

    /// A tag; it replaces one of the same key.
    pub fn tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        let tag = Tag::new(key, value);
        self.tags.retain(|known| known.key != tag.key);
        self.tags.push(tag);
        self
    }

    /// A counter.
    pub fn counter(self) -> Arc<Counter> {
        let fresh = Arc::new(Counter::default());
        match self.register(Meter::Counter(Arc::clone(&fresh))) {
            Meter::Counter(counter) => counter,
            _ => fresh,
        }
    }

    /// A counter whose count is asked for when it is read. It must never fall.
    pub fn counter_with(self, count: impl Fn() -> f64 + Send + Sync + 'static) {
        let count: MeterFn = Arc::new(count);
        self.register(Meter::FunctionCounter(count));
    }

    /// A gauge that is set.
    pub fn gauge(self) -> Arc<Gauge> {
        let fresh = Arc::new(Gauge::default());
        match self.register(Meter::Gauge(Arc::clone(&fresh))) {
            Meter::Gauge(gauge) => gauge,
            _ => fresh,
        }
    }

    /// A gauge whose value is asked for when it is read. It must be quick.
    pub fn gauge_with(self, value: impl Fn() -> f64 + Send + Sync + 'static) {
        let value: MeterFn = Arc::new(value);
        self.register(Meter::FunctionGauge(value));
    }

    /// A timer.
    pub fn timer(self) -> Arc<Timer> {
        let fresh = Arc::new(Timer::new(self.registry.origin));
        match self.base_unit("seconds").register(Meter::Timer(Arc::clone(&fresh))) {
            Meter::Timer(timer) => timer,
            _ => fresh,
        }
    }

    /// A timer of running tasks.
    pub fn active_timer(self) -> Arc<ActiveTimer> {
        let fresh = Arc::new(ActiveTimer::new(self.registry.origin));
        match self.base_unit("seconds").register(Meter::Active(Arc::clone(&fresh))) {
            Meter::Active(timer) => timer,
            _ => fresh,
        }
    }

    fn register(mut self, meter: Meter) -> Meter {
        if !self.registry.settings.is_enabled(&self.name) {
            return meter;
        }
        let family = self.registry.family(&mut self);
        self.tags.sort();
        family.register(self.tags, meter, self.registry.settings.max_series)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::meter::Statistic;

    fn registry(settings: MeterSettings) -> MeterRegistry {
        MeterRegistry::new(settings, Clock::system())
    }

    fn values(registry: &MeterRegistry, name: &str, tags: &[Tag]) -> Vec<(Statistic, f64)> {
        let reading = registry.read(name, tags).unwrap();
        reading.measurements.iter().map(|m| (m.statistic, m.value)).collect()
    }

    #[test]
    fn matching_series_are_summed_and_maxima_are_the_largest() {
        let registry = registry(MeterSettings::default());
        let now = registry.clock.instant();
        for (uri, millis) in [("/a", 250), ("/b", 500)] {
            let timer = registry.meter("http").tag("uri", uri).tag("status", "200").timer();
            timer.record(Duration::from_millis(millis), now);
        }
        let all = [(Statistic::Count, 2.0), (Statistic::TotalTime, 0.75), (Statistic::Max, 0.5)];
        assert_eq!(values(&registry, "http", &[Tag::new("status", "200")]), all);
        let one = [(Statistic::Count, 1.0), (Statistic::TotalTime, 0.25), (Statistic::Max, 0.25)];
        assert_eq!(values(&registry, "http", &[Tag::new("uri", "/a")]), one);
        assert_eq!(registry.read("http", &[Tag::new("uri", "/c")]), None);
        let reading = registry.read("http", &[Tag::new("status", "200")]).unwrap();
        assert_eq!(reading.available_tags["uri"].len(), 2);
        assert!(!reading.available_tags.contains_key("status"));
        assert_eq!(reading.base_unit.as_deref(), Some("seconds"));
    }

    #[test]
    fn two_values_for_one_key_must_both_hold() {
        let registry = registry(MeterSettings::default());
        registry.meter("m").tag("k", "a").counter();
        registry.meter("m").tag("k", "b").counter();
        assert_eq!(registry.read("m", &[Tag::new("k", "a"), Tag::new("k", "b")]), None);
        assert!(registry.read("m", &[Tag::new("k", "a"), Tag::new("k", "a")]).is_some());
    }

    #[test]
    fn asking_twice_gives_the_same_meter() {
        let registry = registry(MeterSettings::default());
        registry.meter("orders").tag("a", "1").tag("b", "2").counter().increment();
        registry.meter("orders").tag("b", "2").tag("a", "1").counter().increment();
        assert_eq!(values(&registry, "orders", &[]), [(Statistic::Count, 2.0)]);
    }

    #[test]
    fn a_meter_of_another_kind_does_not_disturb_the_first() {
        let registry = registry(MeterSettings::default());
        registry.meter("orders").counter().add(3);
        registry.meter("orders").tag("x", "y").gauge().set(7.0);
        assert_eq!(values(&registry, "orders", &[]), [(Statistic::Count, 3.0)]);
    }

    #[test]
    fn series_beyond_the_limit_are_not_kept() {
        let registry = registry(MeterSettings { max_series: 10, ..MeterSettings::default() });
        for id in 0..10_000 {
            registry.meter("users").tag("id", id.to_string()).counter().increment();
        }
        assert_eq!(values(&registry, "users", &[]), [(Statistic::Count, 10.0)]);
        assert_eq!(registry.read("users", &[]).unwrap().available_tags["id"].len(), 10);
    }

    #[test]
    fn a_meter_that_is_switched_off_is_not_listed_and_common_tags_are_on_the_others() {
        let settings = MeterSettings {
            enable: vec![("noisy".to_owned(), false)],
            common_tags: vec![Tag::new("region", "eu")],
            ..MeterSettings::default()
        };
        let registry = registry(settings);
        registry.meter("noisy.thing").counter().increment();
        registry.meter("quiet").counter().increment();
        assert_eq!(registry.names(), ["quiet"]);
        assert!(registry.read("quiet", &[Tag::new("region", "eu")]).is_some());
    }
}
