//! The tower layer around an application: it records `http.server.requests` and HTTP exchanges,
//! and writes `Server-Timing` if it is asked to.
//!
//! Put it on with [`axum::Router::layer`], after all routes and the fallback. axum runs such layers
//! after it has found the route, so the route's template is known. Wrapped around a whole router
//! as a service, the layer cannot see the template, and the tag `uri` is `UNKNOWN`.
//!
//! A request ends, for both records, when the head of its response is ready; or when the inner
//! service panics (500, and the panic goes on unchanged), fails (500), or is dropped because the
//! client went away (status `UNKNOWN` in the meter, 499 in the exchange).

mod body;
mod exchange;
mod recording;

use std::{
    any::type_name,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use http::{Request, Response};
use http_body::Body;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

pub use self::body::ExchangeBodyLayer;
use self::recording::{PANIC, Recorder, Recording, Scope};
use crate::{
    exchange::ExchangeRepository,
    meter::ServerRequestMeters,
    support::{clock::Clock, text::simple_type_name},
};

/// Records what passes through it.
#[derive(Clone, Debug)]
pub struct ActuatorLayer {
    recorder: Arc<Recorder>,
}

/// What a layer records into, and how.
#[derive(Debug)]
pub(crate) struct LayerParts {
    /// The meters of requests.
    pub(crate) meters: ServerRequestMeters,
    /// Whether requests of the management API are measured too.
    pub(crate) meters_management: bool,
    /// Where exchanges are kept, if they are.
    pub(crate) exchanges: Option<Arc<ExchangeRepository>>,
    /// The time.
    pub(crate) clock: Clock,
    /// The base path of the management API (`/actuator`); whether requests below it are recorded
    /// is for the settings of each subject.
    pub(crate) base_path: String,
    /// Whether responses get `Server-Timing`.
    pub(crate) server_timing: bool,
}

impl ActuatorLayer {
    /// A layer of these parts.
    pub(crate) fn new(parts: LayerParts) -> Self {
        Self { recorder: Arc::new(Recorder::new(parts)) }
    }
}

impl<S> Layer<S> for ActuatorLayer {
    type Service = ActuatorService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        ActuatorService { inner, scope: Arc::new(Scope::new(Arc::clone(&self.recorder))) }
    }
}

/// An application inside the layer.
#[derive(Clone, Debug)]
pub struct ActuatorService<S> {
    inner: S,
    scope: Arc<Scope>,
}

impl<S, B, R> Service<Request<B>> for ActuatorService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: Body,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        // Should the call itself panic, dropping this records it.
        let recording = Recording::begin(&self.scope, &mut request);
        let future = self.inner.call(request);
        ResponseFuture { future, recording }
    }
}

pin_project! {
    /// The response to come, and what is recorded once it is there.
    #[derive(Debug)]
    pub struct ResponseFuture<F> {
        #[pin]
        future: F,
        recording: Recording,
    }
}

impl<F, R, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
    R: Body,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let polled = catch_unwind(AssertUnwindSafe(|| this.future.poll(context)));
        match polled {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(Ok(mut response))) => {
                this.recording.respond(&mut response);
                Poll::Ready(Ok(response))
            }
            Ok(Poll::Ready(Err(error))) => {
                this.recording.fail(simple_type_name(type_name::<E>()));
                Poll::Ready(Err(error))
            }
            Err(panic) => {
                this.recording.fail(PANIC);
                resume_unwind(panic)
            }
        }
    }
}

#[cfg(test)]
mod tests;
