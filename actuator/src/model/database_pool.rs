//! Pools of databases among the components, and migrators that belong to them: what checks, meters
//! and migrations are made of by themselves.

use std::sync::Arc;

use sqlx::{Pool, migrate::Migrator};

use super::component::Components;
use crate::support::database::{DatabaseDriver, DriverVisitor, each_driver};

/// Is made of a pool, whatever its database.
pub trait FromPool {
    /// Of this one.
    fn from_pool<DB: DatabaseDriver>(pool: Arc<Pool<DB>>) -> Self;
}

/// What was made of a pool among the components.
#[derive(Debug)]
pub struct FoundPool<'c, T> {
    /// The name of the component.
    pub name: Option<&'c str>,
    /// What it is called without one.
    pub key: &'static str,
    pub made: T,
}

/// All pools: by database, then in the order of registration. In this order what would be called
/// alike is numbered, so that a pool has the same name for each subject.
pub fn find_pools<T: FromPool>(components: &Components) -> Vec<FoundPool<'_, T>> {
    let mut finder = Finder { components, pools: Vec::new() };
    each_driver(&mut finder);
    finder.pools
}

struct Finder<'c, T> {
    components: &'c Components,
    pools: Vec<FoundPool<'c, T>>,
}

impl<T: FromPool> DriverVisitor for Finder<'_, T> {
    fn visit<DB: DatabaseDriver>(&mut self) {
        let found = self.components.all::<Pool<DB>>().into_iter();
        self.pools.extend(found.map(|(name, pool)| FoundPool {
            name,
            key: DB::KEY,
            made: T::from_pool(pool),
        }));
    }
}

/// The only pool, or the one of this name: that of a migrator.
pub fn pool_of<'p, 'c, T>(
    name: Option<&str>,
    pools: &'p [FoundPool<'c, T>],
) -> Option<&'p FoundPool<'c, T>> {
    match pools {
        [pool] => Some(pool),
        several => several.iter().find(|pool| name.is_some() && pool.name == name),
    }
}

/// Calls `visit` with each migrator and its name.
pub fn each_migrator<'c>(
    components: &'c Components,
    mut visit: impl FnMut(Option<&'c str>, &Migrator),
) {
    for (name, migrator) in components.all::<Migrator>() {
        visit(name, &migrator);
    }
    // `migrate!` mostly makes a static, which cannot be given away.
    for (name, migrator) in components.all::<&'static Migrator>() {
        visit(name, &migrator);
    }
}
