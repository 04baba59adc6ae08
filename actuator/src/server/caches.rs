//! Caches: registered once, they have their place in `caches` and their meters.

use std::{panic::Location, sync::Arc};

use super::{app::App, further::Ground};
use crate::{
    cache::{CacheRegistry, Clearer, ManagedCache},
    endpoint::CachesEndpoint,
    meter::{
        MeterRegistry,
        cache::{CacheMeters, CacheStatistics},
    },
    model::endpoint::SharedEndpoint,
};

/// The caches of a service, for those that come and go while it runs. Clones share them.
///
/// ```
/// # #[cfg(feature = "moka")]
/// # mod example {
/// use actuator::{App, Caches, meter::cache::MeteredCache};
/// use moka::sync::Cache;
///
/// fn open_tenant(caches: &Caches, tenant: &str) -> MeteredCache<u32, String> {
///     let orders = MeteredCache::new(Cache::builder().max_capacity(1_000));
///     caches.register("tenants", tenant, orders.clone());
///     orders
/// }
///
/// fn setup(app: &mut App) {
///     let caches = app.caches(); // a cheap handle, also a component: `&Caches`
///     open_tenant(&caches, "acme");
/// }
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Caches {
    registry: CacheRegistry,
    meters: Arc<MeterRegistry>,
}

impl Caches {
    /// Adds a cache, in the place of one with both names, and its meters.
    pub fn register<C: ManagedCache + CacheStatistics>(&self, manager: &str, name: &str, cache: C) {
        let cache = Arc::new(cache);
        self.remove(manager, name);
        CacheMeters::register(&self.meters, manager, name, Arc::clone(&cache));
        self.registry.add(manager, name, cache);
    }

    /// Takes a cache out again, and the meters of its name.
    pub fn remove(&self, manager: &str, name: &str) {
        if self.registry.remove(manager, name) {
            CacheMeters::remove(&self.meters, name);
        }
    }
}

impl App {
    /// Registers a cache: `/actuator/caches` shows it and clears it, `cache.gets` and the others
    /// measure it. `manager` is what Spring calls the cache manager: the library, or the part of the
    /// application, to which it belongs. Give each cache a name of its own, whatever its manager:
    /// Spring Boot Admin tells their figures apart by it.
    ///
    /// A cache of moka is best a [`MeteredCache`](crate::meter::cache), which counts lookups; one of
    /// `quick_cache` an `Arc` of it. Two of both names refuse the start.
    ///
    /// ```
    /// # #[cfg(feature = "moka")]
    /// # mod example {
    /// use actuator::{App, meter::cache::MeteredCache};
    /// use moka::sync::Cache;
    ///
    /// fn setup(app: &mut App) {
    ///     let cities: MeteredCache<u32, String> =
    ///         MeteredCache::new(Cache::builder().max_capacity(10_000));
    ///     app.cache("moka", "cities", cities.clone());
    /// }
    /// # }
    /// ```
    #[track_caller]
    pub fn cache<C: ManagedCache + CacheStatistics>(
        &mut self,
        manager: &str,
        name: &str,
        cache: C,
    ) -> &mut Self {
        self.claim("cache", &format!("{manager}/{name}"), Location::caller());
        self.caches().register(manager, name, cache);
        self
    }

    /// The caches of the service, for what registers them later. Whoever asks makes
    /// `/actuator/caches` exist, be it without a cache.
    pub fn caches(&mut self) -> Caches {
        if let Some(caches) = &self.stores.caches {
            return caches.clone();
        }
        let caches =
            Caches { registry: CacheRegistry::default(), meters: Arc::clone(&self.meters) };
        self.components.insert(None, caches.clone());
        self.stores.caches = Some(caches.clone());
        caches
    }
}

/// `caches`, where there are any.
pub(super) fn endpoint(ground: &Ground<'_>) -> Option<SharedEndpoint> {
    let registry = ground.app.stores.caches.as_ref()?.registry.clone();
    let timeout = ground.basics.config.stores.clearing.timeout;
    let clearer = Clearer::new(ground.runtime.clone(), timeout);
    Some(Arc::new(CachesEndpoint::new(registry, clearer, ground.basics.sanitizer.clone())))
}
