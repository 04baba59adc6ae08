//! The lines of a file, the last one first, with no more in memory than a block and a line.

use std::io::{self, Read, Seek, SeekFrom};

use super::line::MAX_LINE;

/// Bytes that are read at once.
const BLOCK: u64 = 64 * 1024;

/// A line, without its line feed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// What it is.
    Text(Vec<u8>),
    /// It is longer than any event.
    TooLong,
}

/// Reads lines from the end of a file towards its beginning.
#[derive(Debug)]
pub(super) struct Backwards<F> {
    file: F,
    /// Where the buffer begins in the file.
    at: u64,
    /// The beginning of what has not been given out.
    buffer: Vec<u8>,
    /// The end of the line at the end of the buffer was dropped.
    is_too_long: bool,
    /// Nothing is left.
    is_done: bool,
}

impl<F: Read + Seek> Backwards<F> {
    /// Reads the lines that end before `end`.
    pub(super) fn new(file: F, end: u64) -> Self {
        Self { file, at: end, buffer: Vec::new(), is_too_long: false, is_done: false }
    }

    /// How many bytes of the file have not been read.
    pub(super) fn left(&self) -> u64 {
        self.at
    }

    /// The next line, which is the one before; empty ones are left out.
    pub(super) fn next_line(&mut self) -> io::Result<Option<Line>> {
        while !self.is_done {
            let feed = self.buffer.iter().rposition(|byte| *byte == b'\n');
            let line = match feed {
                Some(feed) => {
                    let line = self.buffer.split_off(feed + 1);
                    self.buffer.truncate(feed);
                    line
                }
                None if self.at == 0 => {
                    self.is_done = true;
                    std::mem::take(&mut self.buffer)
                }
                None => {
                    self.read_block()?;
                    continue;
                }
            };
            let is_too_long = std::mem::take(&mut self.is_too_long) || line.len() > MAX_LINE;
            if is_too_long {
                return Ok(Some(Line::TooLong));
            }
            if !line.trim_ascii().is_empty() {
                return Ok(Some(Line::Text(line)));
            }
        }
        Ok(None)
    }

    /// Puts the block before the buffer in front of it. What is too long to be an event is dropped
    /// first.
    fn read_block(&mut self) -> io::Result<()> {
        if self.buffer.len() > MAX_LINE {
            self.buffer.clear();
            self.is_too_long = true;
        }
        let length = self.at.min(BLOCK);
        self.at -= length;
        self.file.seek(SeekFrom::Start(self.at))?;
        let mut block = Vec::new();
        let read = (&mut self.file).take(length).read_to_end(&mut block)?;
        if (read as u64) < length {
            // It was truncated meanwhile: what was read before is no longer there.
            self.buffer.clear();
        }
        block.append(&mut self.buffer);
        self.buffer = block;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn lines(text: &[u8]) -> Vec<Line> {
        let mut backwards = Backwards::new(Cursor::new(text), text.len() as u64);
        std::iter::from_fn(|| backwards.next_line().unwrap()).collect()
    }

    #[test]
    fn lines_come_last_first_whatever_they_end_with() {
        let text = |line: &str| Line::Text(line.as_bytes().to_vec());
        assert_eq!(lines(b"one\ntwo\n\n three"), [text(" three"), text("two"), text("one")]);
        assert_eq!(lines(b"one\n"), [text("one")]);
        assert_eq!(lines(b""), []);
        assert_eq!(lines(b"\n\n"), []);
    }

    #[test]
    fn lines_over_the_bounds_of_blocks_are_whole_and_endless_ones_are_not_kept() {
        let mut text = Vec::new();
        for number in 0..10_000 {
            text.extend(format!("{number:030}\n").bytes());
        }
        let found = lines(&text);
        assert_eq!(found.len(), 10_000);
        assert_eq!(found[9_999], Line::Text(format!("{:030}", 0).into_bytes()));
        let mut text = b"first\n".to_vec();
        text.extend(vec![b'x'; 1_000_000]);
        text.extend(b"\nlast\n");
        let text_of = |line: &str| Line::Text(line.as_bytes().to_vec());
        assert_eq!(lines(&text), [text_of("last"), Line::TooLong, text_of("first")]);
        let mut backwards = Backwards::new(Cursor::new(&text), text.len() as u64);
        while backwards.next_line().unwrap().is_some() {
            assert!(backwards.buffer.capacity() < 400_000, "{}", backwards.buffer.capacity());
        }
    }
}
