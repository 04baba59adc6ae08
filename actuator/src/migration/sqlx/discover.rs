//! Migrators and pools among the components that belong together.

use std::sync::Arc;

use sqlx::{Pool, migrate::Migrator};

use super::SqlxMigrations;
use crate::{
    migration::{MigrationSource, NamedMigrations},
    model::{
        component::Components,
        database_pool::{FromPool, each_migrator, find_pools, pool_of},
        naming::names,
    },
    support::database::DatabaseDriver,
};

/// What the only one is called, and what the names of several begin with while they are chosen.
const KIND: &str = "migrations";

/// What a migrator would apply to the database of a pool, and what was applied.
struct History(HistoryOf);

type HistoryOf = Box<dyn Fn(&Migrator) -> Arc<dyn MigrationSource>>;

impl FromPool for History {
    fn from_pool<DB: DatabaseDriver>(pool: Arc<Pool<DB>>) -> Self {
        Self(Box::new(move |migrator| Arc::new(SqlxMigrations::new(Pool::clone(&pool), migrator))))
    }
}

/// Those of each migrator beside one pool, or of the name of one of several; the check of the same
/// tells of a migrator that belongs to none. They are called as that check is.
pub fn discover(components: &Components) -> Vec<NamedMigrations> {
    let pools = find_pools::<History>(components);
    let mut found = Vec::new();
    each_migrator(components, |name, migrator| {
        if let Some(pool) = pool_of(name, &pools) {
            found.push((name, pool.key, (pool.made.0)(migrator)));
        }
    });
    let keys: Vec<_> = found.iter().map(|(name, key, _)| (*name, *key)).collect();
    let paths = names(KIND, &keys).into_iter();
    paths
        .zip(found)
        .map(|(path, (_, _, source))| {
            let name = path.rsplit_once('/').map_or(path.as_str(), |(_, name)| name);
            NamedMigrations { name: name.to_owned(), source }
        })
        .collect()
}
