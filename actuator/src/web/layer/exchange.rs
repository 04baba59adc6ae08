//! What an HTTP exchange is recorded with, taken from the heads of request and response.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, OriginalUri};
use http::{HeaderMap, Request, header};

use crate::exchange::{Direction, Draft, ExchangeRepository};

/// Begins the record of an exchange with what the request's head tells.
pub(super) fn begin<B>(exchanges: &ExchangeRepository, request: &Request<B>) -> Draft {
    let mut draft = exchanges.begin();
    let include = exchanges.include();
    // A router that nests us shows the path below its prefix; the caller wrote all of it.
    let original = request.extensions().get::<OriginalUri>();
    let uri = original.map_or(request.uri(), |original| &original.0);
    let host = match uri.authority() {
        Some(authority) => authority.as_str(),
        None => request
            .headers()
            .get(header::HOST)
            .and_then(|host| host.to_str().ok())
            .unwrap_or("localhost"),
    };
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let scheme = uri.scheme_str().unwrap_or("http");
    draft.request(request.method().as_str(), &[scheme, "://", host, path]);
    if include.request_headers {
        copy_headers(&mut draft, Direction::Request, request.headers(), exchanges);
    }
    if include.remote_address
        && let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>()
    {
        draft.remote_address(&peer.ip().to_string());
    }
    draft
}

/// Copies the headers that are recorded.
pub(super) fn copy_headers(
    draft: &mut Draft,
    direction: Direction,
    headers: &HeaderMap,
    exchanges: &ExchangeRepository,
) {
    for (name, value) in headers {
        draft.header(direction, name.as_str(), value.as_bytes(), exchanges.include());
    }
}
