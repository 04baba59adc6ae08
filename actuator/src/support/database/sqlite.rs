//! SQLite.

use sqlx::{Row as _, Sqlite, error::DatabaseError, sqlite::SqliteRow};

use super::{DriverVisitor, driver::Dialect};

/// This one.
pub fn visit(visitor: &mut impl DriverVisitor) {
    visitor.visit::<Sqlite>();
}

impl Dialect for Sqlite {
    const KEY: &'static str = "sqlite";
    const PRODUCT: &'static str = "select 'SQLite'";
    // A file that was opened read-only, or may not be written, is not told by any pragma. The plan
    // of a write transaction tells, and takes no lock as a real one would.
    const OBSTACLES: &'static str = "pragma query_only; explain begin immediate";
    const IS_REMOTE: bool = false;

    fn obstacle(row: &SqliteRow) -> Option<String> {
        if row.try_get::<i64, _>("query_only").is_ok_and(|on| on != 0) {
            return Some("query_only is on".to_owned());
        }
        let begins = row.try_get::<&str, _>("opcode").is_ok_and(|code| code == "Transaction");
        let is_main = row.try_get::<i64, _>("p1").is_ok_and(|database| database == 0);
        let reads = row.try_get::<i64, _>("p2").is_ok_and(|writes| writes == 0);
        (begins && is_main && reads).then(|| "the file cannot be written".to_owned())
    }

    fn epoch_millis(column: &str) -> String {
        format!("cast(strftime('%s', {column}) as integer) * 1000")
    }

    fn is_missing_table(error: &dyn DatabaseError) -> bool {
        // Its code says no more than "error".
        error.message().starts_with("no such table")
    }
}
