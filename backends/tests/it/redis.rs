//! A Redis that is there, gone, frozen, and that refuses a password.

use actuator::checks::Redis;
use actuator_backends::Server;
use actuator_integration::wait;
use redis::Client;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};

use crate::service::{DEADLINE, Service, runtime};

#[test]
fn redis_goes_and_comes_back() {
    let mut server = Server::redis();
    let runtime = runtime();
    let client = Client::open(server.url()).unwrap();
    let wrong = Client::open(server.url_with("wr0ng-w0rd")).unwrap();
    let lasting = runtime.block_on(client.get_multiplexed_async_connection()).unwrap();
    let config = ConnectionManagerConfig::new();
    let manager =
        runtime.block_on(async { ConnectionManager::new_lazy_with_config(client.clone(), config) });
    let manager = manager.unwrap();
    let service = Service::start(&runtime, DEADLINE, move |app| {
        app.health_check("redis", Redis::new(client));
        app.health_check("wrong", Redis::new(wrong));
        app.health_check("lasting", Redis::connection(lasting));
        app.health_check("manager", Redis::connection(manager));
    });
    for path in ["redis", "lasting", "manager"] {
        let details = service.up(path);
        assert!(
            details["version"].as_str().is_some_and(|version| version.contains('.')),
            "{details}"
        );
        assert_eq!((&details["mode"], &details["size"]), (&"standalone".into(), &0.into()));
    }
    let error = service.down("wrong");
    assert!(
        error.contains("Password authentication failed") && !error.contains("wr0ng-w0rd"),
        "{error}"
    );

    server.freeze();
    let error = service.down("redis");
    assert!(error.contains("timeout after 1500 ms: waited for"), "{error}");
    for path in ["lasting", "manager"] {
        let error = service.down(path);
        assert!(error.contains("timed out") || error.contains("timeout"), "{error}");
    }
    service.up("ping");
    server.thaw();
    service.up("redis");

    server.stop();
    let error = service.down("redis");
    assert!(error.contains("refused"), "{error}");
    service.down("lasting");
    service.down("manager");

    server.start();
    service.up("redis");
    wait::until("the connection manager is back", || {
        (service.check("manager")["status"] == "UP").then_some(())
    });
    service.down("lasting");
}

#[test]
fn a_user_that_may_not_ask_for_facts_is_well_without_them() {
    let server = Server::redis();
    let runtime = runtime();
    let client = Client::open(server.url()).unwrap();
    runtime.block_on(async {
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        let mut command = redis::cmd("ACL");
        command.arg("SETUSER").arg("probe").arg("on").arg(">pr0be").arg("+ping");
        let _: () = command.query_async(&mut connection).await.unwrap();
    });
    let limited = Client::open(server.url_with("pr0be").replace("://:", "://probe:")).unwrap();
    let service = Service::start(&runtime, "20s", move |app| {
        app.health_check("redis", Redis::new(limited));
    });
    assert!(service.up("redis").is_null());
}
