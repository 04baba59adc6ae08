//! Many callers, many checks, many requests, many changes.

use std::{
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use actuator::{HealthCheck, HealthEvent, HealthTransition};
use tokio::{
    sync::{Barrier, Semaphore},
    time::timeout,
};

use crate::app::{Service, app, runtime};

const CALLERS: usize = 50;
const CHECKS: usize = 100;
const CHANGES: u64 = 500;

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
    let expected = serde_json::json!((count + 1) as f64);
    let deadline = Instant::now() + testkit::PATIENCE;
    loop {
        let active = service.get("/actuator/metrics/http.server.requests.active").json();
        let measured = active["measurements"].as_array().unwrap();
        let tasks = measured.iter().find(|one| one["statistic"] == "ACTIVE_TASKS").unwrap();
        if tasks["value"] == expected {
            return;
        }
        assert!(Instant::now() < deadline, "not {expected}: {active}");
        thread::yield_now();
    }
}

#[test]
fn a_hundred_checks_run_at_once_whether_they_block_or_not() {
    // Nobody passes before all have come.
    let meeting = Arc::new(Barrier::new(CHECKS));
    let blocking_meeting = Arc::new((Mutex::new(0), Condvar::new()));
    let service = app().setting("actuator.health.timeout", "30s").with(move |app| {
        for number in 0..CHECKS {
            let meeting = Arc::clone(&meeting);
            app.health_check(format!("waiting/{number}"), move || {
                let meeting = Arc::clone(&meeting);
                async move {
                    meeting.wait().await;
                }
            });
            let meeting = Arc::clone(&blocking_meeting);
            app.add_health_check(HealthCheck::blocking(format!("blocking/{number}"), move || {
                let (come, all) = &*meeting;
                let mut come = come.lock().unwrap();
                *come += 1;
                all.notify_all();
                let (come, _) =
                    all.wait_timeout_while(come, testkit::PATIENCE, |come| *come < CHECKS).unwrap();
                *come == CHECKS
            }));
        }
    });
    let service = service.start();
    service.get("/actuator/health/waiting").assert_status(200);
    service.get("/actuator/health/blocking").assert_status(200);
}

#[test]
fn a_result_that_is_kept_is_given_out_without_a_second_run() {
    let (good, bad) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counts = [Arc::clone(&good), Arc::clone(&bad)];
    let long = Duration::from_hours(1);
    let service = app().with(move |app| {
        app.add_health_check(
            HealthCheck::new("good", move || {
                good.fetch_add(1, Ordering::SeqCst);
                async { true }
            })
            .success_ttl(long),
        );
        app.add_health_check(
            HealthCheck::new("bad", move || {
                bad.fetch_add(1, Ordering::SeqCst);
                async { Err::<(), _>("no route to host") }
            })
            .success_ttl(long),
        );
    });
    let service = service.start();
    let first = service.get("/actuator/health").assert_status(503).text();
    for _ in 0..9 {
        assert_eq!(
            service.get("/actuator/health/good").assert_status(200).text(),
            r#"{"status":"UP"}"#
        );
        service.get("/actuator/health/bad").assert_status(503);
    }
    assert_eq!(service.get("/actuator/health").text(), first);
    let runs = counts.map(|count| count.load(Ordering::SeqCst));
    // Only what is good is kept here.
    assert_eq!(runs, [1, 11]);
}

#[test]
fn every_change_of_status_reaches_every_subscriber_once_and_in_order() {
    let service = app().setting("logging.level.actuator::health", "OFF").with(|app| {
        let was_up = AtomicBool::new(false);
        app.health_check("toggled", move || {
            let up = !was_up.fetch_xor(true, Ordering::SeqCst);
            async move { up }
        });
    });
    let service = service.start();
    // The first result is no change.
    service.get("/actuator/health/toggled").assert_status(200);
    let checks = service.health();
    let mut streams = [checks.subscribe(), checks.subscribe()];
    let called = Arc::new(Mutex::new(Vec::new()));
    let calls = Arc::clone(&called);
    checks.on_change(move |change| calls.lock().unwrap().push(told(change)));
    for number in 0..CHANGES {
        let expected = if number % 2 == 0 { 503 } else { 200 };
        service.get("/actuator/health/toggled").assert_status(expected);
    }
    let word = |number: u64| if number % 2 == 0 { "UP" } else { "DOWN" };
    let expected: Vec<_> = (1..=CHANGES)
        .map(|number| (number, word(number - 1).to_owned(), word(number).to_owned()))
        .collect();
    let runtime = runtime();
    for stream in &mut streams {
        let mut seen = Vec::new();
        while seen.len() < expected.len() {
            let next = async { timeout(testkit::PATIENCE, stream.next()).await };
            match runtime.block_on(next) {
                Ok(Some(HealthEvent::Changed(change))) => seen.push(told(&change)),
                other => panic!("{other:?} after {} changes", seen.len()),
            }
        }
        assert_eq!(seen, expected);
    }
    assert_eq!(*called.lock().unwrap(), expected);
}

fn told(change: &HealthTransition) -> (u64, String, String) {
    assert_eq!(&*change.path, "toggled");
    (change.sequence, change.from.code().to_owned(), change.to.code().to_owned())
}
