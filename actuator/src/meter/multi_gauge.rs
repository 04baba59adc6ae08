//! A gauge of many rows, of which nobody knows beforehand which there will be.

use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    Gauge, Tag,
    function::{FunctionMeter, ValueFn},
    registry::Registration,
    series::Series,
};

/// A set of gauges of one name that is replaced as a whole: the depth of each queue, the age of
/// each job.
///
/// ```
/// # fn example(registry: &actuator::meter::MeterRegistry) {
/// use actuator::meter::Tag;
///
/// let depths = registry.meter("queue.depth").base_unit("messages").multi_gauge();
/// depths.set([(vec![Tag::new("queue", "mail")], 3.0), (vec![Tag::new("queue", "fax")], 0.0)]);
/// # }
/// ```
#[derive(Debug)]
pub struct MultiGauge {
    registration: Registration,
    rows: Mutex<HashMap<Vec<Tag>, Arc<Gauge>>>,
}

impl MultiGauge {
    pub(super) fn new(registration: Registration) -> Self {
        Self { registration, rows: Mutex::default() }
    }

    /// Sets all rows; those that are not among them are gone. Of two with the same tags the last
    /// one counts.
    pub fn set(&self, rows: impl IntoIterator<Item = (Vec<Tag>, f64)>) {
        // The application's own code runs before anything is locked.
        let rows: HashMap<Vec<Tag>, f64> = rows.into_iter().collect();
        let mut current = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        // What is gone makes room for what is new. Several rows may share the series of those
        // that are over the limit.
        let (kept, gone): (Vec<_>, Vec<_>) =
            current.drain().partition(|(tags, _)| rows.contains_key(tags));
        let kept: HashSet<*const Gauge> = kept.iter().map(|(_, row)| Arc::as_ptr(row)).collect();
        let gone: HashSet<*const Gauge> = gone
            .iter()
            .map(|(_, row)| Arc::as_ptr(row))
            .filter(|row| !kept.contains(row))
            .collect();
        if !gone.is_empty() {
            self.registration.forget(|series| match series {
                Series::Gauge(gauge) => gone.contains(&Arc::as_ptr(gauge)),
                _ => false,
            });
        }
        for (tags, value) in rows {
            let gauge = self.registration.with_tags(tags.clone()).gauge();
            gauge.set(value);
            current.insert(tags, gauge);
        }
    }
}

/// The same with rows whose values are asked for when they are read. One that stays keeps its
/// function.
#[derive(Debug)]
pub(crate) struct FunctionRows {
    registration: Registration,
    rows: Mutex<HashMap<Vec<Tag>, Option<Arc<FunctionMeter>>>>,
}

impl FunctionRows {
    pub(super) fn new(registration: Registration) -> Self {
        Self { registration, rows: Mutex::default() }
    }

    /// Sets all rows; those that are not among them are gone.
    pub(crate) fn set(&self, rows: impl IntoIterator<Item = (Vec<Tag>, ValueFn)>) {
        let rows: HashMap<Vec<Tag>, ValueFn> = rows.into_iter().collect();
        let mut current = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let (kept, gone): (HashMap<_, _>, HashMap<_, _>) =
            current.drain().partition(|(tags, _)| rows.contains_key(tags));
        // Several rows may share the series of those that are over the limit.
        let is = |rows: &HashMap<_, Option<Arc<FunctionMeter>>>, one: &Arc<FunctionMeter>| {
            rows.values().flatten().any(|row| Arc::ptr_eq(row, one))
        };
        if !gone.is_empty() {
            self.registration.forget(|series| match series {
                Series::FunctionGauge(one) => is(&gone, one) && !is(&kept, one),
                _ => false,
            });
        }
        *current = kept;
        for (tags, value) in rows {
            if let Entry::Vacant(place) = current.entry(tags) {
                let row = self.registration.with_tags(place.key().clone()).gauge_with(value);
                place.insert(row);
            }
        }
    }
}
