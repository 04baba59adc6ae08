//! What is known of each name: its description, its unit, and what its histograms are recorded as.

use std::{
    collections::HashMap,
    sync::{
        Arc, OnceLock, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use metrics::Unit;

use super::time_unit::TimeUnit;
use crate::support::text::shortened;

/// Longer descriptions are cut.
const MAX_DESCRIPTION_BYTES: usize = 1_024;

/// All names that were described or recorded.
pub(super) struct DescribedNames {
    /// So many are told apart: names made of data must end somewhere.
    limit: usize,
    names: RwLock<HashMap<Box<str>, Arc<DescribedName>>>,
    has_warned: AtomicBool,
}

impl DescribedNames {
    /// None yet, and never more than `limit`.
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, names: RwLock::default(), has_warned: AtomicBool::new(false) }
    }

    /// What is known of a name; `None` if it is one too many.
    pub(super) fn of(&self, name: &str) -> Option<Arc<DescribedName>> {
        let names = self.names.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = names.get(name) {
            return Some(Arc::clone(known));
        }
        let is_full = names.len() >= self.limit;
        drop(names);
        // No name ever goes, so that what is full stays so.
        if is_full {
            self.warn(name);
            return None;
        }
        let mut names = self.names.write().unwrap_or_else(PoisonError::into_inner);
        if names.len() >= self.limit && !names.contains_key(name) {
            drop(names);
            self.warn(name);
            return None;
        }
        Some(Arc::clone(names.entry(name.into()).or_default()))
    }

    fn warn(&self, name: &str) {
        if !self.has_warned.swap(true, Relaxed) {
            tracing::warn!(
                target: "actuator::meter",
                "{} names were recorded through the `metrics` crate; {name} and all further ones \
                 are not kept. What differs from one recording to the next belongs into a label, \
                 not into the name; actuator.metrics.max-meters is the limit",
                self.limit
            );
        }
    }
}

/// What is known of one name. The first word on each thing holds, as with the recorders that the
/// `metrics` crate is used with elsewhere.
#[derive(Debug, Default)]
pub(super) struct DescribedName {
    description: OnceLock<Box<str>>,
    unit: OnceLock<Unit>,
    histogram: OnceLock<HistogramKind>,
}

/// What the histograms of a name are recorded as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HistogramKind {
    Summary,
    /// A timer, whose values come in this unit.
    Timer(TimeUnit),
}

impl DescribedName {
    /// Takes what is new, and tells whether anything is.
    pub(super) fn describe(&self, unit: Option<Unit>, description: &str) -> bool {
        let has_unit =
            unit.is_some_and(|unit| self.unit.get().is_none() && self.unit.set(unit).is_ok());
        let is_new = !description.is_empty() && self.description.get().is_none();
        let description = || shortened(description, MAX_DESCRIPTION_BYTES).into();
        has_unit | (is_new && self.description.set(description()).is_ok())
    }

    /// What is known by now.
    pub(super) fn words(&self) -> Words<'_> {
        Words {
            description: self.description.get().map(|text| &**text),
            unit: self.unit.get().copied(),
        }
    }

    /// What histograms are recorded as: decided by the first one, once and for all. `existing` says
    /// what the registry has of this name already.
    pub(super) fn histogram(
        &self,
        existing: impl FnOnce() -> Option<HistogramKind>,
    ) -> HistogramKind {
        let described = || self.unit.get().copied().and_then(TimeUnit::of);
        *self.histogram.get_or_init(|| match (existing(), described()) {
            (Some(HistogramKind::Summary), _) | (None, None) => HistogramKind::Summary,
            (Some(timer), None) => timer,
            (_, Some(unit)) => HistogramKind::Timer(unit),
        })
    }

    /// Whether the unit came when its histograms were summaries already, which they remain.
    pub(super) fn is_timed_too_late(&self) -> bool {
        self.histogram.get() == Some(&HistogramKind::Summary)
            && self.unit.get().copied().and_then(TimeUnit::of).is_some()
    }
}

/// Description and unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Words<'n> {
    pub(super) description: Option<&'n str>,
    unit: Option<Unit>,
}

impl Words<'_> {
    /// The unit as Micrometer would name it. A count of things has none: its name says what it is.
    pub(super) fn base_unit(&self) -> Option<&'static str> {
        self.unit.filter(|unit| *unit != Unit::Count).map(|unit| unit.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::test_log::Log;

    #[test]
    fn the_first_word_on_each_thing_holds() {
        let name = DescribedName::default();
        assert!(!name.describe(None, ""));
        assert!(name.describe(None, "first"));
        assert!(!name.describe(None, "second"));
        assert!(name.describe(Some(Unit::Bytes), "third"));
        assert!(!name.describe(Some(Unit::Count), ""));
        let words = name.words();
        assert_eq!((words.description, words.base_unit()), (Some("first"), Some("bytes")));
        let counted = DescribedName::default();
        counted.describe(Some(Unit::Count), "");
        assert_eq!(counted.words().base_unit(), None);
    }

    #[test]
    fn the_first_histogram_decides_what_all_are() {
        let milliseconds = HistogramKind::Timer(TimeUnit::Milliseconds);
        let seconds = HistogramKind::Timer(TimeUnit::Seconds);
        let of = |unit, existing| {
            let name = DescribedName::default();
            name.describe(unit, "");
            (name.histogram(|| existing), name.histogram(|| None))
        };
        assert_eq!(of(Some(Unit::Milliseconds), None), (milliseconds, milliseconds));
        assert_eq!(of(Some(Unit::Milliseconds), Some(seconds)), (milliseconds, milliseconds));
        assert_eq!(of(None, Some(seconds)), (seconds, seconds));
        let summary = (HistogramKind::Summary, HistogramKind::Summary);
        assert_eq!(of(Some(Unit::Seconds), Some(HistogramKind::Summary)), summary);
        assert_eq!(of(Some(Unit::Bytes), None), summary);
        let late = DescribedName::default();
        assert_eq!(late.histogram(|| None), HistogramKind::Summary);
        assert!(!late.is_timed_too_late());
        late.describe(Some(Unit::Milliseconds), "");
        assert_eq!(late.histogram(|| None), HistogramKind::Summary);
        assert!(late.is_timed_too_late());
    }

    #[test]
    fn names_made_of_data_end_somewhere_with_one_warning() {
        let log = Log::default();
        let _listening = log.listen();
        let names = DescribedNames::new(100);
        let first = names.of("m0").unwrap();
        for number in 0..1_000 {
            names.of(&format!("m{number}"));
        }
        assert_eq!(names.names.read().unwrap().len(), 100);
        assert!(Arc::ptr_eq(&names.of("m0").unwrap(), &first));
        assert_eq!(log.count("belongs into a label"), 1);
    }
}
