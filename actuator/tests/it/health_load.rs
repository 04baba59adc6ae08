//! Many callers, many checks, many changes.

use std::{
    sync::{
        Arc, Barrier,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Instant,
};

use tokio::sync::{Semaphore, watch};

use crate::app::{Service, app};

const CALLERS: usize = 50;
const CHECKS: usize = 100;

#[test]
fn callers_that_come_while_a_check_runs_start_it_no_second_time() {
    let gate = Arc::new(Semaphore::new(0));
    let runs = Arc::new(AtomicUsize::new(0));
    let (held, counted) = (Arc::clone(&gate), Arc::clone(&runs));
    let service = app().setting("actuator.health.timeout", "30s").with(move |app| {
        app.health_check("slow", move || {
            counted.fetch_add(1, Ordering::SeqCst);
            let gate = Arc::clone(&held);
            async move { gate.acquire().await.map(drop) }
        });
    });
    let service = service.start();
    let address = service.address;
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| thread::spawn(move || testkit::get(address, "/actuator/health").status()))
        .collect();
    wait_for_requests(&service, CALLERS);
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    gate.add_permits(CALLERS);
    for caller in callers {
        assert_eq!(caller.join().unwrap(), 200);
    }
}

/// Waits until so many requests are in progress, beside the one that asks for it.
fn wait_for_requests(service: &Service, count: usize) {
    let deadline = Instant::now() + testkit::PATIENCE;
    loop {
        let active = service.get("/actuator/metrics/http.server.requests.active").json();
        let tasks = active["measurements"]
            .as_array()
            .unwrap()
            .iter()
            .find(|measured| measured["statistic"] == "ACTIVE_TASKS")
            .unwrap()["value"]
            .as_f64();
        if tasks == Some((count + 1) as f64) {
            return;
        }
        assert!(Instant::now() < deadline, "{active} and not {count}");
        thread::yield_now();
    }
}

#[test]
fn a_hundred_checks_run_at_once() {
    let meeting = Arc::new(tokio::sync::Barrier::new(CHECKS));
    let service = app().setting("actuator.health.timeout", "30s").with(move |app| {
        for number in 0..CHECKS {
            let meeting = Arc::clone(&meeting);
            app.health_check(format!("check{number}"), move || {
                let meeting = Arc::clone(&meeting);
                async move {
                    meeting.wait().await;
                }
            });
        }
    });
    service.start().get("/actuator/health").assert_status(200);
}
