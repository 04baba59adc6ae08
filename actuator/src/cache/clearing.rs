//! Clearing, on the application's runtime: once at a time for each cache, and waited for only so
//! long.

use std::{sync::Arc, time::Duration};

use tokio::{
    task::{JoinSet, spawn_blocking},
    time::timeout,
};

use super::{
    CacheUnderName,
    managed::{ManagedCache, Work},
};
use crate::support::{application_runtime::ApplicationRuntime, single_flight::SingleFlight};

const GONE: &str = "clearing it panicked, or the service is stopping";

/// Clears caches. A clearing that hangs is joined by whoever asks for it again, so that there is
/// never more than one of each cache.
#[derive(Debug)]
pub(crate) struct Clearer {
    runtime: ApplicationRuntime,
    timeout: Duration,
    flights: SingleFlight<(String, String), Result<(), String>>,
}

impl Clearer {
    /// One that waits so long.
    pub(crate) fn new(runtime: ApplicationRuntime, timeout: Duration) -> Self {
        Self { runtime, timeout, flights: SingleFlight::default() }
    }

    /// Clears all of these at the same time. One that cannot be cleared does not keep the others
    /// from it.
    ///
    /// # Errors
    /// What became of each that was not cleared: in words for people, without secrets.
    pub(crate) async fn clear(self: &Arc<Self>, caches: Vec<CacheUnderName>) -> Result<(), String> {
        let mut runs = JoinSet::new();
        for one in caches {
            let this = Arc::clone(self);
            runs.spawn(async move { this.run(one).await });
        }
        let ended = runs.join_all().await;
        let mut failed: Vec<String> = ended.into_iter().filter_map(Result::err).collect();
        failed.sort();
        if failed.is_empty() { Ok(()) } else { Err(failed.join("; ")) }
    }

    async fn run(&self, one: CacheUnderName) -> Result<(), String> {
        let CacheUnderName { manager, name, cache } = one;
        let told = format!("the cache {name} of {manager}");
        let runtime = self.runtime.clone();
        let run = self.flights.run((manager, name), move || async move {
            runtime.run(cleared(cache)).await.unwrap_or_else(|| Err(GONE.to_owned()))
        });
        match timeout(self.timeout, run).await {
            Ok(Some(Ok(()))) => Ok(()),
            Ok(Some(Err(why))) => Err(format!("{told} was not cleared: {why}")),
            Ok(None) => Err(format!("{told} was not cleared: {GONE}")),
            Err(_) => Err(format!(
                "{told} was not cleared within {:?} (actuator.caches.clear-timeout); that goes on",
                self.timeout
            )),
        }
    }
}

async fn cleared(cache: Arc<dyn ManagedCache>) -> Result<(), String> {
    let result = match cache.clear().0 {
        Work::Async(work) => work.await,
        Work::Blocking(work) => match spawn_blocking(work).await {
            Ok(result) => result,
            Err(_) => return Err(GONE.to_owned()),
        },
    };
    result.map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Semaphore;

    use super::*;
    use crate::cache::Clearing;

    /// Clears once it is let.
    struct Gated {
        gate: Arc<Semaphore>,
        cleared: Arc<AtomicUsize>,
    }

    impl ManagedCache for Gated {
        fn clear(self: Arc<Self>) -> Clearing {
            Clearing::future(async move {
                self.gate.acquire().await?.forget();
                self.cleared.fetch_add(1, Ordering::SeqCst);
                Ok(())
            })
        }
    }

    struct Broken(bool);

    impl ManagedCache for Broken {
        fn clear(self: Arc<Self>) -> Clearing {
            let panics = self.0;
            Clearing::blocking(move || {
                assert!(!panics, "for the test");
                Err("no connection".into())
            })
        }
    }

    fn named(name: &str, cache: impl ManagedCache) -> CacheUnderName {
        CacheUnderName { manager: "shop".to_owned(), name: name.to_owned(), cache: Arc::new(cache) }
    }

    #[tokio::test(start_paused = true)]
    async fn a_clearing_that_hangs_is_waited_for_no_longer_than_the_setting_says_and_joined() {
        let (gate, cleared) = (Arc::new(Semaphore::new(0)), Arc::new(AtomicUsize::new(0)));
        let gated =
            || named("slow", Gated { gate: Arc::clone(&gate), cleared: Arc::clone(&cleared) });
        let clearer = Arc::new(Clearer::new(ApplicationRuntime::default(), Duration::from_secs(2)));
        for _ in 0..3 {
            let complaint = clearer.clear(vec![gated()]).await.unwrap_err();
            assert!(complaint.contains("slow of shop was not cleared within 2s"), "{complaint}");
        }
        gate.add_permits(10);
        clearer.clear(vec![gated()]).await.unwrap();
        assert_eq!(cleared.load(Ordering::SeqCst), 1, "all of them waited for the same one");
        clearer.clear(vec![gated()]).await.unwrap();
        assert_eq!(cleared.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn caches_that_cannot_be_cleared_are_told_and_the_others_are_cleared() {
        let (gate, cleared) = (Arc::new(Semaphore::new(1)), Arc::new(AtomicUsize::new(0)));
        let good = named("good", Gated { gate, cleared: Arc::clone(&cleared) });
        let clearer = Arc::new(Clearer::new(ApplicationRuntime::default(), Duration::from_mins(1)));
        let all = vec![named("a", Broken(true)), named("b", Broken(false)), good];
        let complaint = clearer.clear(all).await.unwrap_err();
        assert_eq!(
            complaint,
            "the cache a of shop was not cleared: clearing it panicked, or the service is \
             stopping; the cache b of shop was not cleared: no connection"
        );
        assert_eq!(cleared.load(Ordering::SeqCst), 1);
    }
}
