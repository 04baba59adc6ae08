//! What a cache of moka counts is what happened to it.

use std::{
    hash::RandomState,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use super::*;

/// Hits, misses, puts, evictions.
fn counts(cache: &impl CacheStatistics) -> [u64; 4] {
    [cache.hits(), cache.misses(), cache.puts(), cache.evictions()].map(Option::unwrap)
}

#[test]
fn lookups_and_puts_of_a_blocking_cache_are_counted_as_they_were() {
    let cache = MeteredCache::new(moka::sync::Cache::builder().max_capacity(100));
    assert_eq!(cache.get("a"), None);
    cache.insert("a".to_owned(), 1);
    assert_eq!(cache.get("a"), Some(1));
    assert_eq!(counts(&cache), [1, 1, 1, 0]);
    let computed = |value| move || value;
    assert_eq!(cache.get_with("b".to_owned(), computed(2)), 2);
    assert_eq!(cache.get_with("b".to_owned(), computed(3)), 2);
    assert_eq!(counts(&cache), [2, 2, 2, 0]);
    assert_eq!(cache.optionally_get_with("c".to_owned(), || None), None);
    assert_eq!(cache.try_get_with("d".to_owned(), || Err::<i32, _>("no")), Err(Arc::new("no")));
    assert_eq!(counts(&cache), [2, 4, 2, 0]);
    cache.invalidate("a");
    assert_eq!(cache.get("a"), None);
    cache.cache().run_pending_tasks();
    // Taking out is no eviction.
    assert_eq!(counts(&cache), [2, 5, 2, 0]);
    assert_eq!(cache.size(), Some(1));
}

#[test]
fn what_there_is_no_room_for_is_evicted_and_ones_own_listener_still_hears_of_it() {
    let heard = Arc::new(AtomicU64::new(0));
    let listener = Arc::clone(&heard);
    let cache = MeteredCache::with(
        moka::sync::Cache::builder().max_capacity(10),
        RandomState::default(),
        move |_, (), _| {
            listener.fetch_add(1, Relaxed);
        },
    );
    for key in 0..100 {
        cache.insert(key, ());
    }
    cache.insert(99, ());
    cache.cache().run_pending_tasks();
    let [hits, misses, puts, evictions] = counts(&cache);
    assert_eq!([hits, misses, puts], [0, 0, 101]);
    assert_eq!(cache.size().unwrap() + evictions, 100);
    assert_eq!(cache.size(), Some(10));
    assert!(heard.load(Relaxed) >= evictions);
}

#[test]
fn entries_whose_time_is_over_are_evicted() {
    let builder = moka::sync::Cache::builder().time_to_live(Duration::from_nanos(1));
    let cache = MeteredCache::new(builder);
    cache.insert(1, ());
    while cache.get(&1).is_some() {}
    cache.cache().run_pending_tasks();
    assert_eq!(cache.evictions(), Some(1));
}

#[tokio::test]
async fn who_waits_for_the_value_of_another_has_hit_it() {
    let cache = MeteredFutureCache::new(moka::future::Cache::builder().max_capacity(100));
    let (ready, wait) = tokio::sync::oneshot::channel::<()>();
    let first = cache.clone();
    let first = tokio::spawn(async move {
        let computed = async {
            wait.await.unwrap();
            7
        };
        first.get_with("a", computed).await
    });
    while counts(&cache)[1] == 0 {
        tokio::task::yield_now().await;
    }
    let second = cache.clone();
    let second = tokio::spawn(async move { second.get_with("a", async { 8 }).await });
    tokio::task::yield_now().await;
    ready.send(()).unwrap();
    assert_eq!((first.await.unwrap(), second.await.unwrap()), (7, 7));
    assert_eq!(counts(&cache), [1, 1, 1, 0]);
}

#[tokio::test]
async fn a_lookup_that_nobody_waits_for_any_more_was_a_miss() {
    let cache = MeteredFutureCache::<&str, u8>::new(moka::future::Cache::builder());
    let mut lookup = Box::pin(cache.get_with("a", std::future::pending()));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(lookup.as_mut().poll(&mut context).is_pending());
    drop(lookup);
    assert_eq!(counts(&cache), [0, 1, 0, 0]);
}

#[tokio::test]
async fn lookups_and_puts_of_an_asynchronous_cache_are_counted_as_they_were() {
    let cache = MeteredFutureCache::new(moka::future::Cache::builder().max_capacity(10));
    assert_eq!(cache.get(&1).await, None);
    cache.insert(1, "a").await;
    assert_eq!(cache.get(&1).await, Some("a"));
    assert_eq!(cache.optionally_get_with(2, async { None }).await, None);
    assert_eq!(cache.try_get_with(3, async { Err::<&str, _>(9) }).await, Err(Arc::new(9)));
    assert_eq!(cache.try_get_with(3, async { Ok::<_, u8>("c") }).await, Ok("c"));
    assert_eq!(counts(&cache), [1, 4, 2, 0]);
    cache.invalidate(&1).await;
    for key in 10..40 {
        cache.insert(key, "x").await;
    }
    cache.cache().run_pending_tasks().await;
    assert_eq!(cache.evictions(), Some(21));
    assert_eq!(cache.size(), Some(10));
}
