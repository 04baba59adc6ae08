//! The layer that copies the beginnings of bodies into the exchange while they are streamed.
//!
//! It is a layer of its own, inside of [`super::ActuatorLayer`], because that one takes bodies of
//! any type and hands on the very same ones, while a body that is looked at is another type. It
//! finds the exchange in the extensions of the request.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use axum::body::Body;
use bytes::{Buf as _, Bytes};
use http::{HeaderMap, Method, Request, Response, header};
use http_body::{Body as _, Frame, SizeHint};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::exchange::{Bodies, BodyCapture, BodyHead, Direction};

/// Copies the beginnings of bodies into the exchanges that [`super::ActuatorLayer`] records, as
/// `actuator.httpexchanges.include-bodies` says; without that setting it does nothing. It goes
/// inside of the other layer:
/// `router.layer(actuator.body_layer()).layer(actuator.layer())`.
#[derive(Clone, Copy, Debug)]
pub struct ExchangeBodyLayer {
    is_on: bool,
}

impl ExchangeBodyLayer {
    /// A layer that copies, or one that does nothing.
    pub(crate) fn new(is_on: bool) -> Self {
        Self { is_on }
    }

    /// Whether it does anything.
    pub(crate) fn is_on(self) -> bool {
        self.is_on
    }
}

impl<S> Layer<S> for ExchangeBodyLayer {
    type Service = ExchangeBodyService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        ExchangeBodyService { inner, is_on: self.is_on }
    }
}

/// An application inside the layer.
#[derive(Clone, Debug)]
pub struct ExchangeBodyService<S> {
    inner: S,
    is_on: bool,
}

impl<S> Service<Request<Body>> for ExchangeBodyService<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = BodyFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let bodies = if self.is_on { request.extensions_mut().remove() } else { None };
        let Some(bodies) = bodies else {
            return BodyFuture { future: self.inner.call(request), bodies: None };
        };
        // There is a head without a body behind it.
        let response = (request.method() != Method::HEAD).then(|| Arc::clone(&bodies));
        let (head, body) = request.into_parts();
        let body = captured(&bodies, Direction::Request, &head.headers, body);
        let future = self.inner.call(Request::from_parts(head, body));
        BodyFuture { future, bodies: response }
    }
}

pin_project! {
    /// The response to come, whose body is copied if there is an exchange for it.
    #[derive(Debug)]
    pub struct BodyFuture<F> {
        #[pin]
        future: F,
        bodies: Option<Arc<Bodies>>,
    }
}

impl<F, E> Future for BodyFuture<F>
where
    F: Future<Output = Result<Response<Body>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let response = ready!(this.future.poll(context))?;
        Poll::Ready(Ok(match this.bodies.take() {
            Some(bodies) => {
                let (head, body) = response.into_parts();
                let body = captured(&bodies, Direction::Response, &head.headers, body);
                Response::from_parts(head, body)
            }
            None => response,
        }))
    }
}

/// The body, copied while it is read, unless it is empty or not to be recorded.
fn captured(bodies: &Arc<Bodies>, direction: Direction, headers: &HeaderMap, body: Body) -> Body {
    if body.is_end_stream() {
        return body;
    }
    let content_type = headers.get(header::CONTENT_TYPE);
    let head = BodyHead {
        content_type: content_type.and_then(|content_type| content_type.to_str().ok()),
        is_encoded: headers.contains_key(header::CONTENT_ENCODING),
        length: body.size_hint().exact(),
    };
    match bodies.capture(direction, head) {
        Some(capture) => Body::new(CapturedBody { body, capture: Some(capture) }),
        None => body,
    }
}

/// A body that is copied while it goes by. Nothing of it is changed or held back.
struct CapturedBody {
    body: Body,
    /// `None` once the body has ended.
    capture: Option<BodyCapture>,
}

impl CapturedBody {
    fn saw(&mut self, frame: Option<&Result<Frame<Bytes>, axum::Error>>) {
        let Some(capture) = &mut self.capture else { return };
        if let Some(Ok(frame)) = frame
            && let Some(data) = frame.data_ref()
        {
            capture.data(data.chunk());
        }
        // A reader that knows the length does not ask again behind the last byte.
        if frame.is_none() || self.body.is_end_stream() {
            capture.complete();
            self.capture = None;
        }
    }
}

impl http_body::Body for CapturedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        self.saw(frame.as_ref());
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
#[path = "body_tests.rs"]
mod tests;
