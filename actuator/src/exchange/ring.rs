//! The ring itself: drafts in segments, so that it grows with what is recorded and never moves
//! what it has; bounded by a number and by bytes.

use std::{collections::VecDeque, time::Instant};

use super::{
    draft::Draft,
    moment::{Anchor, Moment},
};
use crate::support::clock::Clock;

/// Drafts of one segment.
const SEGMENT: usize = 256;
/// The wall clock is looked at once in so many exchanges; between, the monotonic one carries on.
const ANCHOR_EVERY: u32 = 64;

/// The last exchanges, in the order of their end.
#[derive(Debug)]
pub(super) struct Ring {
    capacity: usize,
    max_bytes: usize,
    /// Oldest first. All but the first and the last are full, and none is empty.
    segments: VecDeque<VecDeque<Box<Draft>>>,
    length: usize,
    /// What the drafts take.
    bytes: usize,
    /// Exchanges that were recorded since the start.
    recorded: u64,
    anchor: Anchor,
    since_anchor: u32,
}

impl Ring {
    /// An empty ring of at most so many exchanges and bytes. The newest exchange is kept even if
    /// it alone is larger.
    pub(super) fn new(capacity: usize, max_bytes: usize, clock: &Clock) -> Self {
        Self {
            capacity,
            max_bytes,
            segments: VecDeque::new(),
            length: 0,
            bytes: 0,
            recorded: 0,
            anchor: Anchor::now(clock),
            since_anchor: 0,
        }
    }

    /// How many exchanges are remembered.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// What the exchanges take.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The number behind that of the newest exchange; they are counted from 0.
    pub(super) fn end(&self) -> u64 {
        self.recorded
    }

    /// The number of the oldest exchange that is remembered.
    pub(super) fn start(&self) -> u64 {
        self.recorded - self.length as u64
    }

    /// The exchange of this number, unless it is forgotten or to come.
    pub(super) fn get(&self, number: u64) -> Option<&Draft> {
        let index = usize::try_from(number.checked_sub(self.start())?).ok()?;
        let first = self.segments.front()?;
        match index.checked_sub(first.len()) {
            None => first.get(index),
            Some(index) => self.segments.get(1 + index / SEGMENT)?.get(index % SEGMENT),
        }
        .map(|draft| &**draft)
    }

    /// Adds the newest exchange, and forgets the oldest ones that are too many: the last of them
    /// may be used again.
    #[inline]
    pub(super) fn push(
        &mut self,
        mut draft: Box<Draft>,
        started: Instant,
        clock: &Clock,
    ) -> Option<Box<Draft>> {
        draft.arrived = Some(self.moment(started, clock));
        draft.fix_weight();
        self.bytes += draft.weight();
        self.length += 1;
        self.recorded += 1;
        match self.segments.back_mut().filter(|segment| segment.len() < SEGMENT) {
            Some(last) => last.push_back(draft),
            None => self.segments.push_back(VecDeque::from([draft])),
        }
        let mut forgotten = None;
        while self.length > self.capacity || (self.bytes > self.max_bytes && self.length > 1) {
            forgotten = self.forget_oldest();
        }
        forgotten
    }

    fn forget_oldest(&mut self) -> Option<Box<Draft>> {
        let first = self.segments.front_mut()?;
        let oldest = first.pop_front();
        if first.is_empty() {
            self.segments.pop_front();
        }
        let oldest = oldest?;
        self.length -= 1;
        self.bytes -= oldest.weight();
        Some(oldest)
    }

    #[inline]
    fn moment(&mut self, at: Instant, clock: &Clock) -> Moment {
        self.since_anchor += 1;
        if self.since_anchor >= ANCHOR_EVERY {
            self.since_anchor = 0;
            self.anchor = Anchor::now(clock);
        }
        Moment { at, anchor: self.anchor }
    }
}
