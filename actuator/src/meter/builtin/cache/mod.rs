//! Caches: how often they had what was asked for, and how much is in them.
//!
//! Names, tags and descriptions are Micrometer's (`cache.gets`, `cache.puts`, `cache.evictions`,
//! `cache.size`, each with `cache`, `name` and `cache.manager`), which is what Spring Boot Admin
//! shows. A cache has only the meters that it counts: what nobody counts is absent, not 0.

mod counters;
mod meters;
#[cfg(feature = "moka")]
mod moka;
#[cfg(feature = "quick-cache")]
mod quick_cache;
mod statistics;

pub use counters::CacheCounters;
pub use meters::CacheMeters;
#[cfg(feature = "moka")]
pub use moka::{Metered, MeteredCache, MeteredFutureCache};
pub use statistics::CacheStatistics;
