//! Databases of sqlx: how they are asked, and where they differ.

mod driver;
mod lease;
#[cfg(feature = "sqlx-mysql")]
mod mysql;
#[cfg(not(all(feature = "sqlx-mysql", feature = "sqlx-postgres", feature = "sqlx-sqlite")))]
mod no_driver;
#[cfg(feature = "sqlx-postgres")]
mod postgres;
#[cfg(feature = "sqlx-sqlite")]
mod sqlite;

#[cfg(not(feature = "sqlx-mysql"))]
use no_driver as mysql;
#[cfg(not(feature = "sqlx-postgres"))]
use no_driver as postgres;
#[cfg(not(feature = "sqlx-sqlite"))]
use no_driver as sqlite;

pub use driver::{DatabaseDriver, DriverVisitor};
pub use lease::Asked;

/// Shows the visitor every driver that is there: those whose features are on.
pub fn each_driver(visitor: &mut impl DriverVisitor) {
    postgres::visit(visitor);
    mysql::visit(visitor);
    sqlite::visit(visitor);
}
