//! The states of Java that can be told truly.

use super::stack::ThreadStack;
use crate::support::host::OsThreadState;

/// What a thread is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ThreadState {
    /// On a processor or ready for one.
    Runnable,
    /// Waits for a lock that another thread holds.
    Blocked,
    /// Waits for something.
    Waiting,
    /// Waits for something, or for a time to come.
    TimedWaiting,
    /// Has ended.
    Terminated,
}

/// Functions in which a thread waits for a lock, by the ends of their modules and their names.
const BLOCKED: &[(&str, &str)] = &[
    ("::futex::Mutex", "lock_contended"),
    ("::futex::RwLock", "read_contended"),
    ("::futex::RwLock", "write_contended"),
    ("parking_lot::raw_mutex::RawMutex", "lock_slow"),
    ("parking_lot::raw_rwlock::RawRwLock", "lock_shared_slow"),
    ("parking_lot::raw_rwlock::RawRwLock", "lock_exclusive_slow"),
    ("", "__lll_lock_wait"),
    ("", "pthread_mutex_lock"),
];
/// Functions in which a thread waits until a time at most.
const TIMED: &[(&str, &str)] = &[
    ("std::thread", "sleep"),
    ("std::thread::functions", "sleep"),
    ("std::thread", "park_timeout"),
    ("std::thread::functions", "park_timeout"),
    ("Condvar", "wait_timeout"),
    ("::condvar", "wait_timeout"),
    ("::condvar::futex", "wait_timeout"),
    ("parking_lot::condvar::Condvar", "wait_until_internal"),
    ("", "clock_nanosleep"),
    ("", "nanosleep"),
    ("", "pthread_cond_timedwait"),
];
/// So far from the innermost function these are looked for.
const DEPTH: usize = 16;

impl ThreadState {
    /// What the kernel says, and what the stack makes more precise: only a thread that sleeps waits
    /// for a lock or a time.
    pub fn of(state: OsThreadState, stack: &ThreadStack) -> Self {
        match state {
            OsThreadState::Running => Self::Runnable,
            OsThreadState::Dead => Self::Terminated,
            OsThreadState::DiskSleep | OsThreadState::Stopped => Self::Waiting,
            OsThreadState::Sleeping => {
                if is_in(stack, BLOCKED) {
                    Self::Blocked
                } else if is_in(stack, TIMED) {
                    Self::TimedWaiting
                } else {
                    Self::Waiting
                }
            }
        }
    }

    /// Its name in Java.
    pub fn name(self) -> &'static str {
        match self {
            Self::Runnable => "RUNNABLE",
            Self::Blocked => "BLOCKED",
            Self::Waiting => "WAITING",
            Self::TimedWaiting => "TIMED_WAITING",
            Self::Terminated => "TERMINATED",
        }
    }
}

fn is_in(stack: &ThreadStack, functions: &[(&str, &str)]) -> bool {
    stack.frames().take(DEPTH).any(|frame| {
        // Generic ones have their types with them.
        let name = frame.function.split('<').next();
        functions.iter().any(|(scope, function)| {
            name == Some(*function)
                && if scope.is_empty() { frame.is_native } else { frame.scope.ends_with(scope) }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::stack_frame::StackFrame;

    fn stack(frames: &[(&str, &str, bool)]) -> ThreadStack {
        let frames = frames.iter().map(|(scope, function, is_native)| StackFrame {
            scope: (*scope).into(),
            function: (*function).into(),
            file: None,
            line: None,
            is_native: *is_native,
        });
        ThreadStack::new(frames.map(|frame| [frame].into()).collect(), true)
    }

    #[test]
    fn a_sleeping_thread_is_blocked_or_waits_for_a_time_where_its_functions_say_so() {
        let mutex = stack(&[
            ("libc.so.6", "syscall", true),
            ("std::sys::sync::mutex::futex::Mutex", "lock_contended", false),
        ]);
        let sleep =
            stack(&[("libc.so.6", "clock_nanosleep", true), ("std::thread", "sleep", false)]);
        let poll = stack(&[("libc.so.6", "epoll_wait", true), ("shop::futex", "sleep", false)]);
        let of = |stack| ThreadState::of(OsThreadState::Sleeping, stack);
        assert_eq!(
            [of(&mutex), of(&sleep), of(&poll), of(&ThreadStack::default())].map(ThreadState::name),
            ["BLOCKED", "TIMED_WAITING", "WAITING", "WAITING"]
        );
        assert_eq!(ThreadState::of(OsThreadState::Running, &mutex), ThreadState::Runnable);
        assert_eq!(ThreadState::of(OsThreadState::Stopped, &mutex), ThreadState::Waiting);
        assert_eq!(ThreadState::of(OsThreadState::Dead, &mutex).name(), "TERMINATED");
    }
}
