//! Logging: the tree of loggers over `tracing` targets, and where the lines go.
//!
//! | room | subject |
//! |---|---|
//! | `levels/` | which event of which target passes, and changing that while the process runs |
//! | `output/` | lines: their formats, and the sinks they are written to |
//! | `recent/` | the last lines in memory, for those who read the log through the API |
//!
//! The subscriber of a process is global by nature, so this subject holds the process-wide
//! `Loggers`. An application that has a subscriber of its own keeps it: it adds [`layer`] to
//! make its levels changeable, or leaves it out and the loggers endpoint says that it cannot
//! change anything.

mod install;
mod levels;
mod output;
mod recent;
mod request_spans;
mod settings;

pub use install::flush;
pub(crate) use install::{Beside, LogSource, LoggingState, install};
pub(crate) use levels::{
    Actor, ChangeCause, EXPECTED_LEVEL, EventCounts, Keeper, LevelAttendants, LevelChange,
    LevelSettings, Listening, Logger, LoggerGroup, Loggers, Origin, OverrideSettings,
    SetLevelError, Standing, Terms,
};
pub use levels::{
    FileLevelOverrideStore, LevelOverride, LevelOverrideStore, LogLevel, LoggersLayer,
    OverridesChange, SharedOverrides, Stored, layer,
};
pub use output::{LogFormat, OutputBuilder, OutputLayer, output};
pub(crate) use recent::{
    LineFilter, ListedFile, LogFiles, LogViewer, LogViewers, RecentLine, Start,
};
#[cfg(test)]
pub(crate) use recent::{LogLine, LogRing};
pub(crate) use settings::LoggingSettings;
