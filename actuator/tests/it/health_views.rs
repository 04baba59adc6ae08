//! The other documents of health, read as those read them who know no other.

mod c2c;
mod documents;
mod healthcheck;
mod kubernetes;

use actuator::{Health, HealthCheck};
use axum::{
    Router,
    routing::{any, get},
};
use serde_json::json;
use testkit::{Answer, Request};

use crate::app::{Service, TestApp, app};

const KUBERNETES: &str = "actuator.health.kubernetes.enabled";
const HEALTH_JSON: &str = "actuator.health.health-json.enabled";
const PLAIN_TEXT: &str = "actuator.health.plain-text.enabled";
const MICROPROFILE: &str = "actuator.health.microprofile.enabled";
const HEALTHCHECK: &str = "actuator.compat.healthcheck.enabled";
const C2C: &str = "actuator.compat.c2c.enabled";

/// Only `ping`, whose place no machine's disk or state can take.
fn bare() -> TestApp {
    app()
        .setting("management.endpoint.health.probes.enabled", "false")
        .setting("management.health.diskspace.enabled", "false")
}

/// `ping`, and `bad`, which has failed.
fn with_a_bad_one() -> TestApp {
    bare().with(|app| {
        app.health_check("bad", || async { Err::<(), _>("this will fail") });
    })
}

fn accepting(service: &Service, target: &str, accept: &str) -> Answer {
    service.send(Request::get(target).header("accept", accept))
}

#[test]
fn nothing_of_it_is_there_by_default() {
    let service = app().start();
    for path in [
        "/livez",
        "/readyz",
        "/startupz",
        "/healthz",
        "/health",
        "/health/live",
        "/healthcheck",
        "/environment",
        "/c2c/health_check",
    ] {
        assert_eq!(service.status(path), 404, "{path}");
    }
    let health = "/actuator/health";
    assert_eq!(accepting(&service, health, "application/health+json").status(), 406);
    assert_eq!(accepting(&service, health, "text/plain").status(), 406);
}

#[test]
fn who_may_not_see_components_reads_no_name_of_a_check() {
    let service = with_a_bad_one()
        .setting("management.endpoint.health.show-details", "never")
        .setting(KUBERNETES, "true")
        .setting(HEALTH_JSON, "true")
        .setting(MICROPROFILE, "true")
        .setting(HEALTHCHECK, "true")
        .setting(C2C, "true")
        .start();
    assert_eq!(service.get("/healthz?verbose").assert_status(503).text(), "healthz check failed\n");
    assert_eq!(
        service.get("/healthz?verbose&exclude=x&exclude=bad").text(),
        "healthz check passed\n"
    );
    let microprofile = service.get("/health").assert_status(503).json();
    assert_eq!(microprofile, json!({"status": "DOWN", "checks": []}));
    let healthcheck = service.get("/healthcheck").assert_status(500).json();
    assert_eq!(healthcheck["results"], json!([]));
    let c2c = service.get("/c2c/health_check").assert_status(500).json();
    assert_eq!(c2c, json!({"failures": {}, "successes": {}}));
    let health = accepting(&service, "/actuator/health", "application/health+json");
    let health = health.assert_status(503).json();
    assert_eq!((&health["status"], health.get("checks")), (&json!("fail"), None));
    for path in [
        "/healthz/bad",
        "/healthcheck/bad",
        "/healthcheck?check=bad",
        "/c2c/health_check?checks=bad",
        "/actuator/health?checks=bad",
        "/actuator/health?tag=none",
    ] {
        let answer = service.get(path).assert_status(404);
        let plain = ["", "404 page not found\n"];
        assert!(plain.contains(&answer.text().as_str()), "{path}: {}", answer.text());
    }
}

#[test]
fn where_details_are_hidden_no_view_tells_why_a_check_failed() {
    let service = with_a_bad_one()
        .setting("management.endpoint.health.show-details", "never")
        .setting("management.endpoint.health.show-components", "always")
        .setting(KUBERNETES, "true")
        .setting(HEALTH_JSON, "true")
        .setting(MICROPROFILE, "true")
        .setting(HEALTHCHECK, "true")
        .setting(C2C, "true")
        .start();
    let health = accepting(&service, "/actuator/health", "application/health+json");
    let texts = [
        health.text(),
        service.get("/healthz/bad").text(),
        service.get("/health").text(),
        service.get("/healthcheck").text(),
        service.get("/c2c/health_check").text(),
    ];
    for text in &texts {
        assert!(!text.contains("this will fail"), "{text}");
    }
    let [health, kubernetes, microprofile, healthcheck, c2c] = texts;
    assert!(service.get("/healthz").text().starts_with("[-]bad failed: reason withheld\n"));
    assert_eq!(kubernetes, "internal server error: reason withheld\n");
    assert!(health.contains("bad:responseTime") && !health.contains("output"), "{health}");
    assert!(microprofile.contains("bad") && !microprofile.contains("data"), "{microprofile}");
    assert!(healthcheck.contains(r#""output":"withheld""#), "{healthcheck}");
    assert!(c2c.contains(r#""message": "DOWN""#), "{c2c}");
}

#[test]
fn views_answer_on_the_applications_port_and_on_one_of_managements_own() {
    let service = app()
        .setting("management.server.port", "0")
        .setting(KUBERNETES, "true")
        .setting(C2C, "true")
        .start();
    for path in ["/livez", "/livez/livenessState", "/readyz?verbose", "/c2c/health_check"] {
        service.get(path).assert_status(200);
        testkit::get(service.management, path).assert_status(200);
    }
    for path in ["/c2c", "/c2c/health_check/db", "/livezz", "/health", "/actuator/health"] {
        assert_eq!(service.status(path), 404, "{path}");
    }
}

#[test]
fn nothing_is_opened_below_a_view_of_one_document_beside_an_api_at_the_root() {
    let service = app()
        .setting("management.server.port", "0")
        .setting("management.endpoints.web.base-path", "/")
        .setting(C2C, "true")
        .start();
    testkit::get(service.management, "/c2c/health_check").assert_status(200);
    for path in ["/c2c/health_check/ping", "/c2c/health_check/", "/c2c", "//c2c/health_check"] {
        testkit::get(service.management, path).assert_status(404);
    }
}

#[test]
fn a_path_that_is_taken_refuses_the_start_with_both_settings() {
    let probes = "management.endpoint.health.probes.add-additional-paths";
    let refused = |settings: &[(&str, &str)]| {
        let app = settings.iter().fold(app(), |app, (name, value)| app.setting(name, value));
        app.refused().to_string()
    };
    let text = refused(&[(probes, "true"), (KUBERNETES, "true")]);
    for part in ["/livez", "/readyz", probes, KUBERNETES] {
        assert!(text.contains(part), "{text}");
    }
    let group = "management.endpoint.health.group.all.additional-path";
    let text = refused(&[
        (group, "server:/healthz"),
        ("management.endpoint.health.group.all.include", "*"),
        (KUBERNETES, "true"),
    ]);
    assert!(text.contains(group) && text.contains(KUBERNETES), "{text}");
    let base = "management.endpoints.web.base-path";
    for (path, base_path) in
        [("/actuator", "/actuator"), ("/actuator/db", "/actuator"), ("/a", "/a/b")]
    {
        let text = refused(&[
            (MICROPROFILE, "true"),
            ("actuator.health.microprofile.path", path),
            (base, base_path),
        ]);
        assert!(
            text.contains(base) && text.contains("actuator.health.microprofile.path"),
            "{text}"
        );
    }
    let at_root = [(base, "/"), ("management.server.port", "0"), (MICROPROFILE, "true")];
    assert!(refused(&at_root).contains("the endpoint /health"));
    let text = refused(&[
        (HEALTHCHECK, "true"),
        (C2C, "true"),
        ("actuator.compat.c2c.path", "/healthcheck/c2c"),
    ]);
    assert!(text.contains("actuator.compat.healthcheck.path"), "{text}");
    let text = refused(&[(C2C, "true"), ("actuator.compat.c2c.path", "c2c/{x}")]);
    assert!(text.contains("expected a path of plain segments"), "{text}");
}

#[test]
fn a_route_of_the_applications_own_wins_over_a_view_or_refuses_the_start() {
    let own = Router::new().route("/health", get(|| async { "mine" }));
    let service = app().setting(MICROPROFILE, "true").routes(own).start();
    assert_eq!(service.get("/health").assert_status(200).text(), "mine");
    service.get("/health/live").assert_status(200);
    let own = Router::new().route("/health", any(|| async { "all mine" }));
    let refused = app().setting(MICROPROFILE, "true").routes(own).refused();
    assert!(refused.is_setting(), "{refused}");
    let text = refused.to_string();
    assert!(text.contains("/health") && text.contains("Move the route"), "{text}");
}

#[test]
fn access_to_health_is_access_to_its_views() {
    let service = app()
        .setting("management.endpoint.health.access", "none")
        .setting(KUBERNETES, "true")
        .setting(HEALTHCHECK, "true")
        .start();
    assert_eq!(service.status("/livez"), 404);
    assert_eq!(service.status("/healthcheck"), 404);
    assert_eq!(service.status("/environment"), 200);
    let service = app()
        .setting("management.endpoint.env.access", "none")
        .setting(HEALTHCHECK, "true")
        .start();
    assert_eq!(service.status("/healthcheck"), 200);
    assert_eq!(service.status("/environment"), 404);
}

/// Checks of three levels; `vital` fails.
fn levels() -> TestApp {
    bare().setting("management.health.ping.enabled", "false").with(|app| {
        let up = |path: &'static str| HealthCheck::new(path, || async { Health::up() });
        app.add_health_check(up("alive").level(0));
        app.add_health_check(HealthCheck::new("vital", || async { Err::<(), _>("broken") }));
        app.add_health_check(
            HealthCheck::new("deep/version", || async { (true, json!({"count": 2})) })
                .level(3)
                .tag("fleet"),
        );
    })
}

#[test]
fn health_can_be_asked_for_levels_names_and_tags() {
    let service =
        levels().setting("management.endpoint.health.group.fleet.include", "deep,vital").start();
    let components = |query: &str, status: u16| {
        let answer = service.get(&format!("/actuator/health{query}")).assert_status(status).json();
        let mut names: Vec<_> = answer["components"].as_object().unwrap().keys().cloned().collect();
        names.sort();
        (answer["status"].as_str().unwrap().to_owned(), names.join(" "))
    };
    let found = |status: &str, names: &str| (status.to_owned(), names.to_owned());
    assert_eq!(components("", 503), found("DOWN", "alive deep vital"));
    assert_eq!(components("?max_level=0", 200), found("UP", "alive"));
    assert_eq!(components("?checks=alive,deep", 200), found("UP", "alive deep"));
    assert_eq!(components("?checks=alive&checks=vital", 503), found("DOWN", "alive vital"));
    assert_eq!(components("?tag=fleet", 200), found("UP", "deep"));
    assert_eq!(components("?max_level=3&tag=fleet&checks=deep", 200), found("UP", "deep"));
    assert_eq!(components("/fleet?checks=deep/version", 200), found("UP", "deep"));
    assert_eq!(components("/deep?max_level=3", 200), found("UP", "version"));
    assert_eq!(components("?unknown=1&max_level=&checks=,&tag=", 503).1, "alive deep vital");
    for (query, message) in [
        ("?checks=vitla", "there is no check 'vitla' here; did you mean 'vital'?"),
        (
            "?checks=deep&max_level=1",
            "check 'deep/version' has level 3, which is above max_level=1",
        ),
        ("?tag=none", "no check is selected by tag=none"),
        ("/fleet?checks=alive", "there is no check 'alive' here"),
        ("/deep?max_level=0", "no check is selected by max_level=0"),
    ] {
        let answer = service.get(&format!("/actuator/health{query}")).assert_status(404);
        assert_eq!(answer.media_type(), "application/json");
        let document = answer.json();
        assert_eq!(document["message"], message, "{query}");
        assert_eq!((&document["status"], &document["error"]), (&json!(404), &json!("Not Found")));
    }
    for bad in ["abc", "-1", "1e3", "4294967296"] {
        service.get(&format!("/actuator/health?max_level={bad}")).assert_status(400);
    }
    let names = (0..65).map(|n| format!("x{n}")).collect::<Vec<_>>().join(",");
    service.get(&format!("/actuator/health?checks={names}")).assert_status(400);
    assert_eq!(service.get("/actuator/health/none?max_level=1").assert_status(404).body(), b"");
}
