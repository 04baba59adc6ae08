//! Scheduled tasks as operators see them: listed, run, paused, measured, audited, and gone in an
//! orderly way.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

use actuator::{Actuator, App, Running, scheduling::Schedule};
use serde_json::Value;
use testkit::{Answer, Request};

const HOUR: Duration = Duration::from_hours(1);
const WRITABLE: (&str, &str) = ("management.endpoint.scheduledtasks.access", "unrestricted");

async fn service(
    settings: &[(&str, &str)],
    set_up: impl FnOnce(&mut App) + Send + 'static,
) -> Running {
    let builder = Actuator::builder()
        .force_setting("actuator.threaddump.stacks", "false")
        .isolated()
        .without_declarations()
        .force_setting("server.port", "0")
        .force_setting("server.address", "127.0.0.1");
    let builder = settings.iter().fold(builder, |builder, (k, v)| builder.force_setting(k, *v));
    builder.with(set_up).start().await.unwrap()
}

/// Asks from another thread, so that the runtime of the test goes on.
async fn get(running: &Running, path: &str) -> Answer {
    let (address, path) = (running.address(), path.to_owned());
    tokio::task::spawn_blocking(move || testkit::get(address, &path)).await.unwrap()
}

async fn act(running: &Running, task: &str, body: &str) -> Answer {
    let request = Request::post(&format!("/actuator/scheduledtasks/{task}"), body);
    let address = running.address();
    tokio::task::spawn_blocking(move || request.send(address)).await.unwrap()
}

async fn task(running: &Running, name: &str) -> Value {
    get(running, &format!("/actuator/scheduledtasks/{name}")).await.assert_status(200).json()
}

/// The task, once it is so.
async fn task_that(running: &Running, name: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let began = Instant::now();
    loop {
        let now = task(running, name).await;
        if is_so(&now) {
            return now;
        }
        assert!(began.elapsed() < testkit::PATIENCE, "{now}");
    }
}

fn executions(task: &Value, which: &str) -> u64 {
    task["counts"][which].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_are_listed_in_springs_form_with_how_they_went() {
    let running = service(&[], |app| {
        let seconds = Duration::from_secs;
        app.scheduled("rate", Schedule::fixed_rate(seconds(60)), || async {});
        app.scheduled("delay", Schedule::fixed_delay(HOUR).initial_delay(HOUR), || async {});
        app.scheduled_blocking("fails", Schedule::fixed_delay(HOUR), || {
            Err::<(), _>(std::io::Error::other("no disk, password=hunter2"))
        });
        app.scheduled("panics", Schedule::fixed_delay(HOUR), || async {
            assert!(std::hint::black_box(false), "out of stock");
        });
        app.scheduled("once", Schedule::once(Duration::ZERO), || async {});
        app.scheduled("own", Schedule::custom("when it rains", |_| None), || async {});
    })
    .await;
    task_that(&running, "rate", |task| executions(task, "success") == 1).await;
    task_that(&running, "once", |task| executions(task, "success") == 1).await;
    task_that(&running, "fails", |task| executions(task, "error") == 1).await;
    task_that(&running, "panics", |task| executions(task, "error") == 1).await;
    let list = get(&running, "/actuator/scheduledtasks").await.assert_status(200).json();
    let rate = &list["fixedRate"][0];
    assert_eq!(rate["runnable"]["target"], "rate", "{list}");
    assert_eq!((&rate["initialDelay"], &rate["interval"]), (&0.into(), &60_000.into()), "{list}");
    assert_eq!(rate["lastExecution"]["status"], "SUCCESS", "{list}");
    assert!(rate["nextExecution"]["time"].as_str() > rate["lastExecution"]["time"].as_str());
    let [delay, fails, panics] = [0, 1, 2].map(|at| &list["fixedDelay"][at]);
    assert_eq!(delay["initialDelay"], 3_600_000, "{list}");
    assert_eq!(delay.get("lastExecution"), None, "{list}");
    let cause = |task: &Value| task["lastExecution"]["exception"].clone();
    assert_eq!(fails["lastExecution"]["status"], "ERROR", "{list}");
    assert_eq!(cause(fails)["type"], "std::io::error::Error", "{list}");
    let message = cause(fails)["message"].as_str().unwrap().to_owned();
    assert!(message.starts_with("no disk") && !message.contains("hunter2"), "{message}");
    assert_eq!(cause(panics)["type"], "panic", "{list}");
    assert_eq!(cause(panics)["message"], "out of stock", "{list}");
    assert_eq!(list["custom"][0]["trigger"], "when it rains", "{list}");
    assert_eq!(list["oneTime"][0]["lastExecution"]["status"], "SUCCESS", "{list}");
    assert_eq!(list["oneTime"][0].get("nextExecution"), None, "{list}");
    assert_eq!(list["cron"], Value::Array(Vec::new()), "{list}");
    get(&running, "/actuator/scheduledtasks/nosuch").await.assert_status(404);
    running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_are_off_until_they_are_asked_for() {
    let set_up = |app: &mut App| {
        app.scheduled("t", Schedule::once(HOUR), || async {});
    };
    let running = service(&[], set_up).await;
    act(&running, "t", r#"{"action":"run"}"#).await.assert_status(405);
    running.shutdown().await;
    // Where there is no task there is no endpoint.
    let running = service(&[WRITABLE], |_| ()).await;
    get(&running, "/actuator/scheduledtasks").await.assert_status(404);
    running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_is_run_paused_and_resumed_over_http_and_the_trail_knows() {
    let running = service(&[WRITABLE], |app| {
        app.scheduled("t", Schedule::fixed_rate(HOUR).initial_delay(HOUR), || async {});
    })
    .await;
    task_that(&running, "t", |task| task.get("nextExecution").is_some()).await;
    act(&running, "t", r#"{"action":"run"}"#).await.assert_status(204);
    task_that(&running, "t", |task| executions(task, "success") == 1).await;
    act(&running, "t", r#"{"action":"pause"}"#).await.assert_status(204);
    let paused = task(&running, "t").await;
    assert_eq!((&paused["paused"], paused.get("nextExecution")), (&true.into(), None), "{paused}");
    act(&running, "t", r#"{"action":"run"}"#).await.assert_status(204);
    task_that(&running, "t", |task| executions(task, "success") == 2).await;
    act(&running, "t", r#"{"action":"resume"}"#).await.assert_status(204);
    let resumed = task(&running, "t").await;
    assert!(resumed["paused"] == false && resumed["nextExecution"].is_object(), "{resumed}");
    act(&running, "t", r#"{"action":"stop"}"#).await.assert_status(400);
    act(&running, "t?action=run", "{}").await.assert_status(400);
    act(&running, "nosuch", r#"{"action":"run"}"#).await.assert_status(404);
    let trail = get(&running, "/actuator/auditevents").await.json();
    let events = trail["events"].as_array().unwrap().iter();
    let changed = events.filter(|event| event["type"] == "SCHEDULED_TASK_CHANGED");
    let actions: Vec<&Value> = changed.map(|event| &event["data"]["action"]).collect();
    assert_eq!(actions, ["run", "pause", "run", "resume"], "{trail}");
    running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_are_measured_under_springs_names() {
    let running = service(&[], |app| {
        app.scheduled("works", Schedule::fixed_delay(HOUR), || async {});
        app.scheduled("fails", Schedule::fixed_delay(HOUR), || async { Err::<(), _>("no") });
    })
    .await;
    task_that(&running, "works", |task| executions(task, "success") == 1).await;
    task_that(&running, "fails", |task| executions(task, "error") == 1).await;
    let count = |tags: &str| {
        let path = format!("/actuator/metrics/tasks.scheduled.execution?{tags}");
        let running = &running;
        async move { get(running, &path).await.json()["measurements"][0]["value"].clone() }
    };
    let works = "tag=code.function:works&tag=code.namespace:ANONYMOUS&tag=outcome:SUCCESS";
    assert_eq!(count(&format!("{works}&tag=exception:none&tag=error:none")).await, 1.0);
    assert_eq!(count("tag=code.function:fails&tag=outcome:ERROR&tag=exception:str").await, 1.0);
    let active = get(&running, "/actuator/metrics/tasks.scheduled.execution.active").await.json();
    assert_eq!(active["measurements"][0]["value"], 0.0, "{active}");
    running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_wait_until_the_service_is_ready_and_no_hook_holds_them_up() {
    let begun = Arc::new(AtomicUsize::new(0));
    let (count, release) = (Arc::clone(&begun), Arc::new(AtomicBool::new(false)));
    let held = Arc::clone(&release);
    let running = service(&[WRITABLE], move |app| {
        let warm = app.availability().startup_task("warm");
        tokio::spawn(async move {
            while !held.load(SeqCst) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            warm.finished();
        });
        app.on_ready("for ever", std::future::pending::<()>);
        app.scheduled("t", Schedule::fixed_rate(Duration::from_millis(1)), move || {
            count.fetch_add(1, SeqCst);
            async {}
        });
    })
    .await;
    act(&running, "t", r#"{"action":"run"}"#).await.assert_status(409);
    assert_eq!(begun.load(SeqCst), 0);
    release.store(true, SeqCst);
    task_that(&running, "t", |task| executions(task, "success") > 1).await;
    running.shutdown().await;
    let after = begun.load(SeqCst);
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(begun.load(SeqCst), after, "nothing runs once the service has stopped");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_runs_is_waited_for_before_the_hooks_of_the_application() {
    let order = Arc::new(std::sync::Mutex::new(Vec::new()));
    let (of_task, of_hook) = (Arc::clone(&order), Arc::clone(&order));
    let running = service(&[], move |app| {
        let lifecycle = app.lifecycle();
        app.on_shutdown_in_phase(1000, "close", move || async move {
            of_hook.lock().unwrap().push("hook");
        });
        app.scheduled("t", Schedule::fixed_rate(HOUR), move || {
            let (of_task, lifecycle) = (Arc::clone(&of_task), lifecycle.clone());
            async move {
                lifecycle.told_to_stop().await;
                tokio::time::sleep(Duration::from_millis(50)).await;
                of_task.lock().unwrap().push("task");
            }
        });
    })
    .await;
    task_that(&running, "t", |task| task["running"] == 1).await;
    running.shutdown().await;
    assert_eq!(*order.lock().unwrap(), ["task", "hook"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_end_within_its_phase_is_cancelled() {
    let running = service(&[("spring.lifecycle.timeout-per-shutdown-phase", "100ms")], |app| {
        app.scheduled("t", Schedule::fixed_rate(HOUR), std::future::pending::<()>);
    })
    .await;
    task_that(&running, "t", |task| task["running"] == 1).await;
    running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_may_leave_its_tasks_to_others() {
    let off = [("actuator.scheduling.enabled", "false"), WRITABLE];
    let running = service(&off, |app| {
        app.scheduled("t", Schedule::fixed_rate(HOUR), || async {});
    })
    .await;
    let task = task(&running, "t").await;
    assert_eq!((task.get("nextExecution"), executions(&task, "success")), (None, 0), "{task}");
    act(&running, "t", r#"{"action":"run"}"#).await.assert_status(409);
    running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_somebody_elses_server_tasks_run_while_the_service_is_registered() {
    let actuator = Actuator::builder()
        .force_setting("actuator.threaddump.stacks", "false")
        .isolated()
        .without_declarations()
        .with(|app| {
            app.scheduled("t", Schedule::fixed_rate(Duration::from_millis(1)), || async {});
        })
        .build()
        .await
        .unwrap();
    let tasks = actuator.scheduled_tasks();
    assert_eq!(tasks.get("t").unwrap().next, None);
    let registration = actuator.register(([127, 0, 0, 1], 1).into());
    while tasks.get("t").unwrap().succeeded < 2 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    registration.shutdown().await;
    let after = tasks.get("t").unwrap().succeeded;
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(tasks.get("t").unwrap().succeeded, after);
}

#[tokio::test]
async fn all_that_cannot_be_scheduled_refuses_the_start_at_once() {
    let refused = Actuator::builder()
        .force_setting("actuator.threaddump.stacks", "false")
        .isolated()
        .without_declarations()
        .with(|app| {
            app.scheduled("zero", Schedule::fixed_rate(Duration::ZERO), || async {});
            app.scheduled("timeout", Schedule::once(HOUR).timeout(Duration::ZERO), || async {});
        })
        .build()
        .await
        .unwrap_err()
        .to_string();
    for part in ["\"zero\"", "scheduled_tasks.rs:", "at least 1 ms", "\"timeout\""] {
        assert!(refused.contains(part), "{refused}");
    }
    let twice = Actuator::builder()
        .force_setting("actuator.threaddump.stacks", "false")
        .isolated()
        .without_declarations()
        .with(|app| {
            app.scheduled("t", Schedule::once(HOUR), || async {});
            app.scheduled("t", Schedule::once(HOUR), || async {});
        })
        .build()
        .await
        .unwrap_err()
        .to_string();
    assert!(twice.contains("scheduled task \"t\" is declared at"), "{twice}");
}
