//! Databases of sqlx: whether they answer, and whether their migrations are the application's.

mod applied;
mod check;
mod discover;
mod migrations;

pub use crate::support::database::DatabaseDriver;
pub use check::Database;
pub use discover::discover;
pub use migrations::Migrations;
