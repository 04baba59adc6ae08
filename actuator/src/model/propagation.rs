//! What the calls that a request makes are told of it: its id and its trace.

use super::request::RequestContext;

/// The header of the trace.
pub(crate) const TRACEPARENT: &str = "traceparent";
/// The header of what its vendors add.
pub(crate) const TRACESTATE: &str = "tracestate";

/// What is told, by setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Propagation {
    /// The header that holds the id, in lower case.
    pub(crate) header: String,
    /// Whether the id is told.
    pub(crate) sends_id: bool,
    /// Whether the trace is told.
    pub(crate) sends_trace: bool,
}

impl Default for Propagation {
    fn default() -> Self {
        Self { header: "x-request-id".to_owned(), sends_id: true, sends_trace: true }
    }
}

/// The headers of a call that is made for the request which this thread is working on, by name and
/// value: its id, and `traceparent` and `tracestate` if it belongs to a trace. There are none where
/// no request is worked on, or where settings switch them off.
///
/// For clients that [`client`](crate::client) does not know; leave out what the call has already.
///
/// ```
/// fn call(headers: &mut Vec<(String, String)>) {
///     headers.extend(actuator::request::outgoing_headers());
/// }
/// ```
pub fn outgoing_headers() -> impl Iterator<Item = (String, String)> {
    RequestContext::with_current(headers).unwrap_or_default().into_iter()
}

fn headers(request: &RequestContext) -> Vec<(String, String)> {
    let default = Propagation::default();
    let told = request.propagation().unwrap_or(&default);
    let mut headers = Vec::with_capacity(3);
    if told.sends_id {
        headers.push((told.header.clone(), request.id().to_owned()));
    }
    if let Some(trace) = request.trace().filter(|_| told.sends_trace) {
        headers.push((TRACEPARENT.to_owned(), trace.outgoing().to_string()));
        if let Some(state) = &trace.state {
            headers.push((TRACESTATE.to_owned(), state.to_string()));
        }
    }
    headers
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::trace_context::{TraceContext, TraceParent};

    const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn told(request: RequestContext) -> Vec<String> {
        let mut request = Some(request);
        RequestContext::enter(&mut request, || {
            outgoing_headers().map(|(name, value)| format!("{name}: {value}")).collect()
        })
    }

    #[test]
    fn the_id_and_the_requests_own_span_are_told_as_settings_say() {
        let trace = TraceContext {
            parent: TraceParent::parse(TRACE).unwrap(),
            span_id: 0xabc,
            state: Some("v=1".into()),
        };
        let request = RequestContext::from_id("r-1").unwrap().with_trace(trace);
        let id = "x-request-id: r-1".to_owned();
        let parent = "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000abc-01";
        let trace = [parent.to_owned(), "tracestate: v=1".to_owned()];
        assert_eq!(told(request.clone()), [&[id], &trace[..]].concat());
        let with = |sends_id, sends_trace| {
            let header = "x-trace".to_owned();
            let propagation = Propagation { header, sends_id, sends_trace };
            told(request.clone().with_propagation(Arc::new(propagation)))
        };
        assert_eq!(with(true, false), ["x-trace: r-1"]);
        assert_eq!(with(false, true), trace);
        assert_eq!(with(false, false), [""; 0]);
    }

    #[test]
    fn outside_of_requests_nothing_is_told() {
        assert_eq!(outgoing_headers().count(), 0);
    }
}
