//! `application/health+json`, `text/plain` and `MicroProfile` Health.

use actuator::{Health, HealthCheck};
use serde_json::{Value, json};
use testkit::Request;

use super::{HEALTH_JSON, MICROPROFILE, PLAIN_TEXT, accepting, bare, with_a_bad_one};
use crate::app::app;

#[test]
fn health_json_is_spoken_to_those_only_who_name_it() {
    let service = with_a_bad_one()
        .setting(HEALTH_JSON, "true")
        .with(|app| {
            app.health_check("a:b", || async { Health::unknown() });
            let slow = HealthCheck::new("brokers/one", || async { Health::up() });
            app.add_health_check(slow.description("the first broker"));
        })
        .start();
    let path = "/actuator/health";
    let spring = "application/vnd.spring-boot.actuator.v3+json";
    for accept in ["*/*", "application/*", "application/*+json", "text/html, */*;q=0.1"] {
        assert_eq!(
            accepting(&service, path, accept).header("content-type"),
            Some(spring),
            "{accept}"
        );
    }
    let answer = accepting(&service, path, "application/health+json").assert_status(503);
    assert_eq!(answer.header("content-type"), Some("application/health+json"));
    assert_eq!(answer.header("cache-control"), Some("max-age=0"));
    let health = answer.json();
    assert_eq!(health["status"], "fail");
    assert_eq!((&health["version"], &health["serviceId"]), (&json!("1.2.3"), &json!("it")));
    assert_eq!(health["releaseId"], "1.2.3");
    assert_eq!(health["description"], "Health of it");
    let names: Vec<_> = health["checks"].as_object().unwrap().keys().collect();
    let expected = [
        "a_b:responseTime",
        "bad:responseTime",
        "brokers/one:responseTime",
        "ping:responseTime",
        "uptime",
    ];
    assert_eq!(names, expected);
    let uptime = &health["checks"]["uptime"][0];
    assert_eq!(
        (&uptime["observedUnit"], &uptime["componentType"]),
        (&json!("s"), &json!("system"))
    );
    assert!(uptime["observedValue"].as_f64().unwrap() > 0.0);
    let check = |name: &str| health["checks"][format!("{name}:responseTime")][0].clone();
    let bad = check("bad");
    assert_eq!((&bad["status"], &bad["output"]), (&json!("fail"), &json!("this will fail")));
    assert_eq!((&bad["componentId"], &bad["observedUnit"]), (&json!("bad"), &json!("ms")));
    assert!(bad["observedValue"].is_number() && bad["time"].as_str().unwrap().ends_with('Z'));
    let one = check("brokers/one");
    assert_eq!((&one["status"], one.get("output")), (&json!("pass"), None));
    assert_eq!(one["description"], "the first broker");
    assert_eq!(
        (&check("a_b")["status"], &check("a_b")["output"]),
        (&json!("warn"), &json!("UNKNOWN"))
    );
    let ping = accepting(&service, "/actuator/health/ping", "application/health+json");
    let ping = ping.assert_status(200).json();
    assert_eq!(ping["status"], "pass");
    assert!(ping["checks"]["ping:responseTime"].is_array());
    assert_eq!(ping["checks"].get("uptime"), None, "it is no part of ping");
    accepting(&service, "/actuator/health/none", "application/health+json").assert_status(404);
}

#[test]
fn health_json_says_how_long_it_stays_fresh() {
    let service = bare()
        .setting(HEALTH_JSON, "true")
        .setting("actuator.health.success-ttl", "1h")
        .setting("actuator.health.health-json.description", "The shop")
        .setting("management.endpoint.health.cache.time-to-live", "1h")
        .start();
    let spring = service.get("/actuator/health").assert_status(200);
    let answer = accepting(&service, "/actuator/health", "application/health+json");
    let max_age = answer.header("cache-control").unwrap().strip_prefix("max-age=").unwrap();
    assert!((3_500..=3_600).contains(&max_age.parse::<u32>().unwrap()), "{max_age}");
    assert_eq!(answer.json()["description"], "The shop", "not the answer that was kept as JSON");
    assert_eq!(service.get("/actuator/health").body(), spring.body());
}

#[test]
fn statuses_set_by_hand_are_seen_in_every_form() {
    let service = bare()
        .setting(HEALTH_JSON, "true")
        .setting(PLAIN_TEXT, "true")
        .setting("actuator.health.override.enabled", "true")
        .start();
    let word = || accepting(&service, "/actuator/health/ping", "text/plain").text();
    assert_eq!(word(), "OK");
    service.post("/actuator/health/ping", r#"{"status":"DOWN"}"#).assert_status(204);
    assert_eq!(word(), "NOT OK");
    let health = accepting(&service, "/actuator/health", "application/health+json");
    assert_eq!(health.assert_status(503).json()["status"], "fail");
    service.send(Request::new("DELETE", "/actuator/health/ping")).assert_status(204);
    assert_eq!(word(), "OK");
}

#[test]
fn plain_text_is_one_word_for_those_who_name_it() {
    let service = with_a_bad_one().setting(PLAIN_TEXT, "true").start();
    let bad = accepting(&service, "/actuator/health", "text/plain").assert_status(503);
    assert_eq!((bad.text().as_str(), bad.media_type()), ("NOT OK", "text/plain"));
    let good = accepting(&service, "/actuator/health/ping", "text/plain").assert_status(200);
    assert_eq!(good.text(), "OK");
    assert!(service.get("/actuator/health").text().starts_with('{'));
    let selected = accepting(&service, "/actuator/health?checks=ping", "text/plain");
    assert_eq!(selected.assert_status(200).text(), "OK");
}

#[test]
fn microprofile_has_its_four_documents_with_flat_data() {
    let service = with_a_bad_one()
        .setting(MICROPROFILE, "true")
        .setting("management.endpoint.health.group.liveness.include", "ping")
        .with(|app| {
            app.health_check("db", || async {
                Health::up()
                    .with_detail("version", "16.3")
                    .with_detail("pool", 5)
                    .with_detail("primary", true)
                    .with_detail("none", Value::Null)
                    .with_detail("hosts", ["a", "b"])
                    .with_detail("login", json!({"password": "hunter2"}))
            });
        })
        .start();
    let all = service.get("/health").assert_status(503);
    assert_eq!(all.media_type(), "application/json");
    let data = json!({
        "version": "16.3",
        "pool": 5,
        "primary": true,
        "hosts": "[\"a\",\"b\"]",
        "login": "{\"password\":\"******\"}",
    });
    assert_eq!(
        all.json(),
        json!({"status": "DOWN", "checks": [
            {"name": "bad", "status": "DOWN", "data": {"error": "this will fail"}},
            {"name": "db", "status": "UP", "data": data},
            {"name": "ping", "status": "UP"},
        ]})
    );
    let live = service.get("/health/live").assert_status(200).json();
    assert_eq!(live, json!({"status": "UP", "checks": [{"name": "ping", "status": "UP"}]}));
    let started = service.get("/health/started").assert_status(200).json();
    assert_eq!(started, json!({"status": "UP", "checks": []}), "nothing is left to start");
    // There is no group of readiness here.
    for path in ["/health/ready", "/health/nothing", "/health/live/ping", "/health/"] {
        assert_eq!(service.status(path), 404, "{path}");
    }
    let moved = app()
        .setting(MICROPROFILE, "true")
        .setting("actuator.health.microprofile.path", "/mp/health/")
        .start();
    moved.get("/mp/health/live").assert_status(200);
    moved.get("/mp/health/ready").assert_status(200);
    assert_eq!(moved.status("/health"), 404);
}
