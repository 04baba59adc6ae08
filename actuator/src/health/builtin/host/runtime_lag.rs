//! Whether tasks of the application's runtime get to run.

use std::{
    future::ready,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::{runtime::Handle, task::AbortHandle, time};

use crate::{
    health::{Health, HealthIndicator, Status},
    model::endpoint::BoxFuture,
};

/// How often the task on the runtime is due: ten wakes of a few microseconds in a second.
const BEAT: Duration = Duration::from_millis(100);
/// The worst lag is kept for at least a minute, in so many parts.
const PARTS: usize = 7;
const PART: Duration = Duration::from_secs(10);

/// How long a task of a tokio runtime that is ready has to wait for a worker.
///
/// A small task on that runtime is due every 100 ms and notes how late it is. The check itself
/// only reads the notes and the clock, so it tells the truth from any thread while all workers of
/// the runtime are blocked: then the task is overdue, and by how long. A blocked worker that leaves
/// others free is not seen, since new work does not wait for it.
///
/// DOWN while the task is overdue by more than `down_above`; degraded while it is by more than
/// `degraded_above`, or was within the last minute. UNKNOWN without a runtime.
///
/// Details: `lagMillis` (now) and `worstLagMillis` (in the last minute).
#[derive(Debug)]
pub struct RuntimeLag {
    thresholds: LagThresholds,
    notes: Arc<Mutex<Notes>>,
    /// `None` if there is no runtime.
    task: Option<AbortHandle>,
}

/// The lags above which a runtime is no longer UP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LagThresholds {
    /// Above it now or within the last minute, the check is degraded.
    pub degraded_above: Duration,
    /// Above it now, the check is DOWN.
    pub down_above: Duration,
}

impl RuntimeLag {
    /// Degraded above 250 ms: a container that is out of processor time pauses for up to a period
    /// of 100 ms again and again, which is not yet the runtime's fault. DOWN above 1 s, the time
    /// that Kubernetes gives a probe to answer by default.
    pub const DEFAULT: LagThresholds = LagThresholds {
        degraded_above: Duration::from_millis(250),
        down_above: Duration::from_secs(1),
    };

    /// Watches the runtime of this handle until the check is dropped.
    pub fn watch(runtime: &Handle, thresholds: LagThresholds) -> Self {
        let notes = Arc::new(Mutex::new(Notes::new(Instant::now())));
        let task = runtime.spawn(beat(Watch { notes: Arc::clone(&notes) })).abort_handle();
        Self { thresholds, notes, task: Some(task) }
    }

    /// Watches the runtime that this is called in.
    pub fn current(thresholds: LagThresholds) -> Self {
        match Handle::try_current() {
            Ok(runtime) => Self::watch(&runtime, thresholds),
            Err(_) => Self {
                thresholds,
                notes: Arc::new(Mutex::new(Notes::new(Instant::now()))),
                task: None,
            },
        }
    }

    fn judge(&self) -> Health {
        if self.task.is_none() {
            return Health::unknown()
                .with_detail("error", "no tokio runtime was there to be watched");
        }
        let (lag, worst, ended) = {
            let notes = lock(&self.notes);
            // Read under the lock: the task may not move its due time on meanwhile.
            let now = Instant::now();
            let lag = notes.lag(now);
            (lag, notes.worst(now).max(lag), notes.ended)
        };
        if ended {
            return Health::from_error("the runtime has ended, or has no timer");
        }
        let status = if lag > self.thresholds.down_above {
            Status::DOWN
        } else if worst > self.thresholds.degraded_above {
            Status::RESTRICTED
        } else {
            Status::UP
        };
        Health::new(status)
            .with_detail("lagMillis", millis(lag))
            .with_detail("worstLagMillis", millis(worst))
    }
}

impl HealthIndicator for RuntimeLag {
    fn check(&self) -> BoxFuture<'static, Health> {
        Box::pin(ready(self.judge()))
    }

    fn is_immediate(&self) -> bool {
        true
    }
}

impl Drop for RuntimeLag {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

/// What the task leaves for those who ask.
#[derive(Debug)]
struct Notes {
    began: Instant,
    /// When the task has to run next.
    due: Instant,
    /// The worst lag of each of the last parts, and which part that was.
    worst: [(u64, Duration); PARTS],
    /// The runtime dropped the task.
    ended: bool,
}

impl Notes {
    fn new(now: Instant) -> Self {
        // Due at once: a runtime that never gets to its first task is seen too.
        Self { began: now, due: now, worst: [(0, Duration::ZERO); PARTS], ended: false }
    }

    fn lag(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.due)
    }

    /// The task runs: notes how late that is and when it is due next.
    fn beat(&mut self, now: Instant) {
        let lag = self.lag(now);
        let part = self.part(now);
        let index = usize::try_from(part).unwrap_or_default() % PARTS;
        if let Some(slot) = self.worst.get_mut(index) {
            let before = if slot.0 == part { slot.1 } else { Duration::ZERO };
            *slot = (part, before.max(lag));
        }
        self.due = now + BEAT;
    }

    fn worst(&self, now: Instant) -> Duration {
        let newest = self.part(now);
        let is_recent = |part: u64| newest.saturating_sub(part) < PARTS as u64;
        let recent = self.worst.iter().filter(|(part, _)| is_recent(*part));
        recent.map(|(_, lag)| *lag).max().unwrap_or_default()
    }

    fn part(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.began).as_secs() / PART.as_secs()
    }
}

/// The task's hold on the notes: says when the runtime drops it.
struct Watch {
    notes: Arc<Mutex<Notes>>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        lock(&self.notes).ended = true;
    }
}

async fn beat(watch: Watch) {
    loop {
        lock(&watch.notes).beat(Instant::now());
        time::sleep(BEAT).await;
    }
}

fn lock(notes: &Mutex<Notes>) -> MutexGuard<'_, Notes> {
    notes.lock().unwrap_or_else(PoisonError::into_inner)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, thread};

    use tokio::runtime::Builder;

    use super::*;

    const SOON: LagThresholds = LagThresholds {
        degraded_above: Duration::from_millis(30),
        down_above: Duration::from_millis(60),
    };

    /// Asks on this thread, which is none of the runtime's, until the status is there.
    fn until(check: &RuntimeLag, status: &Status) -> Health {
        let begin = Instant::now();
        loop {
            let health = check.judge();
            if health.status() == status {
                return health;
            }
            assert!(begin.elapsed() < testkit::PATIENCE, "still {health:?}");
            thread::yield_now();
        }
    }

    fn number(health: &Health, key: &str) -> u64 {
        let (_, value) = health.details().find(|(name, _)| *name == key).unwrap();
        value.get().parse().unwrap()
    }

    #[test]
    fn a_stuck_runtime_is_down_while_it_is_stuck_and_degraded_afterwards() {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let check = RuntimeLag::watch(runtime.handle(), SOON);
        let (release, blocked) = mpsc::channel::<()>();
        let stuck = runtime.spawn(async move {
            let _ = blocked.recv();
        });
        let health = until(&check, &Status::DOWN);
        assert!(number(&health, "lagMillis") >= 60, "{health:?}");
        release.send(()).unwrap();
        runtime.block_on(stuck).unwrap();
        let health = until(&check, &Status::RESTRICTED);
        assert!(number(&health, "worstLagMillis") >= 60, "{health:?}");
        assert!(number(&health, "lagMillis") <= 60, "{health:?}");
    }

    #[test]
    fn a_runtime_that_never_comes_to_its_first_task_is_down() {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let check = RuntimeLag::watch(runtime.handle(), SOON);
        until(&check, &Status::DOWN);
    }

    #[test]
    fn a_runtime_that_has_ended_is_down_and_none_at_all_is_unknown() {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let check = RuntimeLag::watch(runtime.handle(), RuntimeLag::DEFAULT);
        drop(runtime);
        let health = until(&check, &Status::DOWN);
        assert_eq!(
            health.details().next().unwrap().1.get(),
            "\"the runtime has ended, or has no timer\""
        );
        assert_eq!(RuntimeLag::current(SOON).judge().status(), &Status::UNKNOWN);
    }

    #[tokio::test]
    async fn the_task_ends_with_the_check() {
        let check = RuntimeLag::current(RuntimeLag::DEFAULT);
        let notes = Arc::clone(&check.notes);
        drop(check);
        while Arc::strong_count(&notes) > 1 {
            tokio::task::yield_now().await;
        }
    }

    #[test]
    fn the_worst_lag_is_forgotten_after_a_minute_and_not_before() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut notes = Notes::new(start);
        notes.beat(at(3));
        assert_eq!(notes.worst(at(3)), Duration::from_secs(3));
        for beat in 1..200_u32 {
            let now = at(3) + BEAT * beat;
            notes.beat(now);
        }
        assert_eq!(notes.lag(at(23)), Duration::ZERO);
        assert_eq!(notes.worst(at(63)), Duration::from_secs(3));
        assert_eq!(notes.worst(at(75)), Duration::ZERO);
    }
}
