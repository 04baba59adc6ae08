//! The threads of this process, as the kernel knows them.

use std::{fs, path::Path, time::Duration};

use super::process::{cpu_time, stat_fields};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OsThreadState {
    /// `R`: on a processor or ready for one.
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
    let state = match fields.next()? {
        "R" => OsThreadState::Running,
        "D" => OsThreadState::DiskSleep,
        "T" | "t" => OsThreadState::Stopped,
        "Z" | "X" | "x" => OsThreadState::Dead,
        _ => OsThreadState::Sleeping,
    };
    // Field 19 of the manual, 15 after the state.
    let nice = fields.nth(15).and_then(|nice| nice.parse().ok()).unwrap_or(0);
    let cpu_time = cpu_time(stat).unwrap_or_default();
    Some(OsThread { id, name: name.to_owned(), state, nice, cpu_time })
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

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
}
