//! Who sees what: exposure, access, and their defaults.

use testkit::Request;

use crate::app::{Service, app};

fn links(service: &Service) -> Vec<String> {
    let index = service.get("/actuator").assert_status(200).json();
    index["_links"].as_object().unwrap().keys().cloned().collect()
}

#[test]
fn on_loopback_everything_is_there_but_shutdown() {
    let service = app().start();
    let links = links(&service);
    for id in
        ["beans", "env", "health", "httpexchanges", "info", "loggers", "metrics", "threaddump"]
    {
        assert!(links.iter().any(|link| link == id), "{id} in {links:?}");
        assert_eq!(service.status(&format!("/actuator/{id}")), 200, "{id}");
    }
    assert!(!links.iter().any(|link| link == "shutdown"));
    service.post("/actuator/shutdown", "{}").assert_status(404);
    assert!(service.get("/actuator/health").json()["components"].is_object());
}

#[test]
fn beyond_loopback_only_health_is_there_and_shows_no_details() {
    let service = app().setting("server.address", "0.0.0.0").with(|app| {
        app.health_check("db", || async { actuator::Health::down().with_detail("dsn", "x") });
    });
    let service = service.start();
    assert!(service.address.ip().is_unspecified());
    let mut found = links(&service);
    found.sort();
    assert_eq!(found, ["health", "health-path", "self"]);
    for id in [
        "beans",
        "env",
        "httpexchanges",
        "info",
        "loggers",
        "logfile",
        "metrics",
        "shutdown",
        "threaddump",
    ] {
        assert_eq!(service.status(&format!("/actuator/{id}")), 404, "{id}");
    }
    let health = service.get("/actuator/health").assert_status(503);
    assert!(!health.text().contains("db"), "{}", health.text());
    assert_eq!(health.json()["status"], "DOWN");
    service.get("/actuator/health/db").assert_status(404);
}

#[test]
fn beyond_loopback_settings_open_what_they_name() {
    let service = app()
        .setting("server.address", "0.0.0.0")
        .setting("management.endpoints.web.exposure.include", "health,info")
        .setting("management.endpoint.health.show-details", "always")
        .start();
    service.get("/actuator/info").assert_status(200);
    service.get("/actuator/env").assert_status(404);
    let health = service.get("/actuator/health").assert_status(200).json();
    assert!(health["components"]["diskSpace"]["details"].is_object(), "{health}");
}

#[test]
fn exclude_wins_over_include() {
    let service = app()
        .setting("management.endpoints.web.exposure.include", "*")
        .setting("management.endpoints.web.exposure.exclude", "env,thread-dump")
        .start();
    service.get("/actuator/env").assert_status(404);
    service.get("/actuator/threaddump").assert_status(404);
    service.get("/actuator/beans").assert_status(200);
    assert!(!links(&service).contains(&"env".to_owned()));
}

#[test]
fn read_only_leaves_nothing_to_write_and_none_leaves_nothing() {
    let service = app()
        .setting("management.endpoint.loggers.access", "read-only")
        .setting("management.endpoint.env.access", "none")
        .start();
    service.get("/actuator/loggers/ROOT").assert_status(200);
    let before = service.get("/actuator/loggers/ROOT").json();
    let refused = service.post("/actuator/loggers/ROOT", r#"{"configuredLevel":"TRACE"}"#);
    assert_eq!(refused.status(), 405);
    assert_eq!(refused.header("allow"), Some("GET"));
    assert_eq!(service.get("/actuator/loggers/ROOT").json(), before);
    let options = service.send(Request::new("OPTIONS", "/actuator/loggers/ROOT"));
    assert_eq!(options.header("allow"), Some("GET,HEAD,OPTIONS"));
    service.get("/actuator/env").assert_status(404);
    service.get("/actuator/env/user").assert_status(404);
}

#[test]
fn what_is_permitted_at_most_caps_every_access() {
    let service = app()
        .setting("management.endpoints.access.max-permitted", "read-only")
        .setting("management.endpoint.loggers.access", "unrestricted")
        .setting("management.endpoint.shutdown.access", "unrestricted")
        .start();
    service.post("/actuator/loggers/ROOT", "{}").assert_status(405);
    service.post("/actuator/shutdown", "{}").assert_status(404);
    service.get("/actuator/loggers").assert_status(200);
}

#[test]
fn shutdown_stops_the_service_once_it_is_accessible() {
    let service = app().setting("management.endpoint.shutdown.access", "unrestricted").start();
    service.get("/actuator/shutdown").assert_status(405);
    let answer = service.send(Request::new("POST", "/actuator/shutdown")).assert_status(200);
    assert_eq!(answer.json()["message"], "Shutting down, bye...");
    let address = service.address;
    service.finish();
    assert!(std::net::TcpStream::connect(address).is_err());
}
