//! The built-in checks of the process and its machine, switched on by settings.

use crate::app::app;

const ON_REQUEST: [&str; 3] = ["fileDescriptors", "processMemory", "runtime"];

#[test]
fn the_default_answer_has_no_more_than_springs_components() {
    let health = app().start().get("/actuator/health").json();
    let components: Vec<&String> = health["components"].as_object().unwrap().keys().collect();
    assert_eq!(components, ["diskSpace", "livenessState", "ping", "readinessState"]);
}

#[test]
fn checks_of_the_process_are_there_when_they_are_asked_for() {
    let service = ON_REQUEST
        .iter()
        .map(|name| format!("management.health.{}.enabled", name.to_lowercase()))
        .fold(app(), |app, name| app.setting(&name, "true"))
        // However busy this machine is.
        .setting("management.health.runtime.down-above", "1h")
        .start();
    let health = service.get("/actuator/health").assert_status(200).json();
    let details = |check: &str| &health["components"][check]["details"];
    for (check, names) in [
        ("fileDescriptors", &["open", "limit", "percent"][..]),
        ("processMemory", &["used", "limit", "percent"][..]),
        ("runtime", &["lagMillis", "worstLagMillis"][..]),
    ] {
        for name in names {
            assert!(details(check)[name].is_number(), "{check}: {health}");
        }
        service.get(&format!("/actuator/health/{check}")).assert_status(200);
    }
    let source = &details("processMemory")["limitSource"];
    assert!(["cgroup", "rlimit", "physical"].iter().any(|known| source == known), "{source}");
}

#[test]
fn a_stage_that_the_settings_draw_lower_is_reached() {
    let service = app()
        .setting("management.health.filedescriptors.enabled", "true")
        .setting("management.health.filedescriptors.degraded-above", "0")
        .setting("management.health.processmemory.enabled", "true")
        .setting("management.health.processmemory.degraded-above", "0")
        .setting("management.health.processmemory.down-above", "0")
        .start();
    let health = service.get("/actuator/health").assert_status(503).json();
    assert_eq!(health["components"]["fileDescriptors"]["status"], "RESTRICTED");
    assert_eq!(health["components"]["processMemory"]["status"], "DOWN");
}

#[test]
fn every_disk_of_the_settings_is_a_check_beside_disk_space() {
    let folder = env!("CARGO_MANIFEST_DIR");
    let service = app()
        .setting("actuator.health.disk.source", folder)
        .setting("actuator.health.disk.source.threshold", "1KB")
        .setting("actuator.health.disk.volume.path", folder)
        .setting("actuator.health.disk.volume.must-be-mounted", "true")
        .setting("actuator.health.disk.gone", "/no/such/path")
        .setting("actuator.health.disk.unwanted", "/no/such/path")
        .setting("management.health.diskspace-unwanted.enabled", "false")
        .start();
    let health = service.get("/actuator/health").assert_status(503).json();
    let components = &health["components"];
    assert_eq!(components["diskSpace"]["status"], "UP");
    assert_eq!(components["diskSpace-source"]["status"], "UP");
    assert_eq!(components["diskSpace-source"]["details"]["threshold"], 1024);
    assert_eq!(components["diskSpace-source"]["details"]["path"], folder);
    assert_eq!(components["diskSpace-volume"]["status"], "DOWN");
    assert_eq!(components["diskSpace-volume"]["details"]["mounted"], false);
    assert_eq!(components["diskSpace-gone"]["details"]["exists"], false);
    assert!(components["diskSpace-unwanted"].is_null());
}

#[test]
fn a_disk_without_a_path_refuses_the_start_with_its_name() {
    let error = app().setting("actuator.health.disk.data.threshold", "1GB").refused().to_string();
    assert!(error.contains("actuator.health.disk.data.path"), "{error}");
}
