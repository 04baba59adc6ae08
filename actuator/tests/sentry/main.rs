//! Sentry through the front door: variables and requests here, a stand-in that speaks its protocol
//! there.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../../src/sentry/fake_sentry.rs"]
mod fake_sentry;
mod service;
mod stand_in;

use std::time::Duration;

use serde_json::json;

use fake_sentry::Received;
use service::{run, run_at};
use stand_in::{Answer, StandIn};

/// What the services log at their end.
const ERRORS: [&str; 3] = ["error 1", "error 2", "error 3"];

fn said(received: &[Received]) -> Vec<&str> {
    received.iter().map(Received::says).collect()
}

#[test]
fn an_error_of_a_request_arrives_with_the_release_of_the_build() {
    let sentry = StandIn::start();
    let variables = [
        ("SENTRY_CLIENT_RELEASE", "latest"),
        ("SENTRY_CLIENT_ENVIRONMENT", "integration"),
        ("SENTRY_TAG_DATA_CENTER", "Geneva"),
    ];
    let log = run_at(sentry.address, "with_errors", &variables);
    assert!(log.contains("are sent to Sentry at http://127.0.0.1:"), "{log}");
    let received = sentry.received();
    assert_eq!(said(&received), ["no stock", "no stock"]);
    let event = received[1].event();
    assert_eq!(event["release"], service::commit());
    assert_eq!(
        (&event["environment"], &event["logger"]),
        (&json!("integration"), &json!("shop::orders"))
    );
    assert_eq!(
        (&event["extra"]["order"], &event["tags"]["data_center"]),
        (&json!(8), &json!("Geneva"))
    );
}

#[test]
fn the_variables_decide_what_is_sent() {
    let sentry = StandIn::start();
    run_at(sentry.address, "with_errors", &[("SENTRY_EXCLUDES", "noise:shop::orders")]);
    run_at(sentry.address, "with_errors", &[("SENTRY_CLIENT_IGNORE_EXCEPTIONS", "no st")]);
    run_at(sentry.address, "with_errors", &[("SENTRY_LEVEL", "OFF")]);
    run_at(sentry.address, "with_errors", &[("ACTUATOR_SENTRY_ENABLED", "false")]);
    assert!(sentry.received().is_empty());
    run_at(sentry.address, "with_errors", &[("SENTRY_RELEASE", "r7")]);
    let received = sentry.received();
    assert_eq!((received.len(), &received[0].event()["release"]), (2, &json!("r7")));
}

#[test]
fn a_panic_arrives_as_fatal_and_the_hook_before_still_hears_it() {
    let sentry = StandIn::start();
    run_at(sentry.address, "with_a_panic", &[]);
    let received = sentry.received();
    let fatal: Vec<_> = received.iter().filter(|one| one.event()["level"] == "fatal").collect();
    let event = fatal[0].event();
    assert_eq!(fatal.len(), 1);
    let exception = &event["exception"]["values"][0];
    assert_eq!(
        (&exception["type"], &exception["value"]),
        (&json!("panic"), &json!("token=****** is wrong"))
    );
    assert_eq!(exception["mechanism"], json!({ "type": "panic", "handled": false }));
    let frame = &exception["stacktrace"]["frames"][0];
    assert!(frame["filename"].as_str().unwrap().ends_with("service.rs"), "{frame}");
}

#[test]
fn a_panic_that_becomes_an_answer_is_sent_once_with_the_id_of_its_request() {
    let sentry = StandIn::start();
    run_at(sentry.address, "with_a_panic_that_is_answered", &[("ACTUATOR_ERRORS_ENABLED", "true")]);
    let received = sentry.received();
    let levels: Vec<_> = received.iter().map(|one| &one.event()["level"]).collect();
    assert_eq!(levels, ["fatal"]);
    assert_eq!(received[0].event()["tags"]["request_id"], "r-panics");
}

#[test]
fn the_last_event_is_sent_before_the_end() {
    // The second goes only after the answer to the first.
    let sentry = StandIn::answering(Answer::Later(Duration::from_millis(200)));
    run_at(sentry.address, "with_errors_at_the_end", &[]);
    assert_eq!(said(&sentry.received()), ERRORS);
}

#[test]
fn a_start_that_is_refused_is_reported_as_far_as_it_came() {
    let sentry = StandIn::answering(Answer::Later(Duration::from_millis(200)));
    run_at(sentry.address, "with_a_refused_set_up", &[]);
    assert_eq!(said(&sentry.received()), ERRORS);
}

#[test]
fn a_panic_that_ends_the_service_is_still_sent() {
    let sentry = StandIn::answering(Answer::Later(Duration::from_millis(200)));
    run_at(sentry.address, "with_a_panic_in_its_set_up", &[]);
    let received = sentry.received();
    assert_eq!(said(&received), [&ERRORS[..], &["no set-up"]].concat());
    // What the code says of itself is known, before anything is put together.
    assert_eq!(received[3].event()["release"], service::commit());
}

#[test]
fn a_server_that_hangs_slows_no_request_and_the_end_only_a_little() {
    let sentry = StandIn::answering(Answer::Never);
    let log = run_at(sentry.address, "with_many_errors_and_a_prompt_end", &[]);
    let (_, took) = log.split_once("stopped after ").unwrap();
    let took: f64 = took.lines().next().unwrap().parse().unwrap();
    // Two seconds are what is waited for the last events; those that wait would take ten each.
    assert!(took < testkit::PATIENCE.as_secs_f64(), "{took}");
    assert_eq!(sentry.next().says(), "no stock");
}

#[test]
fn a_server_that_is_not_there_is_told_of_once_and_holds_nobody_up() {
    let port = testkit::free_port();
    let nobody = std::net::SocketAddr::from(([127, 0, 0, 1], port));
    let log = run_at(nobody, "with_many_errors_and_a_prompt_end", &[]);
    assert_eq!(log.matches("are not taken by Sentry").count(), 1, "{log}");
}

#[test]
fn a_server_that_wants_no_more_for_a_while_gets_no_more() {
    let sentry = StandIn::answering(Answer::Says("429 Too Many Requests\r\nRetry-After: 60"));
    let log = run_at(sentry.address, "with_many_errors_and_a_prompt_end", &[]);
    assert_eq!(sentry.received().len(), 1);
    assert_eq!(log.matches("are not taken by Sentry").count(), 1, "{log}");
}

#[test]
fn sending_logs_nothing_that_is_sent() {
    let sentry = StandIn::start();
    let all = [("RUST_LOG", "trace"), ("SENTRY_LEVEL", "trace"), ("SENTRY_EXCLUDES", "actuator")];
    run_at(sentry.address, "with_errors_at_the_end", &all);
    assert_eq!(said(&sentry.received()), ERRORS);
}

#[test]
fn a_subscriber_of_the_applications_own_reports_through_our_layer() {
    let sentry = StandIn::start();
    run_at(sentry.address, "with_a_subscriber_of_its_own", &[]);
    assert_eq!(said(&sentry.received()), ["under another subscriber"]);
}

#[test]
fn a_dsn_that_is_none_refuses_the_start_and_the_key_is_not_shown() {
    let output = run("that_does_not_start", &[("SENTRY_DSN", "http://hunter2@/42")]);
    let written = String::from_utf8_lossy(&output.stdout);
    assert!(written.contains("sentry.dsn (value not shown): expected a DSN"), "{written}");
    assert!(!written.contains("hunter2"), "{written}");
}
