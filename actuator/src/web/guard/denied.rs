//! The answers to those who do not pass. They tell nothing but that.

use std::time::Duration;

use axum::{body::Body, response::Response};
use http::{HeaderValue, StatusCode, header};

use crate::{
    model::principal::Principal,
    web::refusal::{Refusal, RefusalContext},
};

/// Why somebody does not pass.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::web) enum Denied {
    /// 401: nobody knows who it is. What would help stands in `WWW-Authenticate`.
    Unknown(Vec<String>),
    /// 403: the caller is known and holds none of the roles.
    Forbidden(Option<Principal>),
    /// 429: too many wrong credentials came from there.
    TooMany(Duration),
    /// 503: who it is cannot be found out now.
    Unavailable,
}

impl Denied {
    /// The same, with the caller that it is about.
    pub(super) fn to(self, caller: Principal) -> Self {
        match self {
            Self::Forbidden(_) => Self::Forbidden(Some(caller)),
            other => other,
        }
    }

    /// The response: without a body for 401, and otherwise the error document, as Spring has them
    /// (recorded: `run-security-basic/env-anonymous`, `env-user`).
    pub(in crate::web) fn respond(self, context: &RefusalContext<'_>) -> Response {
        match self {
            Self::Unknown(challenges) => {
                let mut response = empty(StatusCode::UNAUTHORIZED);
                for challenge in challenges {
                    if let Ok(challenge) = HeaderValue::try_from(challenge) {
                        response.headers_mut().append(header::WWW_AUTHENTICATE, challenge);
                    }
                }
                response
            }
            Self::Forbidden(caller) => {
                let refusal = Refusal::new(StatusCode::FORBIDDEN, "Access Denied");
                let mut response = refusal.respond(context);
                if let Some(caller) = caller {
                    response.extensions_mut().insert(caller);
                }
                response
            }
            Self::TooMany(left) => {
                let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
                later(StatusCode::TOO_MANY_REQUESTS, "Too many failures.", seconds, context)
            }
            Self::Unavailable => later(StatusCode::SERVICE_UNAVAILABLE, "Not now.", 1, context),
        }
    }
}

/// A response without a body.
fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

fn later(status: StatusCode, reason: &str, seconds: u64, context: &RefusalContext<'_>) -> Response {
    Refusal::new(status, reason)
        .quietly()
        .with_header(header::RETRY_AFTER, seconds.to_string())
        .respond(context)
}
