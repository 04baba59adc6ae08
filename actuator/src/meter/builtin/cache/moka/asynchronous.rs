//! Asynchronous caches of moka.

use std::{
    borrow::Borrow,
    future::Future,
    hash::{BuildHasher, Hash, RandomState},
    sync::Arc,
};

use moka::{
    future::{Cache, CacheBuilder},
    notification::RemovalCause,
};

use super::{EntryCount, Metered, counting, load::Load};
use crate::meter::builtin::cache::CacheCounters;

/// A [`moka::future::Cache`] that counts.
///
/// ```
/// use actuator::meter::cache::{CacheMeters, MeteredFutureCache};
/// use moka::future::Cache;
///
/// # async fn example(app: &mut actuator::App) {
/// let cities = MeteredFutureCache::new(Cache::builder().max_capacity(10_000));
/// CacheMeters::register(&app.meters(), "moka", "cities", cities.clone());
///
/// let city: String = cities.get_with(7, async { "Berlin".to_owned() }).await;
/// # }
/// ```
pub type MeteredFutureCache<K, V, S = RandomState> = Metered<Cache<K, V, S>>;

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
    pub async fn get<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let value = self.cache.get(key).await;
        self.counters.looked_up(value.is_some());
        value
    }

    /// The value of a key: a hit, or a miss and then what `init` gives.
    pub async fn get_with(&self, key: K, init: impl Future<Output = V>) -> V {
        let mut load = Load::new(&self.counters);
        let value = self.cache.get_with(key, load.during(init)).await;
        load.end(true);
        value
    }

    /// The same with an `init` that may give nothing, which is not kept.
    pub async fn optionally_get_with(
        &self,
        key: K,
        init: impl Future<Output = Option<V>>,
    ) -> Option<V> {
        let mut load = Load::new(&self.counters);
        let value = self.cache.optionally_get_with(key, load.during(init)).await;
        load.end(value.is_some());
        value
    }

    /// The same with an `init` that may fail; its error goes to all who wait for the value.
    pub async fn try_get_with<E: Send + Sync + 'static>(
        &self,
        key: K,
        init: impl Future<Output = Result<V, E>>,
    ) -> Result<V, Arc<E>> {
        let mut load = Load::new(&self.counters);
        let value = self.cache.try_get_with(key, load.during(init)).await;
        load.end(value.is_ok());
        value
    }

    /// Puts a value in, or in the place of one.
    pub async fn insert(&self, key: K, value: V) {
        self.cache.insert(key, value).await;
        self.counters.put();
    }

    /// Takes an entry out, which is no eviction.
    pub async fn invalidate<Q>(&self, key: &Q)
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.cache.invalidate(key).await;
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
