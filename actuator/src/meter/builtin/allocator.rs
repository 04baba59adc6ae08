//! The allocator, as the application tells of it: which one is linked, and how it is asked, is the
//! application's choice.

use super::{
    jvm,
    sampled::{Sampled, Source},
};
use crate::support::host::HostRoot;

/// What an allocator says of its memory, in bytes. What it does not say is `None`, and then there
/// is no such meter.
///
/// ```
/// use actuator::meter::AllocatorStatistics;
///
/// // With jemalloc: `tikv_jemalloc_ctl::{epoch, stats}`.
/// # mod epoch { pub fn advance() -> Result<u64, ()> { Ok(1) } }
/// # mod stats { pub mod allocated { pub fn read() -> Result<usize, ()> { Ok(1) } }
/// #             pub mod resident { pub fn read() -> Result<usize, ()> { Ok(2) } } }
/// fn jemalloc() -> AllocatorStatistics {
///     let _ = epoch::advance();
///     AllocatorStatistics::default()
///         .allocated(stats::allocated::read().ok())
///         .resident(stats::resident::read().ok())
/// }
///
/// fn setup(app: &mut actuator::App) {
///     app.allocator(jemalloc);
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AllocatorStatistics {
    allocated: Option<usize>,
    active: Option<usize>,
    resident: Option<usize>,
    mapped: Option<usize>,
    retained: Option<usize>,
}

impl AllocatorStatistics {
    /// What the application holds.
    #[must_use]
    pub fn allocated(mut self, bytes: impl Into<Option<usize>>) -> Self {
        self.allocated = bytes.into();
        self
    }

    /// The pages in which that lies.
    #[must_use]
    pub fn active(mut self, bytes: impl Into<Option<usize>>) -> Self {
        self.active = bytes.into();
        self
    }

    /// The resident memory of the allocator, its own records and unused pages included.
    #[must_use]
    pub fn resident(mut self, bytes: impl Into<Option<usize>>) -> Self {
        self.resident = bytes.into();
        self
    }

    /// What it has mapped.
    #[must_use]
    pub fn mapped(mut self, bytes: impl Into<Option<usize>>) -> Self {
        self.mapped = bytes.into();
        self
    }

    /// Address space that it keeps although it gave the memory back.
    #[must_use]
    pub fn retained(mut self, bytes: impl Into<Option<usize>>) -> Self {
        self.retained = bytes.into();
        self
    }

    /// All of it in bytes: allocated, active, resident, mapped, retained.
    pub(crate) fn in_bytes(&self) -> [Option<u64>; 5] {
        [self.allocated, self.active, self.resident, self.mapped, self.retained].map(in_bytes)
    }

    /// What the application holds, if it is told.
    pub(super) fn used(&self) -> Option<u64> {
        in_bytes(self.allocated)
    }

    /// What was taken of the system for it, as far as it is told.
    pub(super) fn committed(&self) -> Option<u64> {
        in_bytes(self.resident.or(self.active).or(self.allocated))
    }
}

/// Asks the allocator.
pub(crate) type ReadAllocator = Box<dyn Fn() -> AllocatorStatistics + Send>;

/// The numbers of the application's allocator.
pub(super) struct Allocator {
    read: ReadAllocator,
    root: HostRoot,
}

impl Allocator {
    pub(super) fn new(read: ReadAllocator, root: &HostRoot) -> Self {
        Self { read, root: root.clone() }
    }
}

impl Source for Allocator {
    fn sample(&mut self, into: &mut Sampled) {
        let statistics = (self.read)();
        for (name, description, value) in [
            ("allocator.allocated", "What the application holds", statistics.allocated),
            ("allocator.active", "The pages in which that lies", statistics.active),
            ("allocator.resident", "The allocator's resident memory", statistics.resident),
            ("allocator.mapped", "What the allocator has mapped", statistics.mapped),
            ("allocator.retained", "Address space without memory", statistics.retained),
        ] {
            into.meter(name, description, "bytes").number(in_bytes(value));
        }
        if into.registry().settings().jvm_aliases {
            jvm::memory(into, &statistics, &self.root);
        }
    }
}

fn in_bytes(size: Option<usize>) -> Option<u64> {
    size.and_then(|size| u64::try_from(size).ok())
}
