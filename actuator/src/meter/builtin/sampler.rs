//! The background sampler: finds out what is costly, so that reading a meter is not, and tells
//! the registry the time, so that recording need not ask for it.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
        mpsc::{self, Receiver, Sender},
    },
    thread::{self, Thread},
    time::{Duration, Instant},
};

use tokio::runtime::Handle;

use super::{
    MeterRegistry, ReadAllocator,
    allocator::Allocator,
    collector::sample_timer,
    runtime::{RuntimeLoad, bind_runtime_meters},
    sampled::{Pace, Sampled, Source},
    sources,
};
use crate::{
    meter::Timer,
    support::host::{HostRoot, ProcessIdentity},
};

/// The second look comes early: usage is measured between two.
const FIRST_INTERVAL: Duration = Duration::from_millis(250);

/// A start waits for so long for disks.
const DISK_PATIENCE: Duration = Duration::from_millis(250);
/// What costs much is looked at for a thousandth of the time at most.
const MOST_OF_TIME: u32 = 1_000;

/// Samples on threads of its own until it is dropped: one for what may block for ever, one for all
/// else.
#[derive(Debug)]
pub(crate) struct MetricsSampler {
    lane: Lane,
    blocking: Lane,
    registry: Arc<MeterRegistry>,
    root: HostRoot,
}

impl MetricsSampler {
    /// Looks at what is needed at once before it returns, and at all else in the background. A
    /// disk that answers is waited for: dashboards list what is there at the start.
    pub(crate) fn start(
        registry: Arc<MeterRegistry>,
        identity: &ProcessIdentity,
    ) -> io::Result<Self> {
        Self::start_at(registry, identity, HostRoot::default())
    }

    /// The same with the files of another root.
    pub(super) fn start_at(
        registry: Arc<MeterRegistry>,
        identity: &ProcessIdentity,
        root: HostRoot,
    ) -> io::Result<Self> {
        let looked_at = sources(registry.settings(), identity, &root);
        let tasks = looked_at.into_iter().map(|source| Task::new(source, &registry));
        let (blocking, mut tasks): (Vec<_>, Vec<_>) =
            tasks.partition(|task| task.pace == Pace::MayBlock);
        let (blocking, looked) = Lane::start("meter-disks", blocking, &registry)?;
        let now = Instant::now();
        for task in tasks.iter_mut().filter(|task| task.pace == Pace::AtOnce) {
            task.look(now);
        }
        let (lane, _) = Lane::start("meter-sampler", tasks, &registry)?;
        // Its end says as much as a message; a disk that does not answer has to do without.
        let _ = looked.recv_timeout(DISK_PATIENCE);
        Ok(Self { lane, blocking, registry, root })
    }

    /// Looks at the allocator too from now on.
    pub(crate) fn watch_allocator(&self, read: ReadAllocator) {
        self.watch(Box::new(Allocator::new(read, &self.root)));
    }

    /// Has meters of a runtime too from now on; `name` is their tag.
    pub(crate) fn watch_runtime(&self, name: &str, runtime: &Handle) {
        bind_runtime_meters(&self.registry, name, runtime);
        self.watch(Box::new(RuntimeLoad::new(name, runtime)));
    }

    fn watch(&self, source: Box<dyn Source>) {
        let task = Task::new(source, &self.registry);
        let lane = if task.pace == Pace::MayBlock { &self.blocking } else { &self.lane };
        lane.add(task);
    }
}

/// A thread, and what it is to look at.
#[derive(Debug)]
struct Lane {
    thread: Thread,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    is_stopped: AtomicBool,
    added: Mutex<Vec<Task>>,
}

impl Shared {
    fn take_added(&self) -> Vec<Task> {
        std::mem::take(&mut *self.added.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Lane {
    /// The thread, and what is disconnected once it has looked at everything for the first time.
    fn start(
        name: &str,
        tasks: Vec<Task>,
        registry: &MeterRegistry,
    ) -> io::Result<(Self, Receiver<()>)> {
        let (looking, looked) = mpsc::channel();
        let shared = Arc::new(Shared { added: Mutex::new(tasks), ..Shared::default() });
        let (told, timer) = (Arc::clone(&shared), sample_timer(registry, name));
        let run = move || Self::run(&told, &timer, looking);
        let handle = thread::Builder::new().name(name.to_owned()).spawn(run)?;
        Ok((Self { thread: handle.thread().clone(), shared }, looked))
    }

    fn run(shared: &Shared, timer: &Timer, looking: Sender<()>) {
        let mut looking = Some(looking);
        let mut tasks: Vec<Task> = Vec::new();
        while !shared.is_stopped.load(Relaxed) {
            tasks.append(&mut shared.take_added());
            let now = Instant::now();
            if tasks.iter().any(|task| task.due <= now) {
                for task in tasks.iter_mut().filter(|task| task.due <= now) {
                    task.look(now);
                }
                timer.record(now.elapsed());
            }
            drop(looking.take());
            match tasks.iter().map(|task| task.due).min() {
                Some(due) => thread::park_timeout(due.saturating_duration_since(Instant::now())),
                None => thread::park(),
            }
        }
    }

    fn add(&self, task: Task) {
        self.shared.added.lock().unwrap_or_else(PoisonError::into_inner).push(task);
        self.thread.unpark();
    }
}

/// Tells the thread to end and does not wait for it: a file system that does not answer must not
/// hold up a shutdown.
impl Drop for Lane {
    fn drop(&mut self) {
        self.shared.is_stopped.store(true, Relaxed);
        self.thread.unpark();
    }
}

/// A source, and when it is to be looked at next.
struct Task {
    source: Box<dyn Source>,
    meters: Sampled,
    pace: Pace,
    interval: Duration,
    due: Instant,
    looks: u32,
}

impl std::fmt::Debug for Task {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Task").field("pace", &self.pace).finish_non_exhaustive()
    }
}

impl Task {
    fn new(source: Box<dyn Source>, registry: &Arc<MeterRegistry>) -> Self {
        let pace = source.pace();
        let settings = registry.settings();
        let interval = match pace {
            Pace::AtOnce | Pace::Usual | Pace::MayBlock => settings.sample_interval,
            Pace::Seldom => settings.smaps_interval,
        };
        let meters = Sampled::new(Arc::clone(registry));
        Self { source, meters, pace, interval, due: Instant::now(), looks: 0 }
    }

    fn look(&mut self, now: Instant) {
        // What the application tells may panic. The others go on, and this one is asked again.
        let _ = catch_unwind(AssertUnwindSafe(|| self.meters.take(&mut *self.source)));
        let first = self.looks == 0 && self.pace == Pace::AtOnce;
        self.looks = self.looks.saturating_add(1);
        let interval = if first { self.interval.min(FIRST_INTERVAL) } else { self.interval };
        self.due = match self.pace {
            Pace::AtOnce | Pace::Usual | Pace::MayBlock => now + interval,
            Pace::Seldom => now + interval.max(now.elapsed() * MOST_OF_TIME),
        };
    }
}
