//! The trace that a call belongs to.

use http::HeaderMap;

use crate::meter::Exemplar;

/// The span that the call tells the other side, if it is recorded.
pub fn span_of(headers: &HeaderMap) -> Option<Exemplar> {
    Exemplar::of_traceparent(headers.get("traceparent")?.to_str().ok()?)
}
