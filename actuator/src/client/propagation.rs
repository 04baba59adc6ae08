//! Telling the other side which request it is called for.

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::model::propagation::outgoing_headers;

/// Adds the headers of the request that this thread is working on. What the call has already
/// stays; a state without the trace that it belongs to means nothing, so that the two come together.
pub fn add_to(headers: &mut HeaderMap) {
    let has_trace = headers.contains_key("traceparent");
    for (name, value) in outgoing_headers() {
        let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name.as_bytes()), HeaderValue::try_from(value))
        else {
            continue;
        };
        let is_there = headers.contains_key(&name) || has_trace && name == "tracestate";
        if !is_there {
            headers.insert(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        request::RequestContext,
        trace_context::{TraceContext, TraceParent},
    };

    #[test]
    fn what_the_call_has_already_stays_and_a_state_follows_its_trace() {
        let trace = TraceContext {
            parent: TraceParent::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
                .unwrap(),
            span_id: 7,
            state: Some("v=1".into()),
        };
        let mut request = Some(RequestContext::from_id("r-1").unwrap().with_trace(trace));
        let mut headers = HeaderMap::new();
        RequestContext::enter(&mut request, || add_to(&mut headers));
        assert_eq!(headers["x-request-id"], "r-1");
        assert_eq!(
            headers["traceparent"],
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000007-01"
        );
        assert_eq!(headers["tracestate"], "v=1");
        let own = HeaderValue::from_static("mine");
        let mut headers = HeaderMap::from_iter([
            (HeaderName::from_static("x-request-id"), own.clone()),
            (HeaderName::from_static("traceparent"), own.clone()),
        ]);
        RequestContext::enter(&mut request, || add_to(&mut headers));
        assert_eq!((&headers["x-request-id"], &headers["traceparent"]), (&own, &own));
        assert_eq!(headers.len(), 2);
    }
}
