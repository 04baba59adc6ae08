//! From an endpoint's reply to the HTTP response.

use std::borrow::Cow;

use axum::{body::Body, response::Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use super::{events, range, stream};
use crate::{
    model::{
        endpoint::Operation,
        reply::{Composed, Reply},
    },
    support::live_answers::LiveAnswers,
};

/// The response to a call that succeeded. What has no end of its own is
/// one of `live`.
pub(crate) fn respond(
    reply: Reply,
    content_type: Cow<'static, str>,
    headers: &HeaderMap,
    head: bool,
    live: &LiveAnswers,
) -> Response {
    match reply {
        Reply::Json { status, body } => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            with_body(status, content_type, body.into())
        }
        Reply::Text(body) => with_body(StatusCode::OK, content_type, body.into()),
        Reply::Document { status, content_type, headers, body } => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            let mut response = with_body(status, Cow::Borrowed(content_type), body.into());
            for (name, value) in headers.iter() {
                if let Ok(value) = HeaderValue::from_str(value) {
                    response.headers_mut().insert(HeaderName::from_static(name), value);
                }
            }
            response
        }
        Reply::Response(composed) => respond_composed(composed, content_type),
        Reply::Stream(stream) => stream::respond(stream, headers),
        Reply::Live(endless) => events::respond(endless, live),
        Reply::JsonStream(content) => {
            with_body(StatusCode::OK, content_type, stream::body(content))
        }
        Reply::Resource(resource) => range::respond(&resource, headers.get(header::RANGE), head),
        Reply::NotFound => empty(StatusCode::NOT_FOUND),
        Reply::Nothing => empty(StatusCode::NO_CONTENT),
    }
}

/// What the application put together. A status that has no body is sent without one.
fn respond_composed(composed: Composed, negotiated: Cow<'static, str>) -> Response {
    let Composed { status, content_type, headers, body } = composed;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let content_type = content_type.map_or(negotiated, Cow::Owned);
    let bodiless = [StatusCode::NO_CONTENT, StatusCode::RESET_CONTENT, StatusCode::NOT_MODIFIED];
    let body = if bodiless.contains(&status) { Body::empty() } else { body.into() };
    let mut response = with_body(status, content_type, body);
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// The answer to a preflight. Without the headers that CORS adds to it there is nothing that a browser
/// could use (recorded: `index/preflight`).
pub(crate) fn preflight() -> Response {
    let mut response = empty(StatusCode::OK);
    let allow = HeaderValue::from_static("GET, HEAD, POST, PUT, DELETE, OPTIONS, TRACE, PATCH");
    response.headers_mut().insert(header::ALLOW, allow);
    response
}

/// The answer to OPTIONS: what the path has, and an empty `Accept-Patch`, as Spring sends it.
/// Without it Spring Boot Admin hides its environment manager and breaks its startup view.
pub(crate) fn options(allow: &str) -> Response {
    let mut response = empty(StatusCode::OK);
    if let Ok(allow) = HeaderValue::from_str(allow) {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response.headers_mut().insert("accept-patch", HeaderValue::from_static(""));
    response
}

/// The value of `Allow` for these operations; with the implied methods for OPTIONS, without
/// them for a 405.
pub(crate) fn allow<'o>(operations: impl Iterator<Item = &'o Operation>, implied: bool) -> String {
    use crate::model::endpoint::OperationKind::{Delete, Read, Write};
    let mut kinds: Vec<_> = operations.map(|operation| operation.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let mut methods = Vec::new();
    for kind in kinds {
        methods.push(match kind {
            Read => "GET",
            Write => "POST",
            Delete => "DELETE",
        });
        if kind == Read && implied {
            methods.push("HEAD");
        }
    }
    if implied {
        methods.push("OPTIONS");
        return methods.join(",");
    }
    methods.join(", ")
}

fn with_body(status: StatusCode, content_type: Cow<'static, str>, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let content_type = match content_type {
        // One of the constants of `media_type`, or with the caller's own charset.
        Cow::Borrowed(constant) => Some(HeaderValue::from_static(constant)),
        Cow::Owned(text) => HeaderValue::try_from(text).ok(),
    };
    if let Some(content_type) = content_type {
        response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    }
    response
}

fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
