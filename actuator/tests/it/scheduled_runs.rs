//! How scheduled tasks run, as `/actuator/scheduledtasks/{task}` tells it: what overlaps, takes too
//! long or waits, and on whose threads.

use std::{
    sync::{Arc, Mutex, mpsc},
    thread,
    time::{Duration, Instant},
};

use actuator::scheduling::{Overlap, Schedule};
use serde_json::{Value, json};
use testkit::Request;
use tokio::{runtime::Builder, sync::Semaphore};

use crate::app::{Service, app};

const HOUR: Duration = Duration::from_hours(1);
const OFTEN: Duration = Duration::from_millis(1);

fn task(service: &Service, name: &str) -> Value {
    let target = format!("/actuator/scheduledtasks/{name}");
    testkit::get(service.management, &target).assert_status(200).json()
}

/// The task, once it is so.
fn task_that(service: &Service, name: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let began = Instant::now();
    loop {
        let now = task(service, name);
        if is_so(&now) {
            return now;
        }
        assert!(began.elapsed() < testkit::PATIENCE, "{now}");
    }
}

fn count(task: &Value, which: &str) -> u64 {
    task["counts"][which].as_u64().unwrap()
}

fn meter(service: &Service, name: &str, task: &str) -> f64 {
    let target = format!("/actuator/metrics/{name}?tag=code.function:{task}");
    let meter = service.get(&target).assert_status(200).json();
    meter["measurements"][0]["value"].as_f64().unwrap()
}

#[test]
fn runs_that_would_overlap_are_left_out_and_counted() {
    let service = app()
        .with(|app| {
            app.scheduled("skips", Schedule::fixed_rate(OFTEN), std::future::pending::<()>);
        })
        .start();
    let skips = task_that(&service, "skips", |task| count(task, "skipped") > 2);
    assert_eq!(
        (&skips["overlap"], &skips["running"], &skips["queued"]),
        (&json!("skip"), &json!(1), &json!(0)),
        "{skips}"
    );
    assert_eq!((count(&skips, "success"), count(&skips, "error")), (0, 0), "{skips}");
    assert_eq!(skips["lastExecution"]["status"], "STARTED", "{skips}");
    assert!(meter(&service, "tasks.scheduled.skipped", "skips") > 2.0);
}

#[test]
fn runs_that_wait_for_the_one_before_are_told_and_none_is_left_out() {
    let gate = Arc::new(Semaphore::new(0));
    let (held, together) = (Arc::clone(&gate), Arc::new(Semaphore::new(1)));
    let service = app()
        .with(move |app| {
            // So seldom that no slow machine has a thousand of them waiting, which are all that may.
            let often = Duration::from_millis(50);
            let schedule = Schedule::fixed_rate(often).overlap(Overlap::Queue);
            app.scheduled("queues", schedule, move || {
                let (held, together) = (Arc::clone(&held), Arc::clone(&together));
                async move {
                    let alone = together.try_acquire().map_err(|_| "two at a time")?;
                    held.acquire().await.map_err(|_| "closed")?.forget();
                    drop(alone);
                    Ok::<(), &str>(())
                }
            });
        })
        .start();
    let waiting = task_that(&service, "queues", |task| task["queued"].as_u64() > Some(2));
    assert_eq!((&waiting["overlap"], &waiting["running"]), (&json!("queue"), &json!(1)));
    assert_eq!(count(&waiting, "success"), 0, "{waiting}");
    gate.add_permits(3);
    let went_on = task_that(&service, "queues", |task| count(task, "success") == 3);
    assert_eq!((count(&went_on, "skipped"), count(&went_on, "error")), (0, 0), "{went_on}");
}

#[test]
fn a_run_that_takes_too_long_has_failed_by_its_timeout() {
    let service = app()
        .with(|app| {
            let schedule = Schedule::fixed_delay(HOUR).timeout(Duration::from_millis(50));
            app.scheduled("hangs", schedule, std::future::pending::<()>);
            app.scheduled("plain", Schedule::fixed_delay(HOUR), || async {});
        })
        .start();
    // It is told before the run has ended, which it does by being dropped.
    let is_over = |task: &Value| count(task, "error") == 1 && task["running"] == 0;
    let hangs = task_that(&service, "hangs", is_over);
    assert_eq!((&hangs["timeout"], &hangs["queued"]), (&json!(50), &json!(0)), "{hangs}");
    let last = &hangs["lastExecution"];
    assert_eq!((&last["status"], &last["exception"]["type"]), (&json!("ERROR"), &json!("timeout")));
    assert!(hangs["lastDuration"].as_u64() >= Some(50), "{hangs}");
    let failed = "tasks.scheduled.execution?tag=exception:timeout&tag=outcome:ERROR";
    let failed = service.get(&format!("/actuator/metrics/{failed}")).assert_status(200).json();
    assert_eq!(failed["measurements"][0]["value"], 1.0, "{failed}");
    let plain = task_that(&service, "plain", |task| count(task, "success") == 1);
    for member in ["timeout", "jitter", "zone"] {
        assert_eq!(plain.get(member), None, "{plain}");
    }
}

#[test]
fn jitter_and_zone_are_told_of_one_task_and_springs_list_has_neither() {
    let service = app()
        .with(|app| {
            let jitter = Duration::from_millis(250);
            app.scheduled("late", Schedule::fixed_rate(HOUR).jitter(jitter), || async {});
            #[cfg(feature = "cron")]
            app.scheduled(
                "nightly",
                Schedule::cron("0 30 3 * * *").zone("Asia/Kolkata"),
                || async {},
            );
        })
        .start();
    let late = task(&service, "late");
    assert_eq!((&late["jitter"], &late["interval"]), (&json!(250), &json!(3_600_000)), "{late}");
    #[cfg(feature = "cron")]
    {
        let nightly = task_that(&service, "nightly", |task| task["nextExecution"].is_object());
        let told = (&nightly["zone"], &nightly["expression"]);
        assert_eq!(told, (&json!("Asia/Kolkata"), &json!("0 30 3 * * *")), "{nightly}");
        // Half past three there is ten in the evening of the day before.
        let next = nightly["nextExecution"]["time"].as_str().unwrap();
        assert!(next.ends_with("T22:00:00Z"), "{nightly}");
    }
    let list = service.get("/actuator/scheduledtasks").assert_status(200).json();
    for row in [&list["fixedRate"][0], &list["cron"][0]] {
        assert!(row.get("jitter").is_none() && row.get("zone").is_none(), "{list}");
    }
}

/// On which thread a run was.
type Where = Arc<Mutex<mpsc::Sender<String>>>;

fn tell(place: &Where) {
    let name = thread::current().name().unwrap_or_default().to_owned();
    place.lock().unwrap().send(name).unwrap();
}

#[test]
fn tasks_run_on_the_applications_runtime_although_the_management_api_has_one_of_its_own() {
    let (sender, threads) = mpsc::channel();
    let sender: Where = Arc::new(Mutex::new(sender));
    let mut runtime = Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).thread_name("shop-worker").enable_all().build();
    let service = app()
        .setting("management.server.port", "0")
        .setting("management.server.address", "127.0.0.1")
        .setting("management.endpoint.scheduledtasks.access", "unrestricted")
        .with(move |app| {
            let later = Schedule::once(HOUR);
            let (asynchronous, blocking) = (Arc::clone(&sender), sender);
            app.scheduled("awaits", later.clone(), move || {
                let place = Arc::clone(&asynchronous);
                async move {
                    tokio::task::yield_now().await;
                    tell(&place);
                }
            });
            app.scheduled_blocking("blocks", later, move || tell(&blocking));
        })
        .start_on(runtime.unwrap());
    assert_ne!(service.address, service.management);
    for name in ["awaits", "blocks"] {
        task_that(&service, name, |task| task["nextExecution"].is_object());
        // Asked for by a thread of the management API.
        let run = format!("/actuator/scheduledtasks/{name}");
        let run = Request::post(&run, r#"{"action":"run"}"#);
        run.send(service.management).assert_status(204);
        assert_eq!(threads.recv_timeout(testkit::PATIENCE).unwrap(), "shop-worker", "{name}");
    }
}
