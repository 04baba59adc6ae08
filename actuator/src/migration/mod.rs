//! Migrations of databases: which were applied, which are to come, and which are not as they
//! should be. The matter of `/actuator/migrations`, and of `/actuator/flyway`, which shows the same
//! in the form that Spring Boot Admin knows.
//!
//! A `Migrator` of sqlx beside its pool among the components (features `sqlx-*`) tells of them by
//! itself; `SqlxMigrations` and `RefineryMigrations` are for
//! [`App::migrations`](crate::App::migrations), and [`MigrationSource`] for all others.

#[cfg(not(any(feature = "sqlx-mysql", feature = "sqlx-postgres", feature = "sqlx-sqlite")))]
mod absent;
mod settings;
mod source;
#[cfg(any(feature = "sqlx-mysql", feature = "sqlx-postgres", feature = "sqlx-sqlite"))]
mod sqlx;
mod state;

pub use source::{MigrationError, MigrationSource};
#[cfg(any(feature = "sqlx-mysql", feature = "sqlx-postgres", feature = "sqlx-sqlite"))]
pub use sqlx::{RefineryMigrations, SqlxMigrations};
pub use state::{Migration, MigrationState};

#[cfg(not(any(feature = "sqlx-mysql", feature = "sqlx-postgres", feature = "sqlx-sqlite")))]
pub(crate) use absent::discover;
pub(crate) use settings::MigrationSettings;
pub(crate) use source::NamedMigrations;
#[cfg(any(feature = "sqlx-mysql", feature = "sqlx-postgres", feature = "sqlx-sqlite"))]
pub(crate) use sqlx::discover;
