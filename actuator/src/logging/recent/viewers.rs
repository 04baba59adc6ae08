//! Who looks at the log while it is written: each reads the ring at a pace of its own, so that no
//! line waits for anybody. What a viewer is too slow for is gone, and counted.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use tokio::{task, time};

use super::{LineFilter, LogRing, block::RecentLine};

/// How much text is looked at in one turn.
const LOOKED_AT: usize = 256 * 1024;
/// A viewer who has seen all waits as long before looking again: lines come in batches.
const CAUGHT_UP: Duration = Duration::from_millis(100);
/// A viewer who has not waits as long at least.
const BEHIND: Duration = Duration::from_millis(10);
/// And no longer than this.
const LONGEST: Duration = Duration::from_millis(500);
/// All viewers together work for one part in so many of the time of one processor.
const SHARE: u32 = 100;

/// The viewers of a ring.
#[derive(Clone, Debug)]
pub(crate) struct LogViewers {
    ring: Arc<LogRing>,
    limit: usize,
    count: Arc<AtomicUsize>,
}

/// Where a viewer begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// Behind the line of this number, which it saw last.
    Behind(u64),
    /// With so many lines that were written before.
    Tail(u64),
}

/// What a turn brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    /// How many lines were gone before they could be looked at.
    pub(crate) lost: u64,
    /// The number of the last of them.
    pub(crate) lost_at: u64,
}

impl LogViewers {
    /// At most `limit` viewers of this ring.
    pub(crate) fn new(ring: Arc<LogRing>, limit: usize) -> Self {
        Self { ring, limit, count: Arc::default() }
    }

    /// The most there may be.
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// A viewer more, who is served by the present task; `None` if there are too many.
    pub(crate) fn open(&self, filter: LineFilter) -> Option<LogViewer> {
        let more = |count: usize| (count < self.limit).then_some(count + 1);
        self.count.fetch_update(Relaxed, Relaxed, more).ok()?;
        let mut viewer = LogViewer {
            ring: Arc::clone(&self.ring),
            count: Arc::clone(&self.count),
            filter,
            next: u64::MAX,
            since: u64::MAX,
            task: None,
            rest: Duration::ZERO,
        };
        viewer.settle();
        Some(viewer)
    }
}

/// One viewer. Dropped, there is room for another.
pub(crate) struct LogViewer {
    ring: Arc<LogRing>,
    count: Arc<AtomicUsize>,
    filter: LineFilter,
    /// The number of the line to look at next.
    next: u64,
    /// Lines before this one it never asked for: they are not lost if they are gone.
    since: u64,
    /// The task that serves it.
    task: Option<task::Id>,
    /// How long to wait before the next turn.
    rest: Duration,
}

impl LogViewer {
    /// Finds the place to begin. Whether that is one after a line that this process has written;
    /// if not, the viewer begins with all that is there.
    pub(crate) async fn begin(&mut self, start: Start) -> bool {
        self.since = self.ring.next();
        match start {
            Start::Tail(lines) => {
                self.next = self.tail(lines).await;
                true
            }
            Start::Behind(number) => {
                let next = number.saturating_add(1);
                let is_known = self.ring.has_been(number) && next <= self.ring.next();
                self.next = if is_known { next } else { self.ring.oldest() };
                self.since = if is_known { next } else { self.since };
                is_known
            }
        }
    }

    /// The number of the line with which the last `lines` begin that are wanted.
    async fn tail(&self, lines: u64) -> u64 {
        let (mut begin, mut from, mut missing, mut looked) = (self.since, self.since, lines, 0);
        while missing > 0
            && let Some(block) = self.ring.block_before(from)
        {
            let wanted: Vec<u64> = block
                .iter()
                .filter(|line| line.number < self.since && self.filter.wants(line))
                .map(|line| line.number)
                .collect();
            let found = wanted.len() as u64;
            if found >= missing {
                let at = usize::try_from(found - missing).unwrap_or_default();
                return wanted.get(at).copied().unwrap_or(block.first);
            }
            missing -= found;
            begin = wanted.first().copied().unwrap_or(begin);
            from = block.first;
            looked += block.text.len();
            if looked > LOOKED_AT {
                looked = 0;
                task::yield_now().await;
            }
        }
        begin
    }

    /// Waits for lines, at most for `limit`, and shows those that are wanted until it is told
    /// that these are enough. `None` if there was none in that time.
    pub(crate) async fn turn(
        &mut self,
        limit: Duration,
        mut show: impl FnMut(&RecentLine<'_>) -> bool,
    ) -> Option<Turn> {
        let until = Instant::now() + limit;
        loop {
            time::sleep(std::mem::take(&mut self.rest)).await;
            let ring = Arc::clone(&self.ring);
            let mut appended = std::pin::pin!(ring.appended());
            appended.as_mut().enable();
            self.settle();
            if let Some(turn) = self.look(&mut show) {
                return Some(turn);
            }
            let limit = until.saturating_duration_since(Instant::now());
            if self.rest.is_zero() {
                time::timeout(limit, appended).await.ok()?;
            } else if limit.is_zero() {
                return None;
            }
        }
    }

    /// The last line that was looked at.
    pub(crate) fn at(&self) -> u64 {
        self.next.saturating_sub(1)
    }

    /// Looks at what is there. `None` if nothing of it is wanted, and nothing was lost.
    fn look(&mut self, show: &mut impl FnMut(&RecentLine<'_>) -> bool) -> Option<Turn> {
        let began = Instant::now();
        let blocks = self.ring.blocks(self.next, LOOKED_AT);
        let oldest = blocks.first()?.first;
        let lost = oldest.saturating_sub(self.next.max(self.since));
        let (mut shown, mut is_enough) = (false, false);
        self.next = self.next.max(oldest);
        for block in &blocks {
            if is_enough {
                break;
            }
            if !block.has(self.filter.least()) {
                self.next = block.end();
                continue;
            }
            let from = self.next;
            for line in block.iter().skip_while(|line| line.number < from) {
                self.next = line.number + 1;
                if self.filter.wants(&line) {
                    shown = true;
                    is_enough = !show(&line);
                    if is_enough {
                        break;
                    }
                }
            }
        }
        let is_behind = self.next < self.ring.next();
        let viewers = u32::try_from(self.count.load(Relaxed)).unwrap_or(u32::MAX);
        let fair = began.elapsed().saturating_mul(SHARE).saturating_mul(viewers);
        self.rest = fair.max(if is_behind { BEHIND } else { CAUGHT_UP }).min(LONGEST);
        (shown || lost > 0).then(|| Turn { lost, lost_at: oldest.saturating_sub(1) })
    }

    /// What the present task logs is in no stream from now on: a stream must not be filled by its
    /// own records.
    fn settle(&mut self) {
        let task = task::try_id();
        if task != self.task {
            self.leave();
            if let Some(task) = task {
                self.ring.begin_serving(task);
            }
            self.task = task;
        }
    }

    fn leave(&mut self) {
        if let Some(task) = self.task.take() {
            self.ring.end_serving(task);
        }
    }
}

impl Drop for LogViewer {
    fn drop(&mut self) {
        self.leave();
        self.count.fetch_sub(1, Relaxed);
    }
}

impl fmt::Debug for LogViewer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogViewer").field("next", &self.next).finish_non_exhaustive()
    }
}
