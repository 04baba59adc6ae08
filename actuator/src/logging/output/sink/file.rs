//! The log file: appended to, rolled if that is wanted, and found again after somebody else
//! rotated it.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use super::{
    Formatted, Sink,
    opened::{self, Lock, Patience, is_removed, is_same},
    rolling::{Roller, RollingSettings},
    whole_lines::WholeLines,
};

/// The most that is written at once. Each write is one call, so that several processes can append
/// to one file without mixing their lines.
const CHUNK: u64 = 64 * 1024;
/// How often a file that is replaced again and again is opened anew for one chunk. After so many
/// it is believed that the file system numbers its files anew at each look.
const ATTEMPTS: usize = 100;

/// A file to which whole lines are appended.
///
/// Before each chunk it looks whether the name still means the file that is open, so that a file
/// that was moved, removed or replaced is left at once. One that was truncated is appended to at
/// its new end.
#[derive(Debug)]
pub(crate) struct FileSink {
    path: PathBuf,
    roller: Option<Roller>,
    open: Option<Open>,
    patience: Patience,
    buffer: Vec<u8>,
}

#[derive(Debug)]
struct Open {
    file: File,
    lines: WholeLines,
    /// The period of its first line; 0 if nobody asks.
    period: u64,
}

impl FileSink {
    /// Opens the file, and creates it and its folders if they are missing. Without `rolling` it
    /// only grows.
    pub(crate) fn open(path: &Path, rolling: Option<RollingSettings>) -> io::Result<Self> {
        let mut sink = Self {
            path: path.to_owned(),
            roller: None,
            open: None,
            patience: Patience::default(),
            buffer: Vec::new(),
        };
        sink.follow(SystemTime::now())?;
        // What is no plain file, such as /dev/stderr, cannot be moved out of the way.
        let is_plain = sink.open.as_ref().is_some_and(Open::is_plain);
        sink.roller = rolling.filter(|_| is_plain).map(|settings| Roller::new(settings, path));
        sink.open = None;
        sink.follow(SystemTime::now())?;
        Ok(sink)
    }

    fn write_at(&mut self, lines: &[Formatted<'_>], now: SystemTime) -> io::Result<()> {
        let mut rest = lines;
        while !rest.is_empty() {
            let count = self.write_chunk(rest, now)?;
            rest = rest.get(count..).unwrap_or_default();
        }
        Ok(())
    }

    /// Writes some of the lines, at least one, and says how many.
    fn write_chunk(&mut self, lines: &[Formatted<'_>], now: SystemTime) -> io::Result<usize> {
        for attempt in 1..=ATTEMPTS {
            self.follow(now)?;
            self.roll_if_due(lines, now)?;
            if let Some(count) = self.append(lines, attempt == ATTEMPTS)? {
                return Ok(count);
            }
        }
        Err(io::ErrorKind::NotFound.into())
    }

    /// Writes some of the lines, at least one, to the file that is open, and says how many; `None`
    /// if another process rolled that file and the lines belong into the next one, unless this
    /// `is_last` attempt has to do.
    fn append(&mut self, lines: &[Formatted<'_>], is_last: bool) -> io::Result<Option<usize>> {
        let Some(open) = &mut self.open else { return Ok(None) };
        let Some(roller) = &self.roller else {
            let count = fill(&mut self.buffer, lines, CHUNK);
            open.lines.write(&mut &open.file, &self.buffer)?;
            return Ok(Some(count));
        };
        let lock = Lock::shared(&open.file, &self.path, &mut self.patience);
        // An archive that is compressed already would take the lines with it.
        if !is_last && !is_same(&open.file, &self.path) {
            return Ok(None);
        }
        let count = fill(&mut self.buffer, lines, roller.room(open.size()).min(CHUNK));
        open.lines.write(&mut &open.file, &self.buffer)?;
        // Without the lock all that may have happened between the look and the writing.
        let is_lost = lock.is_none() && !is_last && is_removed(&open.file);
        Ok((!is_lost).then_some(count))
    }

    /// Opens the file that has the name, unless it is open.
    fn follow(&mut self, now: SystemTime) -> io::Result<()> {
        if self.open.as_ref().is_some_and(|open| is_same(&open.file, &self.path)) {
            return Ok(());
        }
        self.open = None;
        let file = opened::append_to(&self.path)?;
        let period = self.roller.as_ref().map_or(0, |roller| roller.period_of(&file, now));
        self.open = Some(Open { file, lines: WholeLines::default(), period });
        Ok(())
    }

    fn roll_if_due(&mut self, lines: &[Formatted<'_>], now: SystemTime) -> io::Result<()> {
        let (Some(roller), Some(open)) = (&mut self.roller, &mut self.open) else { return Ok(()) };
        let size = open.size();
        if size == 0 {
            open.period = roller.period(now);
            return Ok(());
        }
        let next = lines.first().map_or(0, |line| line.text.len());
        if roller.is_due(size, next, open.period, now)
            && roller.roll(&open.file, &self.path, open.period)
        {
            self.follow(now)?;
        }
        Ok(())
    }
}

impl Open {
    fn size(&self) -> u64 {
        self.file.metadata().map_or(0, |metadata| metadata.len())
    }

    fn is_plain(&self) -> bool {
        self.file.metadata().is_ok_and(|metadata| metadata.is_file())
    }
}

impl Sink for FileSink {
    fn write(&mut self, lines: &[Formatted<'_>]) -> io::Result<()> {
        self.write_at(lines, SystemTime::now())
    }

    fn flush(&mut self) -> io::Result<()> {
        // Nothing is kept back: each chunk is handed over when it is written.
        Ok(())
    }

    fn describe(&self) -> String {
        format!("the file {}", self.path.display())
    }
}

/// Puts as many lines into the buffer as there is room for, at least one, and says how many.
fn fill(buffer: &mut Vec<u8>, lines: &[Formatted<'_>], room: u64) -> usize {
    buffer.clear();
    let mut count = 0;
    for line in lines {
        let size = u64::try_from(buffer.len() + line.text.len()).unwrap_or(u64::MAX);
        if count > 0 && size > room {
            break;
        }
        buffer.extend_from_slice(line.text.as_bytes());
        count += 1;
    }
    count
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
