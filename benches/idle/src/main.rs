//! A service with one route, on the port of `--server.port`.

use axum::{Router, routing::get};

fn setup() -> Router {
    Router::new().route("/hello", get(|| async { "hello" }))
}

fn main() -> actuator::Result<()> {
    actuator::serve!(setup)
}
