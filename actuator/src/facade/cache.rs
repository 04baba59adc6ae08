//! Which series a key leads to, so that a macro that is run again need not look for it.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    mem,
    sync::{PoisonError, RwLock},
};

use metrics::Key;

/// Keys are spread over so many locks.
const SHARDS: usize = 16;
/// A shard that is full is emptied: what is in use comes back at the price of one search each.
const KEYS_PER_SHARD: usize = 1_024;
/// Keys with more text are searched for each time; such a text is hardly one of a small set.
const MAX_KEY_BYTES: usize = 1_024;

/// What was found for each key. A `Weak` is kept of each series, so that the registry can drop
/// one that nobody else holds.
pub(super) struct SeriesCache<W> {
    shards: [RwLock<Shard<W>>; SHARDS],
}

/// By the hash that a key carries. Of two keys with one hash only the last is kept.
type Shard<W> = HashMap<u64, (Key, W), BuildHasherDefault<KeptHash>>;

impl<W> SeriesCache<W> {
    /// An empty one.
    pub(super) fn new() -> Self {
        Self { shards: std::array::from_fn(|_| RwLock::default()) }
    }

    /// What `upgrade` makes of what was kept for this key.
    pub(super) fn get<S>(&self, key: &Key, upgrade: impl FnOnce(&W) -> Option<S>) -> Option<S> {
        let shard = self.shard(key)?.read().unwrap_or_else(PoisonError::into_inner);
        let (known, kept) = shard.get(&key.get_hash())?;
        if is_same(known, key) { upgrade(kept) } else { None }
    }

    /// Keeps something, unless the key is too long.
    pub(super) fn keep(&self, key: &Key, kept: W) {
        let labels = key.labels().map(|label| label.key().len() + label.value().len());
        if key.name().len() + labels.sum::<usize>() > MAX_KEY_BYTES {
            return;
        }
        let Some(shard) = self.shard(key) else { return };
        let kept = (key.clone(), kept);
        let mut shard = shard.write().unwrap_or_else(PoisonError::into_inner);
        let full = (shard.len() >= KEYS_PER_SHARD).then(|| mem::take(&mut *shard));
        let old = shard.insert(key.get_hash(), kept);
        drop(shard);
        // Nobody waits for these to be freed.
        drop((full, old));
    }

    /// How many keys are kept.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        let of =
            |shard: &RwLock<Shard<W>>| shard.read().unwrap_or_else(PoisonError::into_inner).len();
        self.shards.iter().map(of).sum()
    }

    fn shard(&self, key: &Key) -> Option<&RwLock<Shard<W>>> {
        // The maps themselves look at the lowest and at the highest bits.
        self.shards.get(usize::from(key.get_hash().to_le_bytes()[5]) % SHARDS)
    }
}

/// Whether two keys are the same. One place of the code gives its labels in one order, which is
/// quicker to compare than sets are.
fn is_same(known: &Key, key: &Key) -> bool {
    (known.name() == key.name() && known.labels().eq(key.labels())) || known == key
}

/// Gives the hash back that it is given.
#[derive(Default)]
pub(super) struct KeptHash(u64);

impl Hasher for KeptHash {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

#[cfg(test)]
mod tests {
    use metrics::Label;

    use super::*;

    fn key(name: &str, labels: &[(&'static str, &'static str)]) -> Key {
        let labels: Vec<Label> = labels.iter().map(|(k, v)| Label::new(*k, *v)).collect();
        Key::from_parts(name.to_owned(), labels)
    }

    fn get(cache: &SeriesCache<u32>, key: &Key) -> Option<u32> {
        cache.get(key, |kept| Some(*kept))
    }

    #[test]
    fn a_key_is_found_in_whatever_order_its_labels_come() {
        let cache = SeriesCache::new();
        cache.keep(&key("m", &[("a", "1"), ("b", "2")]), 7);
        assert_eq!(get(&cache, &key("m", &[("b", "2"), ("a", "1")])), Some(7));
        for other in [key("m", &[("a", "2"), ("b", "1")]), key("m", &[]), key("n", &[])] {
            assert_eq!(get(&cache, &other), None, "{other}");
        }
    }

    #[test]
    fn what_is_gone_can_be_kept_anew() {
        let (cache, key) = (SeriesCache::new(), key("m", &[]));
        cache.keep(&key, 1);
        assert_eq!(cache.get(&key, |_| None::<u32>), None);
        cache.keep(&key, 2);
        assert_eq!(get(&cache, &key), Some(2));
    }

    #[test]
    fn whatever_is_kept_the_number_of_keys_is_bounded() {
        let cache = SeriesCache::new();
        for number in 0..50_000 {
            cache.keep(&key(&format!("m{number}"), &[]), number);
        }
        let kept = cache.len();
        assert!(kept <= SHARDS * KEYS_PER_SHARD && kept > 1_000, "{kept}");
        assert_eq!(get(&cache, &key("m49999", &[])), Some(49_999));
    }

    #[test]
    fn a_long_key_is_not_kept() {
        let cache = SeriesCache::new();
        let long = key(&"x".repeat(2_000), &[]);
        cache.keep(&long, 1);
        assert_eq!(get(&cache, &long), None);
    }
}
