//! Histories of migrations in databases that sqlx asks.

mod compared;
mod discover;
mod history;
mod refinery;

pub use discover::discover;
pub use history::SqlxMigrations;
pub use refinery::RefineryMigrations;

/// Rows that are read of a history; nobody reads more on a page.
const MAX_ROWS: usize = 10_000;
