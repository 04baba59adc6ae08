//! Whether the database has exactly the migrations that the application brings along.

use std::{fmt, sync::Arc};

use sqlx::{AssertSqlSafe, Pool, SqlSafeStr as _, migrate::Migrator};

use super::applied::{Applied, Embedded};
use crate::{
    health::{Health, HealthIndicator, Status},
    model::endpoint::BoxFuture,
    support::database::{Asked, DatabaseDriver},
};

/// The migrations of sqlx as a check: UP while the table `_sqlx_migrations` says that exactly the
/// embedded ones were applied.
///
/// Details: `applied` and `embedded` (how many), `latest` (the highest applied version), and what
/// is different, by kind: `pending` (embedded, not applied), `unknown` (applied, not embedded),
/// `failed` (begun, not ended) and `changed` (applied with another text). It only reads.
///
/// ```no_run
/// # fn example<DB: actuator::checks::DatabaseDriver>(
/// #     app: &mut actuator::App, pool: sqlx::Pool<DB>, migrator: &sqlx::migrate::Migrator,
/// # ) {
/// use actuator::{Status, checks::Migrations};
///
/// let check = Migrations::new(pool, migrator).status_of_difference(Status::OUT_OF_SERVICE);
/// app.health_check("migrations", check);
/// # }
/// ```
///
/// A registered component `Migrator` beside one pool brings this check by itself, as `migrations`.
pub struct Migrations<DB: DatabaseDriver> {
    asked: Asked<DB>,
    embedded: Arc<Embedded>,
    status: Status,
}

impl<DB: DatabaseDriver> Migrations<DB> {
    /// Compares `migrator` with what was applied to the database of `pool`. Unknown migrations
    /// count for nothing if the migrator ignores them (`set_ignore_missing`).
    pub fn new(pool: Pool<DB>, migrator: &Migrator) -> Self {
        Self {
            asked: Asked::new(pool),
            embedded: Arc::new(Embedded::of(migrator)),
            status: Status::DOWN,
        }
    }

    /// The status if anything is different; DOWN by default. A database that gives no answer is
    /// DOWN in any case.
    #[must_use]
    pub fn status_of_difference(mut self, status: Status) -> Self {
        self.status = status;
        self
    }
}

impl<DB: DatabaseDriver> HealthIndicator for Migrations<DB> {
    fn check(&self) -> BoxFuture<'static, Health> {
        let asked = self.asked.clone();
        let (embedded, status) = (Arc::clone(&self.embedded), self.status.clone());
        Box::pin(async move {
            // The name of the table is the migrator's, which puts it into its queries alike.
            let sql = AssertSqlSafe(format!(
                "select version, description, success, checksum from {} order by version",
                embedded.table
            ));
            let rows = asked.ask(|connection| DB::all(connection, sql.into_sql_str())).await;
            match rows {
                Ok(rows) => {
                    match rows.iter().map(Applied::read::<DB>).collect::<sqlx::Result<Vec<_>>>() {
                        Ok(applied) => compared(&embedded, &applied, status),
                        Err(error) => Health::from_error(error),
                    }
                }
                Err(error) if error.no_table => compared(&embedded, &[], status),
                Err(error) => Health::from_error(error),
            }
        })
    }

    fn waits_for(&self) -> Option<String> {
        Some(self.asked.waits_for())
    }
}

impl<DB: DatabaseDriver> fmt::Debug for Migrations<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Migrations")
            .field("driver", &DB::NAME)
            .field("table", &self.embedded.table)
            .finish_non_exhaustive()
    }
}

fn compared(embedded: &Embedded, applied: &[Applied], status: Status) -> Health {
    let mut kinds = embedded.difference(applied).kinds().peekable();
    let status = if kinds.peek().is_some() { status } else { Status::UP };
    let mut health = Health::new(status)
        .with_detail("applied", applied.len())
        .with_detail("embedded", embedded.len());
    if let Some(latest) = applied.iter().map(|applied| applied.version).max() {
        health = health.with_detail("latest", latest);
    }
    kinds.fold(health, |health, (kind, migrations)| health.with_detail(kind, migrations))
}
