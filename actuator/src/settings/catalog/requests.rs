//! How requests are named, traced and logged.

use super::{Entry, Kind, catalog};

/// These names.
#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = catalog! {
    "actuator.request-id.enabled" Bool "true" "Whether requests have an id and a trace.";
    "actuator.request-id.header" Text "X-Request-ID" "The service's own header of ids: taken first, sent in responses and to others.";
    "actuator.request-id.accept" List "" "Headers whose ids are taken, the first that holds one; the service's own, then X-Request-ID, X-Correlation-ID, Request-ID, X-Varnish, X-Amzn-Trace-Id by default. Empty: no caller is believed.";
    "actuator.request-id.echo" Bool "true" "Whether responses tell the id of the request.";
    "actuator.request-id.propagate" Bool "true" "Whether calls that a request makes carry its id.";
    "actuator.request-log.enabled" Bool "false" "Whether each request is logged once it has ended, as actuator::access.";
    "actuator.trace-context.accept" Bool "true" "Whether the traceparent of callers is believed.";
    "actuator.trace-context.begin" Bool "false" "Whether a request without a traceparent begins a trace of its own.";
    "actuator.trace-context.propagate" Bool "true" "Whether calls that a request makes carry its traceparent.";
    "c2c.request-id-header" Text "" "Older name of actuator.request-id.header, c2cwsgiutils' C2C_REQUEST_ID_HEADER.";
};
