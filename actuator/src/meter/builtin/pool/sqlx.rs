//! Pools of sqlx among the components.

use std::sync::Arc;

use sqlx::{Database, Pool};

use super::{PoolMeters, PoolState};
use crate::{
    meter::MeterRegistry,
    model::{
        component::Components,
        database_pool::{FromPool, find_pools},
        naming::names,
    },
    support::database::DatabaseDriver,
};

/// What the checks of the pools are called, or stand below.
const KIND: &str = "db";

/// Reads the figures of a pool.
struct ReadState(Box<dyn Fn() -> PoolState + Send + Sync>);

impl FromPool for ReadState {
    fn from_pool<DB: DatabaseDriver>(pool: Arc<Pool<DB>>) -> Self {
        Self(Box::new(move || state(&pool)))
    }
}

/// Registers the meters of all pools: named `db` if there is one, else each by its name, which is
/// that of its check (`db/orders` is `orders`).
pub fn bind(registry: &MeterRegistry, components: &Components) {
    let pools = find_pools::<ReadState>(components);
    let keys: Vec<_> = pools.iter().map(|pool| (pool.name, pool.key)).collect();
    let paths = names(KIND, &keys);
    for (path, pool) in paths.iter().zip(pools) {
        let name = path.rsplit_once('/').map_or(path.as_str(), |(_, name)| name);
        PoolMeters::register(registry, name, pool.made.0);
    }
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
