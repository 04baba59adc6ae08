//! One scrape, step by step.

use std::{
    collections::HashSet,
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use super::plan::{Part, Plan};
use crate::{meter::Series, model::reply::StreamContent};

/// A step ends once it has written so many bytes. It may be more by what one series has.
pub(super) const CHUNK: usize = 64 * 1024;
/// A step ends after this time, whatever it has written.
const STEP: Duration = Duration::from_micros(200);
/// How many series are taken from a family at a time.
const BATCH: usize = 64;
/// After how many series the clock is looked at.
const BETWEEN_LOOKS: usize = 16;

/// A format.
pub(super) trait Writer: Send {
    /// Begins a family, which has at least this series.
    fn begin(&mut self, part: &Part, first: &Series, into: &mut Vec<u8>);

    /// Writes what a series has in this family.
    fn series(&mut self, part: &Part, series: &Series, into: &mut Vec<u8>);

    /// Ends the family.
    fn end(&mut self, _part: &Part, _into: &mut Vec<u8>) {}

    /// Moves on what is held back; `true` if there is more of it.
    fn flush(&mut self, _into: &mut Vec<u8>) -> bool {
        false
    }

    /// Ends the whole.
    fn finish(&mut self, _into: &mut Vec<u8>) {}
}

/// A scrape on its way. Dropping it ends it.
pub(crate) struct Renderer {
    plan: Arc<Plan>,
    included: Option<HashSet<String>>,
    writer: Box<dyn Writer>,
    /// The part that is being written.
    part: usize,
    /// Whether something of it was written.
    has_begun: bool,
    /// Where its further series are; `None` after the last.
    from: Option<usize>,
    batch: Vec<Series>,
    /// The first of the batch that is not yet written.
    next: usize,
    is_finished: bool,
}

impl Renderer {
    pub(super) fn new(
        plan: Arc<Plan>,
        included: Option<HashSet<String>>,
        writer: Box<dyn Writer>,
    ) -> Self {
        Self {
            plan,
            included,
            writer,
            part: 0,
            has_begun: false,
            from: Some(0),
            batch: Vec::with_capacity(BATCH),
            next: 0,
            is_finished: false,
        }
    }

    /// Appends the next part of about 64 KiB, less if it takes long; `false` once nothing is left.
    pub(crate) fn next_chunk(&mut self, into: &mut Vec<u8>) -> bool {
        let started = Instant::now();
        let plan = Arc::clone(&self.plan);
        loop {
            if self.writer.flush(into) {
                return true;
            }
            let Some(part) = plan.parts.get(self.part) else { break };
            if self.included.as_ref().is_some_and(|names| !names.contains(&*part.name)) {
                self.part += 1;
                continue;
            }
            while let Some(series) = self.batch.get(self.next) {
                self.next += 1;
                if part.role.is_of(series) {
                    if !self.has_begun {
                        self.writer.begin(part, series, into);
                        self.has_begun = true;
                    }
                    self.writer.series(part, series, into);
                }
                let is_late = || started.elapsed() >= STEP;
                if into.len() >= CHUNK || (self.next.is_multiple_of(BETWEEN_LOOKS) && is_late()) {
                    return true;
                }
            }
            self.advance(part, into);
        }
        if !self.is_finished {
            self.is_finished = true;
            self.writer.finish(into);
        }
        false
    }

    /// The next series of the part, or the next part.
    fn advance(&mut self, part: &Part, into: &mut Vec<u8>) {
        self.batch.clear();
        self.next = 0;
        if let Some(from) = self.from {
            self.from = part.family.series(from, BATCH, &mut self.batch);
            return;
        }
        if self.has_begun {
            self.writer.end(part, into);
        }
        self.part += 1;
        self.has_begun = false;
        self.from = Some(0);
    }
}

impl StreamContent for Renderer {
    fn write_part(&mut self, into: &mut Vec<u8>) -> bool {
        self.next_chunk(into)
    }
}

impl fmt::Debug for Renderer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Renderer").field("part", &self.part).finish_non_exhaustive()
    }
}
