//! What surrounds the code of a request: its context and a span, around each poll.

use std::{fmt, sync::Arc, time::Instant};

use http::{HeaderMap, HeaderName, HeaderValue, Request, header::Entry};
use tracing::{Span, field};

use super::{marks::Marks, request_id::RequestIds};
use crate::model::{
    request::{Origin, RequestContext, SPAN, TARGET},
    request_scope::RequestScope,
};

/// What is known of a request before its code runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    /// When it began.
    pub(super) now: Instant,
    /// Whether it is one of the management API.
    pub(super) is_management: bool,
    /// Its method, as meters name it.
    pub(super) method: &'static str,
    /// Of its headers.
    pub(super) marks: Marks,
}

/// The surroundings of one request. Between its polls they are kept here.
#[derive(Debug)]
pub(super) struct Surroundings {
    scope: RequestScope,
    span: Span,
    /// The header in which the response is to tell the name.
    echo: Option<HeaderName>,
}

impl Surroundings {
    /// Names the request. `None` if a layer around this one has done so, or if
    /// a request is answered by another inside of the service: that is part of it.
    pub(super) fn begin<B>(
        ids: &RequestIds,
        request: &Request<B>,
        head: Head,
        origin: impl FnOnce() -> Arc<Origin>,
    ) -> Option<Self> {
        if RequestContext::with_current(|_| ()).is_some() {
            return None;
        }
        let context = ids.context(request, head, origin);
        Some(Self {
            scope: RequestScope::new(context),
            span: Span::none(),
            echo: ids.echoed().filter(|_| !head.is_management).cloned(),
        })
    }

    /// The context of the request. Not within [`Self::run`].
    pub(super) fn context(&self) -> Option<&RequestContext> {
        self.scope.request()
    }

    /// Opens the span of the request and runs the first part of its code.
    pub(super) fn open<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let Self { scope, span, .. } = self;
        scope.run(|| {
            // Here, so that layers of the subscriber find the request.
            *span = open_span();
            span.in_scope(work)
        })
    }

    /// Runs a part of the request's code within them.
    pub(super) fn run<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let Self { scope, span, .. } = self;
        scope.run(|| span.in_scope(work))
    }

    /// Gives the head of the response the id. Not within [`Self::run`].
    pub(super) fn tell(&mut self, headers: &mut HeaderMap) {
        let Some(name) = self.echo.take() else { return };
        // What the application has told stays. Full as a map of headers can be, it stays as it is.
        if let Some(context) = self.context()
            && let Ok(Entry::Vacant(place)) = headers.try_entry(name)
            && let Ok(value) = HeaderValue::from_bytes(context.id_bytes())
        {
            let _ = place.try_insert(value);
        }
    }
}

/// The span of the current request.
fn open_span() -> Span {
    // A subscriber may look at the current one while it is told.
    let open = |context: &RequestContext| {
        let span = tracing::info_span!(
            target: TARGET,
            SPAN,
            request_id = context.id(),
            method = context.method(),
            route = context.route(),
            trace_id = field::Empty,
        );
        if let Some(trace) = context.trace_id().filter(|_| !span.is_disabled()) {
            span.record("trace_id", field::display(Hex(trace)));
        }
        span
    };
    RequestContext::with_current(open).unwrap_or_else(Span::none)
}

/// The id of a trace, as headers have it.
struct Hex(u128);

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}
