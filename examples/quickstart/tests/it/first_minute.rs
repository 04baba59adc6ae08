//! What the README promises for the first minute.

use std::time::{Duration, Instant};

use serde_json::Value;
use testkit::{PATIENCE, Process, Request};

use crate::quickstart;

#[test]
fn the_start_log_says_where_it_listens_what_is_exposed_and_what_was_collected() {
    let mut service = quickstart().serve();
    let line = service.log_until("listening on");
    assert!(line.contains("quickstart 1.0.0 listening on http://127.0.0.1:"), "{line}");
    assert!(line.contains(" only; set server.address=0.0.0.0 for others"), "{line}");
    assert!(line.contains("ready in "), "{line}");
    let line = service.log_until("management at ");
    assert!(
        line.contains(&format!(
            "http://{}/actuator (this machine only) exposes auditevents, beans, certs, conditions, configprops, \
             env, health",
            service.address()
        )),
        "{line}"
    );
    let line = service.log_until("collected ");
    for part in ["4 health check", "1 env source", "1 actuator info", "from quickstart"] {
        assert!(line.contains(part), "no {part} in {line}");
    }
    service.stop();
}

#[test]
fn trap_seed_09_checks_sources_facts_and_routes_are_there_and_the_secret_among_them_is_hidden() {
    let service = quickstart().serve();
    assert_eq!(service.get("/hello/Ada").assert_status(200).text(), "Hello, Ada!\n");
    let health = health_once_everything_was_looked_at(&service);
    assert_eq!(health["components"]["greetings"]["details"]["sent"], 1);
    assert_eq!(health["components"]["tempDir"]["status"], "UP");
    let audit = service.get("/actuator/auditevents?principal=Ada&type=GREETED").json();
    assert_eq!(audit["events"][0]["data"]["count"], 1);
    let info = service.get("/actuator/info").assert_status(200).json();
    assert_eq!(info["build"]["name"], "quickstart");
    assert!(info["rust"].is_object(), "{info}");
    let env = service.get("/actuator/env").assert_status(200);
    assert!(env.text().contains("EUR"));
    assert!(!env.text().contains("s3cr3t"), "the key must be hidden");
    let beans = service.get("/actuator/beans").assert_status(200).text();
    assert!(beans.contains("greetings") && beans.contains("main.rs:"), "{beans}");
}

/// A check in the background is UNKNOWN until its first run has ended.
fn health_once_everything_was_looked_at(service: &Process) -> Value {
    let begun = Instant::now();
    loop {
        let health = service.get("/actuator/health").assert_status(200).json();
        if health["components"]["tempDir"]["status"] != "UNKNOWN" {
            return health;
        }
        assert!(begun.elapsed() < PATIENCE, "never looked at: {health}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_level_that_is_changed_is_seen_in_the_log() {
    let mut service = quickstart().serve();
    let said = |service: &Process| service.get("/actuator/logfile").text();
    service.get("/hello/Ada").assert_status(200);
    assert!(!said(&service).contains("only seen once"));
    let request = Request::post("/actuator/loggers/quickstart", r#"{"configuredLevel":"DEBUG"}"#);
    service.send(request).assert_status(204);
    service.get("/hello/Bob").assert_status(200);
    assert!(said(&service).contains("only seen once"));
    service.log_until("only seen once");
}
