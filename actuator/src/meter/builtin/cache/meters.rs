//! The meters of one cache.

use std::sync::Arc;

use super::CacheStatistics;
use crate::meter::{MeterBuilder, MeterRegistry, instrument::as_f64};

const GETS: &str = "cache.gets";
const PUTS: &str = "cache.puts";
const EVICTIONS: &str = "cache.evictions";
const SIZE: &str = "cache.size";

/// Registers the meters of a cache.
///
/// ```
/// use actuator::meter::cache::{CacheCounters, CacheMeters};
///
/// # fn example(app: &mut actuator::App) {
/// let counters = CacheCounters::default();
/// CacheMeters::register(&app.meters(), "shop", "cities", counters.clone());
/// counters.looked_up(false);
/// # }
/// ```
#[derive(Debug)]
pub struct CacheMeters(());

impl CacheMeters {
    /// Registers the meters of the cache of this name; `manager` is what Spring calls the cache
    /// manager: the library, or the part of the application, to which it belongs. A name should
    /// occur once, whatever the manager: dashboards tell caches apart by it. A cache that has
    /// meters already keeps them.
    pub fn register(
        registry: &MeterRegistry,
        manager: &str,
        name: &str,
        cache: impl CacheStatistics + 'static,
    ) {
        let cache = CacheTags { registry, manager, name, cache: Arc::new(cache) };
        let gets = "The number of times cache lookup methods have returned a cached (hit) or \
                    uncached (newly loaded or null) value (miss).";
        cache.counter(GETS, Some("hit"), gets, |cache| cache.hits());
        cache.counter(GETS, Some("miss"), gets, |cache| cache.misses());
        let puts = "The number of entries added to the cache";
        cache.counter(PUTS, None, puts, |cache| cache.puts());
        let evictions = "The number of times the cache was evicted.";
        cache.counter(EVICTIONS, None, evictions, |cache| cache.evictions());
        cache.size();
    }

    /// Takes the meters of a cache away again.
    pub fn remove(registry: &MeterRegistry, name: &str) {
        for meter in [GETS, PUTS, EVICTIONS, SIZE] {
            registry.remove(meter, "cache", name);
        }
    }
}

/// One of the figures of a cache.
type Figure = fn(&dyn CacheStatistics) -> Option<u64>;

/// A cache, and the tags of its meters.
struct CacheTags<'a> {
    registry: &'a MeterRegistry,
    manager: &'a str,
    name: &'a str,
    cache: Arc<dyn CacheStatistics>,
}

impl CacheTags<'_> {
    fn meter(&self, meter: &str) -> MeterBuilder<'_> {
        self.registry
            .meter(meter)
            .tag("cache", self.name)
            .tag("name", self.name)
            .tag("cache.manager", self.manager)
    }

    fn counter(&self, meter: &str, result: Option<&str>, description: &str, figure: Figure) {
        if figure(&*self.cache).is_none() {
            return;
        }
        let builder = self.meter(meter).description(description);
        let builder = match result {
            Some(result) => builder.tag("result", result),
            None => builder,
        };
        let cache = Arc::clone(&self.cache);
        builder.counter_with(move || figure(&*cache).map_or(f64::NAN, as_f64));
    }

    fn size(&self) {
        if self.cache.size().is_none() {
            return;
        }
        let description = "The number of entries in this cache. This may be an approximation, \
                           depending on the type of cache.";
        let cache = Arc::clone(&self.cache);
        self.meter(SIZE)
            .description(description)
            .gauge_with(move || cache.size().map_or(f64::NAN, as_f64));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        meter::{MeterSettings, Tag, cache::CacheCounters},
        support::clock::Clock,
    };

    fn registry() -> MeterRegistry {
        MeterRegistry::new(MeterSettings::default(), Clock::system())
    }

    fn value(registry: &MeterRegistry, meter: &str, tags: &[(&str, &str)]) -> Option<u64> {
        let tags: Vec<_> = tags.iter().map(|(key, value)| Tag::new(*key, *value)).collect();
        let reading = registry.read(meter, &tags)?;
        format!("{}", reading.measurements.first()?.value).parse().ok()
    }

    #[test]
    fn gets_are_told_apart_by_their_result_and_caches_by_their_names() {
        let registry = registry();
        let (cities, countries) = (CacheCounters::default(), CacheCounters::default());
        CacheMeters::register(&registry, "shop", "cities", cities.clone());
        CacheMeters::register(&registry, "shop", "countries", countries.clone());
        for found in [true, true, false] {
            cities.looked_up(found);
        }
        countries.looked_up(false);
        countries.put();
        countries.evicted();
        let of = |meter, tags: &[_]| value(&registry, meter, tags).unwrap();
        // As Spring Boot Admin asks.
        let gets = [
            of(GETS, &[("name", "cities"), ("result", "hit")]),
            of(GETS, &[("name", "cities"), ("result", "miss")]),
            of(GETS, &[("name", "countries"), ("result", "hit")]),
            of(GETS, &[("cache", "countries"), ("cache.manager", "shop"), ("result", "miss")]),
        ];
        assert_eq!(gets, [2, 1, 0, 1]);
        let countries = [("name", "countries")];
        assert_eq!([of(PUTS, &countries), of(EVICTIONS, &countries)], [1, 1]);
        // Nobody knows how many entries there are.
        assert_eq!(value(&registry, SIZE, &[]), None);
        CacheMeters::remove(&registry, "cities");
        assert_eq!(registry.read(GETS, &[]).unwrap().available_tags["name"].len(), 1);
    }

    #[test]
    fn what_a_cache_does_not_count_is_absent() {
        struct Entries;
        impl CacheStatistics for Entries {
            fn size(&self) -> Option<u64> {
                Some(12)
            }
        }
        let registry = registry();
        CacheMeters::register(&registry, "shop", "cities", Arc::new(Entries));
        assert_eq!(registry.names(), [SIZE]);
        assert_eq!(value(&registry, SIZE, &[("name", "cities")]), Some(12));
    }
}
