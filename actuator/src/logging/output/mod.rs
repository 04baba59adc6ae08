//! Where lines go: formats, and the sinks that they are written to.

mod archives;
mod callsite;
mod console;
mod fields;
mod format;
mod json;
mod layer;
mod line;
mod outputs;
mod rate;
mod settings;
pub(crate) mod sink;
mod time;
mod writer;

pub(crate) use console::Surroundings;
pub(crate) use format::LogFormat;
pub(crate) use layer::OutputLayer;
pub(crate) use outputs::{Common, Destination, Look};
pub(crate) use settings::OutputSettings;
pub(crate) use writer::{DropCount, flush_deadline};
