//! Ids by which a call is found in the log of the other side.

use std::{
    collections::hash_map::RandomState,
    hash::{BuildHasher as _, Hasher as _},
    sync::atomic::{AtomicU64, Ordering},
};

/// Gives ids: a random start, so that no two callers share one, and a number that counts.
#[derive(Debug)]
pub struct RequestIds {
    start: u64,
    next: AtomicU64,
}

impl RequestIds {
    /// An id that was never given before: `5f3a9c0d12e47b86-1`.
    pub fn next(&self) -> String {
        format!("{:016x}-{}", self.start, self.next.fetch_add(1, Ordering::Relaxed))
    }
}

impl Default for RequestIds {
    fn default() -> Self {
        Self { start: RandomState::new().build_hasher().finish(), next: AtomicU64::new(1) }
    }
}
