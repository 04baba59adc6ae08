//! Caches of `quick_cache`.

use std::{
    hash::{BuildHasher, Hash},
    sync::Arc,
};

use quick_cache::{Lifecycle, Weighter, sync::Cache};

use super::{Clearing, ManagedCache};

impl<K, V, W, S, L> ManagedCache for Cache<K, V, W, S, L>
where
    K: Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
    W: Weighter<K, V> + Clone + Send + Sync + 'static,
    S: BuildHasher + Clone + Send + Sync + 'static,
    L: Lifecycle<K, V> + Clone + Send + Sync + 'static,
{
    fn clear(self: Arc<Self>) -> Clearing {
        Clearing::blocking(move || {
            Cache::clear(&self);
            Ok(())
        })
    }

    fn target(&self) -> &'static str {
        "quick_cache::sync::Cache"
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

    #[tokio::test]
    async fn it_is_empty_afterwards() {
        let cache = Arc::new(Cache::new(1_000));
        for key in 0..100 {
            cache.insert(key, ());
        }
        let clearer = Arc::new(Clearer::new(ApplicationRuntime::default(), Duration::from_mins(1)));
        let (manager, name) = ("quick".to_owned(), "numbers".to_owned());
        // As it is registered: an `Arc` of it.
        let one = CacheUnderName { manager, name, cache: Arc::new(Arc::clone(&cache)) };
        assert_eq!(one.cache.target(), "quick_cache::sync::Cache");
        clearer.clear(vec![one]).await.unwrap();
        assert_eq!(cache.len(), 0);
    }
}
