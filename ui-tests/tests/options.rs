//! What an attribute says is what the running service does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test may fail

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Instant,
};

use actuator::{Actuator, Health, Running, health_check};

#[health_check(name = "optional", critical = false)]
fn optional() -> bool {
    false
}

#[health_check(name = "replica", failure_status = "degraded", groups = ["payments"])]
async fn replica() -> Result<(), &'static str> {
    Err("40 s behind")
}

#[health_check(name = "flaky", failure_threshold = 2, initial_status = "up")]
fn flaky() -> bool {
    false
}

/// How often a check ran.
#[derive(Default)]
struct Runs {
    kept: AtomicUsize,
    background: AtomicUsize,
}

#[health_check(name = "kept", success_ttl = "1h")]
async fn kept(runs: &Runs) -> Health {
    Health::up().with_detail("run", runs.kept.fetch_add(1, Ordering::Relaxed) + 1)
}

#[health_check(name = "background", interval = "1h")]
fn background(runs: &Runs) -> Health {
    Health::up().with_detail("run", runs.background.fetch_add(1, Ordering::Relaxed) + 1)
}

async fn service() -> Running {
    Actuator::builder()
        .isolated()
        .force_setting("server.port", "0")
        .force_setting("server.address", "127.0.0.1")
        .with(|app| {
            app.component(Runs::default());
        })
        .start()
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_of_the_whole_follows_what_the_attributes_say() {
    let running = service().await;
    let address = running.address();
    let health = testkit::get(address, "/actuator/health").assert_status(200).json();
    let components = &health["components"];
    assert_eq!(components["optional"]["status"], "DOWN", "{health}");
    assert_eq!(components["replica"]["status"], "RESTRICTED", "{health}");
    assert_eq!(components["replica"]["details"]["error"], "40 s behind", "{health}");
    assert_eq!(components["flaky"]["status"], "UP", "{health}");
    assert_eq!(health["status"], "RESTRICTED", "{health}");

    // The second failure in a row is believed.
    let health = testkit::get(address, "/actuator/health").assert_status(503).json();
    assert_eq!(health["components"]["flaky"]["status"], "DOWN", "{health}");
    assert_eq!(health["status"], "DOWN", "{health}");

    let group = testkit::get(address, "/actuator/health/payments").assert_status(200).json();
    let members: Vec<&String> = group["components"].as_object().unwrap().keys().collect();
    assert_eq!(members, ["replica"], "{group}");
    running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_is_kept_for_as_long_as_the_attribute_says() {
    let running = service().await;
    for _ in 0..3 {
        let kept = testkit::get(running.address(), "/actuator/health/kept").json();
        assert_eq!(kept["details"]["run"], 1, "{kept}");
    }
    running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_with_an_interval_runs_by_itself_and_not_for_those_who_ask() {
    let running = service().await;
    let ask = || testkit::get(running.address(), "/actuator/health/background").json();
    let begun = Instant::now();
    while ask()["details"].get("run").is_none() {
        assert!(begun.elapsed() < testkit::PATIENCE, "it never ran");
    }
    for _ in 0..3 {
        let known = ask();
        assert_eq!(known["details"]["run"], 1, "{known}");
    }
    running.shutdown().await;
}
