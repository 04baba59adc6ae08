//! A thread dump, in Java's words where they are true.

use std::{collections::HashMap, time::SystemTime};

use super::{stack::ThreadStack, state::ThreadState};
use crate::support::host::{OsThread, OsThreadState};

/// All threads at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadDump {
    /// The moment.
    pub taken_at: SystemTime,
    /// The threads, by id.
    pub threads: Vec<ThreadInfo>,
    /// Why there are no stacks, and what to do.
    pub trouble: Option<String>,
}

/// Threads that are at the same place.
#[derive(Debug)]
pub struct ThreadGroup<'d> {
    /// The threads, by id; at least one.
    pub threads: Vec<&'d ThreadInfo>,
}

impl ThreadDump {
    /// The threads by what they do, those groups first that have the most.
    pub fn groups(&self) -> Vec<ThreadGroup<'_>> {
        let mut groups: Vec<ThreadGroup<'_>> = Vec::new();
        let mut known: HashMap<(&ThreadStack, ThreadState), usize> = HashMap::new();
        for thread in &self.threads {
            let index = *known.entry((&thread.stack, thread.state)).or_insert(groups.len());
            match groups.get_mut(index) {
                Some(group) => group.threads.push(thread),
                None => groups.push(ThreadGroup { threads: vec![thread] }),
            }
        }
        groups.sort_by_key(|group| std::cmp::Reverse(group.threads.len()));
        groups
    }
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
    /// The functions it was in; none if it was not asked or did not answer.
    pub stack: ThreadStack,
}

impl ThreadInfo {
    pub(super) fn new(thread: OsThread, stack: ThreadStack, process_id: u64) -> Self {
        Self {
            id: thread.id,
            is_daemon: thread.id != process_id,
            is_suspended: thread.state == OsThreadState::Stopped,
            priority: priority(thread.nice),
            name: thread.name,
            state: ThreadState::of(thread.state, &stack),
            stack,
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
    fn threads_at_the_same_place_are_one_group_and_the_largest_comes_first() {
        let thread = |id, state| {
            let name = format!("worker-{id}");
            let cpu_time = std::time::Duration::ZERO;
            let thread = OsThread { id, name, state, nice: 0, cpu_time };
            ThreadInfo::new(thread, ThreadStack::default(), 1)
        };
        let dump = ThreadDump {
            taken_at: SystemTime::UNIX_EPOCH,
            threads: vec![
                thread(1, OsThreadState::Running),
                thread(2, OsThreadState::Sleeping),
                thread(3, OsThreadState::Sleeping),
            ],
            trouble: None,
        };
        let groups: Vec<Vec<u64>> = dump
            .groups()
            .iter()
            .map(|group| group.threads.iter().map(|thread| thread.id).collect())
            .collect();
        assert_eq!(groups, [vec![2, 3], vec![1]]);
    }

    #[test]
    fn a_normal_thread_has_javas_normal_priority() {
        assert_eq!([priority(0), priority(19), priority(-20)], [5, 1, 10]);
    }
}
