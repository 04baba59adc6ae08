//! Histories of migrations, as `/actuator/migrations` and `/actuator/flyway` show them.

use std::borrow::Cow;
use std::time::{Duration, Instant, SystemTime};

use actuator::checks::DatabaseDriver;
use actuator::migration::{RefineryMigrations, SqlxMigrations};
use actuator_backends::{Server, Silent};
use serde_json::{Value, json};
use sqlx::migrate::{Migrate, Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, Database, Executor, MySql, Pool, Postgres, SqlSafeStr, Sqlite, raw_sql};

use crate::service::{Service, pool, runtime};

/// `create table t<version>` for each.
fn migrator(versions: &[i64]) -> Migrator {
    let migrations = versions.iter().map(|version| {
        let sql = AssertSqlSafe(format!("create table t{version} (a int)")).into_sql_str();
        let description: Cow<'static, str> = Cow::Owned(format!("create t{version}"));
        Migration::new(*version, description, MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(migrations.collect())
}

/// `version state script` of each, after a look at what all of them have.
#[track_caller]
fn told(migrations: &Value) -> Vec<String> {
    let told = |one: &Value| {
        assert_eq!(one["type"], "SQL");
        assert!(one["checksum"].is_i64(), "{one}");
        let (version, state) = (one["version"].as_str().unwrap(), one["state"].as_str().unwrap());
        format!("{version} {state} {}", one["script"].as_str().unwrap())
    };
    migrations.as_array().unwrap().iter().map(told).collect()
}

fn are_shown<DB>(url: &str)
where
    DB: DatabaseDriver + Database<Connection: Migrate>,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    let runtime = runtime();
    let inside = runtime.enter();
    let db: Pool<DB> = pool(&inside, url, 1);
    let shown = db.clone();
    let service = Service::start(&runtime, "20s", move |app| {
        let history = |versions: &[i64]| SqlxMigrations::new(shown.clone(), &migrator(versions));
        app.migrations("here", history(&[1, 2, 3]));
        app.migrations("older", history(&[2]));
        app.migrations(
            "refinery",
            RefineryMigrations::new(shown.clone()).bringing([
                (1, "create_users".to_owned(), 1 << 40),
                (2, "fill_users".to_owned(), 7),
            ]),
        );
        // By itself.
        app.component(shown.clone()).component(migrator(&[1]));
    });
    let list = |name: &str| service.json("migrations")["sources"][name]["migrations"].clone();
    let pending =
        ["1 PENDING 1_create_t1.sql", "2 PENDING 2_create_t2.sql", "3 PENDING 3_create_t3.sql"];
    assert_eq!(told(&list("here")), pending, "the table does not exist, and is not made");
    assert_eq!(told(&list("refinery")).len(), 2);

    service.run(migrator(&[1, 2]).run(&db)).unwrap();
    let here = list("here");
    let applied = ["1 SUCCESS 1_create_t1.sql", "2 SUCCESS 2_create_t2.sql"];
    assert_eq!(told(&here)[..2], applied);
    assert_eq!(told(&here)[2], pending[2]);
    assert_eq!(here[1]["installedRank"], 2);
    assert!(here[1]["executionTime"].is_u64() && here[2].get("installedOn").is_none(), "{here}");
    let installed = humantime(&here[0]["installedOn"]);
    let age = SystemTime::now().duration_since(installed).unwrap_or_default();
    assert!(age < Duration::from_mins(10), "{here}: a time zone is in the way");
    let older = ["1 MISSING_SUCCESS 1_create_t1.sql", "2 SUCCESS 2_create_t2.sql"];
    assert_eq!(told(&list("older")), older);
    let found = ["1 SUCCESS 1_create_t1.sql", "2 FUTURE_SUCCESS 2_create_t2.sql"];
    assert_eq!(told(&list("migrations")), found);

    let sql = "update _sqlx_migrations set success = false, execution_time = -1 where version = 2";
    service.run(raw_sql(sql).execute(&db)).unwrap();
    let here = list("here");
    assert_eq!((&here[1]["state"], here[1].get("executionTime")), (&json!("FAILED"), None));

    // As refinery makes and fills its table; below it does so itself.
    let sql = "create table refinery_schema_history (version int4 primary key, \
         name varchar(255), applied_on varchar(255), checksum varchar(255))";
    service.run(raw_sql(sql).execute(&db)).unwrap();
    let sql = "insert into refinery_schema_history values \
         (1, 'create_users', '2026-11-21T09:22:12.663000001Z', '1099511627776')";
    service.run(raw_sql(sql).execute(&db)).unwrap();
    let refinery = list("refinery");
    assert_eq!(told(&refinery), ["1 SUCCESS V1__create_users", "2 PENDING V2__fill_users"]);
    assert_eq!(refinery[0]["installedOn"], "2026-11-21T09:22:12.663000001Z");
    assert_eq!((&refinery[0]["checksum"], refinery[0].get("changed")), (&json!(256), None));
    // The admin server's view has to have a time, also where none is known.
    let mut expected = refinery;
    for migration in expected.as_array_mut().unwrap() {
        migration["executionTime"] = json!(0);
    }
    let flyway = service.json("flyway");
    assert_eq!(flyway["contexts"]["backends"]["flywayBeans"]["refinery"]["migrations"], expected);
}

/// What refinery reads of a file `<name>.sql`.
fn brought(name: &str, sql: &str) -> refinery::Migration {
    refinery::Migration::unapplied(name, sql).unwrap()
}

#[test]
fn what_refinery_itself_applied_is_shown() {
    let server = Server::postgres();
    let runtime = runtime();
    let inside = runtime.enter();
    let first = brought("V1__create_users", "create table users (name text)");
    let second = brought("V2__fill_users", "insert into users values ('kim')");
    let third = brought("V3__drop_users", "drop table users");
    let applied = [first.clone(), second];
    runtime.block_on(async {
        let (mut client, connection) =
            tokio_postgres::connect(&server.url(), tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        let report = refinery::Runner::new(&applied).run_async(&mut client).await.unwrap();
        assert_eq!(report.applied_migrations().len(), 2);
    });
    let db: Pool<Postgres> = pool(&inside, &server.url(), 1);
    // The second has another text by now.
    let edited = brought("V2__fill_users", "insert into users values ('lee')");
    let service = Service::start(&runtime, "20s", move |app| {
        let known = [first, edited, third]
            .map(|one| (i64::from(one.version()), one.name().to_owned(), one.checksum()));
        app.migrations("all", RefineryMigrations::new(db.clone()));
        app.migrations("known", RefineryMigrations::new(db).bringing(known));
    });
    let list = |name: &str| service.json("migrations")["sources"][name]["migrations"].clone();
    let applied = ["1 SUCCESS V1__create_users", "2 SUCCESS V2__fill_users"];
    let all = list("all");
    assert_eq!(told(&all), applied);
    assert_eq!(all[0]["description"], "create users");
    for migration in all.as_array().unwrap() {
        let age = SystemTime::now().duration_since(humantime(&migration["installedOn"]));
        assert!(
            age.unwrap_or_default() < Duration::from_mins(10),
            "{all}: a time zone is in the way"
        );
    }
    let known = list("known");
    assert_eq!(told(&known)[..2], applied);
    assert_eq!(told(&known)[2], "3 PENDING V3__drop_users");
    let changed = known.as_array().unwrap().iter().map(|one| one.get("changed"));
    assert_eq!(changed.collect::<Vec<_>>(), [None, Some(&json!(true)), None], "{known}");
    assert_eq!(known[0]["checksum"], all[0]["checksum"]);
    let flyway = service.json("flyway");
    let shown = &flyway["contexts"]["backends"]["flywayBeans"]["known"]["migrations"];
    assert_eq!(told(shown), told(&known));
}

fn humantime(text: &Value) -> SystemTime {
    let text = text.as_str().unwrap_or_else(|| panic!("{text} is no time"));
    humantime::parse_rfc3339(text).unwrap()
}

#[test]
fn histories_in_postgresql_are_shown() {
    are_shown::<Postgres>(&Server::postgres().url());
}

#[test]
fn histories_in_mariadb_are_shown() {
    are_shown::<MySql>(&Server::mariadb().url());
}

#[test]
fn histories_in_sqlite_are_shown() {
    are_shown::<Sqlite>("sqlite::memory:");
}

#[test]
fn a_database_that_goes_freezes_or_is_silent_is_told_in_time_and_comes_back() {
    let mut server = Server::postgres();
    let runtime = runtime();
    let inside = runtime.enter();
    let db = pool::<Postgres>(&inside, &server.url(), 2);
    let mute = pool::<MySql>(&inside, &Silent::start().url("mysql"), 2);
    let (shown, silent) = (db.clone(), mute.clone());
    let settings = [("actuator.migrations.timeout", "1500ms")];
    let service = Service::configured(&runtime, "20s", &settings, move |app| {
        app.migrations("db", SqlxMigrations::new(shown, &migrator(&[1])));
        app.migrations("mute", SqlxMigrations::new(silent, &migrator(&[1])));
    });
    let ask = || {
        let began = Instant::now();
        let sources = service.json("migrations")["sources"].clone();
        assert!(began.elapsed() < Duration::from_secs(10));
        assert_eq!(service.status("flyway"), 500);
        let mute = sources["mute"]["error"].as_str().unwrap().to_owned();
        assert!(mute.ends_with("waited for a connection to the database"), "{mute}");
        sources["db"].clone()
    };
    assert_eq!(told(&ask()["migrations"]), ["1 PENDING 1_create_t1.sql"]);
    server.freeze();
    let error = ask()["error"].to_string();
    assert!(error.contains("no answer within 1.5s (actuator.migrations.timeout)"), "{error}");
    server.thaw();
    assert!(ask().get("error").is_none());
    server.stop();
    let error = ask()["error"].to_string();
    assert!(error.contains("refused"), "{error}");
    server.start();
    assert!(ask().get("error").is_none());
    // Nothing was lost by those that were given up.
    service.run(async {
        let (one, other) = (db.acquire().await.unwrap(), db.acquire().await.unwrap());
        drop((one, other));
    });
}
