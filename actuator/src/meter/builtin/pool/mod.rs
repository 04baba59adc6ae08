//! Pools of connections: how many are in use, idle and allowed, and how many wait for one.
//!
//! `jdbc.connections.active`, `.idle`, `.max` and `.min` with the tag `name` are Spring's, and what
//! Spring Boot Admin shows as data sources. What Spring has no name for has OpenTelemetry's:
//! `db.client.connection.pending_requests`, `.timeouts` and `.wait_time`, with the tag
//! `db.client.connection.pool.name`. Each pool has only the meters that it knows the value of.
//!
//! Pools of sqlx among the components have their meters by themselves.

#[cfg(not(any(feature = "sqlx-mysql", feature = "sqlx-postgres", feature = "sqlx-sqlite")))]
mod absent;
#[cfg(feature = "bb8")]
mod bb8;
#[cfg(feature = "deadpool")]
mod deadpool;
mod meters;
#[cfg(any(feature = "sqlx-mysql", feature = "sqlx-postgres", feature = "sqlx-sqlite"))]
mod sqlx;
mod state;

pub use meters::PoolMeters;
pub use state::{PoolAcquisitions, PoolState};

#[cfg(not(any(feature = "sqlx-mysql", feature = "sqlx-postgres", feature = "sqlx-sqlite")))]
pub(crate) use absent::bind as bind_pool_meters;
#[cfg(any(feature = "sqlx-mysql", feature = "sqlx-postgres", feature = "sqlx-sqlite"))]
pub(crate) use sqlx::bind as bind_pool_meters;
