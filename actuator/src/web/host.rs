//! The host that a caller has named.

use http::{HeaderMap, Uri, header};

use crate::support::uri_host::usable_host;

/// The host and port that the caller has named; `localhost` if that is nothing that can stand in
/// a URI.
pub(super) fn named_host<'r>(uri: &'r Uri, headers: &'r HeaderMap) -> &'r str {
    usable_host(named(uri, headers))
}

/// What the caller has named, whatever it is; empty if that was nothing.
pub(super) fn named<'r>(uri: &'r Uri, headers: &'r HeaderMap) -> &'r [u8] {
    match uri.authority() {
        Some(authority) => authority.as_str().as_bytes(),
        // It comes first, or nearly: looking through them is quicker than looking it up.
        None => match headers.iter().find(|(name, _)| **name == header::HOST) {
            Some((_, named)) => named.as_bytes(),
            None => &[],
        },
    }
}
