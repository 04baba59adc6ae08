//! Profiles of the heap: what jemalloc has sampled of the memory that is in use, by the stack that
//! asked for it.

mod dump;
mod jemalloc;
mod profiler;
#[cfg(test)]
mod property_tests;

pub(crate) use jemalloc::{Jemalloc, JemallocStatistics};
pub(crate) use profiler::{HeapProfiler, NoHeapProfile};
