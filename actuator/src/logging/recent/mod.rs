//! The last lines of the log in memory: what `/logfile` serves without a file, and what
//! `/logstream` sends on.

mod ring;
mod settings;

pub(crate) use ring::{LogLine, LogRing};
pub(crate) use settings::RecentSettings;
