//! The meters of pools: what the admin server's card of data sources asks for.

use actuator::checks::DatabaseDriver;
use actuator::meter::pool::{PoolMeters, PoolState};
use actuator_backends::Server;
use serde_json::{Value, json};
use sqlx::pool::PoolConnection;
use sqlx::{MySql, Pool, Postgres, Sqlite};

use crate::service::{Service, pool, runtime};

/// The only value of `jdbc.connections.<what>` of a pool.
#[track_caller]
fn connections(service: &Service<'_>, what: &str, name: &str) -> i64 {
    // The first tag comes twice, as from the admin server.
    let tag = format!("tag=name:{name}");
    let metric = service.metric(&format!("jdbc.connections.{what}?{tag}&{tag}"));
    assert_eq!(metric["measurements"][0]["statistic"], "VALUE", "{metric}");
    assert_eq!(metric["availableTags"], json!([]), "{metric}");
    let value = metric["measurements"][0]["value"].as_f64().unwrap();
    format!("{value}").parse().unwrap()
}

/// Active, idle, max and min.
#[track_caller]
fn usage(service: &Service<'_>, name: &str) -> [i64; 4] {
    ["active", "idle", "max", "min"].map(|what| connections(service, what, name))
}

/// Takes so many connections, gives them back, and looks at the meters meanwhile.
fn follows_the_pool<DB: DatabaseDriver>(service: &Service<'_>, pool: &Pool<DB>) {
    assert_eq!(usage(service, "db"), [0, 0, 5, 0]);
    let mut held: Vec<PoolConnection<DB>> =
        (0..3).map(|_| service.run(pool.acquire()).unwrap()).collect();
    assert_eq!(usage(service, "db"), [3, 0, 5, 0]);
    let back = held.split_off(1);
    give_back(service, back);
    assert_eq!(usage(service, "db"), [1, 2, 5, 0]);
    give_back(service, held);
    service.run(pool.close());
    assert_eq!(usage(service, "db"), [0, 0, 5, 0]);
}

/// What is dropped is given back by a task of the pool: here it is done at once.
fn give_back<DB: DatabaseDriver>(service: &Service<'_>, held: Vec<PoolConnection<DB>>) {
    for mut connection in held {
        service.run(connection.return_to_pool());
    }
}

fn of_a_server<DB: DatabaseDriver>(server: &Server) {
    let runtime = runtime();
    let inside = runtime.enter();
    let db = pool::<DB>(&inside, &server.url(), 5);
    let watched = db.clone();
    let service = Service::start(&runtime, "20s", |app| {
        app.component(watched);
    });
    follows_the_pool(&service, &db);
}

#[test]
fn a_postgresql_pool_is_followed_while_connections_are_held() {
    of_a_server::<Postgres>(&Server::postgres());
}

#[test]
fn a_mariadb_pool_is_followed_while_connections_are_held() {
    of_a_server::<MySql>(&Server::mariadb());
}

#[test]
fn several_pools_are_called_as_their_checks_and_ones_own_meters_win() {
    let runtime = runtime();
    let inside = runtime.enter();
    let memory = || pool::<Sqlite>(&inside, "sqlite::memory:", 1);
    let (orders, stock, other) = (memory(), memory(), memory());
    let held = runtime.block_on(stock.acquire()).unwrap();
    let service = Service::start(&runtime, "20s", |app| {
        app.named_component("orders", orders).named_component("stock", stock).component(other);
        PoolMeters::register(&app.meters(), "orders", || PoolState {
            active: 7,
            max: Some(9),
            ..PoolState::default()
        });
    });
    let metric = service.metric("jdbc.connections.active");
    let tags: Value = json!([{"tag": "name", "values": ["orders", "sqlite", "stock"]}]);
    assert_eq!(metric["availableTags"], tags);
    assert_eq!(usage(&service, "orders"), [7, 0, 9, 0]);
    assert_eq!(usage(&service, "stock"), [1, 0, 1, 0]);
    assert_eq!(usage(&service, "sqlite"), [0, 0, 1, 0]);
    drop(held);
}
