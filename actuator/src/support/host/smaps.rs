//! The memory of this process, page by page: what is shared, and with how many.
//! Source of the format: `proc_pid_smaps_rollup(5)`.

use super::{HostRoot, process::bytes};

/// Sums over all mappings of the process, in bytes. Its own file tells more than that of the
/// status, and costs more: the kernel walks all pages, and holds the lock of the address space.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct MemoryMap {
    /// Resident pages, each divided by the number of processes that have it.
    pub proportional: Option<u64>,
    /// Resident pages that no other process has and that can be read again.
    pub private_clean: Option<u64>,
    /// Resident pages that no other process has and that were written.
    pub private_dirty: Option<u64>,
    /// Resident pages that others have too and that can be read again.
    pub shared_clean: Option<u64>,
    /// Resident pages that others have too and that were written.
    pub shared_dirty: Option<u64>,
    /// Resident pages that belong to no file and are parts of huge pages.
    pub anonymous_huge: Option<u64>,
}

impl MemoryMap {
    /// Reads them. Takes about 20 milliseconds for each gigabyte of resident memory in small pages.
    pub(crate) fn read(root: &HostRoot) -> Self {
        let text = root.read("/proc/self/smaps_rollup").unwrap_or_default();
        let bytes = |name| bytes(&text, name);
        Self {
            proportional: bytes("Pss"),
            private_clean: bytes("Private_Clean"),
            private_dirty: bytes("Private_Dirty"),
            shared_clean: bytes("Shared_Clean"),
            shared_dirty: bytes("Shared_Dirty"),
            anonymous_huge: bytes("AnonHugePages"),
        }
    }

    /// Resident pages that were written.
    pub(crate) fn dirty(&self) -> Option<u64> {
        self.private_dirty?.checked_add(self.shared_dirty?)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::root::Fixture, *};

    #[test]
    fn the_sums_are_read_in_bytes() {
        let text = "562a2f1d4000-7fff5657c000 ---p 00000000 00:00 0                  [rollup]\n\
                    Rss:                1772 kB\nPss:                 352 kB\n\
                    Pss_Dirty:           112 kB\nShared_Clean:       1576 kB\n\
                    Shared_Dirty:          1 kB\nPrivate_Clean:        84 kB\n\
                    Private_Dirty:       112 kB\nAnonymous:           112 kB\n\
                    AnonHugePages:         0 kB\nSwap:                  3 kB\n\
                    SwapPss:               0 kB\n";
        let tree = Fixture::new("smaps", &[("/proc/self/smaps_rollup", text)]);
        let map = MemoryMap::read(&tree.root());
        assert_eq!((map.proportional, map.private_clean), (Some(352 * 1024), Some(84 * 1024)));
        assert_eq!(map.dirty(), Some(113 * 1024));
        tree.write("/proc/self/smaps_rollup", "Pss: many kB\n");
        assert_eq!(MemoryMap::read(&tree.root()), MemoryMap::default());
    }

    #[test]
    fn this_process_has_pages_of_its_own() {
        let map = MemoryMap::read(&HostRoot::default());
        assert!(map.private_dirty > Some(0) && map.proportional > Some(0), "{map:?}");
    }
}
