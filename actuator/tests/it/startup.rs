//! The start of a service: tasks that have to be finished before it is ready.

use std::sync::mpsc;

use actuator::StartupTask;

use crate::app::app;

#[test]
fn a_service_is_neither_started_nor_ready_until_its_tasks_are_finished() {
    let (take, taken) = mpsc::channel::<StartupTask>();
    let service = app().with(move |app| {
        take.send(app.availability().startup_task("warm cache")).unwrap();
    });
    let service = service.start();
    let task = taken.recv().unwrap();
    let health = service.get("/actuator/health").assert_status(503).json();
    assert_eq!(health["status"], "OUT_OF_SERVICE");
    assert_eq!(health["groups"], serde_json::json!(["liveness", "readiness", "startup"]));
    for state in ["readinessState", "startupState"] {
        let state = &health["components"][state];
        assert_eq!(state["status"], "OUT_OF_SERVICE");
        assert_eq!(state["details"]["startupTasks"][0]["name"], "warm cache");
    }
    service.get("/actuator/health/liveness").assert_status(200);
    for group in ["readiness", "startup"] {
        let answer = service.get(&format!("/actuator/health/{group}")).assert_status(503);
        assert_eq!(answer.text(), r#"{"status":"OUT_OF_SERVICE"}"#);
    }
    task.finished();
    for group in ["readiness", "startup"] {
        let answer = service.get(&format!("/actuator/health/{group}")).assert_status(200);
        assert_eq!(answer.text(), r#"{"status":"UP"}"#);
    }
    let state = service.get("/actuator/health/startupState").assert_status(200);
    assert_eq!(state.text(), r#"{"status":"UP"}"#);
}

#[test]
fn a_start_that_failed_says_why_and_leaves_liveness_alone() {
    let service = app().with(|app| {
        app.availability().startup_task("warm cache").failed("no route to host");
    });
    let service = service.start();
    let state = service.get("/actuator/health/startupState").assert_status(503).json();
    assert_eq!(state["status"], "DOWN");
    assert_eq!(state["details"]["startupTasks"][0]["state"], "failed: no route to host");
    service.get("/actuator/health/readiness").assert_status(503);
    service.get("/actuator/health/liveness").assert_status(200);
}

#[test]
fn start_up_is_a_probe_only_where_somebody_wants_it() {
    let service = app().start();
    let health = service.get("/actuator/health").assert_status(200).json();
    assert_eq!(health["groups"], serde_json::json!(["liveness", "readiness"]));
    assert!(health["components"].get("startupState").is_none());
    service.get("/actuator/health/startup").assert_status(404);

    let service = app()
        .setting("management.endpoint.health.probes.startup", "true")
        .setting("management.endpoint.health.probes.add-additional-paths", "true")
        .start();
    service.get("/actuator/health/startup").assert_status(200);
    service.get("/startupz").assert_status(200);

    let service = app()
        .setting("management.endpoint.health.probes.startup", "false")
        .with(|app| app.availability().startup_task("warm cache").finished())
        .start();
    service.get("/actuator/health/startup").assert_status(404);
    service.get("/actuator/health/readiness").assert_status(200);
}

#[test]
fn a_group_of_the_applications_own_takes_the_place_of_the_start_up_probe() {
    let service = app()
        .setting("management.endpoint.health.group.startup.include", "startupState,db")
        .setting("management.endpoint.health.group.other.include", "db")
        .setting("management.endpoint.health.group.other.additional-path", "server:/startupz")
        .setting("management.endpoint.health.probes.add-additional-paths", "true")
        .with(|app| {
            app.health_check("db", || async { false });
            app.availability().startup_task("warm cache").finished();
        })
        .start();
    let group = service.get("/actuator/health/startup").assert_status(503).json();
    assert_eq!(group["components"]["startupState"]["status"], "UP");
    let other = service.get("/startupz").assert_status(503).json();
    assert!(other["components"].get("startupState").is_none(), "{other}");
}
