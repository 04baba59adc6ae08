//! The caches and the data source of the recorded application: their meters, without the things.

use actuator::meter::{
    MeterRegistry,
    cache::{CacheCounters, CacheMeters, CacheStatistics},
    pool::{PoolMeters, PoolState},
};

/// A cache that holds one entry, put there and found once.
struct OneEntry(CacheCounters);

impl OneEntry {
    fn new() -> Self {
        let counters = CacheCounters::default();
        counters.looked_up(false);
        counters.put();
        counters.looked_up(true);
        Self(counters)
    }
}

impl CacheStatistics for OneEntry {
    fn size(&self) -> Option<u64> {
        Some(1)
    }

    fn hits(&self) -> Option<u64> {
        self.0.hits()
    }

    fn misses(&self) -> Option<u64> {
        self.0.misses()
    }

    fn puts(&self) -> Option<u64> {
        self.0.puts()
    }

    fn evictions(&self) -> Option<u64> {
        self.0.evictions()
    }
}

/// Registers them.
pub fn register(registry: &MeterRegistry) {
    for name in ["cities", "countries"] {
        CacheMeters::register(registry, "cacheManager", name, OneEntry::new());
    }
    PoolMeters::register(registry, "dataSource", || PoolState {
        idle: 10,
        min: 10,
        max: Some(10),
        ..PoolState::default()
    });
}
