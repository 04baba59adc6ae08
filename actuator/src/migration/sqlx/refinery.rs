//! The history that refinery keeps, read through a pool of sqlx.

use std::{collections::BTreeMap, fmt};

use sqlx::{AssertSqlSafe, Pool, SqlSafeStr as _};

use super::{
    MAX_ROWS,
    compared::{Known, Row, compared},
};
use crate::{
    migration::{Migration, MigrationError, MigrationSource},
    model::endpoint::BoxFuture,
    support::{
        database::{Asked, DatabaseDriver},
        offset_date_time::parse_offset_date_time,
    },
};

/// The table, unless the runner was given another one.
const TABLE: &str = "refinery_schema_history";

/// The migrations of refinery: the rows of `refinery_schema_history`. What is to come is known if
/// [`Self::bringing`] says so. It only reads, and makes no table.
///
/// ```no_run
/// # mod embedded { pub mod migrations {
/// #     pub struct M; impl M { pub fn version(&self) -> i32 { 1 } pub fn name(&self) -> &str { "" } pub fn checksum(&self) -> u64 { 1 } }
/// #     pub struct R; impl R { pub fn get_migrations(&self) -> &Vec<M> { loop {} } } pub fn runner() -> R { R } } }
/// # fn example<DB: actuator::checks::DatabaseDriver>(app: &mut actuator::App, pool: sqlx::Pool<DB>) {
/// use actuator::migration::RefineryMigrations;
///
/// let runner = embedded::migrations::runner();
/// let brought = runner.get_migrations().iter();
/// let history = RefineryMigrations::new(pool)
///     .bringing(brought.map(|one| (one.version().into(), one.name().to_owned(), one.checksum())));
/// app.migrations("orders", history);
/// # }
/// ```
///
/// refinery notes neither who applied a migration nor how long that took; what failed is not in its
/// history. The checksum is the beginning of its own.
pub struct RefineryMigrations<DB: DatabaseDriver> {
    asked: Asked<DB>,
    table: String,
    known: Option<BTreeMap<i64, Known>>,
}

impl<DB: DatabaseDriver> RefineryMigrations<DB> {
    /// What was applied to the database of `pool`.
    pub fn new(pool: Pool<DB>) -> Self {
        Self { asked: Asked::new(pool), table: TABLE.to_owned(), known: None }
    }

    /// Reads another table, as the runner was told by `set_migration_table_name`. The name becomes a
    /// part of the query, as it is.
    #[must_use]
    pub fn table(mut self, name: impl Into<String>) -> Self {
        self.table = name.into();
        self
    }

    /// The migrations that the application brings along: version, name and checksum of each. Those
    /// that were not applied are shown as pending.
    #[must_use]
    pub fn bringing(mut self, brought: impl IntoIterator<Item = (i64, String, u64)>) -> Self {
        let known = brought.into_iter().map(|(version, name, checksum)| {
            let known = Known {
                script: script(version, &name),
                description: described(&name),
                checksum: checksum.to_be_bytes().to_vec(),
            };
            (version, known)
        });
        self.known = Some(known.collect());
        self
    }
}

fn script(version: i64, name: &str) -> String {
    format!("V{version}__{name}")
}

fn described(name: &str) -> String {
    name.replace('_', " ")
}

impl<DB: DatabaseDriver> MigrationSource for RefineryMigrations<DB> {
    fn migrations(&self) -> BoxFuture<'_, Result<Vec<Migration>, MigrationError>> {
        Box::pin(async move {
            // The name of the table is in the code of the application.
            let sql = AssertSqlSafe(format!(
                "select version, name, applied_on, checksum from {} order by version limit \
                 {MAX_ROWS}",
                self.table
            ));
            let rows = self.asked.ask(|connection| DB::all(connection, sql.into_sql_str())).await;
            let rows = match rows {
                Ok(rows) => rows.iter().map(row::<DB>).collect::<sqlx::Result<_>>()?,
                Err(error) if error.no_table => Vec::new(),
                Err(error) => return Err(error.to_string().into()),
            };
            Ok(compared(self.known.as_ref(), rows))
        })
    }

    fn waits_for(&self) -> Option<String> {
        Some(self.asked.waits_for())
    }
}

fn row<DB: DatabaseDriver>(row: &DB::Row) -> sqlx::Result<Row> {
    let (version, name) = (DB::number(row, 0)?.unwrap_or_default(), DB::text(row, 1)?);
    let checksum: Option<u64> = DB::text(row, 3)?.parse().ok();
    Ok(Row {
        script: script(version, &name),
        description: described(&name),
        version,
        success: true,
        checksum: checksum.map(|checksum| checksum.to_be_bytes().to_vec()).unwrap_or_default(),
        installed_on: parse_offset_date_time(&DB::text(row, 2)?),
        execution_time: None,
    })
}

impl<DB: DatabaseDriver> fmt::Debug for RefineryMigrations<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefineryMigrations")
            .field("driver", &DB::NAME)
            .field("table", &self.table)
            .finish_non_exhaustive()
    }
}
