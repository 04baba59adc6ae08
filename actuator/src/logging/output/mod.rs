//! Where lines go: formats, and the sinks that they are written to.

mod archives;
mod file;
mod layer;
mod line;
mod settings;
pub(crate) mod sink;

pub(crate) use archives::{Archive, archives};
pub(crate) use file::LogFile;
pub(crate) use layer::{Console, OutputLayer};
pub(crate) use settings::OutputSettings;
pub(crate) use sink::RollingSettings;
