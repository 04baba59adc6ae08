//! One execution of a check that did not end at once: who waits for it, and until when.

use std::{
    any::Any,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::atomic::{
        AtomicBool, AtomicU32,
        Ordering::{Acquire, Relaxed, Release},
    },
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};

use super::{health::Health, report::CheckReport};
use crate::model::endpoint::BoxFuture;

/// How much longer than the deadline a caller waits for the execution to say itself that it was
/// missed. Only a runtime that is stuck lets this pass.
const GRACE: Duration = Duration::from_millis(20);

/// An execution under way, shared by all who ask meanwhile.
#[derive(Debug)]
pub(super) struct Flight {
    /// When it was asked for.
    pub(super) began: Instant,
    /// Until when it has to answer.
    pub(super) deadline: Instant,
    landed: watch::Sender<Option<CheckReport>>,
    has_slot: AtomicBool,
    misses: AtomicU32,
}

impl Flight {
    /// An execution that began at `began` and has `timeout`.
    pub(super) fn new(began: Instant, timeout: Duration, has_slot: bool) -> Self {
        Self {
            began,
            deadline: began + timeout,
            landed: watch::Sender::new(None),
            has_slot: AtomicBool::new(has_slot),
            misses: AtomicU32::new(0),
        }
    }

    /// Gives the answer to all who wait.
    pub(super) fn land(&self, report: CheckReport) {
        self.landed.send_replace(Some(report));
    }

    /// Whether an answer was given.
    pub(super) fn has_landed(&self) -> bool {
        self.landed.borrow().is_some()
    }

    /// The answer; `None` if it does not come in time. The caller's own timer decides, so that a
    /// check which blocks its runtime does not block those who ask from another one.
    pub(super) async fn landed(&self) -> Option<CheckReport> {
        let mut landed = self.landed.subscribe();
        let answer = timeout_at(self.deadline + GRACE, landed.wait_for(Option::is_some)).await;
        answer.ok()?.ok()?.clone()
    }

    /// From now on it holds a slot.
    pub(super) fn took_slot(&self) {
        self.has_slot.store(true, Release);
    }

    /// Whether it still waits for a slot.
    pub(super) fn waits_for_slot(&self) -> bool {
        !self.has_slot.load(Acquire)
    }

    /// Whether a miss is to be counted: one for each full timeout that has passed, by whoever
    /// comes first.
    pub(super) fn claims_miss(&self, now: Instant) -> bool {
        let timeout = self.deadline.saturating_duration_since(self.began).as_nanos().max(1);
        let passed = now.saturating_duration_since(self.began).as_nanos() / timeout;
        let due = u32::try_from(passed).unwrap_or(u32::MAX).max(1);
        let counted = self.misses.load(Relaxed);
        counted < due
            && self.misses.compare_exchange(counted, due, Relaxed, Relaxed).is_ok()
    }
}

/// A future whose panics are values.
pub(super) struct Guarded {
    pub(super) future: BoxFuture<'static, Health>,
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
