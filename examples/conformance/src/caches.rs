//! The caches of the recorded application, with one entry each.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use actuator::{
    App,
    cache::{Clearing, ManagedCache},
    meter::cache::{CacheCounters, CacheStatistics},
};

/// A cache that holds one entry, put there and found once, until it is cleared.
struct OneEntry {
    entries: AtomicU64,
    counters: CacheCounters,
}

impl OneEntry {
    fn new() -> Self {
        let counters = CacheCounters::default();
        counters.looked_up(false);
        counters.put();
        counters.looked_up(true);
        Self { entries: AtomicU64::new(1), counters }
    }
}

impl ManagedCache for OneEntry {
    fn clear(self: Arc<Self>) -> Clearing {
        Clearing::blocking(move || {
            self.entries.store(0, Relaxed);
            Ok(())
        })
    }
}

impl CacheStatistics for OneEntry {
    fn size(&self) -> Option<u64> {
        Some(self.entries.load(Relaxed))
    }

    fn hits(&self) -> Option<u64> {
        self.counters.hits()
    }

    fn misses(&self) -> Option<u64> {
        self.counters.misses()
    }

    fn puts(&self) -> Option<u64> {
        self.counters.puts()
    }

    fn evictions(&self) -> Option<u64> {
        self.counters.evictions()
    }
}

/// Registers them.
pub fn register(app: &mut App) {
    for name in ["cities", "countries"] {
        app.cache("cacheManager", name, OneEntry::new());
    }
}
