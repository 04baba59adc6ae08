//! Which request is being worked on: known wherever the code of a request runs, at no cost where
//! nobody asks.
//!
//! The layer in `web` puts the context around each poll of the inner service, so a thread knows
//! the request whose future it is polling. What a request spawns does not inherit it; wrap that
//! in [`RequestContext::scope`].

use std::{
    cell::RefCell,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use pin_project_lite::pin_project;

use super::trace_context::TraceParent;

thread_local! {
    static CURRENT: RefCell<Option<RequestContext>> = const { RefCell::new(None) };
}

/// What is known of a request everywhere while it is worked on. Clones are cheap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestContext {
    id: Bytes,
    trace: Option<TraceParent>,
}

impl RequestContext {
    /// A request of this id: visible ASCII, so that it can stand in a header, in a line of the log
    /// and in a query. `None` if it is something else, or empty.
    pub(crate) fn new(id: Bytes, trace: Option<TraceParent>) -> Option<Self> {
        let is_plain = !id.is_empty() && id.iter().all(u8::is_ascii_graphic);
        is_plain.then_some(Self { id, trace })
    }

    /// The request that this thread is working on. It is none in what a request spawned, unless
    /// that was wrapped in [`Self::scope`].
    pub fn current() -> Option<Self> {
        Self::with_current(Self::clone)
    }

    /// The id: as the caller said it, else made for this request.
    pub fn id(&self) -> &str {
        // Visible ASCII: that is how it was made.
        std::str::from_utf8(&self.id).unwrap_or_default()
    }

    /// The id of the trace that the caller's `traceparent` names.
    pub fn trace_id(&self) -> Option<u128> {
        self.trace.map(|trace| trace.trace_id)
    }

    /// Makes this the current request while `future` is polled.
    pub fn scope<F: Future>(self, future: F) -> InRequest<F> {
        InRequest { future, request: Some(self) }
    }

    /// The id, as it goes into headers.
    pub(crate) fn id_bytes(&self) -> &Bytes {
        &self.id
    }

    /// The caller's trace.
    pub(crate) fn trace(&self) -> Option<TraceParent> {
        self.trace
    }

    /// Looks at the current request without taking hold of it; `None` if there is none.
    pub(crate) fn with_current<T>(look: impl FnOnce(&Self) -> T) -> Option<T> {
        // While a thread ends there is none.
        CURRENT.try_with(|current| current.try_borrow().ok()?.as_ref().map(look)).ok()?
    }

    /// Makes `request` the current one while `work` runs; afterwards it is where it was.
    pub(crate) fn enter<T>(request: &mut Option<Self>, work: impl FnOnce() -> T) -> T {
        let _entered = Entered::begin(request);
        work()
    }
}

/// Puts back what was there before, also if the work panics.
struct Entered<'r>(&'r mut Option<RequestContext>);

impl<'r> Entered<'r> {
    fn begin(request: &'r mut Option<RequestContext>) -> Self {
        swap(request);
        Self(request)
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        swap(self.0);
    }
}

fn swap(request: &mut Option<RequestContext>) {
    // It fails where a thread ends, and where somebody looks: then nothing is entered.
    let _ = CURRENT.try_with(|current| {
        if let Ok(mut current) = current.try_borrow_mut() {
            std::mem::swap(&mut *current, request);
        }
    });
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
        RequestContext::new(Bytes::from_static(id.as_bytes()), None).unwrap()
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
    fn an_id_is_visible_ascii() {
        for bad in ["", "a b", "a\nb", "ü", "\u{1b}[31m"] {
            let id = Bytes::from_static(bad.as_bytes());
            assert_eq!(RequestContext::new(id, None), None, "{bad:?}");
        }
    }
}
