//! The standard output.

use std::io::{self, Write as _};

use super::{Formatted, Sink, whole_lines::WholeLines};

/// Writes to the standard output of the process, as `println!` does. One that is closed, or full
/// and set not to wait, costs lines and nothing else.
#[derive(Debug, Default)]
pub(crate) struct StdoutSink {
    lines: WholeLines,
    buffer: Vec<u8>,
}

impl Sink for StdoutSink {
    fn write(&mut self, lines: &[Formatted<'_>]) -> io::Result<()> {
        self.buffer.clear();
        for line in lines {
            self.buffer.extend_from_slice(line.text.as_bytes());
        }
        // One lock for all: what the application prints stands between lines, never within one.
        self.lines.write(&mut io::stdout().lock(), &self.buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().lock().flush()
    }

    fn describe(&self) -> String {
        "the standard output".to_owned()
    }
}
