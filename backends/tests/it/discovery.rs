//! Components bring checks by themselves.

use actuator::Health;
use actuator_backends::Folder;
use redis::Client;
use serde_json::Value;
use sqlx::migrate::Migrator;
use sqlx::{Postgres, Sqlite};

use crate::service::{Service, pool, runtime};

/// Where nobody listens.
const NOBODY: &str = "127.0.0.1:1";

static NOTHING: Migrator = Migrator::DEFAULT;

fn empty() -> Migrator {
    Migrator::with_migrations(Vec::new())
}

fn names(health: &Value) -> Vec<&str> {
    health["components"].as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn one_component_of_a_kind_brings_one_check() {
    let runtime = runtime();
    let inside = runtime.enter();
    let db = pool::<Sqlite>(&inside, "sqlite::memory:", 1);
    let service = Service::start(&runtime, "20s", |app| {
        app.component(db).component(&NOTHING);
        app.component(Client::open(format!("redis://{NOBODY}")).unwrap());
    });
    assert_eq!(service.up("db")["database"], "SQLite");
    assert_eq!(service.up("migrations")["applied"], 0);
    assert!(service.down("redis").contains("refused"));
}

#[test]
fn several_bring_a_check_each_by_their_names() {
    let runtime = runtime();
    let inside = runtime.enter();
    let memory = || pool::<Sqlite>(&inside, "sqlite::memory:", 1);
    let (orders, stock) = (memory(), memory());
    let gone = pool::<Postgres>(&inside, &format!("postgres://app@{NOBODY}/app"), 1);
    let client = || Client::open(format!("redis://{NOBODY}")).unwrap();
    let (sessions, locks) = (client(), client());
    let service = Service::start(&runtime, "20s", |app| {
        app.named_component("orders", orders).named_component("stock", stock).component(gone);
        app.named_component("stock", empty()).component(empty());
        app.named_component("sessions", sessions).component(locks);
    });
    assert_eq!(names(&service.check("db")), ["orders", "postgres", "stock"]);
    service.up("db/orders");
    assert!(service.down("db/postgres").contains("refused"));
    // The other migrator has no name, and could belong to any pool.
    service.up("migrations");
    assert_eq!(names(&service.check("redis")), ["client", "sessions"]);
}

#[test]
fn checks_of_ones_own_win_and_settings_switch_off() {
    let runtime = runtime();
    let inside = runtime.enter();
    let memory = || pool::<Sqlite>(&inside, "sqlite::memory:", 1);
    let (db, other) = (memory(), memory());
    let switches = [
        ("management.health.migrations.enabled", "false"),
        ("management.health.redis.enabled", "false"),
    ];
    let service = Service::configured(&runtime, "20s", &switches, |app| {
        app.component(db).component(empty());
        app.component(Client::open(format!("redis://{NOBODY}")).unwrap());
        app.health_check("db/own", || async { Health::up().with_detail("whose", "mine") });
    });
    assert_eq!(names(&service.check("db")), ["own"]);
    let whole = service.whole();
    assert!(!names(&whole).iter().any(|name| ["migrations", "redis"].contains(name)), "{whole}");

    let several =
        Service::configured(&runtime, "20s", &[("management.health.db.enabled", "false")], |app| {
            app.named_component("a", other.clone()).named_component("b", other);
        });
    assert!(!names(&several.whole()).contains(&"db"));
}

#[test]
fn a_pool_of_a_file_that_cannot_be_opened_is_down_and_says_why() {
    let runtime = runtime();
    let inside = runtime.enter();
    let folder = Folder::new("nobody");
    let file = folder.path().join("missing.db");
    let db = pool::<Sqlite>(&inside, &format!("sqlite://{}", file.display()), 1);
    let service = Service::start(&runtime, "20s", |app| {
        app.component(db);
    });
    let error = service.down("db");
    assert!(error.contains("unable to open database file"), "{error}");
}
