//! Time as a value, so that tests can set it.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

/// The two clocks of the system, or a manual one that moves only when told.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    manual: Option<Arc<Mutex<Duration>>>,
    origin: Option<(SystemTime, Instant)>,
}

impl Clock {
    /// The clocks of the operating system.
    pub fn system() -> Self {
        Self::default()
    }

    #[cfg(test)]
    /// A clock that starts at `now` and moves only by [`Self::advance`].
    pub fn manual(now: SystemTime) -> Self {
        Self { manual: Some(Arc::default()), origin: Some((now, Instant::now())) }
    }

    /// Wall-clock time, for what is shown.
    pub fn now(&self) -> SystemTime {
        self.origin.map_or_else(SystemTime::now, |(wall, _)| wall + self.elapsed())
    }

    /// Monotonic time, for what is measured.
    pub fn instant(&self) -> Instant {
        self.origin.map_or_else(Instant::now, |(_, instant)| instant + self.elapsed())
    }

    #[cfg(test)]
    /// Moves a manual clock; does nothing to the system's.
    pub fn advance(&self, by: Duration) {
        if let Some(manual) = &self.manual {
            *manual.lock().unwrap_or_else(PoisonError::into_inner) += by;
        }
    }

    fn elapsed(&self) -> Duration {
        self.manual
            .as_ref()
            .map_or(Duration::ZERO, |manual| *manual.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
