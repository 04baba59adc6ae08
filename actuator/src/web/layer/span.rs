//! What surrounds the code of a request: its context and a span, around each poll.

use std::{fmt, sync::Arc, time::Instant};

use axum::extract::MatchedPath;
use http::{HeaderMap, Request};
use tracing::{Span, field};

use super::request_id::RequestIds;
use crate::{
    meter::RequestMethod,
    model::request::{RequestContext, SPAN, TARGET},
};

/// The surroundings of one request. Between its polls they are kept here.
#[derive(Debug)]
pub(super) struct Surroundings {
    context: Option<RequestContext>,
    span: Span,
    /// Who names requests, if the response is to tell the name.
    echo: Option<Arc<RequestIds>>,
}

impl Surroundings {
    /// Names the request and opens its span. `None` if a layer around this one has done so.
    pub(super) fn begin<B>(
        ids: &Arc<RequestIds>,
        request: &mut Request<B>,
        now: Instant,
        is_management: bool,
    ) -> Option<Self> {
        let context = ids.context(request, now);
        if RequestContext::with_current(|outer| *outer == context) == Some(true) {
            return None;
        }
        let mut surroundings = Self {
            context: Some(context),
            span: Span::none(),
            echo: (!is_management).then(|| Arc::clone(ids)),
        };
        // Entered, so that layers of the subscriber find it.
        surroundings.span = surroundings.run(|| open_span(request));
        Some(surroundings)
    }

    /// Runs a part of the request's code within them.
    pub(super) fn run<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let Self { context, span, .. } = self;
        RequestContext::enter(context, || span.in_scope(work))
    }

    /// Gives the head of the response the id. Not within [`Self::run`].
    pub(super) fn tell(&self, headers: &mut HeaderMap) {
        if let (Some(ids), Some(context)) = (&self.echo, &self.context) {
            ids.echo(context, headers);
        }
    }
}

fn open_span<B>(request: &Request<B>) -> Span {
    let span = tracing::info_span!(
        target: TARGET,
        SPAN,
        request_id = RequestContext::current().as_ref().map(RequestContext::id),
        method = RequestMethod::from_name(request.method().as_str()).tag(),
        route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str),
        trace_id = field::Empty,
    );
    if !span.is_disabled()
        && let Some(trace) = RequestContext::with_current(RequestContext::trace_id).flatten()
    {
        span.record("trace_id", field::display(Hex(trace)));
    }
    span
}

/// The id of a trace, as headers have it.
struct Hex(u128);

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}
