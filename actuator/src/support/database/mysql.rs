//! MySQL and MariaDB.

use sqlx::{MySql, Row as _, error::DatabaseError, mysql::MySqlRow};

use super::{DriverVisitor, driver::Dialect};

/// SQLSTATE of `ER_NO_SUCH_TABLE`.
const NO_SUCH_TABLE: &str = "42S02";

/// This one.
pub fn visit(visitor: &mut impl DriverVisitor) {
    visitor.visit::<MySql>();
}

impl Dialect for MySql {
    const KEY: &'static str = "mysql";
    // MariaDB says "10.11.19-MariaDB-…", MySQL only "8.4.3".
    const PRODUCT: &'static str = "select if(version() like '%MariaDB%', 'MariaDB', 'MySQL')";
    // Not `select @@…`: which of them exist depends on product and version. `tx_read_only` is the
    // old name of `transaction_read_only`.
    const OBSTACLES: &'static str = "show session variables where variable_name in \
         ('innodb_read_only', 'read_only', 'super_read_only', 'transaction_read_only', \
         'tx_read_only') and value not in ('OFF', '0')";
    const IS_REMOTE: bool = true;

    fn obstacle(row: &MySqlRow) -> Option<String> {
        Some(format!("{} is on", row.try_get::<String, _>(0).ok()?))
    }

    fn epoch_millis(column: &str) -> String {
        format!("cast(unix_timestamp({column}) * 1000 as signed)")
    }

    fn is_missing_table(error: &dyn DatabaseError) -> bool {
        error.code().is_some_and(|code| code == NO_SUCH_TABLE)
    }
}
