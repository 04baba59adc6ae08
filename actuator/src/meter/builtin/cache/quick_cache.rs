//! Caches of `quick_cache`, which count lookups themselves. Puts and evictions they do not count.

use std::hash::{BuildHasher, Hash};

use quick_cache::{Lifecycle, Weighter, sync::Cache};

use super::CacheStatistics;

impl<K, V, W, S, L> CacheStatistics for Cache<K, V, W, S, L>
where
    K: Eq + Hash + Send + Sync,
    V: Clone + Send + Sync,
    W: Weighter<K, V> + Clone + Send + Sync,
    S: BuildHasher + Clone + Send + Sync,
    L: Lifecycle<K, V> + Clone + Send + Sync,
{
    fn size(&self) -> Option<u64> {
        u64::try_from(self.len()).ok()
    }

    fn hits(&self) -> Option<u64> {
        Some(Cache::hits(self))
    }

    fn misses(&self) -> Option<u64> {
        Some(Cache::misses(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lookups_and_entries_are_counted() {
        let cache = Cache::new(100);
        cache.insert("a", 1);
        assert_eq!((cache.get(&"a"), cache.get(&"b"), cache.get(&"c")), (Some(1), None, None));
        let told: &dyn CacheStatistics = &cache;
        assert_eq!((told.size(), told.hits(), told.misses()), (Some(1), Some(1), Some(2)));
        assert_eq!((told.puts(), told.evictions()), (None, None));
    }
}
