//! The spans of requests and the log of requests, as a subscriber hears them.

use std::{collections::BTreeMap, fmt::Debug, sync::Mutex, time::Duration};

use axum::{Router, routing::get};
use tower::ServiceExt as _;
use tracing::{
    Instrument as _,
    field::{Field, Visit},
};
use tracing_subscriber::{Registry, layer::SubscriberExt as _, registry::LookupSpan};

use super::{
    request_tests::{TRACE, layer, request, router},
    *,
};
use crate::model::request::{RequestContext, TARGET};

/// A subscriber that remembers spans of requests, and events with the span that they are in.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<(Vec<Fields>, Vec<Fields>)>>);

type Fields = BTreeMap<String, String>;

struct Visitor<'f>(&'f mut Fields);

impl Visit for Visitor<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }
}

impl Heard {
    fn listen(&self) -> tracing::subscriber::DefaultGuard {
        tracing::subscriber::set_default(Registry::default().with(self.clone()))
    }

    fn spans(&self) -> Vec<Fields> {
        self.0.lock().unwrap().0.clone()
    }

    fn events(&self) -> Vec<Fields> {
        self.0.lock().unwrap().1.clone()
    }
}

impl<S> tracing_subscriber::Layer<S> for Heard
where
    S: tracing::Subscriber + for<'l> LookupSpan<'l>,
{
    fn on_new_span(
        &self,
        attributes: &tracing::span::Attributes<'_>,
        _: &tracing::Id,
        _: tracing_subscriber::layer::Context<'_, S>,
    ) {
        if attributes.metadata().target() == TARGET {
            let mut fields = Fields::new();
            attributes.record(&mut Visitor(&mut fields));
            let current = RequestContext::current().map(|request| request.id().to_owned());
            fields.insert("current".to_owned(), format!("{current:?}"));
            self.0.lock().unwrap().0.push(fields);
        }
    }

    fn on_record(
        &self,
        _: &tracing::Id,
        values: &tracing::span::Record<'_>,
        _: tracing_subscriber::layer::Context<'_, S>,
    ) {
        if let Some(fields) = self.0.lock().unwrap().0.last_mut() {
            values.record(&mut Visitor(fields));
        }
    }

    fn on_event(
        &self,
        event: &tracing::Event<'_>,
        context: tracing_subscriber::layer::Context<'_, S>,
    ) {
        let mut fields = Fields::new();
        event.record(&mut Visitor(&mut fields));
        let span = context.lookup_current().map_or("", |span| span.name());
        fields.insert("span".to_owned(), span.to_owned());
        fields.insert("level".to_owned(), event.metadata().level().to_string());
        let current = RequestContext::current().map(|request| request.id().to_owned());
        fields.insert("current".to_owned(), current.unwrap_or_default());
        if event.metadata().target() == "actuator::access" || event.metadata().target() == "t_span"
        {
            self.0.lock().unwrap().1.push(fields);
        }
    }
}

#[tokio::test]
async fn layers_within_each_other_name_a_request_once() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let inner =
        Router::new().route("/{id}", get(|r: RequestContext| async move { r.id().to_owned() }));
    let router = Router::new().nest("/orders", inner.layer(layer(&[]))).layer(layer(&[]));
    let response = router.oneshot(request("/orders/7", &[])).await.unwrap();
    let told = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    let body = axum::body::to_bytes(response.into_body(), 100).await.unwrap();
    assert_eq!(body, told);
    assert_eq!(heard.spans().len(), 1);
    assert_eq!(heard.spans()[0]["route"], "/orders/{id}");
}

#[tokio::test]
async fn a_span_with_the_id_is_around_the_code_of_the_request_and_what_it_spawns_in_it() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let handler = |request: RequestContext| async move {
        tracing::info!(target: "t_span", "in the handler");
        let task = async { tracing::info!(target: "t_span", "in a task") };
        tokio::spawn(request.scope(task.in_current_span())).await.unwrap();
        let lonely = async { tracing::info!(target: "t_span", "in another") };
        tokio::spawn(lonely.in_current_span()).await.unwrap();
    };
    let router = Router::new().route("/orders/{id}", get(handler)).layer(layer(&[]));
    let headers = [("x-request-id", "r-1"), ("traceparent", TRACE)];
    router.oneshot(request("/orders/7", &headers)).await.unwrap();
    let spans = heard.spans();
    assert_eq!(spans.len(), 1);
    let expected = [
        ("request_id", "r-1"),
        ("method", "GET"),
        ("route", "/orders/{id}"),
        ("trace_id", "4bf92f3577b34da6a3ce929d0e0e4736"),
        ("current", "Some(\"r-1\")"),
    ];
    for (name, value) in expected {
        assert_eq!(spans[0][name], value, "{name}");
    }
    let events = heard.events();
    let known: Vec<_> = events.iter().map(|e| (&*e["span"], &*e["current"])).collect();
    assert_eq!(known, [("request", "r-1"), ("request", "r-1"), ("request", "")]);
}

#[tokio::test]
async fn each_request_is_logged_once_on_a_setting_and_a_client_that_left_is_no_error() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let router = router()
        .route("/slow", get(|| tokio::time::sleep(Duration::from_mins(10))))
        .layer(layer(&[("actuator.request-log.enabled", "true")]));
    let id = ("x-request-id", "r-1");
    let secret = request("/known?api_key=hunter2&x=1", &[id]);
    router.clone().oneshot(secret).await.unwrap();
    router.clone().oneshot(request("/actuator/info", &[])).await.unwrap();
    let mut slow = Box::pin(router.clone().oneshot(request("/slow", &[id])));
    let mut context = Context::from_waker(std::task::Waker::noop());
    assert!(slow.as_mut().poll(&mut context).is_pending());
    drop(slow);
    let panicking = async { router.oneshot(request("/panic", &[id])).await };
    assert!(catch_unwind(AssertUnwindSafe(|| now(panicking))).is_err());
    let events = heard.events();
    assert_eq!(events.len(), 3, "{events:#?}");
    let of = |name: &str| -> Vec<String> {
        events.iter().map(|event| event.get(name).cloned().unwrap_or_default()).collect()
    };
    assert_eq!(of("level"), ["INFO", "DEBUG", "INFO"]);
    assert_eq!(of("current"), ["r-1"; 3]);
    assert_eq!(of("status"), ["200", "", "500"]);
    assert_eq!(of("exception"), ["", "", "panic"]);
    assert_eq!(of("path")[0], "/known?api_key=******&x=1");
}

/// Polls a future that is ready at once.
fn now<F: Future>(future: F) -> Option<F::Output> {
    let mut context = Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(future).poll(&mut context) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}
