//! What known callers may do.

use serde_json::{Value, json};
use testkit::Request;

use super::{ADMIN, USER, get_as, with};
use crate::app::{Service, TestApp, app};

/// As in `run-security-basic`: `user` and `admin`, health open, env for ADMIN only, details and
/// values for ADMIN.
fn basic() -> TestApp {
    [
        ("actuator.security.users.user.password", "{noop}secret"),
        ("actuator.security.users.user.roles", "USER"),
        ("actuator.security.users.admin.password", "{noop}secret"),
        ("actuator.security.users.admin.roles", "ROLE_ADMIN"),
        ("actuator.security.write-roles", "ADMIN"),
        ("management.endpoint.env.read-roles", "ADMIN"),
        ("management.endpoint.env.show-values", "when-authorized"),
        ("management.endpoint.env.roles", "ADMIN"),
        ("management.endpoint.health.show-details", "when-authorized"),
        ("management.endpoint.health.show-components", "always"),
        ("management.endpoint.health.roles", "ADMIN"),
    ]
    .into_iter()
    .fold(app(), |app, (name, value)| app.setting(name, value))
}

fn post_level(service: &Service, authorization: &str) -> u16 {
    let request = Request::post("/actuator/loggers/a.b", r#"{"configuredLevel":"DEBUG"}"#);
    service.send(request.header("authorization", authorization)).status()
}

#[test]
fn callers_are_answered_by_their_roles_as_recorded() {
    let service = basic().start();
    assert_eq!(service.status("/actuator/env"), 401);
    let forbidden = get_as(&service, "/actuator/env", USER).assert_status(403);
    assert_eq!(forbidden.header("content-type"), Some("application/json"));
    assert_eq!(forbidden.header("www-authenticate"), None);
    let mut document = forbidden.json();
    assert!(document["timestamp"].take().is_string());
    let wanted =
        json!({"timestamp": null, "status": 403, "error": "Forbidden", "path": "/actuator/env"});
    assert_eq!(document, wanted);
    let env = get_as(&service, "/actuator/env", ADMIN).assert_status(200).text();
    assert!(env.contains("show-components"), "{env}");
    assert_eq!((post_level(&service, USER), post_level(&service, ADMIN)), (403, 204));
    get_as(&service, "/actuator/loggers/a.b", USER).assert_status(200);
}

#[test]
fn details_of_open_health_are_for_callers_with_the_role() {
    let service = basic().with(|app| {
        app.health_check("db", || async { actuator::Health::up().with_detail("database", "H2") });
    });
    let service = service.start();
    let of_db = |health: Value| health["components"]["db"].clone();
    let bare = json!({"status": "UP"});
    assert_eq!(of_db(service.get("/actuator/health").assert_status(200).json()), bare);
    assert_eq!(of_db(get_as(&service, "/actuator/health", USER).assert_status(200).json()), bare);
    let full = json!({"details": {"database": "H2"}, "status": "UP"});
    assert_eq!(of_db(get_as(&service, "/actuator/health", ADMIN).assert_status(200).json()), full);
    assert_eq!(get_as(&service, "/actuator/health/db", ADMIN).json(), full);
    assert_eq!(get_as(&service, "/actuator/health/db", USER).json(), bare);
    get_as(&service, "/actuator/health", "Basic YWRtaW46eA==").assert_status(401);
}

#[test]
fn a_viewer_reads_and_an_operator_writes_too() {
    let service = app()
        .setting("actuator.security.tokens.reader.value", "reader-0123456789")
        .setting("actuator.security.tokens.writer.value", "writer-0123456789")
        .setting("actuator.security.tokens.writer.roles", "operator")
        .setting("management.endpoint.loggeroverrides.write-roles", "viewer,operator")
        .setting("actuator.health.override.enabled", "true")
        .start();
    let (reader, writer) = ("Bearer reader-0123456789", "bearer writer-0123456789");
    for token in [reader, writer] {
        for path in ["/actuator", "/actuator/env", "/actuator/loggers", "/actuator/prometheus"] {
            get_as(&service, path, token).assert_status(200);
        }
    }
    assert_eq!((post_level(&service, reader), post_level(&service, writer)), (403, 204));
    // A write to open health is a write.
    let status = |method: &str, path: &str, token: &str| {
        service.send(with(method, path, ("authorization", token))).status()
    };
    assert_eq!(status("DELETE", "/actuator/health/ping", reader), 403);
    assert_eq!(status("DELETE", "/actuator/health/ping", writer), 404, "there is none to end");
    assert_eq!(service.send(Request::new("DELETE", "/actuator/health/ping")).status(), 401);
    // What is said of one endpoint goes before what is said of all.
    assert_ne!(status("DELETE", "/actuator/loggeroverrides", reader), 403);
}

#[test]
fn a_refusal_is_in_the_trail_with_who_asked_for_what() {
    let service = basic().start();
    get_as(&service, "/actuator/env", USER).assert_status(403);
    assert_eq!(post_level(&service, USER), 403);
    let trail = "/actuator/auditevents?type=AUTHORIZATION_FAILURE";
    let trail = get_as(&service, trail, ADMIN).assert_status(200).json();
    let events: Vec<_> = trail["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| {
            let data = &event["data"];
            assert_eq!(data["details"]["remoteAddress"], "127.0.0.1");
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            (text(&event["principal"]), text(&data["endpoint"]), text(&data["operation"]))
        })
        .collect();
    let event = |endpoint: &str, operation: &str| {
        ("user".to_owned(), endpoint.to_owned(), operation.to_owned())
    };
    assert_eq!(events, [event("env", "read"), event("loggers", "write")]);
}

#[test]
fn what_is_open_is_what_the_setting_names() {
    let service = basic().setting("actuator.security.permit-all", "info").start();
    assert_eq!(service.status("/actuator/info"), 200);
    assert_eq!(service.status("/actuator/health"), 401);
    let service = basic().setting("actuator.security.permit-all", "").start();
    assert_eq!((service.status("/actuator/info"), service.status("/actuator/health")), (401, 401));
}
