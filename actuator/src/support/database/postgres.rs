//! PostgreSQL, and what speaks its protocol.

use sqlx::{Postgres, Row as _, error::DatabaseError, postgres::PgRow};

use super::{DriverVisitor, driver::Dialect};

/// SQLSTATE `undefined_table`.
const UNDEFINED_TABLE: &str = "42P01";

/// This one.
pub fn visit(visitor: &mut impl DriverVisitor) {
    visitor.visit::<Postgres>();
}

impl Dialect for Postgres {
    const KEY: &'static str = "postgres";
    // "PostgreSQL 15.18 (Debian …", "CockroachDB CCL v23.1 …"
    const PRODUCT: &'static str = "select split_part(version(), ' ', 1)";
    const OBSTACLES: &'static str = "select case \
         when pg_is_in_recovery() then 'the server is a replica (in recovery)' \
         when current_setting('transaction_read_only') = 'on' then 'transaction_read_only is on' end";
    const IS_REMOTE: bool = true;

    fn obstacle(row: &PgRow) -> Option<String> {
        row.try_get(0).ok().flatten()
    }

    fn epoch_millis(column: &str) -> String {
        format!("(extract(epoch from {column}) * 1000)::bigint")
    }

    fn is_missing_table(error: &dyn DatabaseError) -> bool {
        error.code().is_some_and(|code| code == UNDEFINED_TABLE)
    }
}
