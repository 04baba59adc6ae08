//! Messages on their way from the log's writer to the thread that sends them.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How many bytes of messages wait at most.
const ROOM: usize = 1 << 20;

/// A queue with room for so many bytes.
#[derive(Debug, Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    messages: VecDeque<String>,
    bytes: usize,
    /// The last attempt failed or takes long: nobody waits for this to become empty.
    is_stuck: bool,
    is_closed: bool,
}

impl Queue {
    /// Puts messages at the end, all or none; `false` if there is no room.
    pub(super) fn push(&self, messages: Vec<String>) -> bool {
        let bytes: usize = messages.iter().map(String::len).sum();
        let mut state = self.state();
        if state.bytes.saturating_add(bytes) > ROOM {
            return false;
        }
        state.bytes += bytes;
        state.messages.extend(messages);
        self.changed.notify_all();
        true
    }

    /// Waits for a message and shows it; it stays at the front. `None` at the end.
    pub(super) fn front(&self) -> Option<String> {
        let mut state = self.state();
        loop {
            if let Some(front) = state.messages.front() {
                return Some(front.clone());
            }
            if state.is_closed {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The message at the front was sent.
    pub(super) fn sent(&self) {
        let mut state = self.state();
        if let Some(front) = state.messages.pop_front() {
            state.bytes = state.bytes.saturating_sub(front.len());
        }
        state.is_stuck = false;
        self.changed.notify_all();
    }

    /// The message at the front takes long.
    pub(super) fn slowed_down(&self) {
        self.state().is_stuck = true;
        self.changed.notify_all();
    }

    /// The message at the front was not sent; it is tried again after a pause, which the end of
    /// the queue cuts short.
    pub(super) fn pause(&self, pause: Duration) {
        let end = Instant::now() + pause;
        let mut state = self.state();
        state.is_stuck = true;
        self.changed.notify_all();
        while !state.is_closed {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits until everything was sent, unless it cannot be.
    pub(super) fn drain(&self, limit: Duration) {
        let end = Instant::now() + limit;
        let mut state = self.state();
        while !state.messages.is_empty() && !state.is_stuck {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// No more messages come.
    pub(super) fn close(&self) {
        self.state().is_closed = true;
        self.changed.notify_all();
    }

    /// Whether more messages may come.
    pub(super) fn is_open(&self) -> bool {
        !self.state().is_closed
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
