//! All series of one meter name: they share kind, description, base unit and distribution.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{
        Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::{Instant, SystemTime},
};

use super::{
    MetricReading, Tag,
    histogram::Distribution,
    id::SeriesId,
    labels::{Keys, Labels, escaped, unescaped},
    reading::merge,
    series::{MeterKind, Series},
    table::SeriesTable,
};

/// The value of all tags of the series that stands for those over the limit.
pub(super) const OVERFLOW: &str = "_overflow_";
/// One for each set of keys, of which there may be so many; the last is for all others.
const OVERFLOWS: usize = 16;
/// How many series are read at a time.
const BATCH: usize = 128;

/// The series of one name.
#[derive(Debug)]
pub(crate) struct Family {
    name: String,
    kind: MeterKind,
    description: OnceLock<Box<str>>,
    base_unit: OnceLock<Box<str>>,
    distribution: Option<Arc<Distribution>>,
    kept: RwLock<Kept>,
    overflowed: AtomicU64,
    has_warned: AtomicBool,
}

/// The series, and the sets of keys that they share.
#[derive(Debug, Default)]
struct Kept {
    table: SeriesTable,
    keys: Vec<Keys>,
}

impl Kept {
    /// What is there for a request, or else the labels of what is not: its own, or over the limit
    /// those that stand for it, which is told too.
    fn find(&self, request: &SeriesRequest<'_>) -> (Result<Series, Labels>, bool) {
        let labels = Labels::of(request.tags, &self.keys);
        if let Some(series) = self.table.get(&labels.text) {
            return (Ok(series.clone()), false);
        }
        if self.table.len() < request.max_series {
            return (Err(labels), false);
        }
        let labels = self.overflow_labels(request);
        (self.table.get(&labels.text).cloned().ok_or(labels), true)
    }

    /// As [`Self::find`], with what `make` makes in place of what is missing.
    fn find_or_make(
        &mut self,
        request: &SeriesRequest<'_>,
        make: impl FnOnce(SeriesId) -> Series,
    ) -> (Series, bool) {
        let (found, is_over) = self.find(request);
        let labels = match found {
            Ok(series) => return (series, is_over),
            Err(labels) => labels,
        };
        let keys = Arc::clone(&labels.keys);
        let series = make(SeriesId::new(labels, request.now));
        if self.table.len() < request.max_series.saturating_add(OVERFLOWS) {
            if !self.keys.iter().any(|known| Arc::ptr_eq(known, &keys)) {
                self.keys.push(keys);
            }
            self.table.insert(series.clone());
        }
        (series, is_over)
    }

    /// Forgets the sets of keys that no series has any more: they may be made of data.
    fn forget_keys(&mut self) {
        self.keys.retain(|keys| Arc::strong_count(keys) > 1);
    }

    /// The labels of the series that stands for a request over the limit: one for each set of
    /// keys, and the last for all further ones, where keys are made of data too.
    fn overflow_labels(&self, request: &SeriesRequest<'_>) -> Labels {
        let labels = Labels::of(&overflow(request), &self.keys);
        let is_last = self.table.len() + 1 >= request.max_series.saturating_add(OVERFLOWS);
        if !is_last || self.table.get(&labels.text).is_some() {
            return labels;
        }
        let mut tags = request.common.to_vec();
        tags.push(Tag::new("overflow", OVERFLOW));
        Labels::of(&tags, &self.keys)
    }
}

impl Family {
    /// No series yet. Timers and summaries have a distribution.
    pub(super) fn new(
        name: &str,
        kind: MeterKind,
        distribution: Option<Arc<Distribution>>,
    ) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            description: OnceLock::new(),
            base_unit: OnceLock::new(),
            distribution,
            kept: RwLock::default(),
            overflowed: AtomicU64::new(0),
            has_warned: AtomicBool::new(false),
        }
    }

    /// The name, as the application gave it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What it is.
    pub(crate) fn kind(&self) -> MeterKind {
        self.kind
    }

    /// What it is, for people.
    pub(crate) fn description(&self) -> Option<&str> {
        self.description.get().map(|text| &**text)
    }

    /// What one of it is: `seconds`, `bytes`.
    pub(crate) fn base_unit(&self) -> Option<&str> {
        self.base_unit.get().map(|text| &**text)
    }

    /// Says what it is; what was said first holds.
    pub(super) fn describe(&self, description: Option<&str>, base_unit: Option<&str>) {
        if let Some(description) = description {
            self.description.get_or_init(|| description.into());
        }
        if let Some(unit) = base_unit {
            self.base_unit.get_or_init(|| unit.into());
        }
    }

    pub(super) fn distribution(&self) -> Option<&Arc<Distribution>> {
        self.distribution.as_ref()
    }

    /// Appends up to `limit` series from place `from` on, and gives the place to go on from,
    /// `None` at the end. Series never move, so that a walk in steps meets each at most once.
    pub(crate) fn series(
        &self,
        from: usize,
        limit: usize,
        into: &mut Vec<Series>,
    ) -> Option<usize> {
        self.kept().table.walk(from, limit, into)
    }

    /// How many series there are.
    pub(crate) fn len(&self) -> usize {
        self.kept().table.len()
    }

    /// How many sets of keys are known.
    #[cfg(test)]
    pub(super) fn sets_of_keys(&self) -> usize {
        self.kept().keys.len()
    }

    /// How often a series was asked for that is over the limit.
    pub(crate) fn overflowed(&self) -> u64 {
        self.overflowed.load(Relaxed)
    }

    /// The series with these tags: the one that is there, or the one that `make` makes. Over the
    /// limit it is the one whose own tags all are `_overflow_`. It is of this family's kind.
    pub(super) fn register(
        &self,
        request: &SeriesRequest<'_>,
        make: impl FnOnce(SeriesId) -> Series,
    ) -> Series {
        let (found, is_over) = self.kept().find(request);
        let (series, is_over) = match found {
            Ok(series) => (series, is_over),
            Err(_) => self.kept_mut().find_or_make(request, make),
        };
        // Nothing is locked by now: what is logged may be counted here by the application itself.
        if is_over {
            self.overflowed.fetch_add(1, Relaxed);
            self.warn(format_args!(
                "it has {} series, and what exceeds them is counted together, with all tags \
                 {OVERFLOW}. A tag whose values are not a small set is the usual reason; \
                 actuator.metrics.max-series is the limit",
                request.max_series
            ));
        }
        series
    }

    /// Complains of a meter of another kind.
    pub(super) fn refuse(&self, kind: MeterKind) {
        self.warn(format_args!("it is a {}, so the {kind} of this name is not kept", self.kind));
    }

    /// Everything that holds all of `tags`, merged; `None` if no series does.
    pub(super) fn read(&self, tags: &[Tag]) -> Option<MetricReading> {
        // A client may name one tag a thousand times.
        let wanted: BTreeSet<(&str, _)> =
            tags.iter().map(|tag| (&*tag.key, escaped(&tag.value))).collect();
        let mut reading = MetricReading::of(self);
        let mut next = Some(0);
        let mut batch = Vec::new();
        while let Some(from) = next {
            next = self.series(from, BATCH, &mut batch);
            for series in batch.drain(..) {
                let is_wanted = wanted
                    .iter()
                    .all(|(key, value)| series.id().pairs().any(|own| own == (key, value)));
                if !is_wanted {
                    continue;
                }
                merge(&mut reading.measurements, series.measure());
                for (key, value) in series.id().pairs() {
                    if wanted.iter().all(|(wanted, _)| *wanted != key) {
                        reading.offer(key, &unescaped(value));
                    }
                }
            }
        }
        (!reading.measurements.is_empty()).then_some(reading)
    }

    /// Forgets all series that have this tag.
    pub(super) fn remove(&self, key: &str, value: &str) {
        let value = escaped(value);
        let is_it = |series: &Series| series.id().pairs().any(|own| own == (key, &*value));
        self.retain(|series| !is_it(series));
    }

    /// Keeps the series for which `keep` says so.
    pub(super) fn retain(&self, keep: impl Fn(&Series) -> bool) {
        let mut kept = self.kept_mut();
        kept.table.retain(keep);
        kept.forget_keys();
    }

    /// Moves on to the time `now`.
    pub(super) fn advance(&self, now: Instant) {
        let Some(distribution) = &self.distribution else { return };
        if !distribution.advance(now) || !distribution.has_percentiles() {
            return;
        }
        let mut series = Vec::new();
        self.series(0, usize::MAX, &mut series);
        for series in series {
            series.roll();
        }
    }

    /// Hides what was idle for so many sweeps.
    pub(super) fn sweep(&self, sweeps: u64) {
        let mut kept = self.kept_mut();
        kept.table.sweep(sweeps);
        kept.forget_keys();
    }

    /// Whether there is nothing to show: idle series are hidden.
    pub(super) fn is_empty(&self) -> bool {
        !self.kept().table.shows_any()
    }

    fn kept(&self) -> RwLockReadGuard<'_, Kept> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept_mut(&self) -> RwLockWriteGuard<'_, Kept> {
        self.kept.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn warn(&self, reason: fmt::Arguments<'_>) {
        if !self.has_warned.swap(true, Relaxed) {
            tracing::warn!(target: "actuator::meter", "meter {}: {reason}", self.name.escape_debug());
        }
    }
}

/// Who asks for a series.
#[derive(Debug)]
pub(super) struct SeriesRequest<'r> {
    /// All tags, the common ones included.
    pub(super) tags: &'r [Tag],
    /// The tags that all series have: they are kept in the overflow.
    pub(super) common: &'r [Tag],
    pub(super) max_series: usize,
    pub(super) now: SystemTime,
}

fn overflow(request: &SeriesRequest<'_>) -> Vec<Tag> {
    let of = |tag: &Tag| {
        if request.common.contains(tag) { tag.clone() } else { Tag::new(&*tag.key, OVERFLOW) }
    };
    request.tags.iter().map(of).collect()
}
