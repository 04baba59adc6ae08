//! The cheapest that a user could write instead: an axum handler that answers fixed bytes.

use std::{future::ready, io, net::SocketAddr};

use axum::{Router, body::Bytes, http::header, routing::get};
use tokio::net::TcpListener;

/// Serves `body` at `path`, on a port of its own, as long as the runtime lives.
///
/// # Errors
/// No port is free.
pub async fn serve(path: &str, body: Vec<u8>) -> io::Result<SocketAddr> {
    const V3: &str = "application/vnd.spring-boot.actuator.v3+json";
    let body = Bytes::from(body);
    let handler = move || ready(([(header::CONTENT_TYPE, V3)], body.clone()));
    let router = Router::new().route(path, get(handler));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}
