//! Answers of endpoints that exist and cannot do what is asked: 501 where the build lacks it, 429
//! where another caller is at it, 503 where something stands in the way. The reason and the remedy are
//! always told, since whoever may ask has to know.

use serde::Serialize;

use crate::model::{endpoint::EndpointResult, reply::Reply};

#[derive(Serialize)]
struct NotNow<'r> {
    status: u16,
    error: &'static str,
    message: &'r str,
}

/// 501: this build cannot do it; `message` says what to do.
pub(super) fn not_implemented(message: &str) -> EndpointResult {
    answer(501, "Not Implemented", message)
}

/// 429: another caller is at it.
pub(super) fn busy(message: &str) -> EndpointResult {
    answer(429, "Too Many Requests", message)
}

/// 503: it cannot be done now; `message` says why.
pub(super) fn unavailable(message: &str) -> EndpointResult {
    answer(503, "Service Unavailable", message)
}

fn answer(status: u16, error: &'static str, message: &str) -> EndpointResult {
    let body = serde_json::to_vec(&NotNow { status, error, message })?;
    Ok(Reply::Document {
        status,
        content_type: "application/json",
        headers: (&[]).into(),
        body: body.into(),
    })
}
