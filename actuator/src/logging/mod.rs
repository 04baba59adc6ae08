//! Logging: the tree of loggers over `tracing` targets, and where the lines go.
//!
//! The subscriber of a process is global by nature, so this subject holds the process-wide
//! `Loggers`. An application that has a subscriber of its own keeps it: it adds [`layer`] to
//! make its levels changeable, or leaves it out and the loggers endpoint says that it cannot
//! change anything.

mod events;
mod file;
mod install;
mod layer;
mod level;
mod line;
mod loggers;
mod output;
mod ring;
mod settings;
mod state;
mod tree;

pub(crate) use events::EventCounts;
pub(crate) use install::{LogSource, LoggingState, install};
pub use layer::{LoggersLayer, layer};
pub(crate) use level::LogLevel;
pub(crate) use loggers::{Loggers, SetLevelError};
#[cfg(test)]
pub(crate) use ring::LogRing;
pub(crate) use settings::LoggingSettings;
pub(crate) use state::{Logger, LoggerGroup};
