//! Runs checks: all at once, each with a deadline, none able to harm its caller.
//!
//! A check is first polled where it was asked for; most answer at once, without a task or a timer.
//! What is still pending then flies on as a task of its own, so that a caller who goes away cancels
//! nothing, and whoever asks meanwhile shares its answer.

use std::{
    any::Any,
    fmt,
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use tokio::{runtime::Handle, sync::watch, time};

use super::{bound::bounded, health::Health, indicator::HealthIndicator};
use crate::model::endpoint::BoxFuture;

/// An indicator at its place in the tree, with its deadline.
pub struct Check {
    path: String,
    indicator: Arc<dyn HealthIndicator>,
    timeout: Duration,
    flight: Slot,
}

/// The answer to come of a check that is under way.
type Flight = watch::Receiver<Option<Health>>;
type Slot = Arc<Mutex<Option<Flight>>>;

impl Check {
    /// A check at `path` (`db/primary`) that has to answer within `timeout`.
    pub fn new(path: String, indicator: Arc<dyn HealthIndicator>, timeout: Duration) -> Self {
        Self { path, indicator, timeout, flight: Slot::default() }
    }

    /// The path of names from the root of the tree, separated by `/`.
    pub fn path(&self) -> &str {
        &self.path
    }

    fn begin(&self, context: &mut Context<'_>) -> Outcome {
        // Held over the first poll: whoever asks on another thread meanwhile joins this flight. Two
        // first polls at once would start a check twice, and of a blocking one the second call
        // would be told that the first has not ended.
        let slot = lock(&self.flight);
        if let Some(flight) = &*slot {
            return Outcome::InFlight(flight.clone());
        }
        let first = catch_unwind(AssertUnwindSafe(|| {
            let mut future = self.indicator.check();
            match future.as_mut().poll(context) {
                Poll::Ready(health) => Ok(health),
                Poll::Pending => Err(future),
            }
        }));
        match first {
            Ok(Err(pending)) => self.take_off(pending, slot),
            Ok(Ok(health)) => {
                drop(slot);
                Outcome::Done(bounded(health))
            }
            Err(panic) => {
                drop(slot);
                Outcome::Done(panicked(&self.path, panic.as_ref()))
            }
        }
    }

    fn take_off(
        &self,
        future: BoxFuture<'static, Health>,
        mut slot: MutexGuard<'_, Option<Flight>>,
    ) -> Outcome {
        let Ok(runtime) = Handle::try_current() else {
            return Outcome::Done(Health::from_error("no tokio runtime is there to wait in"));
        };
        let (answer, flight) = watch::channel(None);
        *slot = Some(flight.clone());
        // A runtime that is shutting down drops the task at once, which frees the slot again.
        drop(slot);
        let landing = Landing { slot: Arc::clone(&self.flight) };
        runtime.spawn(fly(future, self.timeout, self.path.clone(), landing, answer));
        Outcome::InFlight(flight)
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check")
            .field("path", &self.path)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// Asks all checks at once; the answers come in the order of the checks.
pub async fn run_all(checks: &[Arc<Check>]) -> Vec<Health> {
    let mut outcomes = Vec::with_capacity(checks.len());
    poll_fn(|context| {
        outcomes.extend(checks.iter().map(|check| check.begin(context)));
        Poll::Ready(())
    })
    .await;
    let mut healths = Vec::with_capacity(outcomes.len());
    for outcome in outcomes {
        healths.push(match outcome {
            Outcome::Done(health) => health,
            Outcome::InFlight(flight) => landed(flight).await,
        });
    }
    healths
}

/// DOWN because of a panic, with its message.
pub(super) fn panicked(path: &str, panic: &(dyn Any + Send)) -> Health {
    let text = panic
        .downcast_ref::<&'static str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("(no text)");
    tracing::warn!(check = path, "Health check panicked: {text}");
    bounded(Health::from_error(format_args!("panicked: {text}")))
}

enum Outcome {
    Done(Health),
    InFlight(Flight),
}

async fn landed(mut flight: Flight) -> Health {
    let answer = flight.wait_for(Option::is_some).await.ok().and_then(|health| health.clone());
    answer.unwrap_or_else(|| Health::from_error("aborted: its runtime is shutting down"))
}

async fn fly(
    future: BoxFuture<'static, Health>,
    timeout: Duration,
    path: String,
    landing: Landing,
    answer: watch::Sender<Option<Health>>,
) {
    let health = match time::timeout(timeout, Guarded { future }).await {
        Ok(Ok(health)) => bounded(health),
        Ok(Err(panic)) => panicked(&path, panic.as_ref()),
        Err(_) => {
            let shown = Shown(timeout);
            tracing::warn!(check = path, "Health check did not answer within {shown}");
            Health::from_error(format_args!("timeout after {shown}"))
        }
    };
    // Free before the answer is out: who asks after having seen it starts anew.
    drop(landing);
    answer.send_replace(Some(health));
}

/// Frees the slot of a flight when it ends, however it ends.
struct Landing {
    slot: Slot,
}

impl Drop for Landing {
    fn drop(&mut self) {
        *lock(&self.slot) = None;
    }
}

/// A future whose panics are values.
struct Guarded {
    future: BoxFuture<'static, Health>,
}

impl Future for Guarded {
    type Output = Result<Health, Box<dyn Any + Send>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match catch_unwind(AssertUnwindSafe(|| self.future.as_mut().poll(context))) {
            Ok(poll) => poll.map(Ok),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    }
}

/// A duration for people: `2 s`, `500 ms`.
pub(super) struct Shown(pub(super) Duration);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.subsec_millis() == 0 && self.0.as_secs() > 0 {
            write!(f, "{} s", self.0.as_secs())
        } else {
            write!(f, "{} ms", self.0.as_millis())
        }
    }
}

fn lock(slot: &Mutex<Option<Flight>>) -> MutexGuard<'_, Option<Flight>> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "runner_tests.rs"]
mod tests;
