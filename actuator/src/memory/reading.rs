//! One look at all memory of the process.

use std::{fmt, sync::Arc};

use crate::support::{
    host::{HostRoot, Mappings, MemoryMap, ProcessUsage},
    single_flight::SingleFlight,
};

/// What the allocator says, in bytes; `None` for what it does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct AllocatorFigures {
    /// What the application holds.
    pub allocated: Option<u64>,
    /// The pages in which that lies.
    pub active: Option<u64>,
    /// The allocator's resident memory.
    pub resident: Option<u64>,
    /// What it has mapped.
    pub mapped: Option<u64>,
    /// Address space without memory.
    pub retained: Option<u64>,
}

/// Asks the allocator. It may block for a moment.
pub(crate) type ReadFigures = Arc<dyn Fn() -> AllocatorFigures + Send + Sync>;

/// All memory of the process at one moment.
#[derive(Clone, Debug, Default)]
pub(crate) struct MemoryReading {
    /// By mapping; `None` where the system does not tell.
    pub mappings: Option<Mappings>,
    /// The sums of all of them.
    pub totals: MemoryMap,
    /// What the status of the process says beside: its address space, the most that was resident.
    pub usage: ProcessUsage,
    /// What the allocator says, if the application has told how it is asked.
    pub allocator: Option<AllocatorFigures>,
}

/// Where memory is looked at.
#[derive(Clone)]
pub(crate) struct Memory {
    root: HostRoot,
    allocator: Option<ReadFigures>,
    readings: Arc<SingleFlight<(), Option<Arc<MemoryReading>>>>,
}

impl Memory {
    /// That of this process, with its allocator if somebody can ask it.
    pub(crate) fn of_process(allocator: Option<ReadFigures>) -> Self {
        Self { root: HostRoot::default(), allocator, readings: Arc::default() }
    }

    /// Looks at it, on a thread for what blocks: the kernel walks all pages, and nobody can map
    /// memory meanwhile. So who asks during a look shares it. `None` while the service ends.
    pub(crate) async fn read(&self) -> Option<Arc<MemoryReading>> {
        let (root, allocator) = (self.root.clone(), self.allocator.clone());
        let look = || async move {
            tokio::task::spawn_blocking(move || Arc::new(look(&root, allocator.as_ref())))
                .await
                .ok()
        };
        self.readings.run((), look).await.flatten()
    }
}

fn look(root: &HostRoot, allocator: Option<&ReadFigures>) -> MemoryReading {
    MemoryReading {
        mappings: Mappings::read(root),
        totals: MemoryMap::read(root),
        usage: ProcessUsage::read(root),
        allocator: allocator.map(|read| read()),
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_mappings_add_up_to_the_totals_and_the_allocator_is_asked() {
        let figures = AllocatorFigures { allocated: Some(7), ..AllocatorFigures::default() };
        let memory = Memory::of_process(Some(Arc::new(move || figures)));
        let reading = memory.read().await.unwrap();
        assert_eq!(reading.allocator, Some(figures));
        let mappings = &reading.mappings.as_ref().unwrap().mappings;
        let sum: u64 = mappings.iter().map(|mapping| mapping.rss_kb).sum();
        let total = reading.totals.resident.unwrap() / 1024;
        // Memory is used while it is looked at.
        assert!(sum.abs_diff(total) < total / 2, "{sum} KiB of {total} KiB");
        assert!(Memory::of_process(None).read().await.unwrap().allocator.is_none());
    }
}
