//! Sinks: the places that lines are written to, one file each.

mod any;
mod file;
mod opened;
pub(crate) mod rolling;
mod stdout;
pub(crate) mod syslog;
mod whole_lines;

use std::io;

use tracing::Level;

pub(crate) use any::WriteSink;
pub(crate) use file::FileSink;
pub(crate) use rolling::RollingSettings;
pub(crate) use stdout::StdoutSink;
pub(crate) use syslog::{SyslogFormat, SyslogSettings, SyslogSink};

/// A place that lines are written to. Called on the writer's thread only, never on a thread of
/// the application.
pub(crate) trait Sink: Send {
    /// Writes a batch of whole lines (each ends with a line feed). An error is told by the writer,
    /// once per change of state, and the lines count as dropped.
    fn write(&mut self, lines: &[Formatted<'_>]) -> io::Result<()>;

    /// Hands everything to the operating system.
    fn flush(&mut self) -> io::Result<()>;

    /// For messages: "the file /var/log/app.log", "syslog at <udp://…>".
    fn describe(&self) -> String;
}

/// A line, ready to be written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Formatted<'l> {
    /// How bad it is; some sinks have a place for it beside the text.
    pub(crate) level: Level,
    /// The whole line in the format of the sink; it ends with a line feed.
    pub(crate) text: &'l str,
}
