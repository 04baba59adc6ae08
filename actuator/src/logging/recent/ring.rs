//! The last lines of the log in memory, under offsets that only grow.

use std::{
    collections::VecDeque,
    fmt, io,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bytes::{Buf, Bytes};
use tracing::Level;

use crate::model::{endpoint::BoxFuture, reply::ResourceContent};

/// How many bytes are gathered before they are sealed into a shared block.
const BLOCK: usize = 16 * 1024;

/// A line on its way into the ring.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LogLine<'l> {
    /// How bad it is.
    pub(crate) level: Level,
    /// The logger that wrote it.
    pub(crate) target: &'l str,
    /// The request during which it was written.
    pub(crate) request_id: Option<&'l str>,
    /// The whole line; it ends with a line feed, and may have some inside.
    pub(crate) text: &'l str,
}

/// A bounded log: appending drops whole lines from its beginning. The offset of a byte counts
/// everything ever appended, so a reader can continue where it stopped.
pub(crate) struct LogRing {
    capacity: usize,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// Sealed blocks of whole lines, oldest first; none is empty.
    blocks: VecDeque<Bytes>,
    /// The block that is being filled.
    tail: Vec<u8>,
    /// The absolute offset of the first byte that is still here.
    start: u64,
    /// How many bytes are here.
    held: usize,
}

impl LogRing {
    /// A ring that holds at most `capacity` bytes.
    pub(crate) fn new(capacity: usize) -> Self {
        Self { capacity, inner: Mutex::default() }
    }

    /// Appends a line. One that is longer than the whole ring is cut.
    pub(crate) fn append(&self, line: &LogLine<'_>) {
        let line = line.text;
        let mut inner = self.lock();
        if line.len() > self.capacity {
            let end = line.floor_char_boundary(self.capacity.saturating_sub(1));
            let (kept, _) = line.split_at_checked(end).unwrap_or_default();
            inner.make_room(self.capacity, self.capacity);
            inner.append(kept.as_bytes());
            inner.append(b"\n");
        } else {
            inner.make_room(line.len(), self.capacity);
            inner.append(line.as_bytes());
        }
    }

    /// What the ring holds now. It stays readable however much is appended afterwards, and costs
    /// no copy but that of the block being filled.
    pub(crate) fn snapshot(&self) -> RingSnapshot {
        let inner = self.lock();
        let mut blocks: Vec<Bytes> = inner.blocks.iter().cloned().collect();
        if !inner.tail.is_empty() {
            blocks.push(Bytes::copy_from_slice(&inner.tail));
        }
        RingSnapshot { start: inner.start, end: inner.start + inner.held as u64, blocks }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for LogRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogRing").field("capacity", &self.capacity).finish_non_exhaustive()
    }
}

impl Inner {
    fn append(&mut self, bytes: &[u8]) {
        if !self.tail.is_empty() && self.tail.len() + bytes.len() > BLOCK {
            self.seal();
        }
        self.tail.extend_from_slice(bytes);
        self.held += bytes.len();
    }

    fn seal(&mut self) {
        let tail = std::mem::take(&mut self.tail);
        if !tail.is_empty() {
            self.blocks.push_back(tail.into());
        }
    }

    fn make_room(&mut self, needed: usize, capacity: usize) {
        while self.held > 0 && self.held + needed > capacity {
            if self.blocks.is_empty() {
                self.seal();
            }
            let Some(block) = self.blocks.front_mut() else { return };
            let line =
                block.iter().position(|byte| *byte == b'\n').map_or(block.len(), |at| at + 1);
            block.advance(line);
            if block.is_empty() {
                self.blocks.pop_front();
            }
            self.held -= line;
            self.start += line as u64;
        }
    }
}

/// The ring as it was at one moment.
#[derive(Debug)]
pub(crate) struct RingSnapshot {
    /// The absolute offset of the first byte.
    pub(crate) start: u64,
    /// The absolute offset behind the last byte.
    pub(crate) end: u64,
    blocks: Vec<Bytes>,
}

impl RingSnapshot {
    fn slice(&self, from: u64, max: usize) -> io::Result<Bytes> {
        if from < self.start {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "the ring has dropped this part of the log",
            ));
        }
        let mut block_start = self.start;
        for block in &self.blocks {
            let block_end = block_start + block.len() as u64;
            if from < block_end {
                // Fits: the difference is below the length of a block.
                let at = usize::try_from(from - block_start).unwrap_or(block.len());
                let to = block.len().min(at.saturating_add(max));
                return Ok(block.slice(at..to));
            }
            block_start = block_end;
        }
        Ok(Bytes::new())
    }
}

impl ResourceContent for RingSnapshot {
    fn read(&self, from: u64, max: usize) -> BoxFuture<'_, io::Result<Bytes>> {
        Box::pin(std::future::ready(self.slice(from, max)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn append(ring: &LogRing, text: &str) {
        ring.append(&LogLine { level: Level::INFO, target: "t", request_id: None, text });
    }

    fn text(ring: &LogRing) -> (u64, String) {
        let snapshot = ring.snapshot();
        let mut bytes = Vec::new();
        let mut at = snapshot.start;
        loop {
            let part = snapshot.slice(at, 7).unwrap();
            if part.is_empty() {
                assert_eq!(at, snapshot.end);
                return (snapshot.start, String::from_utf8(bytes).unwrap());
            }
            at += part.len() as u64;
            bytes.extend_from_slice(&part);
        }
    }

    #[test]
    fn trap_seed_06_the_ring_drops_whole_lines_and_offsets_only_grow() {
        let ring = LogRing::new(12);
        append(&ring, "aaaa\n");
        append(&ring, "bbbb\n");
        assert_eq!(text(&ring), (0, "aaaa\nbbbb\n".to_owned()));
        append(&ring, "cc\n");
        assert_eq!(text(&ring), (5, "bbbb\ncc\n".to_owned()));
        append(&ring, "exactlong12\n");
        assert_eq!(text(&ring), (13, "exactlong12\n".to_owned()));
        let snapshot = ring.snapshot();
        assert!(snapshot.slice(12, 1).is_err());
        assert_eq!(snapshot.end, 25);
    }

    #[test]
    fn a_line_longer_than_the_ring_is_cut_between_characters() {
        let ring = LogRing::new(8);
        append(&ring, "old\n");
        append(&ring, "äöüäöüäöü\n");
        let (start, kept) = text(&ring);
        assert_eq!((start, kept.as_str()), (4, "äöü\n"));
    }

    #[test]
    fn a_ring_of_many_blocks_never_holds_more_than_its_capacity() {
        let ring = LogRing::new(100_000);
        for number in 0..20_000 {
            append(&ring, &format!("line {number}\n"));
        }
        let (start, kept) = text(&ring);
        assert!(kept.len() <= 100_000 && kept.len() > 99_900);
        assert!(start > 0 && kept.starts_with("line ") && kept.ends_with("line 19999\n"));
    }

    #[test]
    fn a_snapshot_stays_readable_while_the_ring_moves_on() {
        let ring = LogRing::new(16);
        append(&ring, "first\n");
        let snapshot = ring.snapshot();
        append(&ring, "second second\n");
        assert_eq!(snapshot.slice(0, 100).unwrap(), "first\n");
    }
}
