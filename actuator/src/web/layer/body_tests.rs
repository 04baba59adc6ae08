//! The layer of bodies around a real axum router: nothing is changed, and what is copied is right.

use std::{collections::VecDeque, convert::Infallible};

use axum::{Router, response::IntoResponse, routing::post};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::*;
use crate::{
    exchange::{BodySettings, Exchange, ExchangeBody, ExchangeRepository, ExchangeSettings},
    meter::{MeterRegistry, MeterSettings, ServerRequestMeters},
    model::sanitizer::Sanitizer,
    support::clock::Clock,
    web::{ActuatorLayer, Forwarding, LayerParts, RequestSettings},
};

struct App {
    router: Router,
    exchanges: Arc<ExchangeRepository>,
}

/// Echoes the body with its type.
async fn echo(headers: HeaderMap, body: Bytes) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, headers[header::CONTENT_TYPE].clone())], body)
}

/// Three frames of data and trailers, of a length that nobody knows.
async fn stream() -> impl IntoResponse {
    let data =
        ["one ", "two ", "three"].map(|data| Frame::data(Bytes::from_static(data.as_bytes())));
    let sum = ("x-sum".parse().unwrap(), "3".parse().unwrap());
    let trailers = Frame::trailers(HeaderMap::from_iter([sum]));
    let frames = data.into_iter().chain([trailers]).collect();
    ([(header::CONTENT_TYPE, "text/plain")], Body::new(Frames { frames, ends: true }))
}

/// A body of these frames, behind which it ends or waits for ever.
struct Frames {
    frames: VecDeque<Frame<Bytes>>,
    ends: bool,
}

impl http_body::Body for Frames {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.frames.pop_front() {
            None if !self.ends => Poll::Pending,
            frame => Poll::Ready(frame.map(Ok)),
        }
    }
}

fn app(bodies: BodySettings) -> App {
    let clock = Clock::system();
    let settings = ExchangeSettings { bodies, ..ExchangeSettings::default() };
    let repository = ExchangeRepository::new(settings, Sanitizer::default(), clock.clone());
    let exchanges = Arc::new(repository);
    let registry = Arc::new(MeterRegistry::new(MeterSettings::default(), clock.clone()));
    let layer = ActuatorLayer::new(LayerParts {
        meters: ServerRequestMeters::new(registry),
        meters_management: true,
        exchanges: Some(Arc::clone(&exchanges)),
        clock,
        base_path: "/actuator".to_owned(),
        server_timing: false,
        requests: RequestSettings { ids: None, log: false },
        forwarding: Forwarding::default(),
        sanitizer: Sanitizer::default(),
    });
    let router = Router::new()
        .route("/echo", post(echo))
        .route("/unread", post(|| async { "not read" }))
        .route("/stream", post(stream).get(stream))
        .route("/actuator/loggers", post(echo))
        .layer(ExchangeBodyLayer::new(bodies.is_on()))
        .layer(layer);
    App { router, exchanges }
}

const BOTH: BodySettings = BodySettings { request: true, response: true, max_size: 100 };

impl App {
    async fn send(
        &self,
        method: &str,
        uri: &str,
        content_type: &str,
        body: impl Into<Body>,
    ) -> Response<Body> {
        let request =
            Request::builder().method(method).uri(uri).header("content-type", content_type);
        self.router.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap()
    }

    fn last(&self) -> Exchange {
        self.exchanges.exchanges().remove(0)
    }
}

fn whole(text: &str) -> ExchangeBody {
    let size = text.len() as u64;
    ExchangeBody { size, text: Some(text.to_owned()), is_truncated: false, is_complete: true }
}

#[tokio::test]
async fn both_bodies_are_copied_while_they_are_streamed() {
    let app = app(BOTH);
    let response = app.send("POST", "/echo", "application/json", r#"{"a":1,"password":"x"}"#).await;
    assert_eq!(response.headers()["content-length"], "22", "the length stays known");
    assert_eq!(app.last().response_body, None, "nobody has read it");
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body, r#"{"a":1,"password":"x"}"#, "the caller gets what was sent");
    let exchange = app.last();
    let text = Some(r#"{"a":1,"password":"******"}"#.to_owned());
    let expected = ExchangeBody { size: 22, text, is_truncated: false, is_complete: true };
    assert_eq!(exchange.request_body.as_ref(), Some(&expected));
    assert_eq!(exchange.response_body.as_ref(), Some(&expected));
}

#[tokio::test]
async fn frames_and_trailers_go_by_unchanged() {
    let app = app(BodySettings { max_size: 6, ..BOTH });
    let response = app.send("GET", "/stream", "text/plain", Body::empty()).await;
    let mut body = response.into_body();
    let mut frames = Vec::new();
    while let Some(frame) = body.frame().await {
        frames.push(frame.unwrap());
    }
    assert_eq!(frames.len(), 4);
    assert_eq!(frames[2].data_ref().unwrap(), "three");
    assert_eq!(frames[3].trailers_ref().unwrap()["x-sum"], "3");
    let exchange = app.last();
    assert_eq!(exchange.request_body, None, "there was none");
    let expected = ExchangeBody {
        size: 13,
        text: Some("one tw".to_owned()),
        is_truncated: true,
        is_complete: true,
    };
    assert_eq!(exchange.response_body, Some(expected));
}

#[tokio::test]
async fn bodies_that_are_given_up_or_not_read_say_so() {
    let app = app(BOTH);
    let response = app.send("GET", "/stream", "text/plain", Body::empty()).await;
    let mut body = response.into_body();
    body.frame().await.unwrap().unwrap();
    drop(body);
    let response = app.last().response_body.unwrap();
    assert_eq!((response.size, response.is_complete), (4, false));
    assert_eq!(app.last().status, 200, "that is what the caller was told");
    app.send("POST", "/unread", "text/plain", "hello").await;
    let request = app.last().request_body.unwrap();
    assert_eq!((request.size, request.is_complete), (0, false));
}

#[tokio::test]
async fn only_the_wanted_bodies_of_the_application_are_copied() {
    let requests = app(BodySettings { response: false, ..BOTH });
    let response = requests.send("POST", "/echo", "text/plain", "hello").await;
    response.into_body().collect().await.unwrap();
    assert_eq!(
        (requests.last().request_body, requests.last().response_body),
        (Some(whole("hello")), None)
    );
    let both = app(BOTH);
    let response = both.send("POST", "/actuator/loggers", "text/plain", "hello").await;
    response.into_body().collect().await.unwrap();
    assert_eq!((both.last().request_body, both.last().response_body), (None, None), "management");
    let response = both.send("HEAD", "/stream", "text/plain", Body::empty()).await;
    drop(response);
    assert_eq!(both.last().response_body, None, "HEAD has none");
    let off = app(BodySettings::default());
    let response = off.send("POST", "/echo", "text/plain", "hello").await;
    response.into_body().collect().await.unwrap();
    assert_eq!((off.last().request_body, off.last().response_body), (None, None));
}

#[tokio::test]
async fn without_the_other_layer_nothing_happens() {
    let router = Router::new().route("/echo", post(echo)).layer(ExchangeBodyLayer::new(true));
    let request = Request::post("/echo").header("content-type", "text/plain");
    let response = router.oneshot(request.body(Body::from("hello")).unwrap()).await.unwrap();
    assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "hello");
}

#[tokio::test]
async fn a_request_that_is_aborted_keeps_what_came_of_its_body() {
    let app = app(BOTH);
    let frames = VecDeque::from([Frame::data(Bytes::from_static(b"half"))]);
    let body = Body::new(Frames { frames, ends: false });
    let mut sending = Box::pin(app.send("POST", "/echo", "text/plain", body));
    let mut context = Context::from_waker(std::task::Waker::noop());
    assert!(sending.as_mut().poll(&mut context).is_pending());
    drop(sending);
    let exchange = app.last();
    let request = exchange.request_body.unwrap();
    assert_eq!(exchange.status, 499);
    assert_eq!((request.text.as_deref(), request.is_complete), (Some("half"), false));
}
