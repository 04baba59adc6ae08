//! Memory: what the mappings of the process take, what its allocator says, and what a request leaves
//! behind.

mod growth;
mod reading;

pub(crate) use growth::{CallApplication, Growth, GrowthMeter, Measured, NotMeasured, Snapshot};
pub(crate) use reading::{AllocatorFigures, Memory, MemoryReading, ReadFigures};
