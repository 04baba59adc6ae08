//! The names of requests: what a caller says, if it can be believed, else a new one.

use std::{sync::Arc, time::Instant};

use http::{HeaderMap, HeaderName, HeaderValue, Request};

use super::{marks::Marks, settings::IdSettings, span::Head};
use crate::{
    model::{
        propagation::{Propagation, TRACEPARENT, TRACESTATE},
        request::{About, Origin, RequestContext},
        trace_context::{TraceContext, TraceParent, trace_state},
    },
    support::unique_id,
};

/// Where a load balancer of AWS writes the id of a trace: `Root=…;Parent=…;Sampled=…`.
const AMAZON: &str = "x-amzn-trace-id";

/// How the requests of a layer are named.
#[derive(Debug)]
pub(super) struct RequestIds {
    settings: IdSettings,
    propagation: Arc<Propagation>,
    /// What requests without a route have in common.
    nowhere: Arc<Origin>,
    /// Of all headers of interest.
    marks: Marks,
}

/// What was found in the head of a request.
#[derive(Default)]
struct Found<'h> {
    /// Its place among the accepted headers, and the id.
    id: Option<(usize, &'h [u8])>,
    trace: Option<TraceParent>,
    is_one_trace: bool,
    has_state: bool,
}

impl RequestIds {
    /// Names requests as the settings say.
    pub(super) fn new(settings: IdSettings) -> Self {
        let names = settings.accepted.iter().map(String::as_str);
        let marks = names.chain([TRACEPARENT, TRACESTATE]).map(Marks::of);
        let marks = marks.fold(Marks::default(), Marks::or);
        let propagation = Arc::new(settings.propagation.clone());
        let nowhere = Arc::new(Origin { propagation: Arc::clone(&propagation), route: None });
        Self { settings, propagation, nowhere, marks }
    }

    /// What requests of the route of this template have in common.
    pub(super) fn origin(&self, route: Option<Arc<str>>) -> Arc<Origin> {
        match route {
            Some(_) => Arc::new(Origin { propagation: Arc::clone(&self.propagation), route }),
            None => Arc::clone(&self.nowhere),
        }
    }

    /// The context of a request: that which somebody around this layer has put among its
    /// extensions, or a new one of this head and origin.
    pub(super) fn context<B>(
        &self,
        request: &Request<B>,
        head: Head,
        origin: impl FnOnce() -> Arc<Origin>,
    ) -> RequestContext {
        if let Some(given) = request.extensions().get::<RequestContext>() {
            return given.clone();
        }
        let about = About { trace: None, method: Some(head.method), origin: Some(origin()) };
        self.new_context((request.headers(), head.marks), head.now, about)
    }

    fn new_context(
        &self,
        (headers, marks): (&HeaderMap, Marks),
        now: Instant,
        about: About,
    ) -> RequestContext {
        let found = if marks.meet(self.marks) { self.find(headers) } else { Found::default() };
        let about = About { trace: self.trace(&found, headers, now), ..about };
        match found.id {
            Some((_, id)) => RequestContext::copied(id, about),
            None => RequestContext::generated(now, about),
        }
    }

    /// One walk over the headers is quicker than looking up each that may be there.
    fn find<'h>(&self, headers: &'h HeaderMap) -> Found<'h> {
        let mut found = Found::default();
        let marked = |name: &&HeaderName| self.marks.meet(Marks::of(name.as_str()));
        for name in headers.keys().filter(marked) {
            match name.as_str() {
                TRACEPARENT => {
                    let mut values = headers.get_all(name).iter();
                    found.trace = values.next().and_then(trace_parent);
                    found.is_one_trace = values.next().is_none();
                }
                TRACESTATE => found.has_state = true,
                _ => self.take_id(&mut found, name, headers),
            }
        }
        found
    }

    fn take_id<'h>(&self, found: &mut Found<'h>, name: &HeaderName, headers: &'h HeaderMap) {
        let mut accepted = self.settings.accepted.iter();
        let Some(place) = accepted.position(|accepted| accepted == name.as_str()) else { return };
        if found.id.is_some_and(|(best, _)| best < place) {
            return;
        }
        let values = headers.get_all(name).iter().map(HeaderValue::as_bytes);
        let mut ids = values.map(|value| if name == AMAZON { root(value) } else { value });
        if let Some(id) = ids.find(|id| RequestContext::is_id(id)) {
            found.id = Some((place, id));
        }
    }

    /// The trace, where exactly one is named; state without one means nothing.
    fn trace(&self, found: &Found<'_>, headers: &HeaderMap, now: Instant) -> Option<TraceContext> {
        let named = found.trace.filter(|_| found.is_one_trace && self.settings.accepts_trace);
        let state = || {
            let values = headers.get_all(TRACESTATE).iter().map(HeaderValue::as_bytes);
            trace_state(values)
        };
        match named {
            Some(parent) => Some(TraceContext {
                parent,
                span_id: unique_id::short_number(now),
                state: found.has_state.then(state).flatten(),
            }),
            None => self.settings.begins_trace.then(|| new_trace(now)),
        }
    }

    /// The header in which responses tell the id, if they do.
    pub(super) fn echoed(&self) -> Option<&HeaderName> {
        Some(&self.settings.header).filter(|_| self.settings.echo)
    }
}

/// What one `traceparent` says.
fn trace_parent(value: &HeaderValue) -> Option<TraceParent> {
    TraceParent::parse(value.to_str().ok()?)
}

/// A trace that begins here; nobody records it.
fn new_trace(now: Instant) -> TraceContext {
    let span_id = unique_id::short_number(now);
    let trace_id = unique_id::number(now).max(1);
    let parent = TraceParent { trace_id, parent_id: span_id, is_sampled: false, is_random: true };
    TraceContext { parent, span_id, state: None }
}

/// The member that names the request for all who work on it.
fn root(value: &[u8]) -> &[u8] {
    let mut members = value.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
    members.find(|member| member.starts_with(b"Root=")).unwrap_or(value)
}
