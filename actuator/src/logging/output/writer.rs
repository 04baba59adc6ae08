//! The writer in front of a sink: a bounded queue and a thread of its own, so that no thread of the
//! application ever waits for a disk, a pipe or a socket.

use std::{
    fmt, io,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use tracing::Level;

use super::sink::{Formatted, Sink};

/// The target under which the writer speaks of itself.
pub(super) const OWN_TARGET: &str = "actuator::logging";

/// How many lines a sink is given at once.
const AT_ONCE: usize = 256;

/// Writes the line "so many lines were dropped" in the format of the sink.
pub(super) type DropNote = Box<dyn Fn(u64) -> String + Send>;

/// Hands lines to the thread that writes them. What does not fit into the queue is dropped and
/// counted. Dropping the writer lets the thread write what is queued, and end.
pub(super) struct NonBlockingWriter {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    /// There is something to write, or nothing will come any more.
    work: Condvar,
    /// Something was written.
    progress: Condvar,
    /// The greatest length of all that waits, in bytes.
    limit: usize,
    drops: DropCount,
}

#[derive(Default)]
struct State {
    batch: Batch,
    /// The length of what is being written.
    in_flight: usize,
    /// How many lines were dropped and not told yet.
    untold: u64,
    /// How many batches were begun and ended: a flush waits for the end of the next one.
    begun: u64,
    ended: u64,
    wants_flush: bool,
    is_asleep: bool,
    is_closed: bool,
}

/// Lines behind each other.
#[derive(Default)]
struct Batch {
    text: String,
    lines: Vec<(Level, usize)>,
}

/// How many lines a sink has lost.
#[derive(Clone, Debug, Default)]
pub(crate) struct DropCount(Arc<AtomicU64>);

impl DropCount {
    /// The number.
    pub(crate) fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

impl NonBlockingWriter {
    /// Starts a writer that lets `limit` bytes wait.
    pub(super) fn start(
        name: &str,
        limit: usize,
        sink: Box<dyn Sink>,
        note: DropNote,
    ) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            work: Condvar::new(),
            progress: Condvar::new(),
            limit,
            drops: DropCount::default(),
        });
        let worker = Worker { shared: Arc::clone(&shared), sink, note, failed: false };
        thread::Builder::new().name(format!("log-{name}")).spawn(move || worker.run())?;
        Ok(Self { shared })
    }

    /// How many lines were lost.
    pub(super) fn drops(&self) -> DropCount {
        self.shared.drops.clone()
    }

    /// Queues a line, or drops it. It never waits for the sink.
    pub(super) fn push(&self, level: Level, line: &str) {
        let mut state = self.shared.lock();
        let waiting = state.batch.text.len() + state.in_flight;
        if state.is_closed || line.len() > self.shared.limit.saturating_sub(waiting) {
            state.untold += 1;
            drop(state);
            self.shared.drops.0.fetch_add(1, Relaxed);
            return;
        }
        state.batch.text.push_str(line);
        let end = state.batch.text.len();
        state.batch.lines.push((level, end));
        if std::mem::take(&mut state.is_asleep) {
            drop(state);
            self.shared.work.notify_one();
        }
    }

    /// Waits until what is queued now is written and handed to the operating system, or until it
    /// takes too long.
    pub(super) fn flush(&self, deadline: Instant) {
        let mut state = self.shared.lock();
        state.wants_flush = true;
        let wanted = state.begun + 1;
        self.shared.work.notify_one();
        while state.ended < wanted {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let waited = self.shared.progress.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Drop for NonBlockingWriter {
    fn drop(&mut self) {
        self.shared.lock().is_closed = true;
        self.shared.work.notify_one();
    }
}

impl fmt::Debug for NonBlockingWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NonBlockingWriter")
            .field("limit", &self.shared.limit)
            .field("drops", &self.shared.drops)
            .finish_non_exhaustive()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the thread has.
struct Worker {
    shared: Arc<Shared>,
    sink: Box<dyn Sink>,
    note: DropNote,
    /// The last attempt to write failed.
    failed: bool,
}

/// What the thread takes from the queue at once.
struct Taken {
    batch: Batch,
    untold: u64,
    flush: bool,
    is_last: bool,
}

impl Worker {
    fn run(mut self) {
        // Two pieces of memory change places: what is written, and what is filled meanwhile.
        let mut spare = Batch::default();
        loop {
            let Taken { mut batch, untold, flush, is_last } = self.take(spare);
            if untold > 0 && !self.failed {
                let note = (self.note)(untold);
                batch.text.push_str(&note);
                batch.lines.push((Level::WARN, batch.text.len()));
            }
            self.write(&batch);
            if flush || is_last {
                // That it works says nothing: there may have been nothing to hand on.
                if let Err(error) = self.sink.flush() {
                    self.tell(Some(error));
                }
            }
            if batch.text.capacity() > self.shared.limit.max(64 * 1024) {
                batch = Batch::default();
            }
            batch.text.clear();
            batch.lines.clear();
            spare = batch;
            let mut state = self.shared.lock();
            state.in_flight = 0;
            state.ended = state.begun;
            drop(state);
            self.shared.progress.notify_all();
            if is_last {
                return;
            }
        }
    }

    /// Waits for something to do.
    fn take(&self, spare: Batch) -> Taken {
        let mut state = self.shared.lock();
        loop {
            let has_work = !state.batch.lines.is_empty() || state.untold > 0 && !self.failed;
            if has_work || state.wants_flush || state.is_closed {
                break;
            }
            state.is_asleep = true;
            state = self.shared.work.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.is_asleep = false;
        }
        let batch = std::mem::replace(&mut state.batch, spare);
        state.in_flight = batch.text.len();
        state.begun += 1;
        // Told once there is room again; on a sink that fails there is none.
        let untold = if self.failed { 0 } else { std::mem::take(&mut state.untold) };
        let flush = std::mem::take(&mut state.wants_flush);
        Taken { batch, untold, flush, is_last: state.is_closed }
    }

    fn write(&mut self, batch: &Batch) {
        let mut start = 0;
        let mut room = [Formatted { level: Level::INFO, text: "" }; AT_ONCE];
        for part in batch.lines.chunks(AT_ONCE) {
            for (line, (level, end)) in room.iter_mut().zip(part) {
                let text = batch.text.get(start..*end).unwrap_or_default();
                *line = Formatted { level: *level, text };
                start = *end;
            }
            self.write_part(room.get(..part.len()).unwrap_or_default());
        }
    }

    fn write_part(&mut self, lines: &[Formatted<'_>]) {
        let written = self.sink.write(lines);
        if written.is_err() {
            let lost = u64::try_from(lines.len()).unwrap_or(u64::MAX);
            self.shared.drops.0.fetch_add(lost, Relaxed);
            self.shared.lock().untold += lost;
        }
        self.tell(written.err());
    }

    /// Tells of a change: through the log itself, so that the other sinks have it.
    fn tell(&mut self, error: Option<io::Error>) {
        match error {
            Some(error) if !self.failed => {
                let place = self.sink.describe();
                tracing::warn!(target: OWN_TARGET, %error, "no lines can be written to {place}");
                self.failed = true;
            }
            None if self.failed => {
                let place = self.sink.describe();
                tracing::info!(target: OWN_TARGET, "lines can be written to {place} again");
                self.failed = false;
            }
            _ => {}
        }
    }
}

/// When a flush that begins now gives up.
pub(crate) fn flush_deadline() -> Instant {
    const PATIENCE: Duration = Duration::from_secs(1);
    Instant::now() + PATIENCE
}

#[cfg(test)]
#[path = "writer_tests.rs"]
mod tests;
