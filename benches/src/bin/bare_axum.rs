//! What quickstart is compared with: an axum server that knows one path, on the port of its
//! first argument.

use axum::{Router, routing::get};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::args().nth(1).and_then(|port| port.parse().ok()).unwrap_or(8080);
    let router = Router::new().route("/actuator/health", get(|| async { r#"{"status":"UP"}"# }));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    axum::serve(listener, router).await
}
