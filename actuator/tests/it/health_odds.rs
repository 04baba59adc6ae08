//! Odd moments and odd numbers: durations without end, checks that are removed while they run,
//! that ask for themselves, that are asked where no runtime is.

use std::{
    future::{Future, pending},
    pin::pin,
    sync::{Arc, Mutex, mpsc},
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::{Duration, SystemTime},
};

use actuator::{Health, HealthCheck, ReadinessState, Status, StatusOverride};
use axum::{Router, routing::get};
use tokio::sync::{Notify, Semaphore};

use crate::app::{Service, app};

const LONG: Duration = Duration::from_hours(1);
/// As many seconds as a setting can hold.
const ENDLESS: &str = "18446744073709551615s";

fn stated(status: Status, until: SystemTime) -> StatusOverride {
    StatusOverride { status, reason: None, actor: None, until }
}

/// Waits on a thread that no runtime knows of.
fn wait_without_runtime<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

fn healthy(service: &Service, path: &str) {
    let answer = service.get(path).assert_status(200);
    assert_eq!(answer.json()["status"], "UP", "{path}");
}

#[test]
fn durations_without_end_are_as_good_as_very_long_ones() {
    for setting in ["timeout", "success-ttl", "failure-ttl", "interval", "failure-interval"] {
        let late = || async {
            tokio::task::yield_now().await;
            true
        };
        let service = app()
            .setting(&format!("actuator.health.check.db.{setting}"), ENDLESS)
            .setting("actuator.health.show-check", "true")
            .with(move |app| {
                app.health_check("db", late);
            })
            .start();
        healthy(&service, "/actuator/health");
        let answer = service.get("/actuator/health/db").assert_status(200);
        let check = &answer.json()["details"]["check"];
        assert!(check["at"].is_string(), "{setting}: {check}");
    }
}

#[test]
fn network_checks_may_be_given_all_the_time_of_the_world() {
    use actuator::checks::{Dns, Tcp, Url};

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let tcp = Tcp::new(&address).unwrap().timeout(Duration::MAX).named("tcp");
    let dns = Dns::new("localhost").unwrap().timeout(Duration::MAX).named("dns");
    let closed = Url::new("http://127.0.0.1:1/").unwrap().timeout(Duration::MAX).named("url");
    let service = app().checks([tcp, dns, closed]).start();
    healthy(&service, "/actuator/health/tcp");
    healthy(&service, "/actuator/health/dns");
    let answer = service.get("/actuator/health/url").assert_status(503);
    let error = answer.json()["details"]["error"].as_str().unwrap().to_owned();
    assert!(error.starts_with("expected an answer, found"), "{error}");
}

#[test]
fn a_service_that_may_drain_without_end_waits_for_requests_and_goes_down() {
    let (began, release) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let handler = {
        let (began, release) = (Arc::clone(&began), Arc::clone(&release));
        get(move || async move {
            began.notify_one();
            release.notified().await;
            "done"
        })
    };
    let service = app()
        .setting("spring.lifecycle.timeout-per-shutdown-phase", ENDLESS)
        .setting("management.server.port", "0")
        .routes(Router::new().route("/work", handler))
        .start();
    let (address, availability) = (service.address, service.availability());
    let work = thread::spawn(move || testkit::get(address, "/work"));
    service.block_on(began.notified());
    let stopping = service.stop();
    let deadline = std::time::Instant::now() + testkit::PATIENCE;
    while availability.readiness() == ReadinessState::AcceptingTraffic {
        assert!(std::time::Instant::now() < deadline, "it still takes traffic");
        thread::yield_now();
    }
    release.notify_one();
    work.join().unwrap().assert_status(200);
    stopping.finish();
    assert!(std::net::TcpStream::connect(address).is_err());
}

#[test]
fn an_override_that_would_never_end_is_refused_and_harms_nothing() {
    let service = app()
        .with(|app| {
            app.health_check("db", || async { true });
        })
        .start();
    let ages = Duration::from_secs(1_000_000_000_000);
    let never = stated(Status::DOWN, SystemTime::now() + ages);
    let refused = service.health().override_status("db", never).unwrap_err().to_string();
    assert!(refused.contains("before it begins, or never"), "{refused}");
    healthy(&service, "/actuator/health/db");
}

#[test]
fn a_duration_that_no_number_holds_is_a_bad_request() {
    let service = app().setting("actuator.health.override.enabled", "true").start();
    for duration in [
        "PT5000000000000000H10000000000000000000S",
        "P200000000000000DT5000000000000000H",
        "99999999999999999999d",
        "PT1e400S",
        "PTNaNS",
    ] {
        let body = format!(r#"{{"duration":"{duration}"}}"#);
        service.post("/actuator/health/ping", &body).assert_status(400);
    }
}

#[test]
fn statuses_set_by_hand_again_and_again_leave_nothing_behind() {
    let service = app()
        .with(|app| {
            app.health_check("db", || async { true });
        })
        .start();
    let _runtime = service.enter();
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let before = tasks();
    for _ in 0..1_000 {
        let until = SystemTime::now() + LONG;
        service.health().override_status("db", stated(Status::DOWN, until)).unwrap();
    }
    service.health().clear_override("db").unwrap();
    let deadline = std::time::Instant::now() + testkit::PATIENCE;
    while tasks() > before + 10 {
        assert!(std::time::Instant::now() < deadline, "{} tasks, before {before}", tasks());
        thread::yield_now();
    }
}

#[test]
fn the_rhythm_of_a_removed_check_ends_though_the_last_document_remembers_the_check() {
    let service = app().start();
    let _runtime = service.enter();
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let before = tasks();
    let health = service.health();
    for number in 0..50 {
        let check = HealthCheck::new(format!("tenant/{number}"), || async { true });
        health.register(check.interval(LONG)).unwrap();
    }
    service.get("/actuator/health").assert_status(200);
    // Those of the start may have ended meanwhile.
    assert!(tasks() >= before + 40);
    assert!(health.unregister("tenant"));
    let deadline = std::time::Instant::now() + testkit::PATIENCE;
    while tasks() > before + 10 {
        assert!(std::time::Instant::now() < deadline, "{} tasks, before {before}", tasks());
        thread::yield_now();
    }
}

#[test]
fn a_check_that_is_removed_while_it_runs_is_not_heard_of_any_more() {
    let service = app().start();
    let _runtime = service.enter();
    let (running, release) = (Arc::new(Notify::new()), Arc::new(Semaphore::new(0)));
    let slow = {
        let (running, release) = (Arc::clone(&running), Arc::clone(&release));
        move || {
            let (running, release) = (Arc::clone(&running), Arc::clone(&release));
            async move {
                running.notify_one();
                let _released = release.acquire().await;
                false
            }
        }
    };
    let health = service.health();
    let (tell, told) = mpsc::channel();
    let tell = Mutex::new(tell);
    health.on_change(move |change| {
        let _ = tell.lock().unwrap().send(format!("{} {}", change.path, change.to.code()));
    });
    health.register(HealthCheck::new("db", slow).timeout(LONG)).unwrap();
    let asking = tokio::spawn({
        let health = Arc::clone(&health);
        async move { health.check_now("db").await }
    });
    service.block_on(running.notified());
    assert!(health.unregister("db"));
    health.register(HealthCheck::new("db", || async { true })).unwrap();
    release.add_permits(1);
    // Who asked is answered.
    let answer = service.block_on(asking).unwrap().unwrap();
    assert_eq!(answer.status(), &Status::DOWN);
    healthy(&service, "/actuator/health/db");
    health.register(HealthCheck::new("other", || async { false })).unwrap();
    service.get("/actuator/health/other").assert_status(503);
    let first = told.recv_timeout(testkit::PATIENCE).unwrap();
    assert_eq!(first, "other DOWN", "the removed check was told of");
}

#[test]
fn an_override_that_ends_before_the_first_result_is_taken_back_before_everybody() {
    let service = app().start();
    let _runtime = service.enter();
    let health = service.health();
    health.register(HealthCheck::new("db", || async { true })).unwrap();
    let mut stream = health.subscribe();
    health.override_status("db", stated(Status::DOWN, SystemTime::now() + LONG)).unwrap();
    health.clear_override("db").unwrap();
    healthy(&service, "/actuator/health/db");
    let mut next = || {
        let event = service.block_on(stream.next()).unwrap();
        let actuator::HealthEvent::Changed(change) = event else { panic!("{event:?}") };
        assert_eq!(change.outage.is_some(), change.from == Status::DOWN);
        format!("{} {}", change.from.code(), change.to.code())
    };
    assert_eq!([next(), next(), next()], ["UNKNOWN DOWN", "DOWN UNKNOWN", "UNKNOWN UP"]);
}

#[test]
fn a_check_that_asks_for_itself_waits_until_its_deadline_and_no_longer() {
    let service = app().start();
    let _runtime = service.enter();
    let health = service.health();
    let again = Arc::downgrade(&health);
    let narcissus = move || {
        let health = again.upgrade();
        async move {
            match health {
                Some(health) => health.check_now("narcissus").await.unwrap_or_else(Health::unknown),
                None => Health::up(),
            }
        }
    };
    let timeout = Duration::from_millis(30);
    health.register(HealthCheck::new("narcissus", narcissus).timeout(timeout)).unwrap();
    for _ in 0..2 {
        let answer = service.get("/actuator/health/narcissus").assert_status(503);
        assert_eq!(answer.json()["details"]["error"], "timeout after 30 ms");
    }
    healthy(&service, "/actuator/health/liveness");
}

#[test]
fn a_check_may_register_others_and_set_them_while_it_runs() {
    let service = app().start();
    let _runtime = service.enter();
    let health = service.health();
    let tree = Arc::downgrade(&health);
    let busy = move || {
        let tree = tree.upgrade();
        async move {
            let Some(tree) = tree else { return false };
            let new = tree.register(HealthCheck::new("found/one", || async { true })).is_ok();
            let until = SystemTime::now() + LONG;
            new && tree.override_status("found/one", stated(Status::UP, until)).is_ok()
                && tree.unregister("found")
        }
    };
    health.register(HealthCheck::new("busy", busy)).unwrap();
    healthy(&service, "/actuator/health/busy");
    healthy(&service, "/actuator/health/busy");
}

#[test]
fn a_thread_without_a_runtime_gets_an_answer_too() {
    let service = app().start();
    let health = service.health();
    {
        let _runtime = service.enter();
        let later = || async {
            tokio::time::sleep(Duration::from_millis(1)).await;
            true
        };
        let never = HealthCheck::new("never", pending::<()>).timeout(Duration::from_millis(20));
        health.register(HealthCheck::new("later", later)).unwrap();
        health.register(never).unwrap();
    }
    let asked = |path: &'static str| {
        let health = Arc::clone(&health);
        let answer = thread::spawn(move || wait_without_runtime(health.check_now(path)));
        answer.join().unwrap().unwrap().status().clone()
    };
    assert_eq!(asked("later"), Status::UP);
    assert_eq!(asked("never"), Status::DOWN);
}
