//! Checks that block their thread: run beside the runtime.

use std::{fmt, sync::Arc};

use super::{
    health::Health,
    indicator::{HealthIndicator, IntoHealth},
};
use crate::model::endpoint::BoxFuture;

/// A synchronous function as an indicator; it runs on the runtime's blocking pool.
///
/// A call that missed its deadline cannot be cancelled. While it goes on, the check answers DOWN
/// with its age and starts no other, so that a hung check never holds more than one thread.
pub struct BlockingIndicator<F> {
    function: Arc<F>,
}

impl<F, T> BlockingIndicator<F>
where
    F: Fn() -> T + Send + Sync + 'static,
    T: IntoHealth,
{
    /// An indicator that calls `function`.
    pub fn new(function: F) -> Self {
        Self { function: Arc::new(function) }
    }
}

impl<F, T> HealthIndicator for BlockingIndicator<F>
where
    F: Fn() -> T + Send + Sync + 'static,
    T: IntoHealth,
{
    fn check(&self) -> BoxFuture<'static, Health> {
        let function = Arc::clone(&self.function);
        Box::pin(async move {
            let done = tokio::task::spawn_blocking(move || function().into_health());
            match done.await.map_err(tokio::task::JoinError::try_into_panic) {
                Ok(health) => health,
                // The runner catches it, as it does for checks that do not block.
                Err(Ok(panic)) => std::panic::resume_unwind(panic),
                Err(Err(_)) => Health::from_error("aborted: its runtime is shutting down"),
            }
        })
    }

    fn is_cancellable(&self) -> bool {
        false
    }
}

impl<F> fmt::Debug for BlockingIndicator<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockingIndicator").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    };

    use super::*;
    use crate::health::{
        Status,
        runner::{Check, run_all},
    };

    #[tokio::test]
    async fn a_hung_blocking_check_holds_one_thread_and_says_that_it_still_runs() {
        let (release, hang) = mpsc::channel::<()>();
        let hang = Mutex::new(hang);
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        let indicator = BlockingIndicator::new(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            let _ = hang.lock().unwrap().recv();
        });
        let timeout = std::time::Duration::from_millis(5);
        let checks = [Arc::new(Check::new("hung".to_owned(), Arc::new(indicator), timeout))];
        for expected in ["timeout after 5 ms", "still running", "still running"] {
            let health = run_all(&checks).await.remove(0);
            assert_eq!(health.status(), &Status::DOWN);
            let (_, error) = health.details().next().unwrap();
            assert!(error.get().contains(expected), "{}", error.get());
        }
        drop(release);
        assert!(calls.load(Ordering::SeqCst) <= 1);
    }

    #[tokio::test]
    async fn a_blocking_check_answers_from_another_thread() {
        let here = std::thread::current().id();
        let health =
            BlockingIndicator::new(move || std::thread::current().id() != here).check().await;
        assert_eq!(health.status(), &Status::UP);
    }
}
