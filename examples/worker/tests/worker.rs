//! The worker as a process: `serve!` inside a runtime that the application started.

#![allow(clippy::unwrap_used)]

use testkit::Program;

#[test]
fn the_job_runs_beside_the_management_api_and_both_end_on_sigterm() {
    let mut worker = Program::at(env!("CARGO_BIN_EXE_worker")).serve();
    worker.log_until("job done");
    let health = worker.get("/actuator/health").assert_status(200).json();
    let queue = &health["components"]["queue"];
    assert_eq!(queue["status"], "UP");
    assert!(queue["details"]["output"].as_str().unwrap().ends_with(" jobs done"), "{queue}");
    let tasks = worker.get("/actuator/scheduledtasks").assert_status(200).json();
    assert_eq!(tasks["fixedRate"][0]["runnable"]["target"], "work", "{tasks}");
    assert_eq!(tasks["fixedRate"][0]["interval"], 5_000, "{tasks}");
    assert_eq!(tasks["cron"][0]["expression"], "0 0 3 * * *", "{tasks}");
    assert!(tasks["cron"][0]["nextExecution"]["time"].is_string(), "{tasks}");
    // It has no routes of its own: what is not management is not found, in the same words.
    assert_eq!(worker.get("/").assert_status(404).json()["error"], "Not Found");
    assert_eq!(worker.get("/actuator/info").json()["build"]["name"], "worker");
    worker.stop();
}
