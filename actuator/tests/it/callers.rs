//! Who calls, when the application finds that out by itself: what errors show them, and the
//! principal of exchanges.

use actuator::{Actuator, HttpError, request::set_principal, security::Principal};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{FromRequestParts, Request as Asked},
    http::{HeaderMap, StatusCode, request::Parts},
    middleware::{Next, from_fn},
    response::{IntoResponse as _, Response},
    routing::get,
};
use serde_json::Value;
use testkit::{Answer, Request};
use tower::ServiceExt as _;

use crate::app::{Service, TestApp, app, runtime};

/// Who sends `badge: ada trace` is Ada, and has the role `trace`.
fn caller(headers: &HeaderMap) -> Option<Principal> {
    let mut words = headers.get("badge")?.to_str().ok()?.split(' ');
    Some(Principal::new(words.next()?, words))
}

/// Middleware of the application, which is inside of whatever `serve!` puts around it.
async fn authenticated(mut request: Asked, next: Next) -> Response {
    let caller = caller(request.headers());
    if let Some(caller) = caller {
        set_principal(request.extensions_mut(), caller);
    }
    next.run(request).await
}

/// The same for the management API alone: no layer around this hears of it.
async fn known(mut request: Asked, next: Next) -> Response {
    if let Some(caller) = caller(request.headers()) {
        request.extensions_mut().insert(caller);
    }
    next.run(request).await
}

/// An extractor that finds it out.
struct User;

impl<S: Sync> FromRequestParts<S> for User {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let caller = caller(&parts.headers).ok_or(StatusCode::UNAUTHORIZED)?;
        set_principal(&mut parts.extensions, caller);
        Ok(Self)
    }
}

async fn failing() -> HttpError {
    HttpError::from(std::io::Error::other("the disk is full"))
}

fn panicking() -> StatusCode {
    panic!("on the way")
}

/// One route for each way to say who calls.
fn with_callers() -> TestApp {
    let in_response = |headers: HeaderMap| async move {
        let mut response = failing().await.into_response();
        if let Some(caller) = caller(&headers) {
            response.extensions_mut().insert(caller);
        }
        response
    };
    let routes = Router::new()
        .route("/middleware", get(failing))
        .route("/panicking", get(|| async { panicking() }))
        .layer(from_fn(authenticated))
        .route("/extractor", get(|_: User| failing()))
        .route("/response", get(in_response))
        .route("/nobody", get(failing));
    app().setting("actuator.errors.enabled", "true").routes(routes)
}

fn ask(service: &Service, target: &str, badge: &str) -> Answer {
    service.send(Request::get(target).header("badge", badge))
}

#[test]
fn the_stack_is_shown_to_who_the_application_says_has_the_role_and_to_nobody_else() {
    for (when, query) in [("when-authorized", ""), ("on-param", "?trace")] {
        let service = with_callers()
            .setting("actuator.errors.roles", "trace")
            .setting("server.error.include-stacktrace", when)
            .setting("server.error.include-exception", "when-authorized")
            .start();
        for path in ["/middleware", "/extractor", "/response"] {
            let target = format!("{path}{query}");
            let shown = ask(&service, &target, "ada reader trace").assert_status(500).json();
            assert_eq!(shown["exception"], "std::io::error::Error", "{target}");
            let trace = shown["trace"].as_str().unwrap_or_else(|| panic!("{target}: {shown}"));
            assert!(trace.contains("the disk is full"), "{trace}");
            let hidden = ask(&service, &target, "kim reader").assert_status(500).json();
            assert!(is_closed(&hidden), "{target}: {hidden}");
        }
        for target in [format!("/nobody{query}"), format!("/middleware{query}")] {
            let hidden = service.get(&target).assert_status(500).json();
            assert!(is_closed(&hidden), "{target}: {hidden}");
        }
        let hidden = ask(&service, "/nobody?trace", "ada trace").assert_status(500).json();
        assert!(is_closed(&hidden), "what nobody has judged is only a header: {hidden}");
        let panic = ask(&service, "/panicking", "ada trace").assert_status(500).json();
        assert_eq!(panic["exception"], "panic", "{panic}");
        assert!(is_closed(&ask(&service, "/panicking", "kim reader").json()));
    }
}

/// Nothing of what lies behind the error.
fn is_closed(document: &Value) -> bool {
    document.get("trace").is_none() && document.get("exception").is_none()
}

/// The principals of the exchanges of a path, newest first.
fn principals(service: &Service, path: &str) -> Vec<Option<String>> {
    let all = service.get("/actuator/httpexchanges").assert_status(200).json();
    let exchanges = all["exchanges"].as_array().unwrap().iter();
    let of_path = exchanges
        .filter(|exchange| exchange["request"]["uri"].as_str().unwrap().ends_with(path))
        .map(|exchange| exchange["principal"]["name"].as_str().map(str::to_owned));
    of_path.collect()
}

#[test]
fn an_exchange_has_the_principal_that_the_application_found_even_where_it_panicked() {
    for errors in ["true", "false"] {
        let service = with_callers()
            .setting("actuator.errors.enabled", errors)
            .setting("management.httpexchanges.recording.include", "principal")
            .start();
        for path in ["/middleware", "/extractor", "/response", "/panicking"] {
            for badge in ["", "badge: ada reader\r\n"] {
                // Nobody answers where the panic is not caught.
                let head = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{badge}");
                let head = head + "connection: close\r\n\r\n";
                let _ = testkit::send(service.address, head.as_bytes());
            }
            assert_eq!(principals(&service, path), [Some("ada".to_owned()), None], "{path}");
        }
    }
    let service = with_callers().start();
    ask(&service, "/middleware", "ada reader");
    assert_eq!(principals(&service, "/middleware"), [None], "it is not asked for");
}

#[test]
fn around_the_management_api_such_middleware_decides_who_may_and_is_in_the_exchanges() {
    runtime().block_on(async {
        let actuator = Actuator::builder()
            .force_setting("actuator.threaddump.stacks", "false")
            .force_setting("management.httpexchanges.recording.include", "principal")
            .force_setting("actuator.security.read-roles", "reader")
            .listening_on(([127, 0, 0, 1], 1).into())
            .isolated()
            .without_declarations()
            .build()
            .await
            .unwrap();
        let app = actuator.router().layer(from_fn(known)).layer(actuator.layer());
        let ask = async |target: &str, badge: &str| {
            let request = Asked::get(target).header("host", "localhost").header("badge", badge);
            let response = app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            let status = response.status();
            (status, to_bytes(response.into_body(), usize::MAX).await.unwrap())
        };
        assert_eq!(ask("/actuator/info", "ada reader").await.0, StatusCode::OK);
        assert_eq!(ask("/actuator/info", "kim writer").await.0, StatusCode::FORBIDDEN);
        let (_, exchanges) = ask("/actuator/httpexchanges", "ada reader").await;
        let exchanges: Value = serde_json::from_slice(&exchanges).unwrap();
        let exchanges = exchanges["exchanges"].as_array().unwrap().iter();
        let names: Vec<_> = exchanges.map(|exchange| &exchange["principal"]["name"]).collect();
        assert_eq!(names, ["kim", "ada"]);
    });
}
