//! What an HTTP exchange is recorded with, taken from the heads of request and response.

use std::sync::Arc;

use axum::extract::OriginalUri;
use http::{HeaderMap, Request};

use super::marks::Marks;
use crate::{
    exchange::{Bodies, Direction, Draft, ExchangeRepository},
    model::request::RequestContext,
    web::{
        forwarded::{client_address, public_origin},
        host,
    },
};

/// Begins the record of an exchange with what the request's head tells, all but its id; `None` if
/// this request is not to be recorded. With it come the marks of the headers, if they were walked
/// over.
pub(super) fn begin<B>(
    exchanges: &ExchangeRepository,
    request: &mut Request<B>,
    is_management: bool,
) -> Option<(Box<Draft>, Option<Marks>)> {
    let settings = exchanges.settings();
    // A router that nests us shows the path below its prefix; the caller wrote all of it.
    let original = request.extensions().get::<OriginalUri>();
    let uri = original.map_or(request.uri(), |original| &original.0);
    if !settings.records(request.method().as_str(), uri.path(), is_management) {
        return None;
    }
    let mut draft = exchanges.begin();
    let (scheme, told, prefix) = public_origin(uri, request.extensions());
    let host = told.map_or_else(|| host::named(uri, request.headers()), str::as_bytes);
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    // `OPTIONS *` is about no path.
    let slash = if path.starts_with('/') { "" } else { "/" };
    draft.request(request.method().as_str(), (scheme, host), &[prefix, slash, path]);
    let marks = settings
        .include
        .request_headers
        .then(|| copy_headers(&mut draft, Direction::Request, request.headers(), exchanges));
    if settings.include.remote_address
        && let Some(address) = client_address(request.extensions())
    {
        draft.remote_address(&address.to_string());
    }
    // What management answers may be anything but small, and would show exchanges in exchanges.
    if settings.bodies.is_on() && !is_management {
        let bodies = Arc::new(Bodies::new(settings.bodies));
        request.extensions_mut().insert(Arc::clone(&bodies));
        draft.with_bodies(bodies);
    }
    Some((draft, marks))
}

/// Adds the id of the request: that of `context`, else that of the request of which this one is a
/// part.
pub(super) fn name(draft: &mut Draft, context: Option<&RequestContext>) {
    match context {
        Some(context) => draft.request_id(context.id_bytes()),
        None => {
            RequestContext::with_current(|context| draft.request_id(context.id_bytes()));
        }
    }
}

/// Copies the headers that are recorded; the marks of all.
pub(super) fn copy_headers(
    draft: &mut Draft,
    direction: Direction,
    headers: &HeaderMap,
    exchanges: &ExchangeRepository,
) -> Marks {
    let settings = exchanges.settings();
    let all = settings.records_all_headers(direction);
    let mut marks = Marks::default();
    for (name, value) in headers {
        let name = name.as_str();
        marks = marks.or(Marks::of(name));
        if all && !has_switch(name) {
            draft.recorded_header(direction, name, value.as_bytes());
        } else {
            draft.header(direction, name, value.as_bytes(), settings);
        }
    }
    marks
}

/// Whether it takes a switch of its own to record this header.
fn has_switch(name: &str) -> bool {
    matches!(name, "cookie" | "set-cookie" | "authorization")
}
