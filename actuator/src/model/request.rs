//! Which request is being worked on: known wherever the code of a request runs, at no cost where
//! nobody asks.
//!
//! The layer in `web` puts the context around each poll of the inner service, so a thread knows
//! the request whose future it is polling. What a request spawns does not inherit it; wrap that
//! in [`RequestContext::scope`].

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

use pin_project_lite::pin_project;

use super::{propagation::Propagation, request_scope, trace_context::TraceContext};
use crate::support::unique_id;

/// The target of the span that surrounds each request; its name is [`SPAN`].
pub(crate) const TARGET: &str = "actuator::request";
/// The name of that span.
pub(crate) const SPAN: &str = "request";
/// The longest id, in bytes.
const MAX_ID: usize = 128;

/// What is known of a request everywhere while it is worked on. Clones are cheap.
///
/// ```
/// use actuator::request::RequestContext;
///
/// fn log_to_elsewhere(line: &str) {
///     let request = RequestContext::current();
///     let id = request.as_ref().map_or("-", RequestContext::id);
///     println!("{id} {line}");
/// }
/// ```
///
/// In handlers of axum it is also an extractor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestContext {
    /// It changes hands with each poll, so it is one word.
    known: Arc<Known>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    id: Id,
    about: About,
}

/// Within the context, so that a request that nobody has named takes no memory of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Id {
    /// As it was made here.
    Made([u8; 36]),
    /// A copy of what the caller said: that may have been cut from a whole read buffer.
    Said(Box<[u8]>),
}

/// What may be known of a request beside its id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct About {
    /// The trace that it belongs to.
    pub(crate) trace: Option<TraceContext>,
    /// Its method, as meters name it.
    pub(crate) method: Option<&'static str>,
    /// What it has in common with others.
    pub(crate) origin: Option<Arc<Origin>>,
}

/// What all requests of a route have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// What the calls that they make are told.
    pub(crate) propagation: Arc<Propagation>,
    /// The template of the route.
    pub(crate) route: Option<Arc<str>>,
}

impl RequestContext {
    /// The context of something that is like a request, such as a message of a queue: with this
    /// id, which may be up to 128 letters, digits and `-._~:/+=@|`. `None` for any other.
    ///
    /// ```
    /// use actuator::request::RequestContext;
    ///
    /// # async fn handle(message: u64) {}
    /// # async fn example(message: u64) {
    /// if let Some(request) = RequestContext::from_id(&format!("message-{message}")) {
    ///     request.scope(handle(message)).await;
    /// }
    /// # }
    /// ```
    pub fn from_id(id: &str) -> Option<Self> {
        Self::is_id(id.as_bytes()).then(|| Self::copied(id.as_bytes(), About::default()))
    }

    /// A request of this id, of which it is known that it can be one.
    pub(crate) fn copied(id: &[u8], about: About) -> Self {
        Self::of(Id::Said(id.into()), about)
    }

    /// A request of this id and with the caller's trace; `None` if it cannot be an id.
    #[cfg(test)]
    pub(crate) fn new(id: &str, trace: Option<super::trace_context::TraceParent>) -> Option<Self> {
        let request = Self::from_id(id)?;
        Some(match trace {
            Some(parent) => request.with_trace(TraceContext {
                parent,
                span_id: unique_id::short_number(Instant::now()),
                state: None,
            }),
            None => request,
        })
    }

    /// A request that nobody has named.
    pub(crate) fn generated(now: Instant, about: About) -> Self {
        Self::of(Id::Made(unique_id::uuid(now)), about)
    }

    fn of(id: Id, about: About) -> Self {
        Self { known: Arc::new(Known { id, about }) }
    }

    /// The same as part of a trace.
    #[cfg(test)]
    pub(crate) fn with_trace(mut self, trace: TraceContext) -> Self {
        Arc::make_mut(&mut self.known).about.trace = Some(trace);
        self
    }

    /// The same with what the calls that it makes are told.
    #[cfg(test)]
    pub(crate) fn with_propagation(mut self, propagation: Arc<Propagation>) -> Self {
        let origin = Origin { propagation, route: None };
        Arc::make_mut(&mut self.known).about.origin = Some(Arc::new(origin));
        self
    }

    /// Whether this can be an id. It stands in headers, lines of logs, queries and pages, so that
    /// nothing may be in it that means something in one of them: quotes, brackets, separators,
    /// what a template or a shell would replace.
    pub(crate) fn is_id(id: &[u8]) -> bool {
        let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~:/+=@|".contains(byte);
        (1..=MAX_ID).contains(&id.len()) && id.iter().all(is_plain)
    }

    /// The request that this thread is working on. It is none in what a request spawned, unless
    /// that was wrapped in [`Self::scope`].
    pub fn current() -> Option<Self> {
        Self::with_current(Self::clone)
    }

    /// The id: as the caller said it, else made for this request.
    pub fn id(&self) -> &str {
        // Visible ASCII: that is how it was made.
        std::str::from_utf8(self.id_bytes()).unwrap_or_default()
    }

    /// The id of the trace that the caller's `traceparent` names; never 0.
    pub fn trace_id(&self) -> Option<u128> {
        self.known.about.trace.as_ref().map(|trace| trace.parent.trace_id)
    }

    /// The id of the request's own span in that trace, which is the parent of the calls that it
    /// makes; never 0.
    pub fn span_id(&self) -> Option<u64> {
        self.known.about.trace.as_ref().map(|trace| trace.span_id)
    }

    /// The method: one of those that HTTP knows, or `UNKNOWN`. `None` for what is like a request.
    pub fn method(&self) -> Option<&'static str> {
        self.known.about.method
    }

    /// The template of the route (`/users/{id}`), if one was found.
    pub fn route(&self) -> Option<&str> {
        self.known.about.origin.as_ref()?.route.as_deref()
    }

    /// Makes this the current request while `future` is polled.
    pub fn scope<F: Future>(self, future: F) -> InRequest<F> {
        InRequest { future, request: Some(self) }
    }

    /// The id, as it goes into headers.
    pub(crate) fn id_bytes(&self) -> &[u8] {
        match &self.known.id {
            Id::Made(id) => id,
            Id::Said(id) => id,
        }
    }

    /// The trace, if it belongs to one.
    pub(crate) fn trace(&self) -> Option<&TraceContext> {
        self.known.about.trace.as_ref()
    }

    /// What the calls that it makes are told.
    pub(crate) fn propagation(&self) -> Option<&Propagation> {
        self.known.about.origin.as_ref().map(|origin| &*origin.propagation)
    }

    /// Looks at the current request without taking hold of it; `None` if there is none.
    pub(crate) fn with_current<T>(look: impl FnOnce(&Self) -> T) -> Option<T> {
        request_scope::with_current(look)
    }

    /// Makes `request` the current one while `work` runs; afterwards it is where it was.
    pub(crate) fn enter<T>(request: &mut Option<Self>, work: impl FnOnce() -> T) -> T {
        request_scope::enter(request, work)
    }
}

pin_project! {
    /// The future of [`RequestContext::scope`].
    #[derive(Debug)]
    pub struct InRequest<F> {
        #[pin]
        future: F,
        request: Option<RequestContext>,
    }
}

impl<F: Future> Future for InRequest<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        RequestContext::enter(this.request, || this.future.poll(context))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(id: &'static str) -> RequestContext {
        RequestContext::new(id, None).unwrap()
    }

    fn current() -> Option<String> {
        RequestContext::with_current(|request| request.id().to_owned())
    }

    #[tokio::test]
    async fn the_request_is_known_while_its_future_is_polled_and_not_between() {
        let inner = request("inner").scope(async {
            tokio::task::yield_now().await;
            current()
        });
        let outer = request("outer").scope(async {
            let inner = inner.await;
            (inner, current())
        });
        let (inner, outer) = outer.await;
        assert_eq!((inner.as_deref(), outer.as_deref()), (Some("inner"), Some("outer")));
        assert_eq!(RequestContext::current(), None);
    }

    #[test]
    fn a_panic_leaves_no_request_behind() {
        let mut entered = Some(request("r"));
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            RequestContext::enter(&mut entered, || panic!("in the request"));
        }));
        assert!(panicked.is_err());
        assert_eq!((current(), entered), (None, Some(request("r"))));
    }

    #[test]
    fn an_id_means_nothing_wherever_it_stands() {
        let long = "x".repeat(129);
        let odd = [
            "",
            "a b",
            "a\nb",
            "ü",
            "\u{1b}[31m",
            "a\"b",
            "a\\b",
            "<b>",
            "a;b",
            "a,b",
            "${jndi:x}",
            "a&b",
            "a%0ab",
            "a'b",
            "`a`",
            "{}",
            "a?b",
            "a#b",
            &long,
        ];
        for bad in odd {
            assert_eq!(RequestContext::from_id(bad), None, "{bad:?}");
        }
        for good in [
            "7f7f2b68-3a9a-4f2c-9a60-f3d5a3a0f3de",
            "Root=1-67891233-abcdef012345678912345678",
            "32770",
            "|7dd6.1.",
            "aGVsbG8+/w==",
            &long[1..],
        ] {
            assert_eq!(RequestContext::from_id(good).unwrap().id(), good);
        }
    }
}
