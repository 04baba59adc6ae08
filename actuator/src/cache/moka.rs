//! Caches of moka.

use std::{
    hash::{BuildHasher, Hash},
    sync::Arc,
};

use super::{Clearing, ManagedCache};

/// moka removes what was invalidated in batches, whose number grows with the cache; a cache that is
/// filled as fast as it is cleared is left to itself after so many.
const MAX_BATCHES: usize = 10_000;

impl<K, V, S> ManagedCache for moka::sync::Cache<K, V, S>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
    S: BuildHasher + Clone + Send + Sync + 'static,
{
    fn clear(self: Arc<Self>) -> Clearing {
        Clearing::blocking(move || {
            self.invalidate_all();
            // Otherwise the entries hold their memory until the cache is used again.
            let mut left = u64::MAX;
            for _ in 0..MAX_BATCHES {
                self.run_pending_tasks();
                let now = self.entry_count();
                if now == 0 || now >= left {
                    break;
                }
                left = now;
            }
            Ok(())
        })
    }

    fn target(&self) -> &'static str {
        "moka::sync::Cache"
    }
}

impl<K, V, S> ManagedCache for moka::future::Cache<K, V, S>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
    S: BuildHasher + Clone + Send + Sync + 'static,
{
    fn clear(self: Arc<Self>) -> Clearing {
        Clearing::future(async move {
            self.invalidate_all();
            let mut left = u64::MAX;
            for _ in 0..MAX_BATCHES {
                self.run_pending_tasks().await;
                let now = self.entry_count();
                if now == 0 || now >= left {
                    break;
                }
                left = now;
            }
            Ok(())
        })
    }

    fn target(&self) -> &'static str {
        "moka::future::Cache"
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        cache::{CacheUnderName, Clearer},
        support::application_runtime::ApplicationRuntime,
    };

    async fn clear(cache: impl ManagedCache) {
        let clearer = Arc::new(Clearer::new(ApplicationRuntime::default(), Duration::from_mins(1)));
        let (manager, name) = ("moka".to_owned(), "numbers".to_owned());
        let one = CacheUnderName { manager, name, cache: Arc::new(cache) };
        clearer.clear(vec![one]).await.unwrap();
    }

    #[tokio::test]
    async fn both_kinds_are_empty_at_once_and_hold_nothing_any_more() {
        let value = Arc::new(());
        let blocking = moka::sync::Cache::new(1_000_000);
        let waiting = moka::future::Cache::new(1_000_000);
        for key in 0..5_000 {
            blocking.insert(key, Arc::clone(&value));
            waiting.insert(key, Arc::clone(&value)).await;
        }
        clear(blocking.clone()).await;
        clear(waiting.clone()).await;
        assert_eq!((blocking.entry_count(), waiting.entry_count()), (0, 0));
        assert_eq!(blocking.get(&1), None);
        assert_eq!(waiting.get(&1).await, None);
        blocking.insert(1, value);
        assert!(blocking.contains_key(&1));
    }
}
