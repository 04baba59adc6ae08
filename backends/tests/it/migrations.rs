//! Migrations that are pending, unknown, failed, changed, or exactly the application's.

use std::borrow::Cow;

use actuator::Status;
use actuator::checks::{DatabaseDriver, Migrations};
use actuator_backends::Server;
use serde_json::{Value, json};
use sqlx::migrate::{Migrate, Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, Database, Executor, MySql, Pool, Postgres, SqlSafeStr, Sqlite};

use crate::service::{Service, pool, runtime};

/// Migrations of these versions; `sql` is the text of the last one.
fn migrator(versions: &[i64], sql: &str) -> Migrator {
    let migrations = versions.iter().enumerate().flat_map(|(at, version)| {
        let is_last = at + 1 == versions.len();
        let sql = if is_last { sql.to_owned() } else { format!("create table t{version} (a int)") };
        let description: Cow<'static, str> = Cow::Owned(format!("create t{version}"));
        [(MigrationType::ReversibleUp, sql), (MigrationType::ReversibleDown, String::new())].map(
            |(kind, sql)| {
                let sql = AssertSqlSafe(sql).into_sql_str();
                Migration::new(*version, description.clone(), kind, sql, false)
            },
        )
    });
    Migrator::with_migrations(migrations.collect())
}

fn are_compared<DB>(url: &str)
where
    DB: DatabaseDriver + Database<Connection: Migrate>,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    let runtime = runtime();
    let inside = runtime.enter();
    let db: Pool<DB> = pool(&inside, url, 1);
    let (one, two) = ("create table t1 (a int)", "create table t2 (a int)");
    let checked = db.clone();
    let service = Service::start(&runtime, "20s", move |app| {
        let check = |migrator| Migrations::new(checked.clone(), &migrator);
        app.health_check("none", check(Migrator::with_migrations(Vec::new())));
        app.health_check("old", check(migrator(&[1], one)));
        let mut tolerant = migrator(&[1], one);
        app.health_check(
            "tolerant",
            check({
                tolerant.set_ignore_missing(true);
                tolerant
            }),
        );
        app.health_check("same", check(migrator(&[1, 2], two)));
        app.health_check("changed", check(migrator(&[1, 2], "create table t2 (b int)")));
        let behind = check(migrator(&[1, 2, 3], "select 3"));
        app.health_check("new", behind.status_of_difference(Status::OUT_OF_SERVICE));
    });
    let run = |migrator: &Migrator| service.run(migrator.run(&db));
    // The table of migrations does not exist, and is not made by looking for it.
    assert_eq!(service.up("none"), json!({"applied": 0, "embedded": 0}));
    let pending = details(&service, "same", "DOWN");
    let both = json!(["1 create t1", "2 create t2"]);
    assert_eq!(pending, json!({"applied": 0, "embedded": 2, "pending": both}));

    run(&migrator(&[1, 2], two)).unwrap();
    assert_eq!(service.up("same"), json!({"applied": 2, "embedded": 2, "latest": 2}));
    let unknown = json!({"applied": 2, "embedded": 1, "latest": 2, "unknown": ["2 create t2"]});
    assert_eq!(details(&service, "old", "DOWN"), unknown);
    service.up("tolerant");
    assert_eq!(details(&service, "changed", "DOWN")["changed"], json!(["2 create t2"]));
    assert_eq!(details(&service, "new", "OUT_OF_SERVICE")["pending"], json!(["3 create t3"]));

    service
        .run(async {
            let sql = "update _sqlx_migrations set success = false where version = 2";
            db.acquire().await.unwrap().execute(sql).await
        })
        .unwrap();
    assert_eq!(details(&service, "same", "DOWN")["failed"], json!(["2 create t2"]));
}

#[track_caller]
fn details(service: &Service<'_>, path: &str, status: &str) -> Value {
    let health = service.check(path);
    assert_eq!(health["status"], status, "{path}: {health}");
    health["details"].clone()
}

#[test]
fn migrations_of_postgresql_are_compared() {
    are_compared::<Postgres>(&Server::postgres().url());
}

#[test]
fn migrations_of_mariadb_are_compared() {
    are_compared::<MySql>(&Server::mariadb().url());
}

#[test]
fn migrations_of_sqlite_are_compared() {
    are_compared::<Sqlite>("sqlite::memory:");
}
