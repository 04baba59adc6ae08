//! The headers that tell browsers how to treat answers: those that Spring Security sends (recorded:
//! `run-security-default`), and two that keep pages of others from using answers as their own.
//!
//! `Strict-Transport-Security` is not among them: it is about all ports of a host, and the
//! application's may speak plain HTTP.

use http::{HeaderMap, HeaderName, HeaderValue, header};

const HEADERS: [(HeaderName, HeaderValue); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_XSS_PROTECTION, HeaderValue::from_static("0")),
    (header::PRAGMA, HeaderValue::from_static("no-cache")),
    (header::EXPIRES, HeaderValue::from_static("0")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];
const CACHE_CONTROL: HeaderValue =
    HeaderValue::from_static("no-cache, no-store, max-age=0, must-revalidate");

/// Adds them; how long an answer may be kept is the answer's own word, if it has one.
pub(super) fn write(headers: &mut HeaderMap) {
    headers.reserve(HEADERS.len() + 1);
    headers.entry(header::CACHE_CONTROL).or_insert(CACHE_CONTROL);
    for (name, value) in HEADERS {
        headers.insert(name, value);
    }
}
