//! Who asks for the span of a request gets it, and nobody else opens one.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

use tracing::{Instrument as _, Span, info, info_span, level_filters::LevelFilter};
use tracing_subscriber::{
    Registry,
    layer::{Context, Layer, SubscriberExt as _},
};

use super::*;
use crate::model::request_scope::RequestScope;

/// A layer that counts open spans, and notes of each event the spans around it and the request that
/// one of them knows.
#[derive(Clone, Default)]
struct Heard {
    open: Arc<AtomicUsize>,
    opened: Arc<AtomicUsize>,
    events: Arc<Mutex<Vec<String>>>,
}

impl<S: Subscriber + for<'l> LookupSpan<'l>> Layer<S> for Heard {
    fn on_new_span(&self, _: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        self.open.fetch_add(1, SeqCst);
        self.opened.fetch_add(1, SeqCst);
    }

    fn on_close(&self, _: Id, _: Context<'_, S>) {
        self.open.fetch_sub(1, SeqCst);
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let (mut names, mut known) = (String::new(), None);
        for span in context.event_scope(event).into_iter().flatten() {
            names = format!("{}>{names}", span.name());
            let request = span.extensions().get::<RequestContext>().map(|r| r.id().to_owned());
            known = known.or(request);
        }
        self.events.lock().unwrap().push(format!("{names}{}", known.unwrap_or_default()));
    }
}

impl Heard {
    fn counts(&self) -> (usize, usize) {
        (self.open.load(SeqCst), self.opened.load(SeqCst))
    }
}

/// What is heard while this works, with a subscriber whose levels are these.
fn hear<T>(level: LevelFilter, work: impl FnOnce(&Heard) -> T) -> (T, Heard) {
    let heard = Heard::default();
    // Only the level of the span is of interest, not who asks for it.
    let layers = Registry::default().with(heard.clone()).with(level);
    let done = tracing::subscriber::with_default(RequestSpans::new(layers), || work(&heard));
    (done, heard)
}

/// The layer's own callsite of the span; off, as far as it can see.
fn callsite() -> Span {
    info_span!(target: TARGET, SPAN, request_id = "r")
}

fn scope(id: &str) -> RequestScope {
    RequestScope::new(RequestContext::from_id(id).unwrap())
}

#[test]
fn nobody_asks_and_no_span_is_opened_but_what_is_opened_within_knows_the_request() {
    let (later, heard) = hear(LevelFilter::INFO, |heard| {
        let mut request = scope("r-1");
        let work = request.run(|| {
            assert!(callsite().is_disabled());
            info!("within");
            info_span!("work")
        });
        drop(request);
        assert_eq!(heard.counts(), (1, 1));
        work.in_scope(|| info!("in a task"));
        let rooted = scope("r-2").run(|| info_span!(parent: None, "rooted"));
        rooted.in_scope(|| info!("in no request"));
        let inner = scope("r-3").run(|| rooted.in_scope(|| info_span!("inner")));
        inner.in_scope(|| info!("in no request either"));
        scope("r-4").run(|| work.in_scope(|| info_span!("inner"))).in_scope(|| info!("in r-1"));
        heard.events.lock().unwrap().clone()
    });
    assert_eq!(later, ["", "work>r-1", "rooted>", "rooted>inner>", "work>inner>r-1"]);
    assert_eq!(heard.counts(), (0, 4));
}

#[test]
fn a_task_that_keeps_the_current_span_knows_the_request_and_the_span_ends_with_it() {
    let (tasks, heard) = hear(LevelFilter::INFO, |heard| {
        let mut request = scope("r-1");
        let (one, two) = request.run(|| {
            callsite();
            (async { info!("one") }.in_current_span(), async { info!("two") }.in_current_span())
        });
        assert_eq!(heard.counts(), (1, 1), "one span for both");
        // The next poll finds the same.
        let again = request.run(|| info_span!("outside").in_scope(Span::current));
        assert_eq!(again.metadata().unwrap().name(), "outside");
        assert!(request.run(|| Span::current() == Span::current()));
        drop((request, again));
        assert_eq!(heard.counts().0, 1, "the tasks hold it");
        finish(one);
        finish(two);
        assert_eq!(heard.counts().0, 0);
        heard.events.lock().unwrap().clone()
    });
    assert_eq!(tasks, ["request>r-1", "request>r-1"]);
    assert_eq!(heard.counts(), (0, 2));
}

#[test]
fn the_current_span_is_the_innermost_one_and_outside_of_requests_what_it_was() {
    let name = || Span::current().metadata().map(tracing::Metadata::name);
    hear(LevelFilter::INFO, |_| {
        let server = info_span!("server");
        server.in_scope(|| {
            assert_eq!(name(), Some("server"));
            scope("r-1").run(|| {
                callsite();
                assert_eq!(name(), Some("request"));
                let rooted = info_span!(parent: None, "rooted");
                assert_eq!(rooted.in_scope(name), Some("rooted"));
                assert_eq!(server.in_scope(name), Some("server"));
                assert_eq!(name(), Some("request"));
                info!("within");
            });
            assert_eq!(name(), Some("server"));
            let context = RequestContext::from_id("r-2");
            RequestContext::enter(&mut { context }, || assert_eq!(name(), Some("server")));
        });
        assert_eq!(name(), None);
    });
}

#[test]
fn a_level_that_is_off_opens_none() {
    let ((), heard) = hear(LevelFilter::WARN, |_| {
        scope("r-1").run(|| {
            callsite();
            assert!(Span::current().is_none());
        });
    });
    assert_eq!(heard.counts(), (0, 0));
}

/// Runs a future that is ready at once.
fn finish(future: impl Future<Output = ()>) {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(std::pin::pin!(future).poll(&mut context).is_ready());
}
