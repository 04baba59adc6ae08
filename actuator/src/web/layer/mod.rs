//! The tower layer around an application: it names each request and surrounds its code with that
//! name (`request_id`, `span`), records `http.server.requests` and HTTP exchanges (`recording`),
//! and logs requests and writes `Server-Timing` if it is asked to.
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
mod marks;
mod recording;
mod request_id;
mod request_log;
mod settings;
mod span;

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
pub(crate) use self::settings::RequestSettings;

use self::{
    recording::{PANIC, Recorder, Recording, Scope},
    span::Surroundings,
};
use crate::{
    exchange::ExchangeRepository,
    meter::ServerRequestMeters,
    model::sanitizer::Sanitizer,
    support::{clock::Clock, text::simple_type_name},
    web::forwarded::Forwarding,
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
    /// How requests are named and logged.
    pub(crate) requests: RequestSettings,
    /// Which proxies are believed.
    pub(crate) forwarding: Forwarding,
    /// What hides secrets in queries that are logged.
    pub(crate) sanitizer: Sanitizer,
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
        let (mut surroundings, recording) = self.scope.begin(&mut request);
        let inner = &mut self.inner;
        let future = match &mut surroundings {
            Some(surroundings) => surroundings.open(|| inner.call(request)),
            None => inner.call(request),
        };
        ResponseFuture { future: Some(future), surroundings, recording }
    }
}

pin_project! {
    /// The response to come, what surrounds the code that makes it, and what is recorded once it
    /// is there.
    #[derive(Debug)]
    pub struct ResponseFuture<F> {
        #[pin]
        future: Option<F>,
        surroundings: Option<Surroundings>,
        recording: Option<Recording>,
    }

    impl<F> PinnedDrop for ResponseFuture<F> {
        // What ends with a request that nobody waits for any more is still code of that request.
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.future.is_some() {
                within(this.surroundings, || {
                    this.future.set(None);
                    drop(this.recording.take());
                });
            }
        }
    }
}

/// Runs a part of the request's code within what surrounds it, if something does.
fn within<T>(surroundings: &mut Option<Surroundings>, work: impl FnOnce() -> T) -> T {
    match surroundings {
        Some(surroundings) => surroundings.run(work),
        None => work(),
    }
}

impl<F, R, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
    R: Body,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let Some(recording) = this.recording else {
            let polled = within(this.surroundings, || poll_once(this.future.as_mut(), context));
            return polled.map_ok(|response| told(this.surroundings.as_mut(), response));
        };
        let polled = within(this.surroundings, || {
            catch_unwind(AssertUnwindSafe(|| poll_once(this.future.as_mut(), context)))
        });
        match polled {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(Ok(response))) => {
                let mut response = told(this.surroundings.as_mut(), response);
                recording.within(this.surroundings, |recording| recording.respond(&mut response));
                Poll::Ready(Ok(response))
            }
            Ok(Poll::Ready(Err(error))) => {
                let name = simple_type_name(type_name::<E>());
                recording.within(this.surroundings, |recording| recording.fail(name));
                Poll::Ready(Err(error))
            }
            Err(panic) => {
                recording.within(this.surroundings, |recording| recording.fail(PANIC));
                resume_unwind(panic)
            }
        }
    }
}

/// What ends with the future ends here too, so that it is within what surrounds this.
fn poll_once<F: Future>(
    mut future: Pin<&mut Option<F>>,
    context: &mut Context<'_>,
) -> Poll<F::Output> {
    let Some(pending) = future.as_mut().as_pin_mut() else { return Poll::Pending };
    let polled = pending.poll(context);
    if polled.is_ready() {
        future.set(None);
    }
    polled
}

/// The response with the request's id.
fn told<R>(surroundings: Option<&mut Surroundings>, mut response: Response<R>) -> Response<R> {
    if let Some(surroundings) = surroundings {
        surroundings.tell(response.headers_mut());
    }
    response
}

#[cfg(test)]
mod request_tests;
#[cfg(test)]
mod span_tests;
#[cfg(test)]
mod tests;
