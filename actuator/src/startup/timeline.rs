//! The list of the steps that have ended: bounded, in the order in which they ended.

use std::{
    fmt,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use crate::support::clock::Clock;

/// How many steps are kept unless a setting says otherwise: the number of Spring's examples.
pub(crate) const DEFAULT_CAPACITY: usize = 2_048;

/// A step that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StartupEvent {
    /// Counts from 1 in the order in which the steps began.
    pub(crate) id: u64,
    /// The id of the step within which it ran.
    pub(crate) parent: Option<u64>,
    /// What it is called.
    pub(crate) name: String,
    /// When it began.
    pub(crate) started: SystemTime,
    /// How long it took.
    pub(crate) took: Duration,
    /// What else is known of it.
    pub(crate) tags: Vec<(String, String)>,
}

/// What is there to show.
#[derive(Clone, Debug)]
pub(crate) struct TimelineShown {
    /// When the start began.
    pub(crate) began: SystemTime,
    /// The steps that are kept, in the order in which they ended.
    pub(crate) events: Vec<StartupEvent>,
    /// How many were left out because there was no room.
    pub(crate) dropped: u64,
}

/// The steps of one service.
pub(crate) struct Timeline {
    clock: Clock,
    began: (SystemTime, Instant),
    ids: AtomicU64,
    kept: Mutex<Kept>,
}

struct Kept {
    capacity: usize,
    events: Vec<StartupEvent>,
    dropped: u64,
}

impl Timeline {
    /// A list that begins now.
    pub(crate) fn begin(clock: Clock) -> Self {
        let began = (clock.now(), clock.instant());
        let kept = Kept { capacity: DEFAULT_CAPACITY, events: Vec::new(), dropped: 0 };
        Self { clock, began, ids: AtomicU64::new(0), kept: Mutex::new(kept) }
    }

    /// When it began, in both clocks.
    pub(crate) fn began(&self) -> (SystemTime, Instant) {
        self.began
    }

    /// From now on no more than `capacity` steps are kept; of those that are kept already, the
    /// first ones.
    pub(crate) fn limit(&self, capacity: usize) {
        let mut kept = self.lock();
        kept.capacity = capacity;
        let over = kept.events.len().saturating_sub(capacity);
        kept.events.truncate(capacity);
        if capacity > 0 {
            kept.dropped = kept.dropped.saturating_add(over as u64);
        }
    }

    /// The steps so far, which stay.
    pub(crate) fn snapshot(&self) -> TimelineShown {
        let kept = self.lock();
        TimelineShown { began: self.began.0, events: kept.events.clone(), dropped: kept.dropped }
    }

    /// The steps so far, which make room for others.
    pub(crate) fn drain(&self) -> TimelineShown {
        let mut kept = self.lock();
        let (events, dropped) =
            (std::mem::take(&mut kept.events), std::mem::take(&mut kept.dropped));
        TimelineShown { began: self.began.0, events, dropped }
    }

    /// The number of a step that begins.
    pub(super) fn next_id(&self) -> u64 {
        self.ids.fetch_add(1, Ordering::Relaxed).saturating_add(1)
    }

    /// The time, in both clocks.
    pub(super) fn now(&self) -> (SystemTime, Instant) {
        (self.clock.now(), self.clock.instant())
    }

    /// Keeps a step that has ended, if there is room.
    pub(super) fn ended(&self, event: StartupEvent) {
        let mut kept = self.lock();
        if kept.events.len() < kept.capacity {
            kept.events.push(event);
        } else if kept.capacity > 0 {
            kept.dropped = kept.dropped.saturating_add(1);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Timeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timeline")
            .field("events", &self.lock().events.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: u64) -> StartupEvent {
        let (name, tags) = (format!("step {id}"), Vec::new());
        StartupEvent {
            id,
            parent: None,
            name,
            started: SystemTime::UNIX_EPOCH,
            took: Duration::ZERO,
            tags,
        }
    }

    fn ids(shown: &TimelineShown) -> Vec<u64> {
        shown.events.iter().map(|event| event.id).collect()
    }

    #[test]
    fn what_finds_no_room_is_counted_and_what_was_first_stays() {
        let timeline = Timeline::begin(Clock::system());
        (1..=3).for_each(|id| timeline.ended(event(id)));
        timeline.limit(2);
        timeline.ended(event(4));
        let shown = timeline.snapshot();
        assert_eq!((ids(&shown), shown.dropped), (vec![1, 2], 2));
    }

    #[test]
    fn to_drain_makes_room_and_to_look_does_not() {
        let timeline = Timeline::begin(Clock::system());
        timeline.limit(1);
        timeline.ended(event(1));
        timeline.ended(event(2));
        assert_eq!(ids(&timeline.snapshot()), [1]);
        let drained = timeline.drain();
        assert_eq!((ids(&drained), drained.dropped), (vec![1], 1));
        timeline.ended(event(3));
        let shown = timeline.snapshot();
        assert_eq!((ids(&shown), shown.dropped), (vec![3], 0));
    }

    #[test]
    fn nothing_is_kept_or_counted_where_nothing_is_wanted() {
        let timeline = Timeline::begin(Clock::system());
        timeline.ended(event(1));
        timeline.limit(0);
        timeline.ended(event(2));
        let shown = timeline.snapshot();
        assert_eq!((ids(&shown), shown.dropped), (vec![], 0));
    }
}
