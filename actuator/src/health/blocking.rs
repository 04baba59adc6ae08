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
    use super::*;
    use crate::health::Status;

    #[tokio::test]
    async fn a_blocking_check_answers_from_another_thread() {
        let here = std::thread::current().id();
        let health =
            BlockingIndicator::new(move || std::thread::current().id() != here).check().await;
        assert_eq!(health.status(), &Status::UP);
    }
}
