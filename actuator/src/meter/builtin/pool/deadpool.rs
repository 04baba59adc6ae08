//! Pools of deadpool, and so of `deadpool-postgres`, `deadpool-redis` and their kind.

use deadpool::Status;

use super::PoolState;

/// The minimum is 0: deadpool opens a connection when it is needed.
impl From<Status> for PoolState {
    fn from(status: Status) -> Self {
        let count = |number| u64::try_from(number).unwrap_or(u64::MAX);
        Self {
            active: count(status.size.saturating_sub(status.available)),
            idle: count(status.available),
            min: 0,
            max: Some(count(status.max_size)),
            pending: Some(count(status.waiting)),
            acquisitions: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use deadpool::managed::{Manager, Metrics, Pool, RecycleResult};

    use super::*;

    struct Connections;

    impl Manager for Connections {
        type Type = ();
        type Error = Infallible;

        async fn create(&self) -> Result<(), Infallible> {
            Ok(())
        }

        async fn recycle(&self, (): &mut (), _: &Metrics) -> RecycleResult<Infallible> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_pool_tells_who_holds_who_waits_and_what_is_idle() {
        let pool = Pool::<Connections>::builder(Connections).max_size(2).build().unwrap();
        let state = || PoolState::from(pool.status());
        let empty = PoolState { max: Some(2), pending: Some(0), ..PoolState::default() };
        assert_eq!(state(), empty);
        let (first, second) = (pool.get().await.unwrap(), pool.get().await.unwrap());
        assert_eq!(state(), PoolState { active: 2, ..empty });
        let mut third = std::pin::pin!(pool.get());
        assert!(poll_once(third.as_mut()).is_none());
        assert_eq!(state(), PoolState { active: 2, pending: Some(1), ..empty });
        drop(first);
        drop(third.await.unwrap());
        drop(second);
        assert_eq!(state(), PoolState { idle: 2, ..empty });
    }

    /// What the future says at its next poll.
    fn poll_once<F: Future>(future: std::pin::Pin<&mut F>) -> Option<F::Output> {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match future.poll(&mut context) {
            std::task::Poll::Ready(output) => Some(output),
            std::task::Poll::Pending => None,
        }
    }
}
