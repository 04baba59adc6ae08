//! The registry: every meter of the process by name.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use super::{
    Gauge, MeterBuilder, MeterFilter, MeterId, MeterSettings, MetricReading, Tag,
    distribution::DistributionOptions,
    family::{Family, SeriesRequest},
    function::{FunctionMeter, ValueFn},
    histogram::{Distribution, Unit},
    id::SeriesId,
    series::{MeterKind, Series},
};
use crate::{model::sanitizer::MASK, support::clock::Clock};

/// Holds all meters. Finding one costs a lock and a comparison of labels: resolve once, keep the
/// handle, record through it.
#[derive(Debug)]
pub struct MeterRegistry {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    settings: MeterSettings,
    clock: Clock,
    origin: Instant,
    families: RwLock<BTreeMap<String, Arc<Family>>>,
    filters: RwLock<Vec<Arc<dyn MeterFilter>>>,
    /// Milliseconds after the origin at which idle series were looked for last.
    swept_millis: AtomicU64,
    has_warned: AtomicBool,
}

/// Idle series are looked for so often in the time after which they are hidden.
const SWEEPS: u32 = 4;

impl MeterRegistry {
    /// An empty registry.
    pub(crate) fn new(settings: MeterSettings, clock: Clock) -> Self {
        let origin = clock.instant();
        let shared = Shared {
            settings,
            clock,
            origin,
            families: RwLock::default(),
            filters: RwLock::default(),
            swept_millis: AtomicU64::new(0),
            has_warned: AtomicBool::new(false),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Begins to describe a meter; the kind is chosen at the end.
    pub fn meter(&self, name: impl Into<String>) -> MeterBuilder<'_> {
        let registration = Registration {
            shared: Arc::clone(&self.shared),
            name: name.into(),
            description: None,
            base_unit: None,
            tags: self.shared.settings.common_tags.clone(),
            options: DistributionOptions::default(),
        };
        MeterBuilder::new(self, registration)
    }

    /// Applies a filter to all meters that are registered from now on, after those that are there.
    pub fn add_filter(&self, filter: impl MeterFilter) {
        let mut filters = self.shared.filters.write().unwrap_or_else(PoisonError::into_inner);
        filters.push(Arc::new(filter));
    }

    /// The names of all meters, sorted.
    pub fn names(&self) -> Vec<String> {
        self.families().iter().map(|family| family.name().to_owned()).collect()
    }

    /// Reads all series of a meter that hold all of `tags`, merged; `None` if there are none.
    pub fn read(&self, name: &str, tags: &[Tag]) -> Option<MetricReading> {
        let family = self.family(name)?;
        family.advance(self.now());
        family.read(tags)
    }

    /// Forgets all series of a meter that have this tag. Handles on them go on, unseen.
    pub fn remove(&self, name: &str, key: &str, value: &str) {
        if let Some(family) = self.family(name) {
            family.remove(key, value);
        }
    }

    /// Says of a meter that is there already what it is, and in what it is measured. What was said
    /// first of either holds.
    pub fn describe(&self, name: &str, description: Option<&str>, base_unit: Option<&str>) {
        let shared = &*self.shared;
        let Some(id) = shared.filtered(name, &shared.settings.common_tags) else { return };
        if let Some(family) = shared.known(&id.name) {
            family.describe(description, base_unit);
        }
    }

    /// What was set.
    pub fn settings(&self) -> &MeterSettings {
        &self.shared.settings
    }

    /// All meters that have series to show, sorted by name.
    pub(crate) fn families(&self) -> Vec<Arc<Family>> {
        let mut families = self.all_families();
        families.retain(|family| !family.is_empty());
        families
    }

    fn all_families(&self) -> Vec<Arc<Family>> {
        let families = self.shared.families.read().unwrap_or_else(PoisonError::into_inner);
        families.values().cloned().collect()
    }

    /// The meter of this name, whether it has series or not.
    pub(crate) fn family(&self, name: &str) -> Option<Arc<Family>> {
        self.shared.known(name)
    }

    /// Moves on to the time it is: maxima and percentiles look back from there, and idle series
    /// are hidden. To be called every few seconds, and before all meters are read at once.
    pub(crate) fn advance(&self) {
        let now = self.now();
        let sweeps = self.shared.is_time_to_sweep(now);
        for family in self.all_families() {
            family.advance(now);
            if sweeps {
                family.sweep(u64::from(SWEEPS));
            }
        }
    }

    /// Now, by the clock of the registry.
    pub(crate) fn now(&self) -> Instant {
        self.shared.clock.instant()
    }

    /// The clock by which durations are measured.
    pub(crate) fn clock(&self) -> &Clock {
        &self.shared.clock
    }
}

impl Default for MeterRegistry {
    /// An empty registry without any setting, for tests of what records into one.
    fn default() -> Self {
        Self::new(MeterSettings::default(), Clock::system())
    }
}

impl Shared {
    fn is_time_to_sweep(&self, now: Instant) -> bool {
        let Some(timeout) = self.settings.idle_timeout else { return false };
        let pause = (timeout / SWEEPS).max(Duration::from_millis(1));
        let millis = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        let elapsed = millis(now.saturating_duration_since(self.origin));
        let last = self.swept_millis.load(Relaxed);
        elapsed.saturating_sub(last) >= millis(pause)
            && self.swept_millis.compare_exchange(last, elapsed, Relaxed, Relaxed).is_ok()
    }

    /// The name and the tags after all filters; `None` if the meter is denied.
    fn filtered(&self, name: &str, tags: &[Tag]) -> Option<MeterId> {
        let name = self.settings.renamed(name);
        if !self.settings.is_enabled(name) {
            return None;
        }
        let ignored = self.settings.ignored_tags(name);
        let tags = tags.iter().filter(|tag| !ignored.contains(&tag.key)).cloned().collect();
        let filters = self.filters.read().unwrap_or_else(PoisonError::into_inner).clone();
        let id = MeterId { name: name.to_owned(), tags };
        let id = filters.iter().try_fold(id, |id, filter| filter.map(id));
        id.map(|id| self.without_secrets(id))
    }

    /// Hides secrets in tags: they are shown to whoever scrapes, and sent to whoever collects.
    fn without_secrets(&self, mut id: MeterId) -> MeterId {
        for tag in &mut id.tags {
            if let Cow::Owned(clean) = self.settings.sanitizer.sanitize_text(&tag.value) {
                tag.value = clean;
            }
            if self.settings.sanitizer.is_secret_key(&tag.key) {
                MASK.clone_into(&mut tag.value);
            }
        }
        id
    }

    /// The family of a name, if there is one.
    fn known(&self, name: &str) -> Option<Arc<Family>> {
        self.families.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// The family of a name, made if there is room.
    fn family(&self, name: &str, make: impl FnOnce() -> Family) -> Option<Arc<Family>> {
        let families = self.families.read().unwrap_or_else(PoisonError::into_inner);
        let (known, count) = (families.get(name).cloned(), families.len());
        drop(families);
        // No name ever goes, so that what is full stays so.
        if known.is_some() || count >= self.settings.max_meters {
            return known.or_else(|| self.warn_of_too_many(count));
        }
        let mut families = self.families.write().unwrap_or_else(PoisonError::into_inner);
        let count = families.len();
        if count >= self.settings.max_meters && !families.contains_key(name) {
            // What is logged may be counted here by the application's own subscriber.
            drop(families);
            return self.warn_of_too_many(count);
        }
        let family = families.entry(name.to_owned()).or_insert_with(|| Arc::new(make()));
        Some(Arc::clone(family))
    }

    /// Says once that there is no more room, and gives nothing.
    fn warn_of_too_many(&self, count: usize) -> Option<Arc<Family>> {
        if !self.has_warned.swap(true, Relaxed) {
            tracing::warn!(
                target: "actuator::meter",
                "there are {count} meters, and further ones are not kept. A name that is made of \
                 values is the usual reason; actuator.metrics.max-meters is the limit"
            );
        }
        None
    }
}

/// A meter that is about to be registered.
#[derive(Clone, Debug)]
pub(super) struct Registration {
    shared: Arc<Shared>,
    name: String,
    pub(super) description: Option<String>,
    pub(super) base_unit: Option<String>,
    pub(super) tags: Vec<Tag>,
    pub(super) options: DistributionOptions,
}

impl Registration {
    /// The same with further tags.
    pub(super) fn with_tags(&self, tags: Vec<Tag>) -> Self {
        let mut registration = self.clone();
        registration.tags.extend(tags);
        registration
    }

    /// A gauge that is set.
    pub(super) fn gauge(&self) -> Arc<Gauge> {
        let made = |id| Series::Gauge(Arc::new(Gauge::new(id)));
        match self.register(MeterKind::Gauge, made) {
            Series::Gauge(gauge) => gauge,
            _ => Arc::default(),
        }
    }

    /// A gauge whose value is asked for; one that is there already keeps its function. `None` if
    /// it is one that is set.
    pub(super) fn gauge_with(&self, value: ValueFn) -> Option<Arc<FunctionMeter>> {
        let made = |id| Series::FunctionGauge(Arc::new(FunctionMeter::new(id, value)));
        match self.register(MeterKind::Gauge, made) {
            Series::FunctionGauge(gauge) => Some(gauge),
            _ => None,
        }
    }

    /// Forgets the series of which `is_gone` says so.
    pub(super) fn forget(&self, is_gone: impl Fn(&Series) -> bool) {
        let Some(id) = self.shared.filtered(&self.name, &self.tags) else { return };
        if let Some(family) = self.shared.known(&id.name) {
            family.retain(|series| !is_gone(series));
        }
    }

    /// The series that is there, or the one that `make` makes. One that is denied, of another kind
    /// than the others of its name, or over a limit, is made and not kept.
    pub(super) fn register(
        &self,
        kind: MeterKind,
        make: impl FnOnce(SeriesId) -> Series,
    ) -> Series {
        match self.place(kind) {
            Some(place) => self.enter(&place, make),
            None => make(SeriesId::default()),
        }
    }

    /// As [`Self::register`], for what keeps how its values are spread.
    pub(super) fn register_spread(
        &self,
        unit: Unit,
        make: impl FnOnce(SeriesId, Arc<Distribution>) -> Series,
    ) -> Series {
        let kind = match unit {
            Unit::Nanos => MeterKind::Timer,
            Unit::Plain => MeterKind::Summary,
        };
        let Some(place) = self.place(kind) else {
            return make(SeriesId::default(), self.distribution(&self.name, unit));
        };
        let known = place.family.distribution().filter(|known| known.unit() == unit).cloned();
        let distribution = known.unwrap_or_else(|| self.distribution(&place.id.name, unit));
        self.enter(&place, |id| make(id, distribution))
    }

    /// Timers have one even where somebody else measures: other series of the name may follow.
    fn place(&self, kind: MeterKind) -> Option<Place> {
        let id = self.shared.filtered(&self.name, &self.tags)?;
        let unit = match kind {
            MeterKind::Timer => Some(Unit::Nanos),
            MeterKind::Summary => Some(Unit::Plain),
            MeterKind::Counter | MeterKind::Gauge | MeterKind::LongTask => None,
        };
        let distribution = || unit.map(|unit| self.distribution(&id.name, unit));
        let made = || Family::new(&id.name, kind, distribution());
        let family = self.shared.family(&id.name, made)?;
        if family.kind() != kind {
            // It is not kept, and does not say what the others are.
            family.refuse(kind);
            return None;
        }
        Some(Place { family, id })
    }

    /// How values are shown to be spread under a name, as settings and the author have it.
    fn distribution(&self, name: &str, unit: Unit) -> Arc<Distribution> {
        let shared = &*self.shared;
        let settings = &shared.settings.distribution;
        let decided = settings.decide(name, unit, &self.options, shared.origin);
        decided.advance(shared.clock.instant());
        Arc::new(decided)
    }

    fn enter(&self, place: &Place, make: impl FnOnce(SeriesId) -> Series) -> Series {
        let settings = &self.shared.settings;
        let description = self.description.as_deref();
        let description = description.map(|text| settings.sanitizer.sanitize_text(text));
        place.family.describe(description.as_deref(), self.base_unit.as_deref());
        let request = SeriesRequest {
            tags: &place.id.tags,
            common: &settings.common_tags,
            max_series: settings.max_series,
            now: self.shared.clock.now(),
        };
        place.family.register(&request, make)
    }
}

/// Where a meter belongs.
struct Place {
    family: Arc<Family>,
    id: MeterId,
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these values are kept exactly")]
#[path = "registry_tests.rs"]
mod tests;
