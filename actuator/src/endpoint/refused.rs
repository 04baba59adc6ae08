//! A refusal that says why to whoever asks: for what Spring does not know, and so for callers that
//! read messages.

use serde::Serialize;

use super::health_view::json;
use crate::model::endpoint::EndpointResult;

#[derive(Serialize)]
struct Refused<'r> {
    status: u16,
    error: &'r str,
    message: &'r str,
}

/// A document with this status, its phrase, and the reason.
pub(super) fn refused(status: u16, error: &str, message: &str) -> EndpointResult {
    json(status, &Refused { status, error, message })
}
