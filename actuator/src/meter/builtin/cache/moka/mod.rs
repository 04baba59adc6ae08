//! Caches of moka, which count nothing themselves: what goes through [`Metered`] is counted.

mod asynchronous;
mod load;
mod synchronous;

use std::{fmt, sync::Arc};

use moka::notification::RemovalCause;

use super::{CacheCounters, CacheStatistics};

pub use asynchronous::MeteredFutureCache;
pub use synchronous::MeteredCache;

/// A cache of moka whose lookups, puts and evictions are counted: [`MeteredCache`] or
/// [`MeteredFutureCache`]. Clones share it.
///
/// moka settles evictions and its size a little later, so `cache.evictions` and `cache.size` follow
/// with the next calls.
#[derive(Clone)]
pub struct Metered<C> {
    cache: C,
    counters: CacheCounters,
}

impl<C> Metered<C> {
    /// The cache itself, for everything else. Of what is done there only evictions are counted.
    pub fn cache(&self) -> &C {
        &self.cache
    }
}

impl<C> fmt::Debug for Metered<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metered").field("counters", &self.counters).finish_non_exhaustive()
    }
}

/// What both kinds of caches know of themselves.
pub trait EntryCount: Send + Sync {
    /// How many entries there are, as far as moka has settled them.
    fn entry_count(&self) -> u64;
}

impl<C: EntryCount> CacheStatistics for Metered<C> {
    fn size(&self) -> Option<u64> {
        Some(self.cache.entry_count())
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

/// `listener` behind one that counts.
fn counting<K, V>(
    counters: &CacheCounters,
    listener: impl Fn(Arc<K>, V, RemovalCause) + Send + Sync + 'static,
) -> impl Fn(Arc<K>, V, RemovalCause) + Send + Sync + 'static {
    let counters = counters.clone();
    move |key, value, cause| {
        if cause.was_evicted() {
            counters.evicted();
        }
        listener(key, value, cause);
    }
}

#[cfg(test)]
mod tests;
