//! The tree of loggers over `tracing` targets: what is known, what is set, and who asks.

mod events;
mod layer;
mod level;
mod loggers;
mod settings;
mod state;
mod tree;

pub(crate) use events::EventCounts;
pub use layer::{LoggersLayer, layer};
pub(crate) use level::LogLevel;
pub(crate) use loggers::{Loggers, SetLevelError};
pub(crate) use settings::{LevelSettings, parse_directives};
pub(crate) use state::{Logger, LoggerGroup};
