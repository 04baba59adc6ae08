//! What the code that a thread runs belongs to: a request, and a span of it that is opened only
//! if somebody asks for it.

use std::{
    cell::{Cell, RefCell},
    fmt,
    mem::swap,
};

use tracing::{Dispatch, Id};

use super::request::RequestContext;

thread_local! {
    static HERE: Here = const {
        Here {
            entered: RefCell::new(Entered { request: None, place: None }),
            spans: Cell::new(0),
        }
    };
}

/// What is known on this thread.
struct Here {
    entered: RefCell<Entered>,
    /// How many spans are entered, where the subscriber counts them.
    spans: Cell<u32>,
}

/// What was entered. It changes hands with each poll, so it is small.
#[derive(Debug)]
struct Entered {
    request: Option<RequestContext>,
    place: Option<SpanPlace>,
}

/// Where the span of a request is, or would be, among the spans that are entered.
#[derive(Debug, Default)]
struct SpanPlace {
    /// So many are around it.
    outside: u32,
    opened: Option<Box<OpenedSpan>>,
}

/// A span that was opened because somebody asked for it. It is closed when this is dropped.
pub(crate) struct OpenedSpan {
    /// Its id, held once.
    pub(crate) id: Id,
    /// Whose it is.
    pub(crate) subscriber: Dispatch,
}

/// The surroundings of the code of one request. Between its polls they are kept here.
#[derive(Debug)]
pub(crate) struct RequestScope(Entered);

impl RequestScope {
    /// The surroundings of this request.
    pub(crate) fn new(request: RequestContext) -> Self {
        Self(Entered { request: Some(request), place: Some(SpanPlace::default()) })
    }

    /// The request. Not within [`Self::run`].
    pub(crate) fn request(&self) -> Option<&RequestContext> {
        self.0.request.as_ref()
    }

    /// Runs a part of the request's code; afterwards all is as it was, also if it panics.
    pub(crate) fn run<T>(&mut self, work: impl FnOnce() -> T) -> T {
        fn change(here: &Here, entered: &mut Entered, mine: &mut Entered) {
            if let Some(place) = &mut mine.place {
                place.outside = here.spans.get();
            }
            swap(entered, mine);
        }
        let _inside = Inside::begin(&mut self.0, change);
        work()
    }
}

/// Makes `request` the current one while `work` runs; afterwards it is where it was. It has no
/// span of its own.
pub(super) fn enter<T>(request: &mut Option<RequestContext>, work: impl FnOnce() -> T) -> T {
    fn change(_: &Here, entered: &mut Entered, mine: &mut Option<RequestContext>) {
        swap(&mut entered.request, mine);
    }
    let _inside = Inside::begin(request, change);
    work()
}

/// Looks at the current request without taking hold of it; `None` if there is none.
pub(super) fn with_current<T>(look: impl FnOnce(&RequestContext) -> T) -> Option<T> {
    // While a thread ends there is none.
    HERE.try_with(|here| here.entered.try_borrow().ok()?.request.as_ref().map(look)).ok()?
}

/// A span has been entered.
pub(crate) fn entered_span() {
    let _ = HERE.try_with(|here| here.spans.set(here.spans.get().saturating_add(1)));
}

/// A span has been left.
pub(crate) fn left_span() {
    let _ = HERE.try_with(|here| here.spans.set(here.spans.get().saturating_sub(1)));
}

/// Whether the innermost span is that of a request, or would be.
pub(crate) fn is_in_request_span() -> bool {
    let look = |here: &Here| {
        let entered = here.entered.try_borrow().ok()?;
        Some(entered.place.as_ref()?.outside == here.spans.get())
    };
    HERE.try_with(look).ok().flatten().unwrap_or(false)
}

/// The span of the request, if it is the innermost one. It is opened for whoever asks first.
pub(crate) fn request_span(open: impl FnOnce() -> Option<OpenedSpan>) -> Option<Id> {
    if !is_in_request_span() {
        return None;
    }
    if let Some(id) = with_place(|place| Some(place.opened.as_ref()?.id.clone())) {
        return Some(id);
    }
    let opened = open()?;
    with_place(|place| Some(place.opened.insert(Box::new(opened)).id.clone()))
}

fn with_place<T>(work: impl FnOnce(&mut SpanPlace) -> Option<T>) -> Option<T> {
    let work = |here: &Here| work(here.entered.try_borrow_mut().ok()?.place.as_mut()?);
    HERE.try_with(work).ok()?
}

/// Changes what is entered, and changes it back when this is dropped.
struct Inside<'m, M, C: Fn(&Here, &mut Entered, &mut M)> {
    mine: &'m mut M,
    change: C,
}

impl<'m, M, C: Fn(&Here, &mut Entered, &mut M)> Inside<'m, M, C> {
    #[inline]
    fn begin(mine: &'m mut M, change: C) -> Self {
        let mut inside = Self { mine, change };
        inside.change();
        inside
    }

    #[inline]
    fn change(&mut self) {
        // It fails where a thread ends, and where somebody looks: then nothing is entered.
        let _ = HERE.try_with(|here| {
            if let Ok(mut entered) = here.entered.try_borrow_mut() {
                (self.change)(here, &mut entered, self.mine);
            }
        });
    }
}

impl<M, C: Fn(&Here, &mut Entered, &mut M)> Drop for Inside<'_, M, C> {
    #[inline]
    fn drop(&mut self) {
        self.change();
    }
}

impl Drop for OpenedSpan {
    fn drop(&mut self) {
        self.subscriber.try_close(self.id.clone());
    }
}

impl fmt::Debug for OpenedSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OpenedSpan").field(&self.id).finish()
    }
}
