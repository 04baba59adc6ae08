//! What a cache tells of itself.

use std::sync::Arc;

/// A cache that knows figures of itself. Each is `None` if the cache does not count it, always;
/// counts are since the cache exists and never fall. All are asked for when a meter is read, so
/// they must be quick.
pub trait CacheStatistics: Send + Sync {
    /// How many entries are in it now, as nearly as it knows.
    fn size(&self) -> Option<u64> {
        None
    }

    /// How often a lookup found a value.
    fn hits(&self) -> Option<u64> {
        None
    }

    /// How often a lookup found none, whether or not one was then computed.
    fn misses(&self) -> Option<u64> {
        None
    }

    /// How many values were put into it, those that were computed included.
    fn puts(&self) -> Option<u64> {
        None
    }

    /// How many entries were dropped because there was no room, or their time was over; not those
    /// that were removed or replaced.
    fn evictions(&self) -> Option<u64> {
        None
    }
}

impl<T: CacheStatistics + ?Sized> CacheStatistics for Arc<T> {
    fn size(&self) -> Option<u64> {
        (**self).size()
    }

    fn hits(&self) -> Option<u64> {
        (**self).hits()
    }

    fn misses(&self) -> Option<u64> {
        (**self).misses()
    }

    fn puts(&self) -> Option<u64> {
        (**self).puts()
    }

    fn evictions(&self) -> Option<u64> {
        (**self).evictions()
    }
}
