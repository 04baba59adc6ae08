//! Exemplars: one traced recording beside each number, so that a dashboard leads to a trace.

use std::{
    sync::{
        Mutex, TryLockError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use crate::model::trace_context::TraceParent;

/// One is kept for a second at least, so that a busy service does not write one per request.
const MIN_AGE_MILLIS: u64 = 1_000;

/// The ids of the span during which something was recorded, as in W3C's `traceparent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exemplar {
    /// The id of the trace.
    pub trace_id: u128,
    /// The id of the span.
    pub span_id: u64,
}

impl Exemplar {
    /// The span that a `traceparent` header names; `None` if nobody records it.
    ///
    /// ```
    /// use actuator::meter::Exemplar;
    ///
    /// let header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    /// assert_eq!(Exemplar::of_traceparent(header).unwrap().span_id, 0x00f0_67aa_0ba9_02b7);
    /// ```
    pub fn of_traceparent(header: &str) -> Option<Self> {
        let TraceParent { trace_id, parent_id: span_id, is_sampled, .. } =
            TraceParent::parse(header)?;
        is_sampled.then_some(Self { trace_id, span_id })
    }
}

/// An exemplar with what was recorded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RecordedExemplar {
    /// The trace.
    pub exemplar: Exemplar,
    /// The value, in the base unit of the meter.
    pub value: f64,
    /// When.
    pub at: SystemTime,
}

/// Room for one exemplar. Who records never waits: if somebody else is at it, theirs is as good.
#[derive(Debug, Default)]
pub(super) struct ExemplarSlot {
    stored_millis: AtomicU64,
    recorded: Mutex<Option<RecordedExemplar>>,
}

impl ExemplarSlot {
    /// Keeps an exemplar, unless the last one is fresh.
    pub(super) fn offer(&self, exemplar: Exemplar, value: f64) {
        let at = SystemTime::now();
        let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
        let millis = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
        // A clock that was set back is no reason to keep it for longer.
        if millis.abs_diff(self.stored_millis.load(Relaxed)) < MIN_AGE_MILLIS {
            return;
        }
        let recorded = Some(RecordedExemplar { exemplar, value, at });
        match self.recorded.try_lock() {
            Ok(mut slot) => *slot = recorded,
            Err(TryLockError::Poisoned(slot)) => *slot.into_inner() = recorded,
            Err(TryLockError::WouldBlock) => return,
        }
        self.stored_millis.store(millis, Relaxed);
    }

    /// The last one.
    pub(super) fn get(&self) -> Option<RecordedExemplar> {
        *self.recorded.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fresh_exemplar_is_not_replaced() {
        let slot = ExemplarSlot::default();
        assert_eq!(slot.get(), None);
        slot.offer(Exemplar { trace_id: 1, span_id: 1 }, 0.5);
        slot.offer(Exemplar { trace_id: 2, span_id: 2 }, 0.7);
        let kept = slot.get().unwrap();
        assert_eq!((kept.exemplar.trace_id, kept.value), (1, 0.5));
    }
}
