//! Work that nobody can cancel (a name lookup, a read from a dead disk): at most one run of it per
//! key at a time, however often it is asked for and however often the askers give up.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{runtime::Handle, sync::watch};

/// The runs that are under way.
pub struct SingleFlight<K, T> {
    flights: Flights<K, T>,
}

type Flights<K, T> = Arc<Mutex<BTreeMap<K, watch::Receiver<Option<T>>>>>;

impl<K, T> SingleFlight<K, T>
where
    K: Ord + Clone + Send + 'static,
    T: Clone + Send + Sync + 'static,
{
    /// Waits for the run under way, or for a new one, which `start` begins. The run goes on if its
    /// askers go away; a later one then joins it. `None` if it ended without a result: it
    /// panicked, or its runtime is shutting down.
    pub async fn run<F>(&self, key: K, start: impl FnOnce() -> F) -> Option<T>
    where
        F: Future<Output = T> + Send + 'static,
    {
        let mut flight = self.join(key, start)?;
        flight.wait_for(Option::is_some).await.ok().and_then(|value| value.clone())
    }

    fn join<F>(&self, key: K, start: impl FnOnce() -> F) -> Option<watch::Receiver<Option<T>>>
    where
        F: Future<Output = T> + Send + 'static,
    {
        let runtime = Handle::try_current().ok()?;
        let (tell, flight) = watch::channel(None);
        {
            let mut flights = lock(&self.flights);
            if let Some(flight) = flights.get(&key) {
                return Some(flight.clone());
            }
            flights.insert(key.clone(), flight.clone());
        }
        // A runtime that is shutting down drops the task at once, which removes the flight again.
        let landing = Landing { flights: Arc::clone(&self.flights), key };
        let work = start();
        runtime.spawn(async move {
            let value = work.await;
            // Before the result is out: who asks after having seen it starts anew.
            drop(landing);
            tell.send_replace(Some(value));
        });
        Some(flight)
    }
}

impl<K, T> Default for SingleFlight<K, T> {
    fn default() -> Self {
        Self { flights: Arc::default() }
    }
}

impl<K, T> fmt::Debug for SingleFlight<K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SingleFlight").finish_non_exhaustive()
    }
}

/// Removes a flight when it ends, however it ends.
struct Landing<K: Ord, T> {
    flights: Flights<K, T>,
    key: K,
}

impl<K: Ord, T> Drop for Landing<K, T> {
    fn drop(&mut self) {
        lock(&self.flights).remove(&self.key);
    }
}

fn lock<K, T>(flights: &Flights<K, T>) -> MutexGuard<'_, BTreeMap<K, watch::Receiver<Option<T>>>> {
    flights.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn who_asks_while_a_run_hangs_joins_it_even_after_its_first_asker_has_gone() {
        let flights = SingleFlight::<&str, u32>::default();
        let runs = Arc::new(AtomicUsize::new(0));
        let (release, hang) = oneshot::channel();
        let counted = Arc::clone(&runs);
        let first = flights.join("db", || async move {
            counted.fetch_add(1, Ordering::SeqCst);
            hang.await.unwrap()
        });
        drop(first);
        let second = flights.run("db", || async { panic!("a second run was started") });
        release.send(7).unwrap();
        assert_eq!(second.await, Some(7));
        assert_eq!(runs.load(Ordering::SeqCst), 1);
        assert_eq!(flights.run("db", || async { 8 }).await, Some(8));
    }

    #[tokio::test]
    async fn a_run_that_panics_gives_nothing_and_frees_its_place() {
        let flights = SingleFlight::<(), u32>::default();
        assert_eq!(flights.run((), || async { panic!("for the test") }).await, None);
        assert_eq!(flights.run((), || async { 1 }).await, Some(1));
    }
}
