//! A gauge of many rows, of which nobody knows beforehand which there will be.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use super::{Gauge, Tag, registry::Registration};

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
    rows: Mutex<Vec<Arc<Gauge>>>,
}

impl MultiGauge {
    pub(super) fn new(registration: Registration) -> Self {
        Self { registration, rows: Mutex::default() }
    }

    /// Sets all rows; those that are not among them are gone.
    pub fn set(&self, rows: impl IntoIterator<Item = (Vec<Tag>, f64)>) {
        // Gathered before the lock is taken: it is the application's code that gives them.
        let rows: Vec<(Vec<Tag>, f64)> = rows.into_iter().collect();
        let mut current = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let rows: Vec<Arc<Gauge>> = rows
            .into_iter()
            .map(|(tags, value)| {
                let gauge = self.registration.with_tags(tags).gauge();
                gauge.set(value);
                gauge
            })
            .collect();
        let kept: HashSet<*const Gauge> = rows.iter().map(Arc::as_ptr).collect();
        let gone: HashSet<*const Gauge> =
            current.iter().map(Arc::as_ptr).filter(|row| !kept.contains(row)).collect();
        if !gone.is_empty() {
            self.registration.forget(&gone);
        }
        *current = rows;
    }
}
