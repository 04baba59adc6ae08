//! What a pool of connections tells of itself.

use std::time::Duration;

/// A pool at one moment. Fields may be added: end a literal with `..PoolState::default()`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolState {
    /// Connections that are handed out.
    pub active: u64,
    /// Open connections that nobody uses.
    pub idle: u64,
    /// How many connections are kept open at least; 0 for a pool that keeps none.
    pub min: u64,
    /// How many connections there may be at most; `None` if there is no limit.
    pub max: Option<u64>,
    /// How many callers wait for a connection right now, if the pool knows.
    pub pending: Option<u64>,
    /// What became of all the callers so far, if the pool counts them.
    pub acquisitions: Option<PoolAcquisitions>,
}

/// What became of those who asked a pool for a connection, since the pool exists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolAcquisitions {
    /// How many got one or gave up.
    pub callers: u64,
    /// How long those waited, together.
    pub waited: Duration,
    /// How many of them gave up because they waited for too long.
    pub timed_out: u64,
}
