//! The JVM's names that the admin server's cards ask for, where what they say is true here too.
//! Opt-in, and described as what they are. There is no `jvm.gc` and no `Metaspace`.

use super::{
    allocator::AllocatorStatistics,
    sampled::{Pace, Sampled, Source},
};
use crate::support::host::{Cgroup, HostRoot, ProcessUsage};

/// The card of threads.
#[derive(Debug)]
pub(super) struct JvmThreads {
    root: HostRoot,
    peak: u64,
}

impl JvmThreads {
    pub(super) fn new(root: &HostRoot) -> Self {
        Self { root: root.clone(), peak: 0 }
    }
}

impl Source for JvmThreads {
    fn sample(&mut self, into: &mut Sampled) {
        let Some(live) = ProcessUsage::read(&self.root).threads else { return };
        self.peak = self.peak.max(live);
        // Only the main thread keeps a Rust process alive: all others are daemons in Java's sense.
        for (name, description, value) in [
            ("jvm.threads.live", "The live threads of the process (not of a JVM)", live),
            (
                "jvm.threads.daemon",
                "The threads that do not keep the process alive",
                live.saturating_sub(1),
            ),
            ("jvm.threads.peak", "The most threads that were seen at once", self.peak),
        ] {
            into.meter(name, description, "threads").number(Some(value));
        }
    }

    fn pace(&self) -> Pace {
        Pace::AtOnce
    }
}

/// The cards of memory. The heap is the allocator's, all other resident memory is the non-heap.
pub(super) fn memory(into: &mut Sampled, statistics: &AllocatorStatistics, root: &HostRoot) {
    let Some(used) = statistics.used() else { return };
    let committed = statistics.committed().unwrap_or(used).max(used);
    let Some(resident) = ProcessUsage::read(root).memory_resident else { return };
    let limit = Cgroup::read(root).memory.and_then(|memory| memory.limit);
    let other = resident.saturating_sub(committed);
    let (heap, nonheap) = ("heap", "nonheap");
    for (name, description, area, value) in [
        ("jvm.memory.used", USED, heap, used),
        ("jvm.memory.used", USED, nonheap, other),
        ("jvm.memory.committed", COMMITTED, heap, committed),
        ("jvm.memory.committed", COMMITTED, nonheap, other),
    ] {
        into.meter(name, description, "bytes").tag("area", area).number(Some(value));
    }
    for (area, limit) in [(heap, limit), (nonheap, None)] {
        let value = limit.map_or(-1.0, super::as_f64);
        let meter = into.meter("jvm.memory.max", MAX, "bytes").tag("area", area);
        meter.gauge(Some(value));
    }
}

const USED: &str = "heap: what the application holds of its allocator; nonheap: all other resident \
                    memory of the process (not of a JVM)";
const COMMITTED: &str = "heap: the memory of the allocator; nonheap: all other resident memory of \
                         the process (not of a JVM)";
const MAX: &str = "heap: the limit of the control group; -1 for no limit (not of a JVM)";
