//! The service that sends: each of these is a process of its own, for its subscriber and its panic
//! hook are.

use std::{
    process::Output,
    time::{Duration, Instant},
};

use actuator::{Actuator, ActuatorInfo, Builder, Running};
use axum::{Router, extract::Path, routing::get};
use tokio::runtime::Runtime;

use crate::fake_sentry;

/// Runs one of the ignored tests in a process of its own, with these variables.
#[track_caller]
pub(crate) fn run(test: &str, variables: &[(&str, &str)]) -> Output {
    let mut all = vec![("RUST_BACKTRACE", "0")];
    all.extend(variables);
    testkit::in_own_process(&format!("service::{test}"), &all)
}

/// The same with the address of a stand-in.
#[track_caller]
pub(crate) fn run_at(
    address: std::net::SocketAddr,
    test: &str,
    variables: &[(&str, &str)],
) -> String {
    let dsn = fake_sentry::dsn(address);
    let mut all = vec![("SENTRY_URL", dsn.as_str())];
    all.extend(variables);
    let output = run(test, &all);
    let written = String::from_utf8_lossy(&output.stdout);
    assert!(!written.contains(fake_sentry::KEY), "{written}");
    written.into_owned()
}

#[derive(ActuatorInfo)]
struct Shop;

/// The commit that this was built from.
pub(crate) fn commit() -> &'static str {
    <Shop as ActuatorInfo>::FACTS.git.unwrap().commit_id
}

fn builder() -> Builder {
    let order = async |Path(order): Path<u32>| {
        tracing::info!(order, "looking");
        tracing::error!(target: "shop::orders", order, "no stock");
        "none"
    };
    let panics = async || -> &'static str { panic!("token=hunter2 is wrong") };
    let router = Router::new()
        .route("/orders/{order}", get(order))
        .route("/panics", get(panics))
        .route("/fine", get("fine"));
    Actuator::builder()
        .application("shop", "1.2.3")
        .force_setting("server.port", "0")
        .force_setting("server.address", "127.0.0.1")
        .router(router)
}

fn serve(work: impl FnOnce(&Running)) -> Duration {
    let runtime = Runtime::new().unwrap();
    let running = runtime.block_on(builder().start()).unwrap();
    work(&running);
    let began = Instant::now();
    runtime.block_on(running.shutdown());
    began.elapsed()
}

#[test]
#[ignore = "run in a process of its own"]
fn with_errors() {
    serve(|running| {
        for order in [7, 8] {
            testkit::get(running.address(), &format!("/orders/{order}")).assert_status(200);
        }
    });
}

#[test]
#[ignore = "run in a process of its own"]
fn with_errors_at_the_end() {
    serve(|_| (1..=3).for_each(|number| tracing::error!("error {number}")));
}

#[test]
#[ignore = "run in a process of its own"]
fn with_a_panic() {
    let (tell, told) = std::sync::mpsc::channel();
    std::panic::set_hook(Box::new(move |_| tell.send(()).unwrap()));
    serve(|running| {
        // The connection ends with the panic.
        let _ =
            testkit::send(running.address(), b"GET /panics HTTP/1.1\r\nhost: localhost\r\n\r\n");
        told.recv_timeout(Duration::from_secs(10)).unwrap();
    });
}

#[test]
#[ignore = "run in a process of its own"]
fn with_a_panic_that_is_answered() {
    serve(|running| {
        let request = testkit::Request::get("/panics").header("x-request-id", "r-panics");
        let answer = request.send(running.address()).assert_status(500);
        assert_eq!(answer.json()["status"], 500);
        assert_eq!(answer.header("x-request-id"), Some("r-panics"));
    });
}

#[test]
#[ignore = "run in a process of its own"]
fn with_many_errors_and_a_prompt_end() {
    let took = serve(|running| {
        let began = Instant::now();
        for order in 0..200 {
            testkit::get(running.address(), &format!("/orders/{order}")).assert_status(200);
        }
        // A call that hangs is given up after ten seconds: to wait for one of each that the queue
        // does not hold would take twenty minutes.
        assert!(began.elapsed() < 2 * testkit::PATIENCE, "{:?}", began.elapsed());
        let meter = testkit::get(running.address(), "/actuator/metrics/actuator.sentry.events");
        assert_eq!(meter.assert_status(200).json()["name"], "actuator.sentry.events");
    });
    println!("stopped after {}", took.as_secs_f64());
}

#[test]
#[ignore = "run in a process of its own"]
fn with_a_subscriber_of_its_own() {
    use tracing_subscriber::layer::SubscriberExt as _;

    let subscriber = tracing_subscriber::registry().with(actuator::sentry::layer());
    tracing::subscriber::set_global_default(subscriber).unwrap();
    tracing::error!("before the start");
    serve(|_| tracing::error!("under another subscriber"));
}

#[test]
#[ignore = "run in a process of its own"]
fn with_a_refused_set_up() {
    let runtime = Runtime::new().unwrap();
    let failing = builder().with(|_| (1..=3).for_each(|number| tracing::error!("error {number}")));
    let failing = failing.force_setting("server.address", "192.0.2.1");
    assert!(runtime.block_on(failing.run()).is_err());
}

#[test]
#[ignore = "run in a process of its own"]
fn with_a_panic_in_its_set_up() {
    let runtime = Runtime::new().unwrap();
    let failing = builder().with(|_| {
        (1..=3).for_each(|number| tracing::error!("error {number}"));
        panic!("no set-up");
    });
    let run = std::panic::AssertUnwindSafe(|| runtime.block_on(failing.run()));
    assert!(std::panic::catch_unwind(run).is_err());
}

#[test]
#[ignore = "run in a process of its own"]
fn that_does_not_start() {
    let runtime = Runtime::new().unwrap();
    let error = runtime.block_on(builder().start()).unwrap_err();
    println!("refused: {error}");
}
