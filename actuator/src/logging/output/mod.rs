//! Where lines go: formats, and the sinks that they are written to.

mod archives;
mod builder;
mod callsite;
mod console;
mod fields;
mod format;
mod json;
mod layer;
mod line;
mod outputs;
mod rate;
#[cfg(test)]
mod rig;
mod settings;
pub(crate) mod sink;
mod time;
mod writer;

pub(crate) use archives::{Archive, archives};
pub use builder::{OutputBuilder, output};
pub(crate) use console::Surroundings;
pub use format::LogFormat;
pub use layer::OutputLayer;
pub(crate) use outputs::{Common, Destination, Look};
pub(crate) use settings::OutputSettings;
pub(crate) use sink::RollingSettings;
pub(crate) use writer::DropCount;
