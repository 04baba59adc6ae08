//! Who knows the migrations of a database.

use std::{error::Error, fmt, sync::Arc};

use super::Migration;
use crate::model::endpoint::BoxFuture;

/// Why they are not known. Its text is shown: it must not hold a password.
pub type MigrationError = Box<dyn Error + Send + Sync>;

/// Knows the migrations of a database. It is asked on the application's runtime, once at a time,
/// and dropped after `actuator.migrations.timeout`.
///
/// ```
/// use actuator::{App, migration::{Migration, MigrationError, MigrationSource, MigrationState}};
/// use actuator::security::BoxFuture;
///
/// struct Diesel; // with a pool of connections
///
/// impl MigrationSource for Diesel {
///     fn migrations(&self) -> BoxFuture<'_, Result<Vec<Migration>, MigrationError>> {
///         // select version, run_on from __diesel_schema_migrations
///         Box::pin(async { Ok(vec![Migration::new("1", "create users", MigrationState::Success)]) })
///     }
/// }
///
/// fn setup(app: &mut App) {
///     app.migrations("users", Diesel);
/// }
/// ```
pub trait MigrationSource: Send + Sync + 'static {
    /// All of them, in the order of their installation, those that are to come at the end. It must
    /// not change anything in the database.
    fn migrations(&self) -> BoxFuture<'_, Result<Vec<Migration>, MigrationError>>;

    /// What the last question waits for, or waited for when it was given up.
    fn waits_for(&self) -> Option<String> {
        None
    }
}

impl<T: MigrationSource + ?Sized> MigrationSource for Arc<T> {
    fn migrations(&self) -> BoxFuture<'_, Result<Vec<Migration>, MigrationError>> {
        (**self).migrations()
    }

    fn waits_for(&self) -> Option<String> {
        (**self).waits_for()
    }
}

/// A source under its name.
#[derive(Clone)]
pub(crate) struct NamedMigrations {
    /// The name, by which several are told apart.
    pub(crate) name: String,
    /// Who knows them.
    pub(crate) source: Arc<dyn MigrationSource>,
}

impl fmt::Debug for NamedMigrations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NamedMigrations").field(&self.name).finish()
    }
}
