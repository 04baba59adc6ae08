//! The series of one meter by their labels, in an order that never changes.
//!
//! A series stays at its place while others come and go, so that a walk in steps, without a lock
//! in between, meets each at most once. The index holds numbers only: the labels stand in the
//! series themselves.

use std::hash::{BuildHasher as _, RandomState};

use hashbrown::HashTable;

use super::series::Series;

/// The places of series.
#[derive(Debug, Default)]
pub(super) struct SeriesTable {
    places: Vec<Option<Place>>,
    free: Vec<u32>,
    index: HashTable<u32>,
    hasher: RandomState,
}

/// A series, and whether it is shown.
#[derive(Debug)]
struct Place {
    series: Series,
    /// Only kept where idle series are hidden.
    idle: Option<Box<Idle>>,
}

/// Since when nothing was recorded.
#[derive(Debug)]
struct Idle {
    activity: u64,
    sweeps: u64,
    is_hidden: bool,
}

impl SeriesTable {
    /// How many there are, the hidden ones included.
    pub(super) fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether any of them is shown.
    pub(super) fn shows_any(&self) -> bool {
        self.places.iter().flatten().any(Place::is_shown)
    }

    /// The series with these labels.
    pub(super) fn get(&self, labels: &str) -> Option<&Series> {
        let is_it =
            |place: &u32| self.series(*place).is_some_and(|series| series.labels() == labels);
        self.series(*self.index.find(self.hash(labels), is_it)?)
    }

    /// Adds a series whose labels are not there yet.
    pub(super) fn insert(&mut self, series: Series) {
        let place = Place { series, idle: None };
        let number = self.free.pop().unwrap_or_else(|| {
            self.places.push(None);
            u32::try_from(self.places.len() - 1).unwrap_or(u32::MAX)
        });
        let hash = self.hash(place.series.labels());
        if let Some(slot) = position(number).and_then(|index| self.places.get_mut(index)) {
            *slot = Some(place);
        }
        let Self { places, index, hasher, .. } = self;
        index.insert_unique(hash, number, |number| {
            let place = position(*number).and_then(|index| places.get(index)?.as_ref());
            place.map_or(0, |place| hasher.hash_one(place.series.labels()))
        });
    }

    /// Keeps the series for which `keep` says so.
    pub(super) fn retain(&mut self, keep: impl Fn(&Series) -> bool) {
        for number in 0..self.places.len() {
            let gone = self.places.get(number).and_then(Option::as_ref);
            if gone.is_some_and(|place| !keep(&place.series)) {
                self.remove(number);
            }
        }
    }

    /// Up to `limit` series from place `from` on, and the place to go on from; `None` at the end.
    pub(super) fn walk(&self, from: usize, limit: usize, into: &mut Vec<Series>) -> Option<usize> {
        let end = into.len().saturating_add(limit);
        for (offset, place) in self.places.get(from..)?.iter().enumerate() {
            if into.len() == end {
                return Some(from + offset);
            }
            into.extend(place.iter().filter(|place| place.is_shown()).map(|p| p.series.clone()));
        }
        None
    }

    /// Notes what was recorded since the last sweep. A series in which nothing was for `sweeps`
    /// of them is hidden until something is, and removed if nobody holds it.
    pub(super) fn sweep(&mut self, sweeps: u64) {
        let mut abandoned = Vec::new();
        for (number, place) in self.places.iter_mut().enumerate() {
            let Some(place) = place else { continue };
            let Some(activity) = place.series.activity() else { continue };
            let idle = place.idle.get_or_insert_with(|| Box::new(Idle::since(activity)));
            let is_active = std::mem::replace(&mut idle.activity, activity) != activity;
            idle.sweeps = if is_active { 0 } else { idle.sweeps.saturating_add(1) };
            idle.is_hidden = idle.sweeps >= sweeps;
            if idle.is_hidden && place.series.is_abandoned() {
                abandoned.push(number);
            }
        }
        for number in abandoned {
            self.remove_abandoned(number);
        }
    }

    /// Removes a series unless somebody has come to hold it meanwhile: who keeps a weak reference
    /// asks no lock, and would hold on to a series that nobody sees.
    fn remove_abandoned(&mut self, number: usize) {
        let Some(slot) = self.places.get_mut(number) else { return };
        let Some(Place { series, idle }) = slot.take() else { return };
        let hash = self.hasher.hash_one(series.labels());
        match series.end() {
            Some(series) => *slot = Some(Place { series, idle }),
            None => self.free(number, hash),
        }
    }

    fn remove(&mut self, number: usize) {
        let Some(slot) = self.places.get_mut(number) else { return };
        let Some(place) = slot.take() else { return };
        let hash = self.hasher.hash_one(place.series.labels());
        self.free(number, hash);
    }

    /// Gives a place whose series is gone to others.
    fn free(&mut self, number: usize, hash: u64) {
        let removed = u32::try_from(number).unwrap_or(u32::MAX);
        if let Ok(entry) = self.index.find_entry(hash, |number| *number == removed) {
            entry.remove();
        }
        self.free.push(removed);
    }

    fn series(&self, number: u32) -> Option<&Series> {
        Some(&self.places.get(position(number)?)?.as_ref()?.series)
    }

    fn hash(&self, labels: &str) -> u64 {
        self.hasher.hash_one(labels)
    }
}

impl Place {
    fn is_shown(&self) -> bool {
        self.idle.as_ref().is_none_or(|idle| !idle.is_hidden)
    }
}

impl Idle {
    fn since(activity: u64) -> Self {
        Self { activity, sweeps: 0, is_hidden: false }
    }
}

fn position(number: u32) -> Option<usize> {
    usize::try_from(number).ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::meter::{Counter, id::SeriesId};

    #[test]
    fn what_somebody_came_to_hold_is_not_removed_as_abandoned() {
        let mut table = SeriesTable::default();
        let counter = Arc::new(Counter::new(SeriesId::default()));
        table.insert(Series::Counter(Arc::clone(&counter)));
        table.remove_abandoned(0);
        assert!(table.get("").is_some());
        drop(counter);
        table.remove_abandoned(0);
        assert!(table.get("").is_none());
        assert_eq!(table.len(), 0);
    }
}
