//! How a process ends, and how it does not begin.

use std::net::TcpListener;

use crate::quickstart;

#[test]
fn sigterm_ends_it_without_waiting_for_a_limit_and_with_exit_code_0() {
    let service = quickstart().serve();
    service.get("/actuator/health").assert_status(200);
    let log = service.stop();
    assert!(log.contains("shutting down: received SIGTERM"), "{log}");
}

#[test]
fn the_trail_of_audit_events_says_which_signal_ended_it_and_outlives_it() {
    let folder = std::env::temp_dir().join(format!("quickstart-audit-{}", std::process::id()));
    let file = format!("--actuator.auditevents.file={}/audit.jsonl", folder.display());
    quickstart().arg(&file).serve().stop();
    let service = quickstart().arg(&file).serve();
    let ends = service.get("/actuator/auditevents?type=APPLICATION_STOPPING").json();
    assert_eq!(ends["events"].as_array().unwrap().len(), 1, "{ends}");
    assert_eq!(ends["events"][0]["data"]["reason"], "SIGTERM");
    let starts = service.get("/actuator/auditevents?type=APPLICATION_STARTED").json();
    assert_eq!(starts["events"].as_array().unwrap().len(), 2, "{starts}");
    drop(service);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn sigterm_begins_a_delay_and_another_one_ends_it() {
    let mut service = quickstart().arg("--actuator.shutdown.delay=1h").serve();
    service.terminate();
    service.log_until("unready, but serving for 1h more");
    service.get("/actuator/health/readiness").assert_status(503);
    service.get("/actuator/health/liveness").assert_status(200);
    service.terminate();
    let (status, log) = service.finish();
    assert_eq!(status.code(), Some(143), "{log}");
    assert!(log.contains("not waiting: received SIGTERM again"), "{log}");
}

#[test]
fn signals_reach_a_service_with_a_management_port_of_its_own() {
    let service = quickstart().arg("--management.server.port=0").serve();
    let log = service.stop();
    assert!(log.contains("shutting down: received SIGTERM"), "{log}");
}

#[test]
fn a_connection_that_idles_does_not_hold_it_up() {
    let service = quickstart().serve();
    let idle: Vec<_> = (0..3).map(|_| testkit::open(service.address())).collect();
    service.get("/actuator/health").assert_status(200);
    service.stop();
    drop(idle);
}

#[test]
fn trap_seed_10_an_admin_server_that_hangs_delays_neither_start_nor_end() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let service = quickstart().arg(&format!("--spring.boot.admin.client.url={url}")).serve();
    service.get("/actuator/health").assert_status(200);
    // It has asked, and is still waiting for an answer.
    let _held = silent.accept().unwrap();
    service.terminate();
    let (status, log) = service.finish();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(log.contains("stopped in "), "{log}");
}

#[test]
fn a_refused_start_says_why_and_ends_with_exit_code_1() {
    let process = quickstart().arg("--server.port=abc").env("LOGGING_LEVEL_ROOT", "loud").spawn();
    let (status, log) = process.finish();
    assert_eq!(status.code(), Some(1), "{log}");
    for part in ["server.port = \"abc\" (argument --server.port)", "LOGGING_LEVEL_ROOT", "loud"] {
        assert!(log.contains(part), "no {part} in {log}");
    }
}

#[test]
fn a_port_in_use_is_told_with_the_remedy() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let (status, log) = quickstart().env("SERVER_PORT", &port.to_string()).spawn().finish();
    assert_eq!(status.code(), Some(1), "{log}");
    assert!(log.contains("set server.port to another port"), "{log}");
}
