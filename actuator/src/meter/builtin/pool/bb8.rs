//! Pools of bb8.

use bb8::{ManageConnection, Pool};

use super::{PoolAcquisitions, PoolState};

/// Who waits is not told: bb8 does not count callers that went away while they waited.
impl<M: ManageConnection> From<&Pool<M>> for PoolState {
    fn from(pool: &Pool<M>) -> Self {
        let (state, config) = (pool.state(), pool.config());
        let told = state.statistics;
        Self {
            active: state.connections.saturating_sub(state.idle_connections).into(),
            idle: state.idle_connections.into(),
            min: config.min_idle.unwrap_or(0).into(),
            max: Some(config.max_size.into()),
            pending: None,
            acquisitions: Some(PoolAcquisitions {
                callers: told.get_direct + told.get_waited + told.get_timed_out,
                waited: told.get_wait_time,
                timed_out: told.get_timed_out,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{convert::Infallible, time::Duration};

    use super::*;

    struct Connections;

    impl ManageConnection for Connections {
        type Connection = ();
        type Error = Infallible;

        async fn connect(&self) -> Result<(), Infallible> {
            Ok(())
        }

        async fn is_valid(&self, (): &mut ()) -> Result<(), Infallible> {
            Ok(())
        }

        fn has_broken(&self, (): &mut ()) -> bool {
            false
        }
    }

    // Time goes on only while there is nothing else to do.
    #[tokio::test(start_paused = true)]
    async fn a_pool_tells_who_holds_what_is_idle_and_who_gave_up() {
        let pool = Pool::builder().max_size(2).min_idle(1);
        let pool = pool.connection_timeout(Duration::from_secs(20));
        let pool = pool.build(Connections).await.unwrap();
        let (first, second) = (pool.get().await.unwrap(), pool.get().await.unwrap());
        let state = PoolState::from(&pool);
        assert_eq!((state.active, state.idle, state.min, state.max), (2, 0, 1, Some(2)));
        for _ in 0..2 {
            assert!(pool.get().await.is_err());
        }
        let told = PoolState::from(&pool).acquisitions.unwrap();
        assert_eq!((told.callers, told.timed_out), (4, 2));
        assert_eq!(told.waited, pool.state().statistics.get_wait_time);
        drop(first);
        let state = PoolState::from(&pool);
        assert_eq!((state.active, state.idle), (1, 1));
        drop(second);
    }
}
