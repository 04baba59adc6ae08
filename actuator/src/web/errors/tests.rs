//! What only the crate can put on a request yet: callers with roles, and ids of requests.

use axum::{Router, body::Body, routing::get};
use http::Request;
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

use super::{ErrorLayer, ErrorSettings, HttpError};
use crate::{
    model::{principal::Principal, request::RequestContext},
    settings::{Settings, SettingsReader},
};

fn settings(values: &[(&str, &str)]) -> ErrorSettings {
    let builder = Settings::builder();
    let settings =
        values.iter().fold(builder, |builder, (name, value)| builder.force(name, *value));
    let settings = settings.build().unwrap();
    let mut reader = SettingsReader::new(&settings);
    let settings = ErrorSettings::read(&mut reader);
    reader.finish().unwrap();
    settings
}

async fn failing() -> HttpError {
    HttpError::from(std::io::Error::other("the disk is full"))
}

/// The answer to a request with these extensions.
async fn answer(settings: &ErrorSettings, uri: &str, caller: Option<&str>) -> Value {
    let router = Router::new().route("/failing", get(failing)).layer(ErrorLayer::new(settings));
    let mut request = Request::get(uri).body(Body::empty()).unwrap();
    if let Some(role) = caller {
        let caller = Principal { name: "kim".to_owned(), roles: vec![role.to_owned()] };
        request.extensions_mut().insert(caller);
    }
    let id = RequestContext::new("r-1", None).unwrap();
    let response = id.scope(router.oneshot(request)).await.unwrap();
    assert_eq!(response.status(), 500);
    serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap()
}

#[tokio::test]
async fn trap_seed_18_what_lies_behind_an_error_is_shown_to_callers_with_the_role_alone() {
    let shown = settings(&[
        ("actuator.errors.roles", "OPERATOR"),
        ("server.error.include-exception", "when-authorized"),
        ("server.error.include-stacktrace", "on-param"),
    ]);
    for caller in [None, Some("USER")] {
        let body = answer(&shown, "/failing?trace", caller).await;
        assert!(body.get("trace").is_none() && body.get("exception").is_none(), "{body}");
    }
    let body = answer(&shown, "/failing?trace", Some("OPERATOR")).await;
    assert_eq!(body["exception"], "std::io::error::Error");
    assert!(body["trace"].as_str().unwrap().contains("the disk is full"), "{body}");
    let body = answer(&shown, "/failing", Some("OPERATOR")).await;
    assert!(body.get("trace").is_none(), "nobody asked for it: {body}");
}

#[tokio::test]
async fn the_id_of_the_request_is_in_problem_details_and_on_a_setting_in_springs_form() {
    for (name, value, expected) in [
        ("actuator.errors.format", "problem", Some("r-1")),
        ("actuator.errors.include-request-id", "true", Some("r-1")),
        ("actuator.errors.format", "spring", None),
    ] {
        let body = answer(&settings(&[(name, value)]), "/failing", None).await;
        assert_eq!(body.get("requestId").and_then(Value::as_str), expected, "{name}={value}");
    }
}
