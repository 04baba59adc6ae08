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
