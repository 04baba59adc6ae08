//! What the databases of sqlx have in common for those who ask them, and where they differ.

use std::pin::Pin;

use serde_json::Value;
use sqlx::{
    ColumnIndex, Database, Decode, Executor, Row as _, SqlStr, Type, error::DatabaseError, raw_sql,
};

/// The answer of a database.
pub type Answer<'c, T> = Pin<Box<dyn Future<Output = sqlx::Result<T>> + Send + 'c>>;

/// A database whose pools can be checked: `sqlx::Postgres`, `sqlx::MySql` (MySQL and MariaDB) or
/// `sqlx::Sqlite`, each with its feature. Not to be implemented elsewhere.
#[diagnostic::on_unimplemented(
    message = "pools of `{Self}` cannot be checked",
    note = "enable the feature `sqlx-postgres`, `sqlx-mysql` or `sqlx-sqlite` of `actuator`"
)]
pub trait DatabaseDriver: Queries {}

impl<DB: Queries> DatabaseDriver for DB {}

/// Does something for each driver.
pub trait DriverVisitor {
    /// For this one.
    fn visit<DB: DatabaseDriver>(&mut self);
}

/// Where one database differs from the others.
pub trait Dialect: Database {
    /// What a pool without a name is called among several: `db/postgres`.
    const KEY: &'static str;
    /// A query for the name of the product, as the server says it: one text.
    const PRODUCT: &'static str;
    /// A query for what keeps the session from writing; [`Dialect::obstacle`] reads its rows.
    const OBSTACLES: &'static str;
    /// Whether a server is at the other end of a wire: it can hang or refuse, and a connection
    /// that was left in the middle of an answer is worth nothing any more.
    const IS_REMOTE: bool;

    /// What keeps the session from writing, if this row of [`Dialect::OBSTACLES`] tells of it.
    fn obstacle(row: &Self::Row) -> Option<String>;

    /// An expression for a column of times as whole milliseconds since the epoch.
    fn epoch_millis(column: &str) -> String;

    /// Whether a query failed because its table does not exist.
    fn is_missing_table(error: &dyn DatabaseError) -> bool;
}

/// What is asked, the same for all databases. Everything is sent as plain text, not prepared:
/// that works behind connection poolers too, and keeps nothing in the statement cache.
pub trait Queries: Dialect {
    /// The first row, if there is one. The server may send the others too.
    fn first(connection: &mut Self::Connection, sql: SqlStr) -> Answer<'_, Option<Self::Row>>;

    /// All rows.
    fn all(connection: &mut Self::Connection, sql: SqlStr) -> Answer<'_, Vec<Self::Row>>;

    /// The first column; `None` if it is neither number nor truth value nor text.
    fn value(row: &Self::Row) -> Option<Value>;

    /// A column with a whole number of any width.
    fn number(row: &Self::Row, column: usize) -> sqlx::Result<Option<i64>>;

    /// A column with a truth value.
    fn truth(row: &Self::Row, column: usize) -> sqlx::Result<bool>;

    /// A column with a text.
    fn text(row: &Self::Row, column: usize) -> sqlx::Result<String>;

    /// A column with bytes.
    fn bytes(row: &Self::Row, column: usize) -> sqlx::Result<Vec<u8>>;
}

/// A type that the database can write into a column.
pub trait Column<DB: Database>: Type<DB> + for<'r> Decode<'r, DB> {}

impl<DB: Database, T: Type<DB> + for<'r> Decode<'r, DB>> Column<DB> for T {}

impl<DB> Queries for DB
where
    DB: Dialect,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    usize: ColumnIndex<DB::Row>,
    bool: Column<DB>,
    f64: Column<DB>,
    i16: Column<DB>,
    i32: Column<DB>,
    i64: Column<DB>,
    String: Column<DB>,
    Vec<u8>: Column<DB>,
{
    fn first(connection: &mut Self::Connection, sql: SqlStr) -> Answer<'_, Option<Self::Row>> {
        Box::pin(raw_sql(sql).fetch_optional(connection))
    }

    fn all(connection: &mut Self::Connection, sql: SqlStr) -> Answer<'_, Vec<Self::Row>> {
        raw_sql(sql).fetch_all(connection)
    }

    fn value(row: &Self::Row) -> Option<Value> {
        // Whole numbers first: where truth values are numbers, a number can be read as either.
        row.try_get::<Option<i64>, _>(0)
            .map(Value::from)
            .or_else(|_| row.try_get::<Option<i32>, _>(0).map(Value::from))
            .or_else(|_| row.try_get::<Option<i16>, _>(0).map(Value::from))
            .or_else(|_| row.try_get::<Option<bool>, _>(0).map(Value::from))
            .or_else(|_| row.try_get::<Option<f64>, _>(0).map(Value::from))
            .or_else(|_| row.try_get::<Option<String>, _>(0).map(Value::from))
            .ok()
    }

    fn number(row: &Self::Row, column: usize) -> sqlx::Result<Option<i64>> {
        row.try_get::<Option<i64>, _>(column)
            .or_else(|_| Ok(row.try_get::<Option<i32>, _>(column)?.map(i64::from)))
    }

    fn truth(row: &Self::Row, column: usize) -> sqlx::Result<bool> {
        row.try_get(column)
    }

    fn text(row: &Self::Row, column: usize) -> sqlx::Result<String> {
        row.try_get(column)
    }

    fn bytes(row: &Self::Row, column: usize) -> sqlx::Result<Vec<u8>> {
        row.try_get(column)
    }
}
