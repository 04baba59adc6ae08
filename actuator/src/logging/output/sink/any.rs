//! Whatever the application gives to write to.

use std::io::{self, Write};

use super::{Formatted, Sink};

/// A writer of the application's.
#[derive(Debug)]
pub(crate) struct WriteSink<W> {
    writer: W,
    buffer: Vec<u8>,
}

impl<W: Write> WriteSink<W> {
    /// Writes to this.
    pub(crate) fn new(writer: W) -> Self {
        Self { writer, buffer: Vec::new() }
    }
}

impl<W: Write + Send> Sink for WriteSink<W> {
    fn write(&mut self, lines: &[Formatted<'_>]) -> io::Result<()> {
        self.buffer.clear();
        for line in lines {
            self.buffer.extend_from_slice(line.text.as_bytes());
        }
        self.writer.write_all(&self.buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }

    fn describe(&self) -> String {
        "the application's own writer".to_owned()
    }
}
