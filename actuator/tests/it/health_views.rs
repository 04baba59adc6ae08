//! The other documents of health, read as those read them who know no other.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use actuator::{Health, HealthCheck, ReadinessState};
use serde_json::{Value, json};
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
fn kubernetes_texts_of_success_are_those_of_its_own_components() {
    let service = with_a_bad_one().setting(KUBERNETES, "true").start();
    let ok = service.get("/healthz?exclude=bad").assert_status(200);
    assert_eq!(ok.text(), "ok");
    assert_eq!(ok.header("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(ok.header("x-content-type-options"), Some("nosniff"));
    for (query, text) in [
        ("verbose=true&exclude=bad", "[+]bad excluded: ok\n[+]ping ok\nhealthz check passed\n"),
        ("exclude=bad&exclude=dontexist", "ok"),
        (
            "verbose&exclude=bad&exclude=ping",
            "[+]bad excluded: ok\n[+]ping excluded: ok\nhealthz check passed\n",
        ),
        (
            "verbose&exclude=bad&exclude=dontexist",
            "[+]bad excluded: ok\n[+]ping ok\n\
             warn: some health checks cannot be excluded: no matches for \"dontexist\"\n\
             healthz check passed\n",
        ),
    ] {
        let answer = service.get(&format!("/healthz?{query}")).assert_status(200);
        assert_eq!(answer.text(), text, "{query}");
    }
    let only_ping = bare().setting(KUBERNETES, "true").start();
    let verbose = only_ping.get("/healthz?verbose").assert_status(200);
    assert_eq!(verbose.text(), "[+]ping ok\nhealthz check passed\n");
}

#[test]
fn kubernetes_failures_are_always_verbose_and_withhold_the_reason() {
    let failed = "[-]bad failed: reason withheld\n[+]ping ok\nhealthz check failed\n";
    let service = with_a_bad_one().setting(KUBERNETES, "true").start();
    assert_eq!(service.get("/healthz").assert_status(503).text(), failed);
    let as_theirs = with_a_bad_one()
        .setting(KUBERNETES, "true")
        .setting("actuator.health.kubernetes.failure-status", "500")
        .start();
    let answer = as_theirs.get("/healthz?exclude=ping&exclude=none").assert_status(500);
    assert_eq!(
        answer.text(),
        "[-]bad failed: reason withheld\n[+]ping excluded: ok\n\
         warn: some health checks cannot be excluded: no matches for \"none\"\n\
         healthz check failed\n"
    );
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
}

#[test]
fn a_single_check_answers_at_its_own_path_below_a_kubernetes_path() {
    let service = with_a_bad_one().setting(KUBERNETES, "true").start();
    assert_eq!(service.get("/healthz/ping").assert_status(200).text(), "ok");
    let bad = service.get("/healthz/bad").assert_status(503);
    assert_eq!(bad.text(), "internal server error: this will fail\n");
    for path in ["/healthz/none", "/healthz/ping/x", "/healthz/", "/healthz/a%2Fb"] {
        assert!([400, 404].contains(&service.status(path)), "{path}");
    }
    let head = service.send(Request::new("HEAD", "/healthz/ping")).assert_status(200);
    assert_eq!(head.body(), b"");
    for method in ["POST", "PUT", "DELETE", "PATCH"] {
        service.send(Request::new(method, "/healthz")).assert_status(405);
        service.send(Request::new(method, "/healthz/ping")).assert_status(405);
    }
}

#[test]
fn kubernetes_paths_are_the_groups_of_the_probes() {
    let service = app().setting(KUBERNETES, "true").start();
    let lines = |path: &str| service.get(path).text();
    assert_eq!(lines("/livez?verbose"), "[+]livenessState ok\nlivez check passed\n");
    assert_eq!(lines("/readyz?verbose"), "[+]readinessState ok\nreadyz check passed\n");
    assert_eq!(
        lines("/healthz?verbose&exclude=readiness&exclude=diskSpace"),
        "[+]diskSpace excluded: ok\n[+]livenessState ok\n[+]ping ok\n\
         [+]readinessState excluded with readiness: ok\nhealthz check passed\n"
    );
    service.availability().set_readiness(ReadinessState::RefusingTraffic);
    let refusing = service.get("/readyz").assert_status(503);
    assert_eq!(refusing.text(), "[-]readinessState failed: reason withheld\nreadyz check failed\n");
    service.get("/livez").assert_status(200);
    service.get("/readyz?exclude=readinessState").assert_status(200);
}

#[test]
fn a_group_without_a_check_has_the_ping_of_kubernetes() {
    let service = bare()
        .setting(KUBERNETES, "true")
        .setting("management.health.ping.enabled", "false")
        .start();
    let answer = service.get("/healthz?verbose").assert_status(200);
    assert_eq!(answer.text(), "[+]ping ok\nhealthz check passed\n");
    assert_eq!(service.get("/healthz/ping").assert_status(200).text(), "ok");
    // There is no probe to speak for.
    assert_eq!(service.status("/readyz"), 404);
}

#[test]
fn a_failed_check_that_is_not_critical_passes_in_kubernetes_form_and_is_told() {
    let service = bare()
        .setting(KUBERNETES, "true")
        .with(|app| {
            let failing = HealthCheck::new("mail", || async { Err::<(), _>("down") });
            app.add_health_check(failing.critical(false));
        })
        .start();
    let answer = service.get("/healthz?verbose").assert_status(200);
    assert_eq!(
        answer.text(),
        "[+]mail failed but not critical: ok\n[+]ping ok\nhealthz check passed\n"
    );
    assert_eq!(service.get("/healthz").text(), "ok");
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
        assert!(!answer.text().contains("bad"), "{path}: {}", answer.text());
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
    let expected =
        ["a_b:responseTime", "bad:responseTime", "brokers/one:responseTime", "ping:responseTime"];
    assert_eq!(names, expected);
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
                    .with_detail("auth", json!({"password": "hunter2"}))
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
        "auth": "{\"password\":\"******\"}",
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
    // Neither group exists here.
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

/// A check that counts how often it ran, and fails while it is told to.
fn counted() -> (TestApp, Arc<AtomicUsize>, Arc<AtomicBool>) {
    let (runs, fails) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let (counter, failing) = (Arc::clone(&runs), Arc::clone(&fails));
    let app = bare().setting("management.health.ping.enabled", "false").with(move |app| {
        app.health_check("redis_available", move || {
            counter.fetch_add(1, Ordering::SeqCst);
            let fails = failing.load(Ordering::SeqCst);
            async move { if fails { (false, "redis failed") } else { (true, "it works") } }
        });
    });
    (app, runs, fails)
}

#[test]
fn healthcheck_keeps_each_result_for_a_while_with_its_own_timestamp() {
    let (app, runs, fails) = counted();
    let service = app.setting(HEALTHCHECK, "true").start();
    let first = service.get("/healthcheck").assert_status(200);
    assert_eq!(first.media_type(), "application/json");
    let first = first.json();
    let members: Vec<_> = first.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, ["hostname", "results", "status", "timestamp"]);
    assert_eq!(first["status"], "success");
    assert!(first["timestamp"].is_f64());
    let result = &first["results"][0];
    assert_eq!(result["checker"], "redis_available");
    assert_eq!((&result["output"], &result["passed"]), (&json!("it works"), &json!(true)));
    let kept = result["expires"].as_f64().unwrap() - result["timestamp"].as_f64().unwrap();
    assert!((kept - 27.0).abs() < 0.001, "{kept}");
    assert!(result["response_time"].is_f64());
    fails.store(true, Ordering::SeqCst);
    let second = service.get("/healthcheck").assert_status(200).json();
    assert_eq!(second["results"], first["results"], "the kept result, verbatim");
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    // Only this view keeps it.
    service.get("/actuator/health").assert_status(503);
    assert_eq!(runs.load(Ordering::SeqCst), 2);
}

#[test]
fn healthcheck_answers_500_with_what_failed_and_its_caching_can_be_set() {
    let (app, runs, fails) = counted();
    fails.store(true, Ordering::SeqCst);
    let service = app
        .setting(HEALTHCHECK, "true")
        .setting("actuator.compat.healthcheck.failure-ttl", "0")
        .start();
    for run in 1..=2 {
        let failed = service.get("/healthcheck").assert_status(500).json();
        assert_eq!(failed["status"], "failure");
        let result = &failed["results"][0];
        assert_eq!((&result["passed"], &result["output"]), (&json!(false), &json!("redis failed")));
        assert_eq!(result["expires"], result["timestamp"]);
        assert_eq!(runs.load(Ordering::SeqCst), run);
    }
}

#[test]
fn healthcheck_of_a_single_check_runs_that_one_and_an_unknown_one_is_404() {
    let (app, runs, _) = counted();
    let service = app
        .setting(HEALTHCHECK, "true")
        .with(|app| {
            app.health_check("bad", || async { false });
        })
        .start();
    for path in ["/healthcheck?check=redis_available", "/healthcheck/redis_available"] {
        let one = service.get(path).assert_status(200).json();
        assert_eq!(one["results"].as_array().unwrap().len(), 1);
    }
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    for path in ["/healthcheck?check=redis_availabel", "/healthcheck/redis_availabel"] {
        let unknown = service.get(path).assert_status(404).json();
        let message = unknown["message"].as_str().unwrap();
        assert!(message.contains("did you mean 'redis_available'?"), "{message}");
    }
    service.get("/healthcheck").assert_status(500);
}

#[test]
fn healthcheck_shows_sections_of_info_that_can_take_no_member_of_its_own() {
    let sections = "actuator.compat.healthcheck.sections";
    let (app, ..) = counted();
    let service = app
        .setting(HEALTHCHECK, "true")
        .setting(sections, "owner,absent")
        .setting("management.info.env.enabled", "true")
        .setting("info.owner.team", "payments")
        .setting("info.owner.password", "hunter2")
        .start();
    let document = service.get("/healthcheck").assert_status(200).json();
    assert_eq!(document["owner"], json!({"team": "payments", "password": "******"}));
    assert_eq!(document["status"], "success");
    let (app, ..) = counted();
    let refused = app.setting(HEALTHCHECK, "true").setting(sections, "status").refused();
    assert!(refused.to_string().contains(sections), "{refused}");
}

#[test]
fn environment_tells_the_system_the_process_and_no_secret() {
    let service = app().setting(HEALTHCHECK, "true").start();
    let document = service.get("/environment").assert_status(200).json();
    assert_eq!(document["os"]["platform"], std::env::consts::OS);
    assert_eq!(document["os"]["uname"].as_array().unwrap().len(), 6);
    let process = &document["process"];
    assert_eq!(process["pid"], std::process::id());
    assert!(process["argv"].as_array().unwrap().iter().all(Value::is_string));
    assert!(process["cwd"].is_string() && process["user"].is_string());
    assert!(process["environ"].is_object());
    let hidden = app()
        .setting(HEALTHCHECK, "true")
        .setting("management.endpoint.env.show-values", "never")
        .start();
    let process = hidden.get("/environment").assert_status(200).json()["process"].clone();
    assert_eq!((&process["argv"][0], &process["cwd"]), (&json!("******"), &json!("******")));
    let off = app()
        .setting(HEALTHCHECK, "true")
        .setting("actuator.compat.healthcheck.environment", "false")
        .start();
    assert_eq!((off.status("/environment"), off.status("/healthcheck")), (404, 200));
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
fn c2c_parts_failures_from_successes_by_level() {
    let service = levels().setting(C2C, "true").start();
    let answer = service.get("/c2c/health_check?max_level=100").assert_status(500);
    assert_eq!(answer.media_type(), "application/json");
    let cache = "max-age=0, must-revalidate, no-cache, no-store";
    assert_eq!(answer.header("cache-control"), Some(cache));
    let mut document = answer.json();
    for side in ["failures", "successes"] {
        for entry in document[side].as_object_mut().unwrap().values_mut() {
            assert!(entry["timing"].is_f64(), "{entry}");
            entry["timing"] = json!(0.5);
        }
    }
    let expected = r#"{
  "failures": {
    "vital": {
      "level": 1,
      "message": "broken",
      "timing": 0.5
    }
  },
  "successes": {
    "alive": {
      "level": 0,
      "timing": 0.5
    },
    "deep/version": {
      "level": 3,
      "result": {
        "count": 2
      },
      "timing": 0.5
    }
  }
}"#;
    assert_eq!(serde_json::to_string_pretty(&document).unwrap(), expected);
    assert!(answer.text().starts_with("{\n  \"failures\": {\n    \"vital\": {\n      \"level\""));
    let default = service.get("/c2c/health_check").assert_status(500).json();
    assert_eq!(default["successes"].as_object().unwrap().len(), 1, "levels 0 and 1");
    let alive = service.get("/c2c/health_check?max_level=0").assert_status(200).json();
    assert_eq!(alive["failures"], json!({}));
    let some = service.get("/c2c/health_check?max_level=3&checks=deep/version,alive");
    assert_eq!(some.assert_status(200).json()["successes"].as_object().unwrap().len(), 2);
}

#[test]
fn trap_c2c_a_name_that_selects_nothing_is_never_green() {
    let service = levels().setting(C2C, "true").start();
    for (query, name, message) in [
        ("checks=vitla", "vitla", "did you mean 'vital'?"),
        ("checks=deep/version", "deep/version", "has level 3, which is above max_level=1"),
        ("checks=alive,none", "none", "there is no check 'none' here"),
    ] {
        let answer = service.get(&format!("/c2c/health_check?{query}")).assert_status(404).json();
        let told = answer["failures"][name]["message"].as_str().unwrap();
        assert!(told.contains(message), "{query}: {told}");
    }
    for bad in ["abc", "-1", "1.5", "99999999999", "+1"] {
        service.get(&format!("/c2c/health_check?max_level={bad}")).assert_status(400);
    }
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
