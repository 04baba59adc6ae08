//! All series of one meter name: they share kind, description, base unit and distribution.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{
        Arc, OnceLock, PoisonError, RwLock,
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

/// Where the series of a request stands.
#[derive(Clone, Copy, Debug)]
enum Place {
    Own,
    /// It is the one of all that are too many.
    Overflow,
}

impl Kept {
    /// What is there for a request: its series, or that of the overflow if there is no more room.
    fn find(&self, labels: &Labels, request: &SeriesRequest<'_>) -> Option<(Series, Place)> {
        if let Some(series) = self.table.get(&labels.text) {
            return Some((series.clone(), Place::Own));
        }
        if self.table.len() < request.max_series {
            return None;
        }
        let overflow = self.table.get(&self.overflow_labels(request).text)?;
        Some((overflow.clone(), Place::Overflow))
    }

    /// Forgets the sets of keys that no series has any more.
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
        self.kept.read().unwrap_or_else(PoisonError::into_inner).table.walk(from, limit, into)
    }

    /// How many series there are.
    pub(crate) fn len(&self) -> usize {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).table.len()
    }

    /// How many sets of keys the series have.
    #[cfg(test)]
    pub(super) fn key_sets(&self) -> usize {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).keys.len()
    }

    /// How often a series was asked for that is over the limit.
    pub(crate) fn overflowed(&self) -> u64 {
        self.overflowed.load(Relaxed)
    }

    /// The series with these tags: the one that is there, or the one that `make` makes. Over the
    /// limit it is the one whose own tags all are `_overflow_`. A meter of another kind than the
    /// family's is not registered: it can be used and is not seen.
    pub(super) fn register(
        &self,
        request: &SeriesRequest<'_>,
        make: impl FnOnce(SeriesId) -> Series,
    ) -> Series {
        if request.kind != self.kind {
            self.warn(format_args!(
                "it is a {}, so the {} of this name is not kept",
                self.kind, request.kind
            ));
            return make(SeriesId::default());
        }
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let labels = Labels::of(request.tags, &kept.keys);
        let found = kept.find(&labels, request);
        drop(kept);
        let (series, place) = found.unwrap_or_else(|| self.add(labels, request, make));
        if let Place::Overflow = place {
            self.count_overflow(request);
        }
        series
    }

    /// The series for labels that were not there a moment ago.
    fn add(
        &self,
        labels: Labels,
        request: &SeriesRequest<'_>,
        make: impl FnOnce(SeriesId) -> Series,
    ) -> (Series, Place) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = kept.find(&labels, request) {
            return found;
        }
        let (labels, place) = if kept.table.len() < request.max_series {
            (labels, Place::Own)
        } else {
            (kept.overflow_labels(request), Place::Overflow)
        };
        let keys = Arc::clone(&labels.keys);
        let series = make(SeriesId::new(labels, request.now));
        if kept.table.len() < request.max_series.saturating_add(OVERFLOWS) {
            if !kept.keys.iter().any(|known| Arc::ptr_eq(known, &keys)) {
                kept.keys.push(keys);
            }
            kept.table.insert(series.clone());
        }
        (series, place)
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
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
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
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        kept.table.sweep(sweeps);
        kept.forget_keys();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn count_overflow(&self, request: &SeriesRequest<'_>) {
        self.overflowed.fetch_add(1, Relaxed);
        self.warn(format_args!(
            "it has {} series, and what exceeds them is counted together, with all tags \
             {OVERFLOW}. A tag whose values are not a small set is the usual reason; \
             actuator.metrics.max-series is the limit",
            request.max_series
        ));
    }

    /// To be called without a lock: who listens to the log may register meters.
    fn warn(&self, reason: fmt::Arguments<'_>) {
        if !self.has_warned.swap(true, Relaxed) {
            tracing::warn!(target: "actuator::meter", "meter {}: {reason}", self.name.escape_debug());
        }
    }
}

/// Who asks for a series.
#[derive(Debug)]
pub(super) struct SeriesRequest<'r> {
    pub(super) kind: MeterKind,
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
