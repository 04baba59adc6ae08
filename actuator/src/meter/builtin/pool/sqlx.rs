//! Pools of sqlx among the components.

use sqlx::{Database, Pool};

use super::{PoolMeters, PoolState};
use crate::{
    meter::MeterRegistry,
    model::{component::Components, naming::names},
    support::database::{DatabaseDriver, DriverVisitor, each_driver},
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
    let mut finder = Finder { components, pools: Vec::new() };
    each_driver(&mut finder);
    let pools = finder.pools;
    let keys: Vec<_> = pools.iter().map(|pool| (pool.name.as_deref(), pool.key)).collect();
    let paths = names(KIND, &keys);
    for (path, pool) in paths.iter().zip(pools) {
        let name = path.rsplit_once('/').map_or(path.as_str(), |(_, name)| name);
        PoolMeters::register(registry, name, pool.read);
    }
}

/// Finds them.
struct Finder<'c> {
    components: &'c Components,
    pools: Vec<FoundPool>,
}

impl DriverVisitor for Finder<'_> {
    fn visit<DB: DatabaseDriver>(&mut self) {
        let found = self.components.all::<Pool<DB>>().into_iter();
        self.pools.extend(found.map(|(name, pool)| FoundPool {
            name: name.map(str::to_owned),
            key: DB::KEY,
            read: Box::new(move || state(&pool)),
        }));
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
