//! The management API on a port of its own: it answers whatever becomes of the application, and
//! until the application is gone.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, mpsc},
    time::{Duration, Instant},
};

use actuator::{Health, HealthCheck};
use axum::{Router, routing::get};
use tokio::runtime::{Builder, Runtime};

use crate::app::{TestApp, app, gated_route};

fn with_own_port() -> TestApp {
    app().setting("management.server.port", "0").setting("management.server.address", "127.0.0.1")
}

fn one_worker() -> Runtime {
    Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

/// A handler that blocks its thread until the sender goes away; the receiver tells that it began,
/// and that it ended.
fn blocking() -> (Router, mpsc::Sender<()>, mpsc::Receiver<()>) {
    let (release, held) = mpsc::channel::<()>();
    let (began, begins) = mpsc::channel();
    let held = Arc::new(Mutex::new(held));
    let handler = get(move || async move {
        began.send(()).unwrap();
        let _ = held.lock().unwrap().recv_timeout(2 * testkit::PATIENCE);
        let _ = began.send(());
        "done"
    });
    (Router::new().route("/block", handler), release, begins)
}

fn ask(address: SocketAddr, target: &'static str) -> std::thread::JoinHandle<testkit::Answer> {
    std::thread::spawn(move || testkit::get(address, target))
}

#[track_caller]
fn until(what: &str, reached: impl Fn() -> bool) {
    let deadline = Instant::now() + testkit::PATIENCE;
    while !reached() {
        assert!(Instant::now() < deadline, "not {what}");
        std::thread::yield_now();
    }
}

fn is_closed(address: SocketAddr) -> bool {
    TcpStream::connect(address).is_err()
}

#[test]
fn it_answers_while_the_application_blocks_its_only_worker() {
    let (routes, release, begins) = blocking();
    let service = with_own_port().routes(routes).with(|app| {
        app.info_source("source", || "given");
        app.env_source("source", || ["given"]);
    });
    let service = service.start_on(one_worker());
    let blocked = ask(service.address, "/block");
    begins.recv_timeout(testkit::PATIENCE).unwrap();
    for path in ["health/liveness", "health/readiness", "metrics", "loggers"] {
        testkit::get(service.management, &format!("/actuator/{path}")).assert_status(200);
    }
    let threads = testkit::get(service.management, "/actuator/threaddump").text();
    // What needs the application waits for it, but not for ever, and holds nobody up.
    let info = ask(service.management, "/actuator/info");
    let env = ask(service.management, "/actuator/env");
    testkit::get(service.management, "/actuator/health/liveness").assert_status(200);
    assert!(!blocked.is_finished() && !info.is_finished() && !env.is_finished());
    drop(release);
    assert_eq!(blocked.join().unwrap().assert_status(200).text(), "done");
    assert_eq!(info.join().unwrap().assert_status(200).json()["source"], "given");
    assert!(env.join().unwrap().assert_status(200).text().contains("given"));
    if cfg!(target_os = "linux") {
        assert!(threads.contains("\"actuator-manag"), "{threads}");
    }
}

#[test]
fn the_check_of_the_runtime_and_those_that_wait_for_it_say_that_it_is_stuck() {
    let (routes, release, begins) = blocking();
    let service = with_own_port()
        .setting("management.health.runtime.enabled", "true")
        .setting("management.health.runtime.down-above", "1ms")
        .setting("actuator.health.timeout", "50ms")
        .routes(routes)
        .with(|app| {
            app.health_check("db", || async { true });
        })
        .start_on(one_worker());
    let blocked = ask(service.address, "/block");
    begins.recv_timeout(testkit::PATIENCE).unwrap();
    let details = |name: &str| {
        let path = format!("/actuator/health/{name}");
        testkit::get(service.management, &path).json()["details"].clone()
    };
    until("overdue", || details("runtime")["lagMillis"].as_u64().is_some_and(|lag| lag > 1));
    let error = details("db")["error"].to_string();
    assert!(error.contains("50 ms: the application's runtime does not get to it"), "{error}");
    drop(release);
    blocked.join().unwrap().assert_status(200);
}

#[test]
fn a_check_that_blocks_the_application_is_down_and_stops_neither_kept_answers_nor_liveness() {
    let (release, held) = mpsc::channel::<()>();
    let held = Arc::new(Mutex::new(held));
    let service = with_own_port().setting("actuator.health.timeout", "50ms").with(move |app| {
        let kept = HealthCheck::new("kept", || async { Health::up() });
        app.add_health_check(kept.success_ttl(Duration::from_hours(1)));
        app.health_check("stuck", move || {
            let held = Arc::clone(&held);
            async move {
                let _ = held.lock().unwrap().recv_timeout(testkit::PATIENCE);
            }
        });
    });
    let service = service.start_on(one_worker());
    let status = |path: &str| testkit::get(service.management, path).status();
    assert_eq!(status("/actuator/health/kept"), 200);
    for _ in 0..3 {
        let health = testkit::get(service.management, "/actuator/health").assert_status(503).json();
        assert_eq!(health["components"]["stuck"]["status"], "DOWN");
        assert_eq!(health["components"]["kept"]["status"], "UP");
        assert_eq!(status("/actuator/health/kept"), 200);
        assert_eq!(status("/actuator/health/liveness"), 200);
    }
    drop(release);
}

#[test]
fn sources_run_on_the_runtime_of_the_application() {
    let of_runtime = || tokio::runtime::Handle::current().id().to_string();
    let service = with_own_port()
        .with(move |app| {
            app.info_source("runtime", of_runtime);
            app.info_source("panics", || assert!(std::hint::black_box(false), "boom"));
            app.env_source("panics", || assert!(std::hint::black_box(false), "boom"));
        })
        .start_on(one_worker());
    let info = testkit::get(service.management, "/actuator/info").assert_status(200).json();
    assert_eq!(info["runtime"], service.runtime_id());
    assert_eq!(info["panics"]["error"], "panicked: boom");
    let env = testkit::get(service.management, "/actuator/env/error").assert_status(200);
    assert!(env.text().contains("the source panicked"), "{}", env.text());
}

#[test]
fn it_shows_the_whole_way_down_and_ends_last() {
    let (route, gate, begins) = gated_route();
    let service = with_own_port().routes(route).start();
    let (application, management) = (service.address, service.management);
    let work = ask(application, "/work");
    begins.recv_timeout(testkit::PATIENCE).unwrap();
    let stopping = service.stop();
    until("closed to new connections", || is_closed(application));
    let readiness = testkit::get(management, "/actuator/health/readiness").assert_status(503);
    assert_eq!(readiness.text(), r#"{"status":"OUT_OF_SERVICE"}"#);
    testkit::get(management, "/actuator/health/liveness").assert_status(200);
    assert!(!work.is_finished());
    gate.notify_one();
    assert_eq!(work.join().unwrap().assert_status(200).text(), "finished");
    stopping.finish();
    assert!(is_closed(management));
}

/// The first line of a request, and the status of readiness at that moment.
type Seen = (String, Option<u16>);

/// An admin server that accepts everything; of each request it tells the first line, and what
/// readiness on the management port is at that moment, as soon as it is told where that is.
fn admin_server() -> (String, mpsc::Sender<SocketAddr>, mpsc::Receiver<Seen>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (say, said) = mpsc::channel();
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut first = String::new();
            BufReader::new(&connection).read_line(&mut first).unwrap();
            let place: Option<SocketAddr> = told.try_recv().ok();
            let readiness =
                place.map(|place| testkit::get(place, "/actuator/health/readiness").status());
            let body = r#"{"id":"42"}"#;
            let length = body.len();
            let head =
                "HTTP/1.1 201 Created\r\ncontent-type: application/json\r\nconnection: close";
            write!(connection, "{head}\r\ncontent-length: {length}\r\n\r\n{body}").unwrap();
            if say.send((first, readiness)).is_err() {
                return;
            }
        }
    });
    (url, tell, said)
}

#[test]
fn the_registration_is_taken_back_after_the_last_request_and_before_the_port_closes() {
    let (url, tell, said) = admin_server();
    let (routes, release, begins) = blocking();
    let service = with_own_port()
        .setting("spring.boot.admin.client.url", &url)
        .setting("spring.boot.admin.client.auto-deregistration", "true")
        .routes(routes)
        .start();
    let (line, _) = said.recv_timeout(testkit::PATIENCE).unwrap();
    assert!(line.starts_with("POST /instances "), "{line}");
    let (application, management) = (service.address, service.management);
    let work = ask(application, "/block");
    begins.recv_timeout(testkit::PATIENCE).unwrap();
    let stopping = service.stop();
    until("closed to new connections", || is_closed(application));
    assert!(said.try_recv().is_err(), "requests are still in progress");
    tell.send(management).unwrap();
    drop(release);
    work.join().unwrap().assert_status(200);
    stopping.finish();
    let (line, readiness) = said.recv_timeout(testkit::PATIENCE).unwrap();
    assert!(line.starts_with("DELETE /instances/42 "), "{line}");
    assert_eq!(readiness, Some(503));
    assert!(is_closed(management));
}

#[test]
fn during_the_delay_the_service_is_unready_but_serves() {
    let routes = Router::new().route("/", get(|| async { "hello" }));
    let service = app().setting("actuator.shutdown.delay", "1h").routes(routes).start();
    let (address, availability) = (service.address, service.availability());
    let _stopping = service.stop();
    until("unready", || testkit::get(address, "/actuator/health/readiness").status() == 503);
    testkit::get(address, "/actuator/health/liveness").assert_status(200);
    assert_eq!(testkit::get(address, "/").assert_status(200).text(), "hello");
    assert_eq!(availability.readiness(), actuator::ReadinessState::RefusingTraffic);
}

#[test]
fn a_stuck_application_does_not_hold_up_the_way_down() {
    let (routes, release, begins) = blocking();
    let service = with_own_port()
        .setting("server.shutdown", "immediate")
        .setting("management.endpoint.shutdown.access", "unrestricted")
        .routes(routes)
        .start_on(one_worker());
    let (application, management) = (service.address, service.management);
    let mut caller = testkit::open(application);
    caller.write_all(b"GET /block HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    begins.recv_timeout(testkit::PATIENCE).unwrap();
    testkit::Request::new("POST", "/actuator/shutdown").send(management).assert_status(200);
    let ended = service.wait();
    assert!(is_closed(management));
    assert_eq!(begins.try_recv(), Err(mpsc::TryRecvError::Empty), "it is not stuck any more");
    drop(release);
    drop(ended);
}

#[test]
fn it_ends_with_the_runtime_of_the_application() {
    let service = with_own_port().start();
    let management = service.management;
    testkit::get(management, "/actuator/health").assert_status(200);
    drop(service);
    until("closed", || is_closed(management));
}

#[test]
fn nothing_is_served_when_the_management_port_is_taken() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let free = testkit::free_port();
    let error = with_own_port()
        .setting("server.port", &free.to_string())
        .setting("management.server.port", &taken.local_addr().unwrap().port().to_string())
        .refused();
    assert!(error.to_string().contains("set management.server.port to another port"), "{error}");
    assert!(is_closed(SocketAddr::from(([127, 0, 0, 1], free))));
}
