//! Counters for a cache that counts nothing itself.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use super::CacheStatistics;

/// What happened to a cache, counted by whoever uses it. Clones count together.
///
/// ```
/// use std::{collections::HashMap, sync::Mutex};
/// use actuator::meter::cache::{CacheCounters, CacheStatistics};
///
/// #[derive(Default)]
/// struct Cities {
///     entries: Mutex<HashMap<u32, String>>,
///     counters: CacheCounters,
/// }
///
/// impl Cities {
///     fn get(&self, id: u32) -> Option<String> {
///         let found = self.entries.lock().unwrap().get(&id).cloned();
///         self.counters.looked_up(found.is_some());
///         found
///     }
/// }
///
/// impl CacheStatistics for Cities {
///     fn size(&self) -> Option<u64> {
///         Some(self.entries.lock().unwrap().len() as u64)
///     }
///     fn hits(&self) -> Option<u64> {
///         self.counters.hits()
///     }
///     fn misses(&self) -> Option<u64> {
///         self.counters.misses()
///     }
/// }
/// ```
#[derive(Clone, Debug, Default)]
pub struct CacheCounters {
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    hits: AtomicU64,
    misses: AtomicU64,
    puts: AtomicU64,
    evictions: AtomicU64,
}

impl CacheCounters {
    /// A lookup found a value, or did not.
    pub fn looked_up(&self, found: bool) {
        let count = if found { &self.counts.hits } else { &self.counts.misses };
        count.fetch_add(1, Relaxed);
    }

    /// A value was put in.
    pub fn put(&self) {
        self.counts.puts.fetch_add(1, Relaxed);
    }

    /// An entry was dropped by the cache itself: no room, or its time was over.
    pub fn evicted(&self) {
        self.counts.evictions.fetch_add(1, Relaxed);
    }
}

impl CacheStatistics for CacheCounters {
    fn hits(&self) -> Option<u64> {
        Some(self.counts.hits.load(Relaxed))
    }

    fn misses(&self) -> Option<u64> {
        Some(self.counts.misses.load(Relaxed))
    }

    fn puts(&self) -> Option<u64> {
        Some(self.counts.puts.load(Relaxed))
    }

    fn evictions(&self) -> Option<u64> {
        Some(self.counts.evictions.load(Relaxed))
    }
}
