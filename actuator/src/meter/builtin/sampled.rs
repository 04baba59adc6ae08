//! What is looked at now and then, and where it puts what it sees.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use super::{MeterRegistry, as_f64};
use crate::meter::{Gauge, MeterBuilder};

/// Something of the process or the machine that tells its values when it is looked at.
pub(super) trait Source: Send {
    /// Looks, and puts what there is into meters. What is not there is left out.
    fn sample(&mut self, into: &mut Sampled);

    /// How often it is looked at, and by whom.
    fn pace(&self) -> Pace {
        Pace::Usual
    }
}

/// How often a source is looked at, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// As usual, but the first time before the service starts: the admin server asks for it in its
    /// first moment.
    AtOnce,
    /// Every `actuator.metrics.sample-interval`.
    Usual,
    /// Every `actuator.metrics.smaps-interval`, and less often the longer it takes.
    Seldom,
    /// As usual, but on a thread of its own: it may wait for ever for somebody else.
    MayBlock,
}

/// The meters of one source. One appears with its first value, so that what the system does not
/// tell is absent rather than 0. A gauge without a value at a later look is not a number: the last
/// value would be a lie.
#[derive(Debug)]
pub(super) struct Sampled {
    registry: Arc<MeterRegistry>,
    cells: BTreeMap<Key, Cell>,
    look: u64,
}

type Key = (&'static str, Vec<String>);

#[derive(Debug)]
enum Cell {
    Gauge {
        gauge: Arc<Gauge>,
        seen: u64,
    },
    /// The bits of the total.
    Counter(Arc<AtomicU64>),
}

impl Sampled {
    /// Meters in `registry`.
    pub(super) fn new(registry: Arc<MeterRegistry>) -> Self {
        Self { registry, cells: BTreeMap::new(), look: 0 }
    }

    /// The registry itself.
    pub(super) fn registry(&self) -> &MeterRegistry {
        &self.registry
    }

    /// Looks once.
    pub(super) fn take(&mut self, source: &mut dyn Source) {
        self.look += 1;
        source.sample(self);
        for cell in self.cells.values() {
            if let Cell::Gauge { gauge, seen } = cell
                && *seen != self.look
            {
                gauge.set(f64::NAN);
            }
        }
    }

    /// Begins to say what was seen; `unit` may be empty.
    pub(super) fn meter(
        &mut self,
        name: &'static str,
        description: &'static str,
        unit: &'static str,
    ) -> SampledMeter<'_> {
        SampledMeter { sampled: self, name, description, unit, tags: Vec::new() }
    }
}

/// A meter whose value is about to be said.
#[must_use = "a meter exists only once its value is said"]
pub(super) struct SampledMeter<'s> {
    sampled: &'s mut Sampled,
    name: &'static str,
    description: &'static str,
    unit: &'static str,
    tags: Vec<(&'static str, String)>,
}

impl<'s> SampledMeter<'s> {
    /// A tag.
    pub(super) fn tag(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.tags.push((key, value.into()));
        self
    }

    /// The value now, if there is one.
    pub(super) fn gauge(self, value: Option<f64>) {
        let Some(value) = value else { return };
        let look = self.sampled.look;
        if let Cell::Gauge { gauge, seen } =
            self.cell(|builder| Cell::Gauge { gauge: builder.gauge(), seen: look })
        {
            gauge.set(value);
            *seen = look;
        }
    }

    /// A value that is a whole number.
    pub(super) fn number(self, value: Option<u64>) {
        self.gauge(value.map(as_f64));
    }

    /// The total so far, if it is known. It never falls: a smaller one is not taken.
    pub(super) fn counter(self, total: Option<f64>) {
        let Some(total) = total else { return };
        if let Cell::Counter(cell) = self.cell(|builder| {
            let cell = Arc::new(AtomicU64::new(0));
            let seen = Arc::clone(&cell);
            builder.counter_with(move || f64::from_bits(seen.load(Relaxed)));
            Cell::Counter(cell)
        }) && total > f64::from_bits(cell.load(Relaxed))
        {
            cell.store(total.to_bits(), Relaxed);
        }
    }

    fn cell(self, register: impl FnOnce(MeterBuilder<'_>) -> Cell) -> &'s mut Cell {
        let Self { sampled, name, description, unit, tags } = self;
        let key = (name, tags.iter().map(|(_, value)| value.clone()).collect());
        match sampled.cells.entry(key) {
            Entry::Occupied(cell) => cell.into_mut(),
            Entry::Vacant(empty) => {
                let mut builder = sampled.registry.meter(name).description(description);
                if !unit.is_empty() {
                    builder = builder.base_unit(unit);
                }
                for (key, value) in tags {
                    builder = builder.tag(key, value);
                }
                empty.insert(register(builder))
            }
        }
    }
}
