//! Checks that fail, hang and panic; callers that go away; probes through the life of a process.

use std::{
    io::Write as _,
    sync::{Arc, mpsc},
    time::Instant,
};

use actuator::{Health, LivenessState, ReadinessState};
use tokio::sync::Notify;

use crate::app::{app, gated_route};

#[test]
fn trap_seed_01_checks_that_panic_or_fail_are_down_beside_the_others() {
    let service = app().with(|app| {
        app.health_check("asyncPanic", || async { std::hint::black_box(None::<bool>).unwrap() });
        app.health_check("beforeItsFuture", || {
            assert!(std::hint::black_box(false), "boom");
            async { true }
        });
        app.health_check("failing", || async { Err::<(), _>("no route to host") });
        app.health_check("fine", || async { Health::up().with_detail("open", 3) });
    });
    let service = service.start();
    for _ in 0..2 {
        let health = service.get("/actuator/health").assert_status(503).json();
        let components = &health["components"];
        assert_eq!(health["status"], "DOWN");
        for name in ["asyncPanic", "beforeItsFuture"] {
            assert_eq!(components[name]["status"], "DOWN");
            let error = components[name]["details"]["error"].as_str().unwrap();
            assert!(error.starts_with("panicked: "), "{error}");
        }
        assert_eq!(components["failing"]["details"]["error"], "no route to host");
        assert_eq!(components["fine"]["details"]["open"], 3);
    }
    service.get("/actuator/health/asyncPanic").assert_status(503);
    service.get("/actuator/health/fine").assert_status(200);
}

#[test]
fn a_check_that_hangs_is_down_after_its_deadline() {
    let service = app().setting("actuator.health.timeout", "50ms").with(|app| {
        app.health_check("stuck", std::future::pending::<Health>);
        app.health_check("fine", || async { true });
    });
    let health = service.start().get("/actuator/health").assert_status(503).json();
    assert_eq!(health["components"]["stuck"]["details"]["error"], "timeout after 50 ms");
    assert_eq!(health["components"]["fine"]["status"], "UP");
}

#[test]
fn a_slow_check_delays_nobody_who_does_not_ask_for_it() {
    let gate = Arc::new(Notify::new());
    let (began, begins) = mpsc::channel();
    let held = Arc::clone(&gate);
    let service = app().setting("actuator.health.timeout", "30s").with(move |app| {
        app.health_check("slow", move || {
            let (gate, began) = (Arc::clone(&held), began.clone());
            async move {
                let opened = gate.notified();
                began.send(()).unwrap();
                opened.await;
            }
        });
        app.health_check("fast", || async { true });
    });
    let service = service.start();
    let address = service.address;
    let whole = std::thread::spawn(move || testkit::get(address, "/actuator/health"));
    begins.recv_timeout(testkit::PATIENCE).unwrap();
    // The whole answer is still out.
    service.get("/actuator/health/fast").assert_status(200);
    service.get("/actuator/health/liveness").assert_status(200);
    service.get("/actuator/info").assert_status(200);
    gate.notify_one();
    let health = whole.join().unwrap().assert_status(200).json();
    assert_eq!(health["components"]["slow"]["status"], "UP");
}

#[test]
fn a_caller_that_goes_away_cancels_no_check() {
    let gate = Arc::new(Notify::new());
    let (said, hears) = mpsc::channel();
    let held = Arc::clone(&gate);
    let service = app().setting("actuator.health.timeout", "30s").with(move |app| {
        app.health_check("slow", move || {
            let (gate, said) = (Arc::clone(&held), said.clone());
            async move {
                let opened = gate.notified();
                said.send("began").unwrap();
                opened.await;
                said.send("ended").unwrap();
            }
        });
    });
    let service = service.start();
    let mut caller = testkit::open(service.address);
    write!(caller, "GET /actuator/health HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    assert_eq!(hears.recv_timeout(testkit::PATIENCE), Ok("began"));
    drop(caller);
    service.get("/actuator/health/liveness").assert_status(200);
    gate.notify_one();
    assert_eq!(hears.recv_timeout(testkit::PATIENCE), Ok("ended"));
    service.get("/actuator/health/liveness").assert_status(200);
}

#[test]
fn probes_follow_what_the_application_says_of_itself() {
    let service = app().start();
    let probe = |name: &str| {
        let answer = service.get(&format!("/actuator/health/{name}"));
        (answer.status(), answer.json()["status"].as_str().unwrap().to_owned())
    };
    assert_eq!(probe("liveness"), (200, "UP".to_owned()));
    assert_eq!(probe("readiness"), (200, "UP".to_owned()));
    service.availability().set_readiness(ReadinessState::RefusingTraffic);
    assert_eq!(probe("liveness"), (200, "UP".to_owned()));
    assert_eq!(probe("readiness"), (503, "OUT_OF_SERVICE".to_owned()));
    service.availability().set_readiness(ReadinessState::AcceptingTraffic);
    service.availability().set_liveness(LivenessState::Broken);
    assert_eq!(probe("liveness"), (503, "DOWN".to_owned()));
    assert_eq!(probe("readiness"), (200, "UP".to_owned()));
}

#[test]
fn on_the_way_down_requests_in_progress_finish_and_traffic_is_refused_while_alive() {
    let (route, gate, begins) = gated_route();
    let service = app().routes(route).start();
    let (address, availability) = (service.address, service.availability());
    let work = std::thread::spawn(move || testkit::get(address, "/work"));
    begins.recv_timeout(testkit::PATIENCE).unwrap();
    let stopping = service.stop();
    let deadline = Instant::now() + testkit::PATIENCE;
    while availability.readiness() == ReadinessState::AcceptingTraffic {
        assert!(Instant::now() < deadline, "it still takes traffic");
        std::thread::yield_now();
    }
    assert_eq!(availability.liveness(), LivenessState::Correct);
    availability.set_readiness(ReadinessState::AcceptingTraffic);
    assert_eq!(availability.readiness(), ReadinessState::RefusingTraffic);
    gate.notify_one();
    assert_eq!(work.join().unwrap().assert_status(200).text(), "finished");
    stopping.finish();
    assert!(std::net::TcpStream::connect(address).is_err());
}
