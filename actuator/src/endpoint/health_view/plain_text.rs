//! `OK` or `NOT OK` as plain text, for callers that want a word (py-healthcheck without handlers).

use std::borrow::Cow;

use crate::model::reply::Reply;

/// The media type; it is sent only to callers that name it.
pub const PLAIN_TEXT: &str = "text/plain;charset=UTF-8";

/// The answer with this HTTP status.
pub fn answer(status: u16) -> Reply {
    let body = if status < 400 { "OK" } else { "NOT OK" };
    Reply::Document {
        status,
        content_type: PLAIN_TEXT,
        headers: Cow::Borrowed(&[]),
        body: body.into(),
    }
}
