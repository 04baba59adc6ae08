//! The repository of exchanges: recording into the ring, and reading it in steps.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::{Draft, Exchange, ExchangeFilter, ExchangeSettings, ring::Ring, spare};
use crate::{model::sanitizer::Sanitizer, support::clock::Clock};

/// Exchanges that are looked at in one step, while nothing is recorded.
const STEP: u64 = 64;
/// Bytes that are copied in one step.
const STEP_BYTES: usize = 64 * 1024;

/// Remembers the last exchanges, newest first. Recording takes one short lock and copies bytes.
#[derive(Debug)]
pub struct ExchangeRepository {
    settings: ExchangeSettings,
    sanitizer: Sanitizer,
    clock: Clock,
    ring: Mutex<Ring>,
}

/// Somebody who reads, from the newest exchange to the oldest. What is recorded meanwhile is not
/// seen, and what is forgotten meanwhile is missed.
#[derive(Debug)]
pub(crate) struct Reading {
    filter: ExchangeFilter,
    /// The exchanges before this number are still to be looked at.
    before: u64,
    left: usize,
}

impl ExchangeRepository {
    /// An empty repository. The sanitiser is asked when exchanges are read.
    pub fn new(settings: ExchangeSettings, sanitizer: Sanitizer, clock: Clock) -> Self {
        let ring = Mutex::new(Ring::new(settings.capacity, settings.max_bytes, &clock));
        Self { settings, sanitizer, clock, ring }
    }

    /// What was set.
    pub fn settings(&self) -> &ExchangeSettings {
        &self.settings
    }

    /// A buffer for an exchange that begins.
    #[expect(clippy::unused_self, reason = "only who records asks")]
    pub(crate) fn begin(&self) -> Box<Draft> {
        spare::take()
    }

    /// Remembers an exchange that has ended and forgets the oldest.
    #[inline]
    pub(crate) fn record(
        &self,
        mut draft: Box<Draft>,
        started: Instant,
        time_taken: Duration,
        status: u16,
    ) {
        draft.status = status;
        draft.time_taken = self.settings.include.time_taken.then_some(time_taken);
        let forgotten = self.lock().push(draft, started, &self.clock);
        if let Some(forgotten) = forgotten {
            spare::keep(forgotten);
        }
    }

    /// How many exchanges are remembered.
    pub(crate) fn length(&self) -> usize {
        self.lock().length()
    }

    /// Begins to read those that pass.
    pub(crate) fn reading(&self, filter: ExchangeFilter) -> Reading {
        let left = filter.limit.unwrap_or(usize::MAX);
        Reading { filter, before: self.lock().end(), left }
    }

    /// An exchange as text, without its secrets: most of the work of reading.
    pub(crate) fn show(&self, draft: &Draft) -> Exchange {
        draft.show(&self.sanitizer)
    }

    /// The next exchanges, perhaps none; `None` once all have been read. The ring is locked while
    /// the bytes of some exchanges are copied, and not while they become text.
    pub(crate) fn next(&self, reading: &mut Reading) -> Option<Vec<Draft>> {
        let ring = self.lock();
        let start = ring.start();
        if reading.left == 0 || reading.before <= start {
            return None;
        }
        let until = reading.before.saturating_sub(STEP).max(start);
        let (mut drafts, mut bytes) = (Vec::new(), 0);
        while reading.before > until && reading.left > 0 && bytes < STEP_BYTES {
            reading.before -= 1;
            let passes = |draft: &&Draft| reading.filter.passes(draft);
            if let Some(draft) = ring.get(reading.before).filter(passes) {
                bytes += draft.weight();
                drafts.push(draft.clone());
                reading.left -= 1;
            }
        }
        Some(drafts)
    }

    /// The exchanges, newest first.
    #[cfg(test)]
    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        let mut reading = self.reading(ExchangeFilter::default());
        let drafts = std::iter::from_fn(|| self.next(&mut reading)).flatten();
        drafts.map(|draft| self.show(&draft)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
