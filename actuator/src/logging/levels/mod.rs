//! The tree of loggers over `tracing` targets: what is known, what is set, and who asks.

mod alarm;
mod attendants;
mod bounds;
mod change;
mod changing;
mod events;
mod file_store;
mod keeper;
mod known;
mod layer;
mod level;
mod level_override;
mod loggers;
#[cfg(test)]
mod property_tests;
mod settings;
mod state;
mod store;
mod tree;

pub(crate) use attendants::LevelAttendants;
pub(crate) use change::{Actor, ChangeCause, LevelChange, Listening, Origin, SetLevelError, Terms};
pub(crate) use events::EventCounts;
pub use file_store::FileLevelOverrideStore;
pub(crate) use keeper::Keeper;
pub use layer::{LoggersLayer, layer};
pub(crate) use level::EXPECTED as EXPECTED_LEVEL;
pub use level::LogLevel;
pub use level_override::LevelOverride;
pub(crate) use loggers::{Logger, Loggers, Standing};
pub(crate) use settings::{LevelSettings, OverrideSettings, parse_directives};
pub(crate) use state::LoggerGroup;
pub use store::{LevelOverrideStore, OverridesChange, SharedOverrides, Stored};
