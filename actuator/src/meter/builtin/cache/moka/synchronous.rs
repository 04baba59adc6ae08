//! Blocking caches of moka.

use std::{
    borrow::Borrow,
    hash::{BuildHasher, Hash, RandomState},
    sync::Arc,
};

use moka::{
    notification::RemovalCause,
    sync::{Cache, CacheBuilder},
};

use super::{EntryCount, Metered, counting, load::Load};
use crate::meter::builtin::cache::CacheCounters;

/// A [`moka::sync::Cache`] that counts.
///
/// ```
/// use actuator::meter::cache::{CacheMeters, MeteredCache};
/// use moka::sync::Cache;
///
/// # fn example(app: &mut actuator::App) {
/// let cities = MeteredCache::new(Cache::builder().max_capacity(10_000));
/// CacheMeters::register(&app.meters(), "moka", "cities", cities.clone());
///
/// let city: String = cities.get_with(7, || "Berlin".to_owned());
/// # }
/// ```
pub type MeteredCache<K, V, S = RandomState> = Metered<Cache<K, V, S>>;

impl<K, V> Metered<Cache<K, V>>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Builds the cache. Its eviction listener takes the place of one that `builder` may have: see
    /// [`Self::with`].
    pub fn new(builder: CacheBuilder<K, V, Cache<K, V>>) -> Self {
        Self::with(builder, RandomState::default(), |_, _, _| {})
    }
}

impl<K, V, S> Metered<Cache<K, V, S>>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
    S: BuildHasher + Clone + Send + Sync + 'static,
{
    /// Builds the cache with a hasher and an eviction listener of one's own.
    pub fn with(
        builder: CacheBuilder<K, V, Cache<K, V>>,
        hasher: S,
        listener: impl Fn(Arc<K>, V, RemovalCause) + Send + Sync + 'static,
    ) -> Self {
        let counters = CacheCounters::default();
        let builder = builder.eviction_listener(counting(&counters, listener));
        Self { cache: builder.build_with_hasher(hasher), counters }
    }

    /// The value of a key: a hit or a miss.
    pub fn get<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let value = self.cache.get(key);
        self.counters.looked_up(value.is_some());
        value
    }

    /// The value of a key: a hit, or a miss and then what `init` gives.
    pub fn get_with(&self, key: K, init: impl FnOnce() -> V) -> V {
        let mut load = Load::new(&self.counters);
        let value = self.cache.get_with(key, || load.now(init));
        load.end(true);
        value
    }

    /// The same with an `init` that may give nothing, which is not kept.
    pub fn optionally_get_with(&self, key: K, init: impl FnOnce() -> Option<V>) -> Option<V> {
        let mut load = Load::new(&self.counters);
        let value = self.cache.optionally_get_with(key, || load.now(init));
        load.end(value.is_some());
        value
    }

    /// The same with an `init` that may fail; its error goes to all who wait for the value.
    pub fn try_get_with<E: Send + Sync + 'static>(
        &self,
        key: K,
        init: impl FnOnce() -> Result<V, E>,
    ) -> Result<V, Arc<E>> {
        let mut load = Load::new(&self.counters);
        let value = self.cache.try_get_with(key, || load.now(init));
        load.end(value.is_ok());
        value
    }

    /// Puts a value in, or in the place of one.
    pub fn insert(&self, key: K, value: V) {
        self.cache.insert(key, value);
        self.counters.put();
    }

    /// Takes an entry out, which is no eviction.
    pub fn invalidate<Q>(&self, key: &Q)
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.cache.invalidate(key);
    }
}

impl<K, V, S> EntryCount for Cache<K, V, S>
where
    K: Send + Sync,
    V: Send + Sync,
    S: Send + Sync,
{
    fn entry_count(&self) -> u64 {
        Cache::entry_count(self)
    }
}
