//! Changes of status, told to whoever wants to know: to the log once, to callbacks and streams.

use std::{
    collections::VecDeque,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use tokio::sync::broadcast;

use super::health::Status;

/// How many changes a stream may be behind before it is told that it missed some.
const STREAM_CAPACITY: usize = 1024;
/// How many changes wait while a callback is busy; of more than that the oldest are left out.
const QUEUE_CAPACITY: usize = 10_000;

/// A check's reported status became another one.
#[derive(Clone, Debug)]
pub struct HealthTransition {
    /// Counts the changes of this process, from 1, without gaps.
    pub sequence: u64,
    /// The path of the check.
    pub path: Arc<str>,
    /// What it was; UNKNOWN before the first result.
    pub from: Status,
    /// What it is.
    pub to: Status,
    /// When.
    pub at: SystemTime,
    /// Why: the detail `error` or `reason`, or the description of the status; for a change back to
    /// UP, why it had ceased to be UP.
    pub cause: Option<String>,
    /// How long it had been worse than UP, for a change back to UP.
    pub outage: Option<Duration>,
}

/// What a stream of changes gives.
#[derive(Clone, Debug)]
pub enum HealthEvent {
    /// A check's status changed.
    Changed(Arc<HealthTransition>),
    /// The reader was too slow: so many changes were dropped before this point.
    Missed(u64),
}

/// A stream of changes, from the moment of the subscription on.
#[derive(Debug)]
pub struct HealthSubscription {
    receiver: broadcast::Receiver<Arc<HealthTransition>>,
}

impl HealthSubscription {
    /// The next change; `None` once the checks are gone. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<HealthEvent> {
        match self.receiver.recv().await {
            Ok(transition) => Some(HealthEvent::Changed(transition)),
            Err(broadcast::error::RecvError::Lagged(missed)) => Some(HealthEvent::Missed(missed)),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}

type Listener = Arc<dyn Fn(&HealthTransition) + Send + Sync>;

/// Numbers the changes and hands them out, all in one order.
#[derive(Default)]
pub(super) struct Transitions {
    queue: Mutex<Queue>,
    listeners: RwLock<Vec<Listener>>,
    /// Made by the first subscriber: without one, nothing is kept.
    stream: Mutex<Option<broadcast::Sender<Arc<HealthTransition>>>>,
}

#[derive(Default)]
struct Queue {
    last: u64,
    waiting: VecDeque<Arc<HealthTransition>>,
    /// How many were left out since the last one was handed out.
    left_out: u64,
    is_handing_out: bool,
}

impl Transitions {
    /// A stream of the changes from now on.
    pub(super) fn subscribe(&self) -> HealthSubscription {
        let mut stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = stream.get_or_insert_with(|| broadcast::Sender::new(STREAM_CAPACITY));
        HealthSubscription { receiver: sender.subscribe() }
    }

    /// Calls `listener` with each change from now on, one at a time and in order.
    pub(super) fn on_change(&self, listener: Listener) {
        self.listeners.write().unwrap_or_else(PoisonError::into_inner).push(listener);
    }

    /// Puts a change into the one order, and returns it with its number. Streams have it from now
    /// on: a callback that is busy takes nothing from them. To be called while the check's own
    /// state is held, and [`Self::hand_out`] after that.
    pub(super) fn enqueue(&self, mut transition: HealthTransition) -> Arc<HealthTransition> {
        let mut queue = self.queue();
        queue.last += 1;
        transition.sequence = queue.last;
        let transition = Arc::new(transition);
        if queue.waiting.len() >= QUEUE_CAPACITY {
            queue.waiting.pop_front();
            queue.left_out += 1;
        }
        if let Some(stream) = &*self.stream.lock().unwrap_or_else(PoisonError::into_inner) {
            // Nobody listening is no error.
            let _ = stream.send(Arc::clone(&transition));
        }
        queue.waiting.push_back(Arc::clone(&transition));
        transition
    }

    /// Hands out what waits. If somebody else is at it, that one does this too.
    pub(super) fn hand_out(&self) {
        {
            let mut queue = self.queue();
            if queue.is_handing_out {
                return;
            }
            queue.is_handing_out = true;
        }
        loop {
            let (next, left_out) = {
                let mut queue = self.queue();
                let next = queue.waiting.pop_front();
                queue.is_handing_out = next.is_some();
                (next, std::mem::take(&mut queue.left_out))
            };
            let Some(transition) = next else { return };
            // A panic on the way, of a log's writer for one, would leave all later ones untold.
            let _ = catch_unwind(AssertUnwindSafe(|| {
                if left_out > 0 {
                    tracing::warn!(
                        target: "actuator::health",
                        "{left_out} changes of health are not told to listeners: one of them is \
                         too slow; streams and the history have them"
                    );
                }
                self.tell(&transition);
            }));
        }
    }

    fn tell(&self, transition: &Arc<HealthTransition>) {
        write_log(transition);
        let listeners = self.listeners.read().unwrap_or_else(PoisonError::into_inner).clone();
        for listener in listeners {
            if catch_unwind(AssertUnwindSafe(|| listener(transition))).is_err() {
                tracing::warn!(
                    target: "actuator::health",
                    check = &*transition.path,
                    "a listener to changes of health panicked"
                );
            }
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Transitions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transitions").field("last", &self.queue().last).finish_non_exhaustive()
    }
}

/// One line for each change: a warning, unless it is a recovery or was done on purpose.
fn write_log(transition: &HealthTransition) {
    let HealthTransition { path, from, to, cause, outage, .. } = transition;
    let (from, to_code) = (from.code(), to.code());
    let cause = cause.as_deref().unwrap_or("no reason given");
    if let Some(outage) = outage {
        tracing::info!(
            target: "actuator::health", check = &**path,
            "health of {path}: {from} -> {to_code} after {}; it was: {cause}",
            humantime::format_duration(rounded(*outage))
        );
    } else if *to == Status::OUT_OF_SERVICE || *to == Status::UP {
        tracing::info!(
            target: "actuator::health", check = &**path,
            "health of {path}: {from} -> {to_code}: {cause}"
        );
    } else {
        tracing::warn!(
            target: "actuator::health", check = &**path,
            "health of {path}: {from} -> {to_code}: {cause}"
        );
    }
}

/// Whole seconds above ten, whole milliseconds below.
fn rounded(duration: Duration) -> Duration {
    if duration.as_secs() >= 10 {
        Duration::from_secs(duration.as_secs())
    } else {
        Duration::from_millis(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn change() -> HealthTransition {
        HealthTransition {
            sequence: 0,
            path: Arc::from("db"),
            from: Status::UP,
            to: Status::UNKNOWN,
            at: SystemTime::UNIX_EPOCH,
            cause: None,
            outage: None,
        }
    }

    #[tokio::test]
    async fn a_callback_that_blocks_takes_no_change_from_a_stream() {
        let transitions = Arc::new(Transitions::default());
        let mut stream = transitions.subscribe();
        let (reached, reaches) = mpsc::channel();
        let (release, gate) = mpsc::channel::<()>();
        let gate = Mutex::new(gate);
        let told = Arc::new(Mutex::new(Vec::new()));
        let telling = Arc::clone(&told);
        transitions.on_change(Arc::new(move |change| {
            if change.sequence == 1 {
                reached.send(()).unwrap();
                let _ = gate.lock().unwrap().recv();
            }
            telling.lock().unwrap().push(change.sequence);
        }));
        transitions.enqueue(change());
        let busy = Arc::clone(&transitions);
        let busy = std::thread::spawn(move || busy.hand_out());
        reaches.recv().unwrap();
        let last = QUEUE_CAPACITY as u64 + 10;
        for sequence in 1..=last {
            if sequence > 1 {
                transitions.enqueue(change());
                transitions.hand_out();
            }
            let next = tokio::time::timeout(Duration::from_secs(30), stream.next()).await;
            let Ok(Some(HealthEvent::Changed(change))) = next else { panic!("{next:?}") };
            assert_eq!(change.sequence, sequence);
        }
        drop(release);
        busy.join().unwrap();
        let told = told.lock().unwrap();
        assert_eq!(
            (told.len(), told.first(), told.last()),
            (QUEUE_CAPACITY + 1, Some(&1), Some(&last))
        );
    }
}
