//! How many events of each level were written.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};

use tracing::Level;

/// Counts the events that a subscriber let through. Where several layers ask the same loggers, one
/// of them counts for all.
#[derive(Debug, Default)]
pub(crate) struct EventCounts {
    /// From TRACE to ERROR.
    counts: [AtomicU64; 5],
    /// Who counts; 0 is nobody yet.
    counting: AtomicUsize,
    /// The last number that was given to a layer.
    layers: AtomicUsize,
}

impl EventCounts {
    /// All levels, the least urgent first.
    pub(crate) const LEVELS: [Level; 5] =
        [Level::TRACE, Level::DEBUG, Level::INFO, Level::WARN, Level::ERROR];

    /// How many of this level.
    pub(crate) fn count(&self, level: Level) -> u64 {
        self.counts.get(index(level)).map_or(0, |count| count.load(Relaxed))
    }

    /// A number for one more layer.
    pub(super) fn add_layer(&self) -> usize {
        self.layers.fetch_add(1, Relaxed) + 1
    }

    /// A layer has seen an event.
    pub(super) fn saw(&self, layer: usize, level: Level) {
        let counting = self.counting.load(Relaxed);
        let counts = counting == layer
            || counting == 0 && self.counting.compare_exchange(0, layer, Relaxed, Relaxed).is_ok();
        if counts && let Some(count) = self.counts.get(index(level)) {
            count.fetch_add(1, Relaxed);
        }
    }

    /// A layer is gone; another one may count.
    pub(super) fn remove_layer(&self, layer: usize) {
        let _ = self.counting.compare_exchange(layer, 0, Relaxed, Relaxed);
    }
}

fn index(level: Level) -> usize {
    match level {
        Level::TRACE => 0,
        Level::DEBUG => 1,
        Level::INFO => 2,
        Level::WARN => 3,
        Level::ERROR => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_several_layers_counts_and_another_when_it_is_gone() {
        let events = EventCounts::default();
        let (one, other) = (events.add_layer(), events.add_layer());
        for layer in [one, other] {
            events.saw(layer, Level::WARN);
        }
        assert_eq!((events.count(Level::WARN), events.count(Level::ERROR)), (1, 0));
        events.remove_layer(other);
        events.saw(other, Level::WARN);
        assert_eq!(events.count(Level::WARN), 1);
        events.remove_layer(one);
        events.saw(other, Level::WARN);
        assert_eq!(events.count(Level::WARN), 2);
    }
}
