//! The checks that pools and migrators among the components bring by themselves.

use std::sync::Arc;

use sqlx::{Pool, migrate::Migrator};

use super::{check::Database, migrations::Migrations};
use crate::{
    health::{HealthCheck, HealthIndicator},
    model::{
        component::Components,
        database_pool::{FoundPool, FromPool, each_migrator, find_pools, pool_of},
        naming::names,
    },
    support::database::DatabaseDriver,
};

/// Monitors ask whether the migrations fit, load balancers need not.
const MIGRATIONS_LEVEL: u32 = 2;

/// What can be checked of a pool.
struct Checks {
    database: Arc<dyn HealthIndicator>,
    migrations: MigrationsOf,
}

/// The check of a migrator against a pool.
type MigrationsOf = Box<dyn Fn(&Migrator) -> Arc<dyn HealthIndicator>>;

impl FromPool for Checks {
    fn from_pool<DB: DatabaseDriver>(pool: Arc<Pool<DB>>) -> Self {
        Self {
            database: Arc::new(Database::new(Pool::clone(&pool))),
            migrations: Box::new(move |migrator| {
                Arc::new(Migrations::new(Pool::clone(&pool), migrator))
            }),
        }
    }
}

/// `db` for one pool, `db/<name>` for each of several; `migrations` for a migrator beside one pool,
/// or of the name of one of several.
pub fn discover(components: &Components) -> Vec<HealthCheck> {
    let pools = find_pools::<Checks>(components);
    let keys: Vec<_> = pools.iter().map(|pool| (pool.name, pool.key)).collect();
    let databases = names("db", &keys).into_iter().zip(&pools).map(|(path, pool)| {
        HealthCheck::shared(path, Arc::clone(&pool.made.database))
            .description("The database answers")
    });
    databases.chain(migrations(components, &pools)).collect()
}

fn migrations(components: &Components, pools: &[FoundPool<'_, Checks>]) -> Vec<HealthCheck> {
    let mut found = Vec::new();
    each_migrator(components, |name, migrator| match pool_of(name, pools) {
        Some(pool) => found.push((name, pool.key, (pool.made.migrations)(migrator))),
        None if pools.is_empty() => {}
        None => tracing::warn!(
            target: "actuator::health",
            "The component Migrator{} brings no health check: it is not clear to which of the {} \
             pools it belongs; register it under the name of one",
            name.map(|name| format!(" \"{name}\"")).unwrap_or_default(),
            pools.len()
        ),
    });
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
