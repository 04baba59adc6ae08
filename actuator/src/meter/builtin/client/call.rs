//! One call, from its start to whatever ends it.

use std::{sync::Arc, time::Instant};

use super::{NAME, end::End, routes::Route};
use crate::meter::{
    Exemplar, LongTaskGuard, LongTaskTimer, MeterBuilder, MeterRegistry, RequestMethod, Timer,
};

/// A call that has begun. Dropped without a word, it was cancelled.
#[derive(Debug)]
#[must_use = "a call that is dropped counts as cancelled"]
pub struct ClientCall {
    call: Call,
    started: Instant,
    exemplar: Option<Exemplar>,
    /// Empty once the call has ended.
    active: Option<LongTaskGuard>,
}

/// What is known of a call when it begins.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) registry: Arc<MeterRegistry>,
    pub(super) route: Arc<Route>,
    pub(super) method: RequestMethod,
}

impl ClientCall {
    pub(super) fn begin(call: Call) -> Self {
        let started = call.registry.now();
        let active = call.route.active(call.method, || call.active_timer()).guard();
        Self { call, started, exemplar: None, active: Some(active) }
    }

    /// Names the span of the call, for where exemplars are shown: it is kept beside the duration.
    pub fn traced(mut self, exemplar: Option<Exemplar>) -> Self {
        self.exemplar = exemplar;
        self
    }

    /// The head of an answer came, with this status.
    pub fn answered(mut self, status: u16) {
        self.end(End::answered(status));
    }

    /// The network failed: no connection, a broken one, no answer in time. `exception` names the
    /// kind of error.
    pub fn failed(mut self, exception: &'static str) {
        self.end(End::io(exception));
    }

    /// The call failed on this side, such as for too many redirects.
    pub fn refused(mut self, exception: &'static str) {
        self.end(End::client(exception));
    }

    fn end(&mut self, end: End) {
        if self.active.take().is_none() {
            return;
        }
        let took = self.call.registry.now().saturating_duration_since(self.started);
        let timer = self.call.route.ended(self.call.method, end, || self.call.timer(end));
        match self.exemplar {
            Some(exemplar) => timer.record_with(took, exemplar),
            None => timer.record(took),
        }
    }
}

impl Drop for ClientCall {
    fn drop(&mut self) {
        let exception = if std::thread::panicking() { "panic" } else { "cancelled" };
        self.end(End::client(exception));
    }
}

impl Call {
    fn timer(&self, end: End) -> Arc<Timer> {
        self.meter(NAME, end).description("Calls over HTTP").tag("error", end.exception).timer()
    }

    fn active_timer(&self) -> Arc<LongTaskTimer> {
        let name = format!("{NAME}.active");
        self.meter(&name, End::open())
            .description("Calls over HTTP that wait for an answer")
            .long_task_timer()
    }

    fn meter(&self, name: &str, end: End) -> MeterBuilder<'_> {
        let meter = self
            .registry
            .meter(name)
            .tag("client.name", self.route.host())
            .tag("exception", end.exception)
            .tag("method", self.method.tag())
            .tag("outcome", end.outcome_tag())
            .tag("status", end.status_tag())
            .tag("uri", self.route.uri());
        match self.route.scheme_and_port() {
            Some((scheme, port)) => meter.tag("server.port", port).tag("url.scheme", scheme),
            None => meter,
        }
    }
}
