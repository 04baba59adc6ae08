//! The threads of this process, as the kernel knows them.

use std::{collections::HashMap, fs, path::Path, time::Duration};

use super::{
    HostRoot,
    process::{cpu_time, field, first_number, stat_fields},
};

/// At most so many threads are listed.
const MAX_THREADS: usize = 4_096;

/// One thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OsThread {
    /// The kernel's thread id; that of the main thread is the process id.
    pub id: u64,
    /// The name. The kernel keeps the first 15 bytes.
    pub name: String,
    /// What it is doing.
    pub state: OsThreadState,
    /// The niceness, -20 (most favoured) to 19.
    pub nice: i32,
    /// Processor time, user and kernel.
    pub cpu_time: Duration,
}

/// What the kernel says a thread is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum OsThreadState {
    /// `R`: on a processor or ready for one.
    #[default]
    Running,
    /// `S`, `I`: waits for something.
    Sleeping,
    /// `D`: waits for a device and cannot be interrupted.
    DiskSleep,
    /// `T`, `t`: stopped by a signal or a debugger.
    Stopped,
    /// `Z`, `X`: has ended.
    Dead,
}

impl OsThreadState {
    const ALL: [Self; 5] =
        [Self::Running, Self::Sleeping, Self::DiskSleep, Self::Stopped, Self::Dead];

    /// From a text that begins with the kernel's letter.
    fn parse(text: &str) -> Option<Self> {
        Some(match text.trim_start().chars().next()? {
            'R' => Self::Running,
            'D' => Self::DiskSleep,
            'T' | 't' => Self::Stopped,
            'Z' | 'X' | 'x' => Self::Dead,
            _ => Self::Sleeping,
        })
    }
}

/// What all threads of the process do, and how often they were taken off a processor.
#[derive(Clone, Debug, Default)]
pub(crate) struct ThreadActivity {
    /// How many are in which state.
    pub states: [(OsThreadState, u64); 5],
    /// Times that a thread gave its processor up to wait for something.
    pub voluntary_switches: u64,
    /// Times that a thread was taken off its processor for another.
    pub involuntary_switches: u64,
    /// The switches of each thread when it was seen last.
    seen: HashMap<u64, (u64, u64)>,
}

impl ThreadActivity {
    /// Looks again. Some ten microseconds for each thread; `None` where the system does not tell.
    /// The kernel counts switches per thread and forgets them with it, so they are summed here
    /// from one look to the next; those of a thread after the last look at it are lost.
    pub(crate) fn look(&mut self, root: &HostRoot) -> Option<()> {
        let entries = fs::read_dir(root.place("/proc/self/task")).ok()?;
        self.states = OsThreadState::ALL.map(|state| (state, 0));
        let mut seen = HashMap::with_capacity(self.seen.len());
        for entry in entries.filter_map(Result::ok).take(MAX_THREADS) {
            let Some(id) = entry.file_name().to_str().and_then(|id| id.parse().ok()) else {
                continue;
            };
            let Ok(status) = fs::read(entry.path().join("status")) else { continue };
            let status = String::from_utf8_lossy(&status);
            let Some(state) = field(&status, "State").and_then(OsThreadState::parse) else {
                continue;
            };
            let number = |name| field(&status, name).and_then(first_number).unwrap_or(0);
            let now = (number("voluntary_ctxt_switches"), number("nonvoluntary_ctxt_switches"));
            let then = self.seen.get(&id).copied().unwrap_or_default();
            // A number that falls is another thread with the same id.
            let then = if then.0 > now.0 || then.1 > now.1 { (0, 0) } else { then };
            self.voluntary_switches = self.voluntary_switches.saturating_add(now.0 - then.0);
            self.involuntary_switches = self.involuntary_switches.saturating_add(now.1 - then.1);
            seen.insert(id, now);
            for (_, count) in self.states.iter_mut().filter(|(known, _)| *known == state) {
                *count += 1;
            }
        }
        self.seen = seen;
        (!self.seen.is_empty()).then_some(())
    }
}

/// All threads of this process, by id. Empty where the system does not tell.
pub(crate) fn os_threads() -> Vec<OsThread> {
    threads_in(Path::new("/proc/self/task"))
}

fn threads_in(folder: &Path) -> Vec<OsThread> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    // A thread may end between being listed and being read: such entries are left out.
    let mut threads: Vec<_> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let id = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read(entry.path().join("stat")).ok()?;
            parse(id, &String::from_utf8_lossy(&stat))
        })
        .take(MAX_THREADS)
        .collect();
    threads.sort_by_key(|thread| thread.id);
    threads
}

fn parse(id: u64, stat: &str) -> Option<OsThread> {
    let (name, mut fields) = stat_fields(stat)?;
    let state = OsThreadState::parse(fields.next()?)?;
    // Field 19 of the manual, 15 after the state.
    let nice = fields.nth(15).and_then(|nice| nice.parse().ok()).unwrap_or(0);
    let cpu_time = cpu_time(stat).unwrap_or_default();
    Some(OsThread { id, name: name.to_owned(), state, nice, cpu_time })
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::{super::root::Fixture, *};

    #[test]
    fn a_named_thread_is_listed_with_its_name_and_waits() {
        let (release, wait) = mpsc::channel::<()>();
        let (ready, is_ready) = mpsc::channel();
        let thread = std::thread::Builder::new().name("orders-poller".into()).spawn(move || {
            ready.send(()).unwrap();
            let _ = wait.recv();
        });
        is_ready.recv().unwrap();
        let threads = os_threads();
        drop(release);
        thread.unwrap().join().unwrap();
        assert!(threads.iter().any(|thread| thread.name == "orders-poller"), "{threads:?}");
        assert!(threads.iter().any(|thread| thread.id == u64::from(std::process::id())));
    }

    #[test]
    fn trap_seed_15_a_thread_that_cannot_be_read_is_left_out() {
        let folder = std::env::temp_dir().join(format!("actuator-task-{}", std::process::id()));
        for (id, stat) in [("1", "1 (one) S 0 1"), ("2", "garbage"), ("x", "9 (x) R")] {
            fs::create_dir_all(folder.join(id)).unwrap();
            fs::write(folder.join(id).join("stat"), stat).unwrap();
        }
        fs::create_dir_all(folder.join("3")).unwrap();
        let threads = threads_in(&folder);
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(threads.iter().map(|thread| thread.name.as_str()).collect::<Vec<_>>(), ["one"]);
        assert_eq!(threads_in(&folder), Vec::new());
    }

    #[test]
    fn switches_are_summed_over_threads_that_come_and_go() {
        let status = |state: &str, voluntary: u32| {
            format!(
                "Name:\tx\nState:\t{state}\nvoluntary_ctxt_switches:\t{voluntary}\n\
                 nonvoluntary_ctxt_switches:\t1\n"
            )
        };
        let tree = Fixture::new("switches", &[]);
        let mut activity = ThreadActivity::default();
        assert_eq!(activity.look(&tree.root()), None);
        tree.write("/proc/self/task/1/status", &status("R (running)", 10));
        tree.write("/proc/self/task/2/status", &status("S (sleeping)", 5));
        tree.write("/proc/self/task/2x/status", "State:\tR\n");
        tree.spoil("/proc/self/task/3/status");
        activity.look(&tree.root()).unwrap();
        assert_eq!((activity.voluntary_switches, activity.involuntary_switches), (15, 2));
        let states = activity.states.map(|(_, count)| count);
        assert_eq!(states, [1, 1, 0, 0, 0]);
        tree.write("/proc/self/task/1/status", &status("D (disk sleep)", 12));
        tree.write("/proc/self/task/2/status", &status("S (sleeping)", 3));
        activity.look(&tree.root()).unwrap();
        assert_eq!((activity.voluntary_switches, activity.involuntary_switches), (20, 3));
        assert_eq!(activity.states.map(|(_, count)| count), [0, 1, 1, 0, 0]);
    }
}
