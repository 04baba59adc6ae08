//! The one pool of slots that all checks share, so that many slow ones stay few.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

use super::shown::Shown;

/// How many holders a message names.
const NAMED: usize = 5;

/// A bounded number of checks may be under way at once.
#[derive(Clone, Debug)]
pub(super) struct Slots {
    semaphore: Arc<Semaphore>,
    size: usize,
    holders: Arc<Holders>,
}

#[derive(Debug, Default)]
struct Holders {
    next: AtomicU64,
    by_number: Mutex<BTreeMap<u64, (Arc<str>, Instant)>>,
}

/// A slot, until it is dropped.
#[derive(Debug)]
pub(super) struct Slot {
    _permit: OwnedSemaphorePermit,
    held: Option<(Arc<Holders>, u64)>,
}

impl Slots {
    /// A pool of `size` slots.
    pub(super) fn new(size: usize) -> Self {
        Self { semaphore: Arc::new(Semaphore::new(size)), size, holders: Arc::default() }
    }

    /// A slot, if one is free now.
    pub(super) fn try_take(&self) -> Option<Slot> {
        let permit = Arc::clone(&self.semaphore).try_acquire_owned().ok()?;
        Some(Slot { _permit: permit, held: None })
    }

    /// A slot, as soon as one is free.
    pub(super) async fn take(&self) -> Option<Slot> {
        let permit = Arc::clone(&self.semaphore).acquire_owned().await.ok()?;
        Some(Slot { _permit: permit, held: None })
    }

    /// Writes down who holds a slot, for those who wait in vain.
    pub(super) fn sign(&self, slot: &mut Slot, path: &Arc<str>, since: Instant) {
        let number = self.holders.next.fetch_add(1, Relaxed);
        self.holders.by_number().insert(number, (Arc::clone(path), since));
        slot.held = Some((Arc::clone(&self.holders), number));
    }

    /// Why there is none: the size of the pool, and those that have held theirs the longest.
    pub(super) fn complaint(&self, now: Instant) -> String {
        let mut text = format!("no free slot among {}", self.size);
        let holders = self.holders.by_number();
        for (index, (path, since)) in holders.values().take(NAMED).enumerate() {
            let age = Shown(now.saturating_duration_since(*since));
            let separator = if index == 0 { ": still running " } else { ", " };
            // Writing to a string cannot fail.
            let _ = write!(text, "{separator}{path} ({age})");
        }
        if holders.len() > NAMED {
            let _ = write!(text, " and {} more", holders.len() - NAMED);
        }
        text
    }
}

impl Holders {
    fn by_number(&self) -> MutexGuard<'_, BTreeMap<u64, (Arc<str>, Instant)>> {
        self.by_number.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if let Some((holders, number)) = &self.held {
            holders.by_number().remove(number);
        }
    }
}
