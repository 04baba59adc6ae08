//! The request's context as an argument of handlers.

use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    response::{IntoResponse, Response},
};
use http::{StatusCode, request::Parts};

use crate::model::request::RequestContext;

/// There is no context: no `ActuatorLayer` is around the route, or settings switch request ids off.
/// It answers 500.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRequestContext;

impl std::fmt::Display for NoRequestContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(
            "this request has no context: put Actuator::layer() around the route, and leave \
             actuator.request-id.enabled on",
        )
    }
}

impl std::error::Error for NoRequestContext {}

impl IntoResponse for NoRequestContext {
    fn into_response(self) -> Response {
        // Why is for the developer, who sees it in the log; callers learn nothing.
        tracing::error!(target: "actuator::request", "{self}");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

impl<S: Sync> FromRequestParts<S> for RequestContext {
    type Rejection = NoRequestContext;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        find(parts).ok_or(NoRequestContext)
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for RequestContext {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Self::Rejection> {
        Ok(find(parts))
    }
}

/// Arguments are made within the request; what a middleware has put there comes first.
fn find(parts: &Parts) -> Option<RequestContext> {
    parts.extensions.get().cloned().or_else(RequestContext::current)
}
