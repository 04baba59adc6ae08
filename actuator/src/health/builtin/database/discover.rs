//! The checks that pools and migrators among the components bring by themselves.

use std::sync::Arc;

use sqlx::{Pool, migrate::Migrator};

use super::{check::Database, migrations::Migrations};
use crate::{
    health::{HealthCheck, HealthIndicator},
    model::{component::Components, naming::names},
    support::database::{DatabaseDriver, DriverVisitor, each_driver},
};

/// Monitors ask whether the migrations fit, load balancers need not.
const MIGRATIONS_LEVEL: u32 = 2;

/// A pool among the components, whatever its database.
struct FoundPool {
    name: Option<String>,
    key: &'static str,
    check: Arc<dyn HealthIndicator>,
    migrations: MigrationsOf,
}

/// The check of a migrator against a pool.
type MigrationsOf = Box<dyn Fn(&Migrator) -> Arc<dyn HealthIndicator>>;

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
            check: Arc::new(Database::new(Pool::clone(&pool))),
            migrations: Box::new(move |migrator| {
                Arc::new(Migrations::new(Pool::clone(&pool), migrator))
            }),
        }));
    }
}

/// `db` for one pool, `db/<name>` for each of several; `migrations` for a migrator beside one pool,
/// or of the name of one of several.
pub fn discover(components: &Components) -> Vec<HealthCheck> {
    let mut finder = Finder { components, pools: Vec::new() };
    each_driver(&mut finder);
    let pools = finder.pools;
    let keys: Vec<_> = pools.iter().map(|pool| (pool.name.as_deref(), pool.key)).collect();
    let databases = names("db", &keys).into_iter().zip(&pools).map(|(path, pool)| {
        HealthCheck::shared(path, Arc::clone(&pool.check)).description("The database answers")
    });
    databases.chain(migrations(components, &pools)).collect()
}

fn migrations(components: &Components, pools: &[FoundPool]) -> Vec<HealthCheck> {
    let owned = components.all::<Migrator>();
    // `migrate!` mostly makes a static, which cannot be given away.
    let borrowed = components.all::<&'static Migrator>();
    let owned = owned.iter().map(|(name, migrator)| (*name, &**migrator));
    let borrowed = borrowed.iter().map(|(name, migrator)| (*name, **migrator));
    let mut found = Vec::new();
    for (name, migrator) in owned.chain(borrowed) {
        match pool_of(name, pools) {
            Some(pool) => found.push((name, pool.key, (pool.migrations)(migrator))),
            None if pools.is_empty() => {}
            None => tracing::warn!(
                target: "actuator::health",
                "The component Migrator{} brings no health check: it is not clear to which of the \
                 {} pools it belongs; register it under the name of one",
                name.map(|name| format!(" \"{name}\"")).unwrap_or_default(),
                pools.len()
            ),
        }
    }
    let keys: Vec<_> = found.iter().map(|(name, key, _)| (*name, *key)).collect();
    let paths = names("migrations", &keys).into_iter();
    paths
        .zip(found)
        .map(|(path, (_, _, check))| {
            HealthCheck::shared(path, check)
                .level(MIGRATIONS_LEVEL)
                .description("The database has the migrations of this version")
        })
        .collect()
}

/// The only pool, or the one of this name.
fn pool_of<'p>(name: Option<&str>, pools: &'p [FoundPool]) -> Option<&'p FoundPool> {
    match pools {
        [pool] => Some(pool),
        several => several.iter().find(|pool| name.is_some() && pool.name.as_deref() == name),
    }
}
