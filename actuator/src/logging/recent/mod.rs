//! The last lines of the log in memory: what `/logfile` serves without a file, and what
//! `/logstream` sends on.

mod block;
mod files;
mod filter;
mod heading;
mod ring;
mod settings;
mod viewers;

pub(crate) use block::RecentLine;
pub(crate) use files::{ListedFile, LogFiles};
pub(crate) use filter::LineFilter;
pub(crate) use ring::{LogLine, LogRing};
pub(crate) use settings::{DEFAULT_RING, MAX_RING, MIN_RING, RecentSettings};
pub(crate) use viewers::{LogViewer, LogViewers, Start};
