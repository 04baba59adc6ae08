//! Profiles: samples of stacks, the names of their functions, and the formats in which they are
//! given away.

mod flamegraph;
mod folded;
#[cfg(feature = "heap-profile")]
pub(crate) mod heap;
mod module;
mod names;
mod pprof;
#[cfg(test)]
mod property_tests;
mod protobuf;
mod symbols;

pub(crate) use flamegraph::flame_graph;
pub(crate) use folded::folded;
pub(crate) use module::CodeModule;
pub(crate) use pprof::{Label, Profile, Sample, ValueType};
pub(crate) use symbols::{Resolved, SymbolTable};
