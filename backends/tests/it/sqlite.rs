//! A database in this process: nothing can be gone, but a file can be read-only, and memory be lost.

use std::str::FromStr;
use std::time::Duration;

use actuator::HealthCheck;
use actuator::checks::Database;
use actuator_backends::Folder;
use actuator_integration::wait;
use sqlx::pool::PoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use sqlx::{Sqlite, raw_sql};

use crate::service::{DEADLINE, Service, pool, runtime};

/// Counts far enough to miss a short deadline by much.
const SLOW: &str = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000000) \
     select count(*) from n";

#[test]
fn a_database_in_memory_survives_a_check_that_missed_its_deadline() {
    let runtime = runtime();
    let inside = runtime.enter();
    let db = pool::<Sqlite>(&inside, "sqlite::memory:", 1);
    let checked = db.clone();
    let service = Service::start(&runtime, "20s", move |app| {
        app.health_check("db", Database::new(checked.clone()));
        let slow = Database::new(checked.clone()).query(SLOW);
        app.add_health_check(HealthCheck::new("slow", slow).timeout(Duration::from_millis(50)));
        let row = "select * from kept";
        app.health_check("row", Database::new(checked).at_least_one_row(row));
    });
    let well = serde_json::json!({"database": "SQLite", "validationQuery": "isValid()"});
    assert_eq!(service.up("db"), well);
    let error = service.down("row");
    assert!(error.contains("no such table: kept"), "{error}");
    service
        .run(raw_sql("create table kept (a); insert into kept values (1)").execute(&db))
        .unwrap();
    let error = service.down("slow");
    assert!(error.contains("waited for the answer of the database"), "{error}");
    // Not dropped with the check: it held all that is in the database.
    wait::until("the query has ended", || (db.num_idle() == 1).then_some(()));
    service.up("row");

    let held = service.run(db.acquire()).unwrap();
    let error = service.down("slow");
    assert!(error.contains("waited for a connection of the pool: 1 of 1 are in use"), "{error}");
    drop(held);
    service.up("row");
}

#[test]
fn an_sqlite_session_that_cannot_write_is_told_from_one_that_can() {
    let runtime = runtime();
    let _inside = runtime.enter();
    let folder = Folder::new("nobody");
    let file = format!("sqlite://{}", folder.path().join("a.db").display());
    let options = SqliteConnectOptions::from_str(&file).unwrap().create_if_missing(true);
    let single =
        |options| PoolOptions::<Sqlite>::new().max_connections(1).connect_lazy_with(options);
    let main = single(options.clone());
    let limited = single(options.clone().pragma("query_only", "on"));
    let frozen = single(options.read_only(true));
    let db = main.clone();
    let service = Service::start(&runtime, DEADLINE, move |app| {
        for (name, pool) in [("main", main), ("limited", limited), ("frozen", frozen)] {
            let check = |pool: &SqlitePool| Database::new(pool.clone());
            app.health_check(format!("{name}/writes"), check(&pool).read_write());
            app.health_check(format!("{name}/reads"), check(&pool).read_only());
        }
    });
    service.run(raw_sql("create table a (b)").execute(&db)).unwrap();
    service.up("main/writes");
    assert!(service.down("main/reads").contains("nothing keeps this session from writing"));
    assert_eq!(service.down("limited/writes"), "expected to be able to write: query_only is on");
    service.up("limited/reads");
    let error = service.down("frozen/writes");
    assert_eq!(error, "expected to be able to write: the file cannot be written");
    service.up("frozen/reads");
}
