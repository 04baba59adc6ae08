//! Servers that are there, gone, frozen, slow, in use, read-only, and that refuse a password.

use actuator::checks::{Database, DatabaseDriver};
use actuator_backends::Server;
use actuator_integration::wait;
use sqlx::pool::PoolOptions;
use sqlx::{AssertSqlSafe, MySql, Pool, Postgres};
use tokio::runtime::Runtime;

use crate::service::{DEADLINE, Service, pool, runtime};

/// Takes every connection of a pool at once, which fails where one was lost.
fn all_can_be_had<DB: DatabaseDriver>(service: &Service<'_>, pool: &Pool<DB>) {
    service.run(async {
        let mut held = Vec::new();
        for _ in 0..pool.options().get_max_connections() {
            held.push(pool.acquire().await.unwrap());
        }
    });
}

fn goes_and_comes_back<DB: DatabaseDriver>(mut server: Server, product: &str, denied: &str) {
    let runtime = runtime();
    let inside = runtime.enter();
    let db = pool::<DB>(&inside, &server.url(), 2);
    let wrong = pool::<DB>(&inside, &server.url_with("wr0ng-w0rd"), 2);
    let checked = db.clone();
    let service = Service::start(&runtime, DEADLINE, move |app| {
        app.health_check("db", Database::new(checked));
        app.health_check("wrong", Database::new(wrong));
    });
    let well = serde_json::json!({"database": product, "validationQuery": "isValid()"});
    assert_eq!(service.up("db"), well);

    let error = service.down("wrong");
    assert!(error.contains(denied) && !error.contains("wr0ng-w0rd"), "{error}");

    server.stop();
    let error = service.down("db");
    assert!(error.contains("refused"), "{error}");

    server.start();
    assert_eq!(service.up("db"), well);

    server.freeze();
    for _ in 0..2 {
        let error = service.down("db");
        assert!(error.contains("timeout after 1500 ms"), "{error}");
        service.up("ping");
    }
    server.thaw();
    assert_eq!(service.up("db"), well);
    all_can_be_had(&service, &db);
}

#[test]
fn postgresql_goes_and_comes_back() {
    goes_and_comes_back::<Postgres>(
        Server::postgres(),
        "PostgreSQL",
        "password authentication failed",
    );
}

#[test]
fn mariadb_goes_and_comes_back() {
    goes_and_comes_back::<MySql>(Server::mariadb(), "MariaDB", "Access denied");
}

fn asked<DB: DatabaseDriver>(server: &Server, runtime: &Runtime, sleep: &'static str) {
    let inside = runtime.enter();
    let db = pool::<DB>(&inside, &server.url(), 1);
    let checked = db.clone();
    let service = Service::start(runtime, DEADLINE, move |app| {
        let check = || Database::new(checked.clone());
        app.health_check("number", check().query("select 41 + 1"));
        app.health_check("text", check().query(AssertSqlSafe("select 'fine'".to_owned())));
        app.health_check("row", check().at_least_one_row("select 'hidden' where 1 = 1"));
        app.health_check("no-row", check().at_least_one_row("select 'hidden' where 1 = 0"));
        app.health_check("broken", check().query("select from nowhere.at_all"));
        app.health_check("slow", check().query(sleep));
    });
    let number = service.up("number");
    assert_eq!(
        (&number["validationQuery"], &number["result"]),
        (&"select 41 + 1".into(), &42.into())
    );
    assert_eq!(service.up("text")["result"], "fine");
    let row = service.up("row");
    assert!(row.get("result").is_none(), "{row}");
    assert_eq!(service.down("no-row"), "no row found by `select 'hidden' where 1 = 0`");
    assert!(service.down("broken").contains("error returned from database"));

    let error = service.down("slow");
    assert!(error.contains("waited for the answer of the database"), "{error}");
    // The only connection did not go back to the pool with half an answer in it.
    service.up("number");

    let held = service.run(db.acquire()).unwrap();
    let error = service.down("number");
    assert!(error.contains("waited for a connection of the pool: 1 of 1 are in use"), "{error}");
    drop(held);
    service.up("number");
    all_can_be_had(&service, &db);
}

#[test]
fn postgresql_is_asked_what_one_likes() {
    let (server, runtime) = (Server::postgres(), runtime());
    asked::<Postgres>(&server, &runtime, "select pg_sleep(60)");
    impatient_pool::<Postgres>(&server, &runtime);
    crowded_postgres(&server, &runtime);
}

#[test]
fn mariadb_is_asked_what_one_likes() {
    let (server, runtime) = (Server::mariadb(), runtime());
    asked::<MySql>(&server, &runtime, "select sleep(60)");
    read_only_mariadb(&server, &runtime);
}

fn impatient_pool<DB: DatabaseDriver>(server: &Server, runtime: &Runtime) {
    let inside = runtime.enter();
    let options = PoolOptions::<DB>::new().max_connections(1);
    let options = options.acquire_timeout(std::time::Duration::from_millis(500));
    let db = options.connect_lazy(&server.url()).unwrap();
    let checked = db.clone();
    let service = Service::start(runtime, "20s", |app| {
        app.health_check("db", Database::new(checked));
    });
    let held = service.run(db.acquire()).unwrap();
    assert_eq!(service.down("db"), "no connection of the pool within 500ms: 1 of 1 are in use");
    drop(held);
    drop(inside);
}

/// The pool goes on trying while the server has no place for it, and so does the check.
fn crowded_postgres(server: &Server, runtime: &Runtime) {
    let inside = runtime.enter();
    let main = pool::<Postgres>(&inside, &server.url(), 1);
    let url = server.url().replace("//app:", "//guest:");
    let (first, second) = (pool::<Postgres>(&inside, &url, 1), pool::<Postgres>(&inside, &url, 1));
    let service = Service::start(runtime, DEADLINE, |app| {
        app.health_check("db", Database::new(second));
    });
    let password = actuator_backends::PASSWORD;
    let guest = format!("create role guest login connection limit 1 password '{password}'");
    service.run(sqlx::raw_sql(AssertSqlSafe(guest)).execute(&main)).unwrap();
    let held = service.run(first.acquire()).unwrap();
    let error = service.down("db");
    let start = "timeout after 1500 ms: waited for a connection to the database: ";
    assert!(error.starts_with(start) && error.contains("too many connections"), "{error}");
    service.run(held.close()).unwrap();
    // The server counts a connection until the process behind it has ended.
    wait::until("there is a place again", || (service.check("db")["status"] == "UP").then_some(()));
}

/// Checks with both expectations.
fn expecting<DB: DatabaseDriver>(db: &Pool<DB>, app: &mut actuator::App, name: &str) {
    app.health_check(format!("{name}/writes"), Database::new(db.clone()).read_write());
    app.health_check(format!("{name}/reads"), Database::new(db.clone()).read_only());
}

const WRITABLE: &str = "expected to be read-only: nothing keeps this session from writing";

#[test]
fn a_postgresql_session_that_cannot_write_is_told_from_one_that_can() {
    let (mut server, runtime) = (Server::postgres(), runtime());
    let inside = runtime.enter();
    let main = pool::<Postgres>(&inside, &server.url(), 1);
    let options = format!("{}?options=-c%20default_transaction_read_only=on", server.url());
    let limited = pool::<Postgres>(&inside, &options, 1);
    let service = Service::start(&runtime, "20s", move |app| {
        expecting(&main, app, "main");
        expecting(&limited, app, "limited");
    });
    service.up("main/writes");
    assert_eq!(service.down("main/reads"), WRITABLE);
    let read_only = "expected to be able to write: transaction_read_only is on";
    assert_eq!(service.down("limited/writes"), read_only);
    service.up("limited/reads");

    server.stop();
    server.demote();
    server.start();
    let replica = "expected to be able to write: the server is a replica (in recovery)";
    assert_eq!(service.down("main/writes"), replica);
    service.up("main/reads");
}

fn read_only_mariadb(server: &Server, runtime: &Runtime) {
    let inside = runtime.enter();
    let main = pool::<MySql>(&inside, &server.url(), 1);
    let limited = pool::<MySql>(&inside, &server.url(), 1);
    let (db, session) = (main.clone(), limited.clone());
    let service = Service::start(runtime, "20s", move |app| {
        expecting(&main, app, "main");
        expecting(&limited, app, "limited");
    });
    service.up("main/writes");
    assert_eq!(service.down("main/reads"), WRITABLE);
    service.run(sqlx::raw_sql("set session transaction read only").execute(&session)).unwrap();
    let error = service.down("limited/writes");
    assert!(error.starts_with("expected to be able to write: t"), "{error}");
    assert!(error.ends_with("_read_only is on"), "{error}");
    service.up("limited/reads");
    service.up("main/writes");

    service.run(sqlx::raw_sql("set global read_only = on").execute(&db)).unwrap();
    let error = service.down("main/writes");
    assert_eq!(error, "expected to be able to write: read_only is on");
    service.up("main/reads");
}
