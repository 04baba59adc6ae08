//! A thread dump, in Java's words where they are true.

use std::time::SystemTime;

use crate::support::host::{OsThread, OsThreadState};

/// All threads at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadDump {
    /// The moment.
    pub taken_at: SystemTime,
    /// The threads, by id.
    pub threads: Vec<ThreadInfo>,
}

/// One thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadInfo {
    /// The kernel's thread id.
    pub id: u64,
    /// The name; the kernel keeps the first 15 bytes.
    pub name: String,
    /// What it is doing.
    pub state: ThreadState,
    /// Whether the process ends without waiting for it: all but the main thread.
    pub is_daemon: bool,
    /// Whether it was stopped by a signal or a debugger.
    pub is_suspended: bool,
    /// 1 to 10, 5 is normal; from the niceness.
    pub priority: u8,
}

/// The states of Java that the kernel can tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThreadState {
    /// On a processor or ready for one.
    Runnable,
    /// Waits for something.
    Waiting,
    /// Has ended.
    Terminated,
}

impl ThreadState {
    /// Its name in Java.
    pub fn name(self) -> &'static str {
        match self {
            Self::Runnable => "RUNNABLE",
            Self::Waiting => "WAITING",
            Self::Terminated => "TERMINATED",
        }
    }
}

impl ThreadInfo {
    pub(super) fn new(thread: OsThread, process_id: u64) -> Self {
        let state = match thread.state {
            OsThreadState::Running => ThreadState::Runnable,
            OsThreadState::Sleeping | OsThreadState::DiskSleep | OsThreadState::Stopped => {
                ThreadState::Waiting
            }
            OsThreadState::Dead => ThreadState::Terminated,
        };
        Self {
            id: thread.id,
            is_daemon: thread.id != process_id,
            is_suspended: thread.state == OsThreadState::Stopped,
            priority: priority(thread.nice),
            name: thread.name,
            state,
        }
    }
}

/// Niceness 19 … 0 … -20 is priority 1 … 5 … 10.
fn priority(nice: i32) -> u8 {
    u8::try_from((5 - nice / 4).clamp(1, 10)).unwrap_or(5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_normal_thread_has_javas_normal_priority() {
        assert_eq!([priority(0), priority(19), priority(-20)], [5, 1, 10]);
    }
}
