//! py-healthcheck's two pages.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use serde_json::{Value, json};

use super::{HEALTHCHECK, bare};
use crate::app::{TestApp, app};

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
