//! The subscriber of the process: ours, which opens the span of a request only if somebody asks
//! for it.
//!
//! A line within a request has the request's id anyway. The span is for tasks that a request spawns
//! with `in_current_span()`, and few do; to open one for each request is most of what naming
//! requests costs. So the callsite of that span is off, and whoever asks for the current span is
//! given one that is opened then.

use std::sync::OnceLock;

use tracing::{
    Dispatch, Event, Id, Metadata, Subscriber,
    dispatcher::WeakDispatch,
    field::{Field, Value},
    level_filters::LevelFilter,
    span::{Attributes, Record},
    subscriber::Interest,
};
use tracing_core::span::Current;
use tracing_subscriber::registry::{LookupSpan, SpanData as _};

use crate::model::{
    request::{RequestContext, SPAN, TARGET},
    request_scope::{OpenedSpan, entered_span, is_in_request_span, left_span, request_span},
};

/// A subscriber none of whose layers wants to see each request as a span.
pub(super) struct RequestSpans<S> {
    inner: S,
    /// The callsite of the span, once there was a request.
    callsite: OnceLock<&'static Metadata<'static>>,
    this: OnceLock<WeakDispatch>,
}

/// Whether this is the span of a request.
pub(super) fn is_request(metadata: &Metadata<'_>) -> bool {
    metadata.name() == SPAN && metadata.target() == TARGET
}

impl<S: Subscriber + for<'l> LookupSpan<'l>> RequestSpans<S> {
    /// In place of this subscriber.
    pub(super) fn new(inner: S) -> Self {
        Self { inner, callsite: OnceLock::new(), this: OnceLock::new() }
    }

    /// Opens the span of the current request, unless its level is off. Our layers look at no field
    /// of it.
    fn open(&self) -> Option<OpenedSpan> {
        let callsite = self.callsite.get().filter(|callsite| self.inner.enabled(callsite))?;
        let subscriber = self.this.get()?.upgrade()?;
        let values: [(&Field, Option<&dyn Value>); 0] = [];
        let values = callsite.fields().value_set(&values);
        let id = self.inner.new_span(&Attributes::new(callsite, &values));
        self.tell(&id);
        Some(OpenedSpan { id, subscriber })
    }

    /// Lets a span know the request that it belongs to.
    fn tell(&self, id: &Id) {
        if let (Some(span), Some(request)) = (self.inner.span_data(id), RequestContext::current()) {
            span.extensions_mut().replace(request);
        }
    }
}

impl<S: Subscriber + for<'l> LookupSpan<'l>> Subscriber for RequestSpans<S> {
    fn on_register_dispatch(&self, this: &Dispatch) {
        let _ = self.this.set(this.downgrade());
        self.inner.on_register_dispatch(this);
    }

    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        let interest = self.inner.register_callsite(metadata);
        if is_request(metadata) {
            let _ = self.callsite.set(metadata);
            return Interest::never();
        }
        interest
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        !is_request(metadata) && self.inner.enabled(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        self.inner.max_level_hint()
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let id = self.inner.new_span(span);
        if span.is_contextual() && is_in_request_span() {
            self.tell(&id);
        }
        id
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        self.inner.record(span, values);
    }

    fn record_follows_from(&self, span: &Id, follows: &Id) {
        self.inner.record_follows_from(span, follows);
    }

    fn event_enabled(&self, event: &Event<'_>) -> bool {
        self.inner.event_enabled(event)
    }

    fn event(&self, event: &Event<'_>) {
        self.inner.event(event);
    }

    fn enter(&self, span: &Id) {
        self.inner.enter(span);
        entered_span();
    }

    fn exit(&self, span: &Id) {
        self.inner.exit(span);
        left_span();
    }

    fn clone_span(&self, id: &Id) -> Id {
        self.inner.clone_span(id)
    }

    fn try_close(&self, id: Id) -> bool {
        self.inner.try_close(id)
    }

    #[expect(deprecated, reason = "old versions of `tracing` call it")]
    fn drop_span(&self, id: Id) {
        self.inner.drop_span(id);
    }

    fn current_span(&self) -> Current {
        match (request_span(|| self.open()), self.callsite.get()) {
            (Some(id), Some(callsite)) => Current::new(id, callsite),
            _ => self.inner.current_span(),
        }
    }
}

#[cfg(test)]
#[path = "request_spans_tests.rs"]
mod tests;
