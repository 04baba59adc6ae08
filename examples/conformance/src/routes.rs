//! The routes of the recorded application.

use std::{collections::HashMap, sync::Arc, time::SystemTime};

use actuator::routing::{Router, get, post};
use axum::{
    Json,
    extract::{Query, State},
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::switches::Switches;

const TEXT: [(header::HeaderName, &str); 1] = [(header::CONTENT_TYPE, "text/plain;charset=UTF-8")];
type Parameters = Query<HashMap<String, String>>;

/// All of them.
pub fn routes(switches: Arc<Switches>) -> Router {
    Router::new()
        .route("/", get(|| async { (TEXT, "root") }))
        .route("/hello", get(hello))
        .route("/users", post(|| async { StatusCode::CREATED }))
        .route("/users/{id}", get(|| async { "a user" }))
        .route("/boom", get(boom))
        .route("/moved", get(|| async { (StatusCode::FOUND, [(header::LOCATION, "/hello")]) }))
        .route("/cookie", get(cookie))
        .route("/ctl/health", get(switch_health))
        .route("/ctl/live", get(switch_liveness))
        .route("/ctl/ready", get(switch_readiness))
        .route("/ctl/session", get(session))
        .fallback(|uri: Uri| async move { error(StatusCode::NOT_FOUND, &uri) })
        .with_state(switches)
}

async fn hello(Query(parameters): Parameters) -> Json<serde_json::Value> {
    let name = parameters.get("name").map_or("world", String::as_str);
    Json(json!({"hello": name}))
}

async fn boom(uri: Uri) -> Response {
    error(StatusCode::INTERNAL_SERVER_ERROR, &uri)
}

async fn cookie() -> impl IntoResponse {
    let mut response = (TEXT, "ok").into_response();
    let headers = response.headers_mut();
    headers.insert(header::SET_COOKIE, header::HeaderValue::from_static("a=b; Path=/"));
    headers.append("x-many", header::HeaderValue::from_static("1"));
    headers.append("x-many", header::HeaderValue::from_static("2"));
    response
}

async fn session() -> impl IntoResponse {
    let cookie =
        "SESSION=YjYxZTBlM2MtYWE3NC00ZWNjLTk4YWYtYTNlYmI2YTM0MDQ0; Path=/; HttpOnly; SameSite=Lax";
    let mut response = (TEXT, "b61e0e3c-aa74-4ecc-98af-a3ebb6a34044").into_response();
    response.headers_mut().insert(header::SET_COOKIE, header::HeaderValue::from_static(cookie));
    response
}

async fn switch_health(
    State(switches): State<Arc<Switches>>,
    Query(parameters): Parameters,
) -> &'static str {
    switches.set_mode(parameters.get("mode").map_or("up", String::as_str));
    "ok"
}

async fn switch_liveness(
    State(switches): State<Arc<Switches>>,
    Query(parameters): Parameters,
) -> &'static str {
    switches.set_broken(parameters.get("state").is_some_and(|state| state == "broken"));
    "ok"
}

async fn switch_readiness(
    State(switches): State<Arc<Switches>>,
    Query(parameters): Parameters,
) -> &'static str {
    switches.set_refusing(parameters.get("state").is_some_and(|state| state == "refusing"));
    "ok"
}

/// The application's own error answer, of the shape that the management API has.
fn error(status: StatusCode, uri: &Uri) -> Response {
    let document = json!({
        "timestamp": humantime::format_rfc3339_millis(SystemTime::now()).to_string(),
        "status": status.as_u16(),
        "error": status.canonical_reason(),
        "path": uri.path(),
    });
    (status, Json(document)).into_response()
}
