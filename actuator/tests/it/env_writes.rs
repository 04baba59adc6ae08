//! Values that are set over HTTP: only those that may be, above all others, and gone again.

use serde_json::{Value, json};
use testkit::Request;

use crate::app::{Service, app};

fn writable() -> Service {
    app()
        .setting("actuator.env.writable", "demo.*, logging.level.*")
        .setting("demo.color", "red")
        .start()
}

fn set(service: &Service, name: &str, value: &str) -> testkit::Answer {
    service.post("/actuator/env", &json!({ "name": name, "value": value }).to_string())
}

fn remove(service: &Service) -> testkit::Answer {
    service.send(Request::new("DELETE", "/actuator/env"))
}

fn sources(service: &Service) -> Vec<Value> {
    let env = service.get("/actuator/env").assert_status(200).json();
    env["propertySources"].as_array().unwrap().clone()
}

#[test]
fn nothing_can_be_set_by_default_and_options_say_so() {
    let allow = |service: &Service| {
        let options = service.send(Request::new("OPTIONS", "/actuator/env"));
        options.assert_status(200).header("allow").unwrap().to_owned()
    };
    let service = app().start();
    assert!(!allow(&service).contains("POST"), "{}", allow(&service));
    assert_eq!(set(&service, "demo.color", "blue").status(), 405);
    assert_eq!(remove(&service).status(), 405);
    let service = writable();
    for method in ["GET", "POST", "DELETE"] {
        assert!(allow(&service).contains(method), "{}", allow(&service));
    }
}

#[test]
fn what_is_set_is_the_first_source_is_audited_and_is_taken_back() {
    let service = writable();
    let answer = set(&service, "demo.color", "${PID}").assert_status(200);
    assert_eq!(answer.json(), json!({ "demo.color": "${PID}" }));
    let first = &sources(&service)[0];
    assert_eq!(first["name"], "manager");
    assert_eq!(first["properties"]["demo.color"]["value"], "${PID}");
    let one = service.get("/actuator/env/demo.color").json();
    assert_eq!(one["property"], json!({ "source": "manager", "value": "${PID}" }));
    let removed = remove(&service).assert_status(200);
    assert_eq!(removed.json(), json!({ "demo.color": "${PID}" }));
    assert_eq!(service.get("/actuator/env/demo.color").json()["property"]["value"], "red");
    assert_eq!(remove(&service).assert_status(200).json(), json!({}));
    let events = service.get("/actuator/auditevents?type=ENVIRONMENT_CHANGED").json();
    let events = events["events"].as_array().unwrap();
    assert_eq!(events[0]["data"], json!({ "names": ["demo.color"] }));
    assert_eq!(events[1]["data"], json!({ "names": ["demo.color"], "reset": true }));
    let writes = service.get("/actuator/auditevents?type=ENDPOINT_WRITE").json();
    assert_eq!(writes["events"], json!([]), "it is recorded once");
}

#[test]
fn what_is_not_listed_is_secret_or_cannot_be_used_is_refused_and_changes_nothing() {
    let service = writable();
    for (name, value) in [
        ("server.port", "1"),
        ("Demo.color", "x"),
        ("demo", "x"),
        ("actuator.env.writable", "*"),
        ("demo.password", "x"),
        ("demo.url", "postgres://app:geheim7@db/shop"),
    ] {
        let answer = set(&service, name, value).assert_status(403);
        assert!(!answer.text().contains("geheim7"));
    }
    for (name, value) in [
        ("demo.color", "a\nb"),
        ("demo.a b", "x"),
        (&*format!("demo.{}", "n".repeat(300)), "x"),
        ("demo.color", &*"v".repeat(5_000)),
        ("logging.level.shop", "LOUD"),
    ] {
        set(&service, name, value).assert_status(400);
    }
    for body in ["{}", r#"{"name":"demo.x"}"#, r#"{"name":"demo.x","value":null}"#, "[]", "x"] {
        service.post("/actuator/env", body).assert_status(400);
    }
    let in_query = Request::post("/actuator/env?name=demo.x&value=y", "{}");
    service.send(in_query).assert_status(400);
    assert_ne!(sources(&service)[0]["name"], "manager");
    for number in 0..100 {
        set(&service, &format!("demo.n{number}"), "x").assert_status(200);
    }
    set(&service, "demo.n100", "x").assert_status(400);
}
