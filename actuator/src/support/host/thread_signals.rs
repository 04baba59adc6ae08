//! Which threads there are, and which signals they do not take. Source: `proc_pid_status(5)`.

use std::fs;

use super::{HostRoot, process::field};

/// At most so many threads are listed.
const MAX_THREADS: usize = 4_096;

/// Signals of a thread; bit 0 stands for signal 1, and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ThreadSignals {
    /// Those that it does not take now.
    pub(crate) blocked: u64,
    /// Those that it was sent and has not taken yet.
    pub(crate) pending: u64,
}

impl ThreadSignals {
    /// Those of a thread of this process; `None` if it has ended.
    pub(crate) fn of(root: &HostRoot, thread: u64) -> Option<Self> {
        let status = root.read(format!("/proc/self/task/{thread}/status"))?;
        let mask = |name| u64::from_str_radix(field(&status, name)?.trim(), 16).ok();
        Some(Self { blocked: mask("SigBlk")?, pending: mask("SigPnd")? })
    }
}

/// The ids of all threads of this process, in no order.
pub(crate) fn thread_ids(root: &HostRoot) -> Vec<u64> {
    let Ok(entries) = fs::read_dir(root.place("/proc/self/task")) else { return Vec::new() };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .take(MAX_THREADS)
        .collect()
}

/// Whether a thread of this process has not ended.
pub(crate) fn thread_exists(root: &HostRoot, thread: u64) -> bool {
    root.place(format!("/proc/self/task/{thread}")).exists()
}

/// The name of a thread of this process; the kernel keeps the first 15 bytes.
pub(crate) fn thread_name(root: &HostRoot, thread: u64) -> Option<String> {
    Some(root.read(format!("/proc/self/task/{thread}/comm"))?.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::{super::root::Fixture, *};

    #[test]
    fn masks_and_names_are_read_and_what_is_gone_has_none() {
        let tree = Fixture::new(
            "thread-signals",
            &[
                (
                    "/proc/self/task/7/status",
                    "Name:\tx\nSigPnd:\t0000000000000001\nSigBlk:\tfffffffc00000000\n",
                ),
                ("/proc/self/task/7/comm", "poller\n"),
                ("/proc/self/task/8/status", "SigPnd:\tmany\n"),
            ],
        );
        let root = tree.root();
        let read = ThreadSignals::of(&root, 7);
        assert_eq!(read, Some(ThreadSignals { blocked: 0xffff_fffc_0000_0000, pending: 1 }));
        assert_eq!(ThreadSignals::of(&root, 8), None);
        assert_eq!(ThreadSignals::of(&root, 9), None);
        assert_eq!(thread_name(&root, 7).as_deref(), Some("poller"));
        let mut ids = thread_ids(&root);
        ids.sort_unstable();
        assert_eq!(ids, [7, 8]);
        assert_eq!([7, 9].map(|id| thread_exists(&root, id)), [true, false]);
    }
}
