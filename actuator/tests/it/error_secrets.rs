//! What the application's own parts say when they fail: error documents of the management API tell
//! it without the secrets in it, to whoever may read it.

use std::io;

use actuator::{
    App,
    audit::{AuditEvent, AuditEventFilter, AuditEventRepository, FoundEvents},
    cache::{Clearing, ManagedCache},
    custom::{CustomEndpoint, EndpointError, Operation, Selector, WebEndpointResponse},
    meter::cache::CacheStatistics,
};
use testkit::{Answer, Request};

use crate::app::{Service, TestApp, app};

const ADDRESS: &str = "postgres://u:s3cr3t@db/shop";

fn failure() -> io::Error {
    io::Error::other(format!("no connection to {ADDRESS}"))
}

/// An error that tells its secret by its cause alone, and one with a statement.
#[derive(Debug)]
struct Failed(io::Error);

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the report is not there")
    }
}

impl std::error::Error for Failed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

fn fail(how: &str) -> Result<WebEndpointResponse, EndpointError> {
    match how {
        "cause" => Err(Failed(failure()).into()),
        "statement" => {
            Err(io::Error::other("INSERT INTO users (pin) VALUES ('s3cr3t') is no good").into())
        }
        "long" => Err(EndpointError::conflict("x".repeat(100_000))),
        _ => Err(EndpointError::conflict(format!("taken: password=s3cr3t at {ADDRESS}"))),
    }
}

struct Broken;

impl ManagedCache for Broken {
    fn clear(self: std::sync::Arc<Self>) -> Clearing {
        Clearing::blocking(|| Err(failure().into()))
    }
}

impl CacheStatistics for Broken {}

impl AuditEventRepository for Broken {
    fn add(&self, _: AuditEvent) {}

    fn find(&self, _: AuditEventFilter) -> FoundEvents<'_> {
        Box::pin(async { Err(failure()) })
    }
}

fn register(app: &mut App) {
    app.cache("redis", "prices", Broken).audit_repository(Broken);
    app.endpoint(
        CustomEndpoint::new("reports")
            .described("Reports.")
            .operation(Operation::read(&[Selector::One("how")]), |arguments| async move {
                fail(&arguments.get::<String>("how")?)
            }),
    );
}

fn failing() -> TestApp {
    app().with(register)
}

/// Every way to make a part of the application fail.
fn failures(service: &Service, query: &str) -> Vec<(&'static str, Answer)> {
    let ask = |method: &str, path: &str| {
        service.send(Request::new(method, &format!("/actuator/{path}{query}")))
    };
    vec![
        ("cause", ask("GET", "reports/cause").assert_status(500)),
        ("conflict", ask("GET", "reports/conflict").assert_status(409)),
        ("statement", ask("GET", "reports/statement").assert_status(500)),
        ("cache", ask("DELETE", "caches/prices").assert_status(500)),
        ("caches", ask("DELETE", "caches").assert_status(500)),
        ("audit", ask("GET", "auditevents").assert_status(500)),
    ]
}

#[test]
fn what_a_part_of_the_application_says_when_it_fails_is_told_without_its_secrets() {
    for (include, query) in [("always", ""), ("on-param", "?message"), ("on-param", "?message=1")] {
        let service = failing().setting("server.error.include-message", include).start();
        for (which, answer) in failures(&service, query) {
            let message = answer.json()["message"].as_str().unwrap().to_owned();
            assert!(!answer.text().contains("s3cr3t"), "{which}: {message}");
            let expected = if which == "statement" { "[SQL removed]" } else { "u:******@db" };
            assert!(message.contains(expected), "{which}: {message}");
        }
    }
}

#[test]
fn rules_of_the_application_count_for_errors_of_the_management_api_too() {
    let service = failing()
        .setting("server.error.include-message", "always")
        .setting("actuator.sanitize.value-patterns[0]", "the (report)")
        .start();
    let answer = service.get("/actuator/reports/cause").assert_status(500).json();
    let message = answer["message"].as_str().unwrap();
    assert!(message.starts_with("the ****** is not there"), "{message}");
}

#[test]
fn an_error_of_any_length_is_told_in_short() {
    let service = failing().setting("server.error.include-message", "always").start();
    let answer = service.get("/actuator/reports/long").assert_status(409);
    assert!(answer.body().len() < 1_500, "{} bytes", answer.body().len());
}

#[test]
fn without_the_setting_or_the_parameter_nothing_is_told_of_a_failure() {
    for (include, query) in
        [("never", "?message"), ("on-param", ""), ("on-param", "?message=false")]
    {
        let service = failing().setting("server.error.include-message", include).start();
        for (which, answer) in failures(&service, query) {
            assert_eq!(answer.json().get("message"), None, "{which}");
        }
    }
}
