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
