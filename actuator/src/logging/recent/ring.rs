//! The last lines of the log in memory, under offsets and numbers that only grow.

use std::{
    collections::VecDeque,
    fmt, io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use tokio::{
    sync::{Notify, futures::Notified},
    task,
};
use tracing::Level;

use super::block::{Block, OpenBlock};
use crate::model::{endpoint::BoxFuture, reply::ResourceContent};

/// How many bytes of text a block has at most, unless a line alone has more.
const BLOCK: usize = 16 * 1024;
/// A ring has at least as many blocks, so that little is lost when one goes.
const BLOCKS: usize = 8;

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

/// A bounded log: appending drops the oldest lines, a block at a time. The offset of a byte and the
/// number of a line count everything ever appended, so a reader can continue where it stopped.
///
/// Numbers begin with the microseconds of the time at which the ring was made: one of an earlier
/// process is below all that this one will ever give.
pub(crate) struct LogRing {
    capacity: usize,
    /// The size of a block's text.
    block: usize,
    /// The number of the first line ever.
    first: u64,
    /// Whether somebody serves what is appended.
    is_served: AtomicBool,
    /// Told of a line, if somebody waits for one.
    appended: Notify,
    inner: Mutex<Inner>,
}

struct Inner {
    /// Sealed blocks, oldest first; none is empty.
    blocks: VecDeque<Arc<Block>>,
    /// What the sealed blocks take.
    sealed: usize,
    /// The block that is being filled.
    tail: OpenBlock,
    /// Whether somebody waits for the next line.
    is_awaited: bool,
    /// The tasks that serve streams: what is logged in them is in no stream.
    serving: Vec<task::Id>,
}

impl LogRing {
    /// A ring that takes at most `capacity` bytes.
    pub(crate) fn new(capacity: usize) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let first = u64::try_from(since.as_micros()).unwrap_or_default();
        let block = (capacity / BLOCKS).min(BLOCK);
        let inner = Inner {
            blocks: VecDeque::new(),
            sealed: 0,
            tail: OpenBlock::new(first, 0, block),
            is_awaited: false,
            serving: Vec::new(),
        };
        Self {
            capacity,
            block,
            first,
            is_served: AtomicBool::new(false),
            appended: Notify::new(),
            inner: Mutex::new(inner),
        }
    }

    /// Appends a line. One that is longer than the whole ring is cut.
    pub(crate) fn append(&self, line: &LogLine<'_>) {
        let task = if self.is_served.load(Relaxed) { task::try_id() } else { None };
        let mut inner = self.lock();
        let is_own = task.is_some_and(|task| inner.serving.contains(&task));
        if inner.tail.len() + line.text.len() > self.block {
            inner.seal(self.block);
        }
        let text = self.fitting(line);
        inner.make_room(OpenBlock::room_for(line, text), self.capacity);
        inner.tail.push(line, text, is_own);
        let is_awaited = !is_own && std::mem::take(&mut inner.is_awaited);
        drop(inner);
        if is_awaited {
            self.appended.notify_waiters();
        }
    }

    /// What of a line fits in, in two parts.
    fn fitting<'l>(&self, line: &LogLine<'l>) -> [&'l str; 2] {
        let longest = self.capacity / 2;
        if line.text.len() <= longest {
            return [line.text, ""];
        }
        let end = line.text.floor_char_boundary(longest.saturating_sub(1));
        [line.text.get(..end).unwrap_or_default(), "\n"]
    }

    /// What the ring holds now. It stays readable however much is appended afterwards, and costs
    /// no copy but that of the block being filled.
    pub(crate) fn snapshot(&self) -> RingSnapshot {
        let inner = self.lock();
        let tail = (!inner.tail.is_empty()).then(|| Arc::new(inner.tail.copied()));
        let end = inner.tail.end_offset();
        let blocks: Vec<_> = inner.blocks.iter().cloned().chain(tail).collect();
        RingSnapshot { start: blocks.first().map_or(end, |block| block.start), end, blocks }
    }

    /// The number that the next line will have.
    pub(super) fn next(&self) -> u64 {
        self.lock().tail.end()
    }

    /// Whether this is the number of a line of this ring, or that before its first one.
    pub(super) fn has_been(&self, number: u64) -> bool {
        number.saturating_add(1) >= self.first && number < self.next()
    }

    /// The number of the oldest line that is here, or of the next one.
    pub(super) fn oldest(&self) -> u64 {
        let inner = self.lock();
        inner.blocks.front().map_or(inner.tail.first(), |block| block.first)
    }

    /// The blocks from the line of this number on, as many as hold `most` bytes of text and one
    /// at least; none if there is no such line yet, and then the next one is told. The first may
    /// begin with lines before it, or, if lines were dropped, behind it.
    pub(super) fn blocks(&self, from: u64, most: usize) -> Vec<Arc<Block>> {
        let mut inner = self.lock();
        if inner.tail.end() <= from {
            inner.is_awaited = true;
            return Vec::new();
        }
        let at = inner.blocks.partition_point(|block| block.end() <= from);
        let (mut found, mut size) = (Vec::new(), 0);
        for block in inner.blocks.range(at..) {
            if size >= most {
                return found;
            }
            size += block.text.len();
            found.push(Arc::clone(block));
        }
        if size < most && !inner.tail.is_empty() {
            found.push(Arc::new(inner.tail.copied()));
        }
        found
    }

    /// The last block with a line below this number.
    pub(super) fn block_before(&self, number: u64) -> Option<Arc<Block>> {
        let inner = self.lock();
        if !inner.tail.is_empty() && inner.tail.first() < number {
            return Some(Arc::new(inner.tail.copied()));
        }
        let behind = inner.blocks.partition_point(|block| block.first < number);
        inner.blocks.get(behind.checked_sub(1)?).cloned()
    }

    /// Ends with the next line; to be made before [`Self::blocks`] finds nothing.
    pub(super) fn appended(&self) -> Notified<'_> {
        self.appended.notified()
    }

    /// From now on this task serves streams.
    pub(super) fn begin_serving(&self, task: task::Id) {
        let mut inner = self.lock();
        inner.serving.push(task);
        self.is_served.store(true, Relaxed);
    }

    /// This task serves a stream less.
    pub(super) fn end_serving(&self, task: task::Id) {
        let mut inner = self.lock();
        if let Some(at) = inner.serving.iter().position(|serving| *serving == task) {
            inner.serving.swap_remove(at);
        }
        self.is_served.store(!inner.serving.is_empty(), Relaxed);
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
    fn seal(&mut self, room: usize) {
        if self.tail.is_empty() {
            return;
        }
        let new = OpenBlock::new(self.tail.end(), self.tail.end_offset(), room);
        let block = std::mem::replace(&mut self.tail, new).sealed();
        self.sealed += block.size();
        self.blocks.push_back(Arc::new(block));
    }

    fn make_room(&mut self, needed: usize, capacity: usize) {
        while self.sealed + self.tail.size() + needed > capacity {
            let Some(block) = self.blocks.pop_front() else { return };
            self.sealed -= block.size();
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
    blocks: Vec<Arc<Block>>,
}

impl RingSnapshot {
    fn slice(&self, from: u64, max: usize) -> io::Result<Bytes> {
        if from < self.start {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "the ring has dropped this part of the log",
            ));
        }
        let behind = self.blocks.partition_point(|block| block.start <= from);
        let Some(block) = behind.checked_sub(1).and_then(|at| self.blocks.get(at)) else {
            return Ok(Bytes::new());
        };
        // Behind the last block there is nothing; else the difference is below a block's length.
        let at = usize::try_from(from - block.start).unwrap_or(usize::MAX).min(block.text.len());
        let to = block.text.len().min(at.saturating_add(max));
        Ok(block.text.slice(at..to))
    }
}

impl ResourceContent for RingSnapshot {
    fn read(&self, from: u64, max: usize) -> BoxFuture<'_, io::Result<Bytes>> {
        Box::pin(std::future::ready(self.slice(from, max)))
    }
}

#[cfg(test)]
mod tests;
