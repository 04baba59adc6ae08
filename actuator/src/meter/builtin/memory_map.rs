//! The memory of the process, page by page.

use super::sampled::{Pace, Sampled, Source};
use crate::support::host::{HostRoot, MemoryMap};

/// Looked at seldom: the kernel walks all pages of the process, and nobody can map memory
/// meanwhile.
#[derive(Debug)]
pub(super) struct ProcessMemoryMap {
    root: HostRoot,
}

impl ProcessMemoryMap {
    pub(super) fn new(root: &HostRoot) -> Self {
        Self { root: root.clone() }
    }
}

impl Source for ProcessMemoryMap {
    fn sample(&mut self, into: &mut Sampled) {
        let map = MemoryMap::read(&self.root);
        let pss = "Resident pages, each divided by the number of processes that have it";
        let huge = "Resident pages of no file that are parts of huge pages";
        for (name, description, value) in [
            ("process.memory.pss", pss, map.proportional),
            ("process.memory.anonymous.huge", huge, map.anonymous_huge),
            ("memory.dirty", "Resident pages that were written", map.dirty()),
        ] {
            into.meter(name, description, "bytes").number(value);
        }
        let private = "Resident pages that no other process has; dirty ones were written";
        let shared = "Resident pages that other processes have too; dirty ones were written";
        for (name, description, state, value) in [
            ("process.memory.private", private, "clean", map.private_clean),
            ("process.memory.private", private, "dirty", map.private_dirty),
            ("process.memory.shared", shared, "clean", map.shared_clean),
            ("process.memory.shared", shared, "dirty", map.shared_dirty),
        ] {
            into.meter(name, description, "bytes").tag("pages", state).number(value);
        }
    }

    fn pace(&self) -> Pace {
        Pace::Seldom
    }
}
