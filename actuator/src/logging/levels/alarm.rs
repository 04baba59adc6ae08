//! Waiting for the next override that ends: one thread for all, which sleeps until then.

use std::{
    io,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Instant,
};

use crate::support::clock::Clock;

/// Wakes one thread at the earliest of the times that it is set to.
#[derive(Debug, Default)]
pub(super) struct Alarm {
    hand: Mutex<Hand>,
    moved: Condvar,
}

#[derive(Debug, Default)]
struct Hand {
    at: Option<Instant>,
    thread: bool,
    ended: bool,
}

impl Alarm {
    /// Starts the thread unless it runs already. `wake` is called each time the alarm goes off;
    /// `false` ends the thread.
    pub(super) fn start(
        alarm: &std::sync::Arc<Self>,
        clock: Clock,
        wake: impl Fn() -> bool + Send + 'static,
    ) -> io::Result<()> {
        let mut hand = alarm.hand();
        if !hand.thread {
            let alarm = std::sync::Arc::clone(alarm);
            let run = move || while alarm.wait(&clock) && wake() {};
            thread::Builder::new().name("actuator-log-levels".to_owned()).spawn(run)?;
            hand.thread = true;
        }
        Ok(())
    }

    /// Goes off at this time, and at no other.
    pub(super) fn set(&self, at: Option<Instant>) {
        let mut hand = self.hand();
        if hand.at != at {
            hand.at = at;
            self.moved.notify_all();
        }
    }

    /// Ends the thread.
    pub(super) fn end(&self) {
        self.hand().ended = true;
        self.moved.notify_all();
    }

    /// Sleeps until the alarm goes off; `false` once it has ended.
    fn wait(&self, clock: &Clock) -> bool {
        let mut hand = self.hand();
        loop {
            if hand.ended {
                return false;
            }
            hand = match hand.at {
                None => self.moved.wait(hand).unwrap_or_else(PoisonError::into_inner),
                Some(at) => {
                    let left = at.saturating_duration_since(clock.instant());
                    if left.is_zero() {
                        hand.at = None;
                        return true;
                    }
                    let waited = self.moved.wait_timeout(hand, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            }
        }
    }

    fn hand(&self) -> MutexGuard<'_, Hand> {
        self.hand.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{Arc, mpsc},
        time::Duration,
    };

    use super::*;

    #[test]
    fn it_goes_off_at_the_time_that_was_set_last_and_ends_when_told() {
        let alarm = Arc::new(Alarm::default());
        let (woken, wakes) = mpsc::channel();
        let wake = move || woken.send(Instant::now()).is_ok();
        Alarm::start(&alarm, Clock::system(), wake.clone()).unwrap();
        Alarm::start(&alarm, Clock::system(), || panic!("a second thread")).unwrap();
        drop(wake);
        let now = Instant::now();
        alarm.set(now.checked_add(Duration::from_hours(1)));
        let soon = now + Duration::from_millis(20);
        alarm.set(Some(soon));
        assert!(wakes.recv().unwrap() >= soon);
        alarm.set(Some(now));
        wakes.recv().unwrap();
        alarm.end();
        // The thread is gone, and its end of the channel with it.
        assert!(wakes.recv().is_err());
    }
}
