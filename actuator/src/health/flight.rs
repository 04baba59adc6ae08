//! One execution of a check that did not end at once: who waits for it, and until when.

use std::{
    any::Any,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{
        Arc,
        atomic::{
            AtomicBool, AtomicU32,
            Ordering::{Acquire, Relaxed, Release},
        },
    },
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    runtime::Handle,
    sync::watch,
    time::{Instant, timeout_at},
};

use super::{
    health::Health,
    report::CheckReport,
    runner::{Check, Execution, Run, panicked},
    slots::{Slot, Slots},
};
use crate::model::endpoint::BoxFuture;

/// How much longer than the deadline a caller waits for the execution to say itself that it was
/// missed. Only a runtime that is stuck lets this pass.
const GRACE: Duration = Duration::from_millis(20);

/// An execution under way, shared by all who ask meanwhile.
#[derive(Debug)]
pub(super) struct Flight {
    pub(super) run: Run,
    /// Until when it has to answer.
    pub(super) deadline: Instant,
    landed: watch::Sender<Option<Arc<CheckReport>>>,
    has_begun: AtomicBool,
    has_slot: AtomicBool,
    misses: AtomicU32,
}

impl Flight {
    /// The execution of a run that has `timeout`.
    pub(super) fn new(run: Run, timeout: Duration, has_slot: bool) -> Self {
        Self {
            run,
            deadline: run.began + timeout,
            landed: watch::Sender::new(None),
            has_begun: AtomicBool::new(false),
            has_slot: AtomicBool::new(has_slot),
            misses: AtomicU32::new(0),
        }
    }

    /// One whose check is being polled for the first time, where it was asked for.
    pub(super) fn polled(run: Run, timeout: Duration) -> Self {
        Self { has_begun: AtomicBool::new(true), ..Self::new(run, timeout, true) }
    }

    /// Gives the answer to all who wait.
    pub(super) fn land(&self, report: Arc<CheckReport>) {
        self.landed.send_replace(Some(report));
    }

    /// The answer; `None` if it does not come in time. The caller's own timer decides, so that a
    /// check which blocks its runtime does not block those who ask from another one; `runtime` has
    /// the timer of a caller on no runtime.
    pub(super) async fn landed(&self, runtime: Option<Handle>) -> Option<Arc<CheckReport>> {
        let mut landed = self.landed.subscribe();
        let answer = landed.wait_for(Option::is_some);
        let Some(runtime) = Handle::try_current().ok().or(runtime) else {
            return answer.await.ok()?.clone();
        };
        let timed = {
            let _timers = runtime.enter();
            timeout_at(self.deadline + GRACE, answer)
        };
        timed.await.ok()?.ok()?.clone()
    }

    /// What it waits for before its check is asked, if it still does.
    pub(super) fn waits_for(&self, slots: &Slots, now: Instant) -> Option<String> {
        if !self.has_begun.load(Acquire) {
            return Some("the application's runtime does not get to it".to_owned());
        }
        (!self.has_slot.load(Acquire)).then(|| slots.complaint(now))
    }

    /// Whether a miss is to be counted: one for each full timeout that has passed, by whoever
    /// comes first.
    pub(super) fn claims_miss(&self, now: Instant) -> bool {
        let timeout = self.deadline.saturating_duration_since(self.run.began).as_nanos().max(1);
        let passed = now.saturating_duration_since(self.run.began).as_nanos() / timeout;
        let due = u32::try_from(passed).unwrap_or(u32::MAX).max(1);
        let counted = self.misses.load(Relaxed);
        counted < due && self.misses.compare_exchange(counted, due, Relaxed, Relaxed).is_ok()
    }
}

/// The task of an execution that did not end at once.
pub(super) async fn fly(
    landing: Landing,
    begun: Option<BoxFuture<'static, Health>>,
    slot: Option<Slot>,
) {
    let (check, flight) = (Arc::clone(&landing.check), Arc::clone(&landing.flight));
    flight.has_begun.store(true, Release);
    let slots = &check.engine.slots;
    let taken = match slot {
        Some(slot) => Some(slot),
        None => timeout_at(flight.deadline, slots.take()).await.ok().flatten(),
    };
    let Some(mut slot) = taken else {
        return landing.land(check.overdue(&flight, Instant::now()));
    };
    flight.has_slot.store(true, Release);
    slots.sign(&mut slot, check.path(), flight.run.began);
    let future = begun.unwrap_or_else(|| {
        let check = Arc::clone(&check);
        // Called inside the guard: what panics before its future is caught too.
        Box::pin(async move { check.indicator.check().await })
    });
    let mut guarded = Guarded { future };
    let health = match timeout_at(flight.deadline, &mut guarded).await {
        Ok(Ok(health)) => health,
        Ok(Err(panic)) => panicked(panic.as_ref()),
        Err(_) => {
            let report = check.overdue(&flight, Instant::now());
            if check.indicator.is_cancellable() {
                drop((guarded, slot));
                return landing.land(report);
            }
            flight.land(report);
            // What it says now comes too late; until then it keeps its slot, and no other starts.
            let _ = guarded.await;
            return;
        }
    };
    drop((guarded, slot));
    let report = check.finish(health, flight.run);
    landing.land(report);
}

/// Frees the check when its execution ends, however it ends.
pub(super) struct Landing {
    check: Arc<Check>,
    flight: Arc<Flight>,
}

impl Landing {
    /// The end to come of `flight`.
    pub(super) fn new(check: Arc<Check>, flight: Arc<Flight>) -> Self {
        Self { check, flight }
    }

    /// Free before the answer is out: who asks after having seen it starts anew.
    fn land(self, report: Arc<CheckReport>) {
        self.free();
        self.flight.land(report);
    }

    fn free(&self) {
        let mut execution = self.check.execution();
        if matches!(&*execution, Execution::Flying(own) if Arc::ptr_eq(own, &self.flight)) {
            *execution = Execution::None;
        }
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        self.free();
        if self.flight.landed.borrow().is_none() {
            let health = Arc::new(Health::from_error("aborted: its runtime is shutting down"));
            let report = (*self.check.report()).clone();
            self.flight.land(Arc::new(CheckReport { health, ..report }));
        }
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
