//! The tasks of a process.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    fmt,
    panic::Location,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use crate::{model::sanitizer::BEYOND, support::text::shortened};

/// So many are listed; more are only counted.
const MAX_TASKS: usize = 10_000;
/// Bytes of a name that are shown.
pub(crate) const MAX_NAME: usize = 128;

/// Tasks are spawned where nothing of a service is at hand, so there is one list in a process.
static OF_PROCESS: OnceLock<Tasks> = OnceLock::new();

/// The tasks that have names; clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tasks {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    listed: Mutex<BTreeMap<u64, Arc<Task>>>,
    last_id: AtomicU64,
    /// Those beyond the bound.
    unlisted: AtomicU64,
}

/// What is known of a task.
#[derive(Debug)]
struct Task {
    name: Cow<'static, str>,
    spawned_at: &'static Location<'static>,
    began: Instant,
    polls: AtomicU64,
    /// Since when it is being polled, in nanoseconds after it began; 0 if it is not.
    polled_since: AtomicU64,
}

/// A task at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TaskInfo {
    /// Its number; later ones have higher numbers.
    pub(crate) id: u64,
    /// Its name; of a long one more is kept than is shown.
    pub(crate) name: String,
    /// What it does.
    pub(crate) state: TaskState,
    /// How long ago it was spawned.
    pub(crate) age: Duration,
    /// How often it was polled.
    pub(crate) polls: u64,
    /// The file and the line where it was spawned.
    pub(crate) spawned_at: String,
}

/// What a task does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TaskState {
    /// It waits to be woken, or for a worker.
    Idle,
    /// It is being polled, for so long already.
    Running(Duration),
}

impl fmt::Display for TaskState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Idle => f.write_str("idle"),
            Self::Running(since) => write!(f, "running for {:.3} s", since.as_secs_f64()),
        }
    }
}

impl Tasks {
    /// Those of the process.
    pub(crate) fn of_process() -> Self {
        OF_PROCESS.get_or_init(Self::default).clone()
    }

    /// Lists one more, until what is given is dropped.
    pub(super) fn add(
        &self,
        name: Cow<'static, str>,
        spawned_at: &'static Location<'static>,
    ) -> Entry {
        let id = self.shared.last_id.fetch_add(1, Ordering::Relaxed) + 1;
        let task = Arc::new(Task {
            name: bounded(name),
            spawned_at,
            began: Instant::now(),
            polls: AtomicU64::new(0),
            polled_since: AtomicU64::new(0),
        });
        let mut listed = self.shared.listed.lock().unwrap_or_else(PoisonError::into_inner);
        let is_listed = listed.len() < MAX_TASKS;
        if is_listed {
            listed.insert(id, Arc::clone(&task));
        } else {
            self.shared.unlisted.fetch_add(1, Ordering::Relaxed);
        }
        drop(listed);
        Entry { id, task, tasks: self.clone(), is_listed }
    }

    /// Those that are listed now, the oldest first.
    pub(crate) fn list(&self) -> Vec<TaskInfo> {
        // The copies are made without the lock, for which tasks that are spawned would wait.
        let listed: Vec<(u64, Arc<Task>)> = {
            let listed = self.shared.listed.lock().unwrap_or_else(PoisonError::into_inner);
            listed.iter().map(|(id, task)| (*id, Arc::clone(task))).collect()
        };
        listed.into_iter().map(|(id, task)| task.info(id)).collect()
    }

    /// How many there are beside those.
    pub(crate) fn unlisted(&self) -> u64 {
        self.shared.unlisted.load(Ordering::Relaxed)
    }
}

impl Task {
    fn info(&self, id: u64) -> TaskInfo {
        let age = self.began.elapsed();
        let state = match self.polled_since.load(Ordering::Relaxed) {
            0 => TaskState::Idle,
            since => TaskState::Running(age.saturating_sub(Duration::from_nanos(since))),
        };
        TaskInfo {
            id,
            name: self.name.clone().into_owned(),
            state,
            age,
            polls: self.polls.load(Ordering::Relaxed),
            spawned_at: format!("{}:{}", self.spawned_at.file(), self.spawned_at.line()),
        }
    }
}

/// A task's place in the list, which it leaves when this is dropped.
#[derive(Debug)]
pub(super) struct Entry {
    id: u64,
    task: Arc<Task>,
    tasks: Tasks,
    is_listed: bool,
}

impl Entry {
    /// It is being polled until what is given is dropped.
    pub(super) fn polled(&self) -> Polled<'_> {
        let since = u64::try_from(self.task.began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.task.polled_since.store(since.max(1), Ordering::Relaxed);
        self.task.polls.fetch_add(1, Ordering::Relaxed);
        Polled(&self.task)
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let shared = &self.tasks.shared;
        if self.is_listed {
            shared.listed.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
        } else {
            shared.unlisted.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// One poll, which may end by a panic.
#[derive(Debug)]
pub(super) struct Polled<'t>(&'t Task);

impl Drop for Polled<'_> {
    fn drop(&mut self) {
        self.0.polled_since.store(0, Ordering::Relaxed);
    }
}

/// As much of a name as is kept.
fn bounded(name: Cow<'static, str>) -> Cow<'static, str> {
    if name.len() <= MAX_NAME + BEYOND {
        return name;
    }
    Cow::Owned(shortened(&name, MAX_NAME + BEYOND).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_and_names_are_bounded_and_those_beyond_are_counted_while_they_live() {
        let tasks = Tasks::default();
        let here = Location::caller();
        let mut entries: Vec<Entry> =
            (0..MAX_TASKS + 2).map(|_| tasks.add("x".into(), here)).collect();
        assert_eq!((tasks.list().len(), tasks.unlisted()), (MAX_TASKS, 2));
        entries.truncate(1);
        assert_eq!((tasks.list().len(), tasks.unlisted()), (1, 0));
        let long = tasks.add("ä".repeat(1_000).into(), here);
        assert_eq!(tasks.list()[1].name, "ä".repeat(192));
        drop(long);
    }
}
