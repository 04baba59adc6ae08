//! Databases of sqlx: whether they answer, and whether their migrations are the application's.

mod applied;
mod check;
mod discover;
mod driver;
mod lease;
mod migrations;
#[cfg(feature = "sqlx-mysql")]
mod mysql;
#[cfg(not(all(feature = "sqlx-mysql", feature = "sqlx-postgres", feature = "sqlx-sqlite")))]
pub(crate) mod no_driver;
#[cfg(feature = "sqlx-postgres")]
mod postgres;
#[cfg(feature = "sqlx-sqlite")]
mod sqlite;

#[cfg(not(feature = "sqlx-mysql"))]
pub(crate) use no_driver as mysql;
#[cfg(not(feature = "sqlx-postgres"))]
pub(crate) use no_driver as postgres;
#[cfg(not(feature = "sqlx-sqlite"))]
pub(crate) use no_driver as sqlite;

pub use check::Database;
pub use discover::discover;
pub use driver::DatabaseDriver;
pub use migrations::Migrations;
