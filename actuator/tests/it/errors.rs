//! Error answers of an application, as its callers see them.

use std::{
    io::{self, Write as _},
    time::{Duration, Instant},
};

use actuator::{Actuator, HttpError};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::Path,
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use testkit::{Answer, Request};

use crate::app::{Service, TestApp, app, runtime};

const SQL: &str = "INSERT INTO users (name) VALUES ('open-sesame')";

fn routes() -> Router {
    let unauthorized = || async {
        (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Basic realm=\"x\"")], "who?")
    };
    let own = || async {
        (StatusCode::BAD_REQUEST, [(header::CONTENT_TYPE, "application/json")], r#"{"mine":1}"#)
    };
    let chunks = || async {
        let body = Body::new(Unsized(Some(Bytes::from_static(b"part"))));
        (StatusCode::BAD_GATEWAY, [(header::CONTENT_TYPE, "text/plain")], body).into_response()
    };
    Router::new()
        .route("/users/{id}", get(user).post(|_: Path<u64>| async { "posted" }))
        .route("/empty", get(|| async { StatusCode::GONE }))
        .route("/unauthorized", get(unauthorized))
        .route("/own", get(own))
        .route("/html", get(|| async { (StatusCode::NOT_FOUND, Html("<p>mine</p>")) }))
        .route("/chunks", get(chunks))
        .route("/moved", get(|| async { (StatusCode::FOUND, [(header::LOCATION, "/")]) }))
        .route("/nothing", get(|| async { StatusCode::NO_CONTENT }))
        .route("/long", get(|| async { (StatusCode::BAD_REQUEST, "x".repeat(9_000)) }))
        .route("/boom", get(|| async { boom() }))
        .route("/panics-in-the-log", get(|| async { panics_in_the_log() }))
        .route("/fails-in-the-log", get(|| async { fails_in_the_log() }))
        .route("/unauthorized-in-the-log", get(|| async { StatusCode::UNAUTHORIZED }))
        .route("/cause", get(|| async { cause() }))
        .route("/sql", get(|| async { (StatusCode::INTERNAL_SERVER_ERROR, SQL) }))
        .route("/problem", get(|| async { problem() }))
        .route("/read", post(|body: String| async move { body }))
}

async fn user(Path(id): Path<u64>) -> String {
    format!("user {id}")
}

fn boom() -> StatusCode {
    panic!("the key is open-sesame")
}

/// The log in memory is that of the process: these words are of one test.
fn panics_in_the_log() -> StatusCode {
    panic!("a panic for the log")
}

fn fails_in_the_log() -> HttpError {
    HttpError::internal("a cause for the log")
}

fn cause() -> HttpError {
    HttpError::from(io::Error::other(format!("no way: {SQL}")))
}

fn problem() -> HttpError {
    HttpError::conflict("You have 30 credits, but that costs 50.")
        .with_type("https://example.com/probs/out-of-credit", "You do not have enough credit.")
        .with_extension("balance", 30)
        .with_extension("status", 7)
        .with_header(header::RETRY_AFTER, HeaderValue::from_static("60"))
}

/// A body that does not say how long it is.
struct Unsized(Option<Bytes>);

impl axum::body::HttpBody for Unsized {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, io::Error>>> {
        std::task::Poll::Ready(self.0.take().map(|part| Ok(http_body::Frame::data(part))))
    }
}

fn with_errors() -> TestApp {
    app().setting("actuator.errors.enabled", "true").routes(routes())
}

fn keys(answer: &Answer) -> Vec<String> {
    // The parser of these tests sorts members: the order is that of the text.
    let text = answer.text();
    let value: Value = answer.json();
    let mut keys: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
    keys.sort_by_key(|key| text.find(&format!("\"{key}\":")).unwrap());
    keys
}

fn ask(service: &Service, path: &str, accept: &str) -> Answer {
    service.send(Request::get(path).header("accept", accept))
}

#[test]
fn unless_it_is_asked_for_error_answers_stay_as_the_application_wrote_them() {
    let service = app().routes(routes()).start();
    let answer = service.get("/users/x").assert_status(400);
    assert_eq!(answer.media_type(), "text/plain");
    assert!(service.get("/empty").assert_status(410).body().is_empty());
    let answer = service.get("/problem").assert_status(409);
    assert_eq!(answer.text(), "You have 30 credits, but that costs 50.");
    assert_eq!(answer.header("retry-after"), Some("60"));
}

#[test]
fn rejections_empty_errors_and_unmatched_routes_take_springs_form() {
    let service = with_errors().start();
    for (path, status, error) in [
        ("/users/x?a=b", 400, "Bad Request"),
        ("/empty", 410, "Gone"),
        ("/nowhere", 404, "Not Found"),
        ("/problem", 409, "Conflict"),
        ("/cause", 500, "Internal Server Error"),
    ] {
        let answer = service.get(path).assert_status(status);
        assert_eq!(answer.header("content-type"), Some("application/json"), "{path}");
        assert_eq!(keys(&answer), ["timestamp", "status", "error", "path"], "{path}");
        let body = answer.json();
        assert_eq!((&body["status"], &body["error"]), (&json!(status), &json!(error)));
        assert_eq!(body["path"], path.split('?').next().unwrap());
        let timestamp = body["timestamp"].as_str().unwrap();
        assert!(timestamp.len() == 24 && timestamp.ends_with('Z'), "{timestamp}");
    }
}

#[test]
fn the_message_is_springs_where_it_may_be_shown() {
    let service = with_errors().setting("server.error.include-message", "always").start();
    let message = |path: &str| service.get(path).json()["message"].as_str().unwrap().to_owned();
    assert!(
        message("/users/x").starts_with("Invalid URL: Cannot parse"),
        "{}",
        message("/users/x")
    );
    assert_eq!(message("/no/where"), "No static resource no/where.");
    assert_eq!(message("/empty"), "No message available");
    assert_eq!(message("/problem"), "You have 30 credits, but that costs 50.");
    let answer = service.send(Request::new("DELETE", "/users/1")).assert_status(405);
    assert_eq!(answer.json()["message"], "Method 'DELETE' is not supported.");
    assert_eq!(answer.header("allow"), Some("GET,HEAD,POST"));
    assert_eq!(keys(&answer), ["timestamp", "status", "error", "message", "path"]);
    let long = service.get("/long").assert_status(400);
    assert_eq!(long.body().len(), 9_000, "a document of the application's own");
}

#[test]
fn path_and_message_are_shown_on_request() {
    let service = with_errors()
        .setting("spring.web.error.include-message", "on-param")
        .setting("server.error.include-path", "on-param")
        .start();
    for path in ["/empty", "/actuator/nothing"] {
        assert_eq!(keys(&service.get(path)), ["timestamp", "status", "error"], "{path}");
        let all = service.get(&format!("{path}?message&path=true"));
        assert_eq!(keys(&all), ["timestamp", "status", "error", "message", "path"], "{path}");
        let none = service.get(&format!("{path}?message=false&path=FALSE"));
        assert_eq!(keys(&none), ["timestamp", "status", "error"], "{path}");
    }
}

#[test]
fn what_is_a_document_a_stream_or_no_error_passes_through() {
    let service = with_errors().start();
    for (path, status, body) in [
        ("/own", 400, r#"{"mine":1}"#),
        ("/html", 404, "<p>mine</p>"),
        ("/chunks", 502, "part"),
        ("/moved", 302, ""),
        ("/nothing", 204, ""),
        ("/users/7", 200, "user 7"),
    ] {
        assert_eq!(service.get(path).assert_status(status).text(), body, "{path}");
    }
    assert_eq!(service.get("/moved").header("location"), Some("/"));
    assert!(service.get("/actuator/metrics/none").assert_status(404).body().is_empty());
}

#[test]
fn status_and_headers_are_kept_and_the_length_is_that_of_the_document() {
    let service = with_errors().start();
    let answer = service.get("/unauthorized").assert_status(401);
    assert_eq!(answer.header("www-authenticate"), Some("Basic realm=\"x\""));
    assert_eq!(answer.header("content-length"), Some(&*answer.body().len().to_string()));
    assert_eq!(answer.header("vary"), Some("accept"));
    let head = service.send(Request::new("HEAD", "/unauthorized")).assert_status(401);
    assert_eq!(head.header("content-length"), answer.header("content-length"));
    assert_eq!(head.header("content-type"), Some("application/json"));
    assert!(head.body().is_empty());
}

#[test]
fn callers_that_read_no_json_get_what_the_application_sent() {
    let service = with_errors().start();
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    for accept in [browser, "text/plain", "image/png"] {
        let answer = ask(&service, "/users/x", accept).assert_status(400);
        assert_eq!(answer.media_type(), "text/plain", "{accept}");
        assert!(ask(&service, "/empty", accept).assert_status(410).body().is_empty());
    }
    let page = ask(&service, "/boom", browser).assert_status(500);
    assert!(page.media_type() == "text/html" && page.text().contains("<h1>500 Internal Server"));
    assert!(ask(&service, "/boom", "image/png").assert_status(500).body().is_empty());
    let own = ask(&service, "/empty", "application/vnd.example+json, */*;q=0.1");
    assert_eq!(own.media_type(), "application/vnd.example+json");
}

#[test]
fn problem_details_have_the_members_of_rfc_9457_and_those_of_the_handler() {
    for setting in
        [("actuator.errors.format", "problem"), ("spring.mvc.problemdetails.enabled", "true")]
    {
        let service = with_errors().setting(setting.0, setting.1).start();
        let answer = service.get("/problem?a=b").assert_status(409);
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        let mut members = vec!["type", "title", "status", "detail", "instance"];
        let found = keys(&answer);
        let found: Vec<&str> =
            found.iter().map(String::as_str).filter(|key| *key != "requestId").collect();
        members.push("balance");
        assert_eq!(found, members);
        let body = answer.json();
        assert_eq!(body["type"], "https://example.com/probs/out-of-credit");
        assert_eq!(body["title"], "You do not have enough credit.");
        assert_eq!((&body["status"], &body["balance"]), (&json!(409), &json!(30)));
        assert_eq!(body["detail"], "You have 30 credits, but that costs 50.");
        assert_eq!(body["instance"], "/problem");
        let rejected = service.get("/users/x").assert_status(400).json();
        assert_eq!(
            (&rejected["type"], &rejected["title"]),
            (&json!("about:blank"), &json!("Bad Request"))
        );
        assert!(rejected["detail"].as_str().unwrap().contains("Invalid URL"), "{rejected}");
        let failed = service.get("/cause").assert_status(500).json();
        assert!(failed.get("detail").is_none(), "{failed}");
    }
    let service = with_errors().start();
    let asked = ask(&service, "/empty", "application/problem+json").assert_status(410);
    assert_eq!(asked.media_type(), "application/problem+json");
    assert_eq!(asked.json()["title"], "Gone");
}

#[test]
fn trap_seed_18_neither_causes_nor_statements_are_shown_without_authorisation() {
    let message = || with_errors().setting("server.error.include-message", "always");
    let by_role = message()
        .setting("actuator.errors.roles", "OPERATOR")
        .setting("server.error.include-stacktrace", "on-param")
        .setting("server.error.include-exception", "when-authorized");
    for service in [message().start(), by_role.start()] {
        for path in ["/cause?trace=true&exception", "/sql?trace", "/boom?trace", "/boom?message"] {
            let answer = service.get(path).assert_status(500);
            let text = answer.text();
            for secret in ["open-sesame", "INSERT", "no way", "io::", "Caused by"] {
                assert!(!text.contains(secret), "{path}: {text}");
            }
            assert_eq!(keys(&answer), ["timestamp", "status", "error", "message", "path"]);
        }
    }
    let everybody = message()
        .setting("server.error.include-stacktrace", "always")
        .setting("spring.web.error.include-exception", "true");
    let body = everybody.start().get("/cause").assert_status(500).json();
    assert_eq!(body["exception"], "std::io::error::Error");
    let trace = body["trace"].as_str().unwrap();
    assert!(trace.starts_with("std::io::error::Error: no way: [SQL removed]\n"), "{trace}");
}

#[test]
fn roles_have_to_be_named_where_something_is_shown_to_the_authorised() {
    let refused = with_errors().setting("server.error.include-stacktrace", "when-authorized");
    let message = refused.refused().to_string();
    assert!(message.contains("server.error.include-stacktrace"), "{message}");
    assert!(message.contains("actuator.errors.roles"), "{message}");
}

#[test]
fn panics_and_errors_that_became_answers_are_recorded_by_their_names() {
    let service = with_errors().start();
    service.get("/boom").assert_status(500);
    service.get("/cause").assert_status(500);
    for (uri, name) in [("/boom", "panic"), ("/cause", "Error")] {
        let tags = format!("tag=uri:{uri}&tag=status:500&tag=exception:{name}");
        service.get(&format!("/actuator/metrics/http.server.requests?{tags}")).assert_status(200);
    }
    let exchanges = service.get("/actuator/httpexchanges").json();
    let of_panic = exchanges["exchanges"]
        .as_array()
        .unwrap()
        .iter()
        .find(|exchange| exchange["request"]["uri"].as_str().unwrap().ends_with("/boom"));
    let response = &of_panic.unwrap()["response"];
    assert_eq!(response["status"], 500);
    assert!(response["headers"].to_string().contains("application/json"), "{response}");
    service.get("/users/7").assert_status(200);
}

/// The lines of the log in memory that hold all of these.
fn lines(service: &Service, parts: &[&str]) -> usize {
    let log = service.get("/actuator/logfile").text();
    log.lines().filter(|line| parts.iter().all(|part| line.contains(part))).count()
}

#[test]
fn errors_are_logged_once_by_how_bad_they_are() {
    let service = with_errors().setting("logging.level.actuator::errors", "debug").start();
    for path in [
        "/panics-in-the-log",
        "/fails-in-the-log",
        "/unauthorized-in-the-log",
        "/nowhere/logged",
        "/users/logged",
    ] {
        service.get(path);
    }
    for (parts, count) in [
        (["ERROR", "a panic for the log"], 1),
        (["ERROR", "a cause for the log"], 1),
        (["DEBUG", "/unauthorized-in-the-log"], 1),
        (["DEBUG", "/nowhere/logged"], 1),
        (["WARN", "/users/logged"], 1),
    ] {
        assert_eq!(lines(&service, &parts), count, "{parts:?}");
    }
}

#[test]
fn a_client_that_goes_away_while_it_sends_is_no_error() {
    let service = with_errors().start();
    let mut stream = testkit::open(service.address);
    let head = "POST /read?gone HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\nhalf";
    stream.write_all(head.as_bytes()).unwrap();
    drop(stream);
    let began = Instant::now();
    while lines(&service, &["INFO", "the client went away"]) == 0 {
        assert!(began.elapsed() < testkit::PATIENCE, "{}", service.get("/actuator/logfile").text());
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(lines(&service, &["WARN", "/read"]) + lines(&service, &["ERROR", "/read"]), 0);
}

#[test]
fn in_a_server_of_ones_own_the_layer_is_put_on_by_code_and_off_by_settings() {
    runtime().block_on(async {
        for (off, media_type) in [(false, Some("application/json")), (true, None)] {
            let builder = Actuator::builder()
                .force_setting("actuator.threaddump.stacks", "false")
                .isolated()
                .without_declarations();
            let builder = if off {
                builder.force_setting("actuator.errors.enabled", "false")
            } else {
                builder
            };
            let actuator = builder.build().await.unwrap();
            let app = Router::new()
                .route("/empty", get(|| async { StatusCode::GONE }))
                .merge(actuator.router())
                .layer(actuator.error_layer())
                .layer(actuator.layer());
            let request = axum::http::Request::get("/empty").body(Body::empty()).unwrap();
            let response: Response = tower::ServiceExt::oneshot(app, request).await.unwrap();
            let found = response.headers().get("content-type").map(|value| value.to_str().unwrap());
            assert_eq!((response.status(), found), (StatusCode::GONE, media_type));
        }
    });
}

#[test]
fn a_panic_comes_out_of_the_layer_when_it_stands_outside_too() {
    runtime().block_on(async {
        let actuator = Actuator::builder()
            .force_setting("actuator.threaddump.stacks", "false")
            .isolated()
            .without_declarations()
            .build()
            .await
            .unwrap();
        let app = routes().layer(actuator.layer()).layer(actuator.error_layer());
        let request = axum::http::Request::get("/boom").body(Body::empty()).unwrap();
        let response: Response = tower::ServiceExt::oneshot(app, request).await.unwrap();
        assert_eq!(response.status(), 500);
        let tags = [actuator::meter::Tag::new("exception", "panic")];
        assert!(actuator.meters().read("http.server.requests", &tags).is_some());
    });
}
