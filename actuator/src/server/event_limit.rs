//! How many events of what strangers can cause are recorded: they must not drive everything else
//! out of the audit trail.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::support::clock::Clock;

/// So long a limit is for.
const WINDOW: Duration = Duration::from_mins(1);

/// Lets so many events a minute through.
#[derive(Debug)]
pub(super) struct EventLimit {
    most: u32,
    clock: Clock,
    state: Mutex<Window>,
}

#[derive(Debug, Default)]
struct Window {
    began: Option<Instant>,
    recorded: u32,
    unrecorded: u64,
}

impl EventLimit {
    /// This many a minute.
    pub(super) fn new(most: u32, clock: Clock) -> Self {
        Self { most, clock, state: Mutex::default() }
    }

    /// How many were left out before this one, if this one is to be recorded.
    pub(super) fn admit(&self) -> Option<u64> {
        let mut window = self.window();
        if window.recorded >= self.most {
            window.unrecorded += 1;
            return None;
        }
        window.recorded += 1;
        Some(std::mem::take(&mut window.unrecorded))
    }

    /// The same for an event that is always recorded, and does not count.
    pub(super) fn pass(&self) -> u64 {
        std::mem::take(&mut self.window().unrecorded)
    }

    fn window(&self) -> MutexGuard<'_, Window> {
        let mut window = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.instant();
        if window.began.is_none_or(|began| now.saturating_duration_since(began) >= WINDOW) {
            (window.began, window.recorded) = (Some(now), 0);
        }
        window
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn events_are_bounded_and_those_left_out_are_counted() {
        let clock = Clock::manual(SystemTime::now());
        let limit = EventLimit::new(20, clock.clone());
        let admitted = (0..1_000).filter(|_| limit.admit().is_some()).count();
        assert_eq!(admitted, 20);
        assert_eq!(limit.pass(), 980, "what was done is always recorded");
        assert_eq!((limit.admit(), limit.pass()), (None, 1));
        clock.advance(WINDOW);
        assert_eq!(limit.admit(), Some(0));
    }
}
