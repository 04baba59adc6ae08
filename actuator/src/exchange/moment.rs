//! When a request arrived: noted cheaply, and made a wall-clock time by who reads.

use std::time::{Instant, SystemTime};

use crate::support::clock::Clock;

/// The same moment by both clocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Anchor {
    monotonic: Instant,
    wall: SystemTime,
}

impl Anchor {
    /// This moment.
    pub(super) fn now(clock: &Clock) -> Self {
        Self { monotonic: clock.instant(), wall: clock.now() }
    }
}

/// A moment by the monotonic clock, and what leads from there to the wall's. It keeps its time
/// however often it is read, and whatever becomes of the wall's clock.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    pub(super) at: Instant,
    pub(super) anchor: Anchor,
}

impl Moment {
    /// The time by the wall's clock.
    pub(super) fn wall(self) -> SystemTime {
        let Anchor { monotonic, wall } = self.anchor;
        let moved = match self.at.checked_duration_since(monotonic) {
            Some(later) => wall.checked_add(later),
            None => wall.checked_sub(monotonic.saturating_duration_since(self.at)),
        };
        // Dates before 1970 are no dates of requests.
        moved.map_or(SystemTime::UNIX_EPOCH, |moved| moved.max(SystemTime::UNIX_EPOCH))
    }
}
