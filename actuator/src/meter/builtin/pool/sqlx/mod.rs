//! Pools of sqlx among the components.

#[cfg(feature = "sqlx-mysql")]
mod mysql;
#[cfg(not(all(feature = "sqlx-mysql", feature = "sqlx-postgres", feature = "sqlx-sqlite")))]
mod no_driver;
#[cfg(feature = "sqlx-postgres")]
mod postgres;
#[cfg(feature = "sqlx-sqlite")]
mod sqlite;

#[cfg(not(feature = "sqlx-mysql"))]
use no_driver as mysql;
#[cfg(not(feature = "sqlx-postgres"))]
use no_driver as postgres;
#[cfg(not(feature = "sqlx-sqlite"))]
use no_driver as sqlite;
use sqlx::{Database, Pool};

use super::{PoolMeters, PoolState};
use crate::{
    meter::MeterRegistry,
    model::{component::Components, naming::names},
};

/// What the checks of the pools are called, or stand below.
const KIND: &str = "db";

/// A pool among the components, whatever its database.
struct FoundPool {
    name: Option<String>,
    /// What it is called without a name, as its check is.
    key: &'static str,
    read: Box<dyn Fn() -> PoolState + Send + Sync>,
}

/// Registers the meters of all pools: named `db` if there is one, else each by its name, which is
/// that of its check (`db/orders` is `orders`).
pub fn bind(registry: &MeterRegistry, components: &Components) {
    // The same order as for checks: what would be called alike is numbered.
    let mut pools = postgres::pools(components);
    pools.extend(mysql::pools(components));
    pools.extend(sqlite::pools(components));
    let keys: Vec<_> = pools.iter().map(|pool| (pool.name.as_deref(), pool.key)).collect();
    let paths = names(KIND, &keys);
    for (path, pool) in paths.iter().zip(pools) {
        let name = path.rsplit_once('/').map_or(path.as_str(), |(_, name)| name);
        PoolMeters::register(registry, name, pool.read);
    }
}

/// The pools of one database.
fn pools_of<DB: Database>(key: &'static str, components: &Components) -> Vec<FoundPool> {
    let found = components.all::<Pool<DB>>().into_iter();
    found
        .map(|(name, pool)| FoundPool {
            name: name.map(str::to_owned),
            key,
            read: Box::new(move || state(&pool)),
        })
        .collect()
}

/// sqlx neither tells who waits nor times it.
fn state<DB: Database>(pool: &Pool<DB>) -> PoolState {
    let idle = u64::try_from(pool.num_idle()).unwrap_or(u64::MAX);
    let options = pool.options();
    PoolState {
        active: u64::from(pool.size()).saturating_sub(idle),
        idle,
        min: options.get_min_connections().into(),
        max: Some(options.get_max_connections().into()),
        ..PoolState::default()
    }
}
