//! Migrators and pools among the components that belong together.

use std::sync::Arc;

use sqlx::{Pool, migrate::Migrator};

use super::SqlxMigrations;
use crate::{
    migration::{MigrationSource, NamedMigrations},
    model::{component::Components, naming::names},
    support::database::{DatabaseDriver, DriverVisitor, each_driver},
};

/// What the only one is called, and what the names of several begin with while they are chosen.
const KIND: &str = "migrations";

/// A pool among the components, whatever its database.
struct FoundPool {
    name: Option<String>,
    key: &'static str,
    history: HistoryOf,
}

/// What a migrator would apply to the database of a pool, and what was applied.
type HistoryOf = Box<dyn Fn(&Migrator) -> Arc<dyn MigrationSource>>;

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
            history: Box::new(move |migrator| {
                Arc::new(SqlxMigrations::new(Pool::clone(&pool), migrator))
            }),
        }));
    }
}

/// Those of each migrator beside one pool, or of the name of one of several; the check of the same
/// tells of a migrator that belongs to none. They are called as that check is.
pub fn discover(components: &Components) -> Vec<NamedMigrations> {
    let mut finder = Finder { components, pools: Vec::new() };
    each_driver(&mut finder);
    let owned = components.all::<Migrator>();
    // `migrate!` mostly makes a static, which cannot be given away.
    let borrowed = components.all::<&'static Migrator>();
    let owned = owned.iter().map(|(name, migrator)| (*name, &**migrator));
    let borrowed = borrowed.iter().map(|(name, migrator)| (*name, **migrator));
    let found: Vec<_> = owned
        .chain(borrowed)
        .filter_map(|(name, migrator)| {
            let pool = match finder.pools.as_slice() {
                [pool] => pool,
                several => {
                    several.iter().find(|pool| name.is_some() && pool.name.as_deref() == name)?
                }
            };
            Some((name, pool.key, (pool.history)(migrator)))
        })
        .collect();
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
