//! The history that sqlx keeps of its own migrations.

use std::{borrow::Cow, collections::BTreeMap, fmt, sync::Arc, time::Duration};

use sqlx::{AssertSqlSafe, Pool, SqlSafeStr as _, migrate::Migrator};

use super::{
    MAX_ROWS,
    compared::{Known, Row, compared, instant},
};
use crate::{
    migration::{Migration, MigrationError, MigrationSource},
    model::endpoint::BoxFuture,
    support::database::{Asked, DatabaseDriver},
};

/// The migrations of sqlx: the rows of `_sqlx_migrations`, and what a `Migrator` brings along. It
/// only reads, and makes no table.
///
/// ```no_run
/// # fn example<DB: actuator::checks::DatabaseDriver>(
/// #     app: &mut actuator::App, pool: sqlx::Pool<DB>, migrator: &sqlx::migrate::Migrator,
/// # ) {
/// use actuator::migration::SqlxMigrations;
///
/// app.migrations("orders", SqlxMigrations::new(pool, migrator));
/// # }
/// ```
///
/// A registered component `Migrator` beside one pool does this by itself.
///
/// sqlx does not say who applied a migration. The checksum is the beginning of its own.
pub struct SqlxMigrations<DB: DatabaseDriver> {
    asked: Asked<DB>,
    table: Cow<'static, str>,
    known: Arc<BTreeMap<i64, Known>>,
}

impl<DB: DatabaseDriver> SqlxMigrations<DB> {
    /// What `migrator` would apply to the database of `pool`, and what was applied.
    pub fn new(pool: Pool<DB>, migrator: &Migrator) -> Self {
        let forward =
            migrator.iter().filter(|migration| !migration.migration_type.is_down_migration());
        let known = forward.map(|migration| {
            let suffix = migration.migration_type.suffix();
            let known = Known {
                description: migration.description.clone().into_owned(),
                script: script(migration.version, &migration.description, suffix),
                checksum: migration.checksum.to_vec(),
            };
            (migration.version, known)
        });
        Self {
            known: Arc::new(known.collect()),
            table: migrator.table_name.clone(),
            asked: Asked::new(pool),
        }
    }
}

/// The name that the file of a migration has, but for zeroes in front of its number.
fn script(version: i64, description: &str, suffix: &str) -> String {
    format!("{version}_{}{suffix}", description.replace(' ', "_"))
}

impl<DB: DatabaseDriver> MigrationSource for SqlxMigrations<DB> {
    fn migrations(&self) -> BoxFuture<'_, Result<Vec<Migration>, MigrationError>> {
        Box::pin(async move {
            // The name of the table is the migrator's, which puts it into its queries alike.
            let sql = AssertSqlSafe(format!(
                "select version, description, success, checksum, {}, execution_time from {} \
                 order by installed_on, version limit {MAX_ROWS}",
                DB::epoch_millis("installed_on"),
                self.table
            ));
            let rows = self.asked.ask(|connection| DB::all(connection, sql.into_sql_str())).await;
            let rows = match rows {
                Ok(rows) => rows.iter().map(row::<DB>).collect::<sqlx::Result<_>>()?,
                Err(error) if error.no_table => Vec::new(),
                Err(error) => return Err(error.to_string().into()),
            };
            Ok(compared(Some(&self.known), rows))
        })
    }

    fn waits_for(&self) -> Option<String> {
        Some(self.asked.waits_for())
    }
}

fn row<DB: DatabaseDriver>(row: &DB::Row) -> sqlx::Result<Row> {
    let (version, description) = (DB::number(row, 0)?.unwrap_or_default(), DB::text(row, 1)?);
    Ok(Row {
        script: script(version, &description, ".sql"),
        version,
        description,
        success: DB::truth(row, 2)?,
        checksum: DB::bytes(row, 3)?,
        installed_on: instant(DB::number(row, 4)?),
        // -1 until it has ended.
        execution_time: DB::number(row, 5)?
            .and_then(|nanos| u64::try_from(nanos).ok())
            .map(Duration::from_nanos),
    })
}

impl<DB: DatabaseDriver> fmt::Debug for SqlxMigrations<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlxMigrations")
            .field("driver", &DB::NAME)
            .field("table", &self.table)
            .finish_non_exhaustive()
    }
}
