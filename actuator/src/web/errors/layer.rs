//! The tower layer around an application.

use std::{
    any::Any,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::body::Body;
use bytes::Bytes;
use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use super::{
    Handled,
    rewrite::{Asked, Content, content, of_panic, rewritten},
    settings::ErrorSettings,
    told,
};
use crate::model::endpoint::BoxFuture;

/// Turns error answers into documents, and panics into answers. [`Actuator::error_layer`] gives it.
///
/// Answers of status 4xx and 5xx that are empty or a short `text/plain` (axum's rejections, unmatched
/// routes, wrong methods, [`HttpError`](super::HttpError)) become Spring's error document or problem
/// details; status and headers are kept. Everything else passes through as it is: JSON, HTML,
/// streams, and whatever a caller gets who reads no JSON.
///
/// It belongs inside of [`Actuator::layer`], so that requests are recorded with the answer that was
/// sent, and panics by their name:
///
/// ```
/// # async fn example(routes: axum::Router) -> actuator::Result<axum::Router> {
/// let actuator = actuator::Actuator::builder().build().await?;
/// let app = routes
///     .merge(actuator.router())
///     .layer(actuator.error_layer())
///     .layer(actuator.layer());
/// # Ok(app) }
/// ```
///
/// With `serve!` and `run()` the setting `actuator.errors.enabled=true` puts it there.
///
/// [`Actuator::error_layer`]: crate::Actuator::error_layer
/// [`Actuator::layer`]: crate::Actuator::layer
#[derive(Clone, Debug)]
pub struct ErrorLayer {
    /// `None` if settings switch it off.
    settings: Option<Arc<ErrorSettings>>,
}

impl ErrorLayer {
    /// A layer of these settings.
    pub(crate) fn new(settings: &ErrorSettings) -> Self {
        let is_on = settings.enabled != Some(false);
        Self { settings: is_on.then(|| Arc::new(settings.clone())) }
    }
}

impl<S> Layer<S> for ErrorLayer {
    type Service = ErrorService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        ErrorService { inner, settings: self.settings.clone() }
    }
}

/// An application inside the layer.
#[derive(Clone, Debug)]
pub struct ErrorService<S> {
    inner: S,
    settings: Option<Arc<ErrorSettings>>,
}

impl<S, B, R> Service<Request<B>> for ErrorService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<axum::BoxError>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = ErrorFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let Some(settings) = &self.settings else {
            return ErrorFuture { state: State::Plain { inner: self.inner.call(request) } };
        };
        let watch = Some((Asked::of(&mut request, settings), Arc::clone(settings)));
        let state = match catch_unwind(AssertUnwindSafe(|| self.inner.call(request))) {
            Ok(inner) => State::Watched { inner, watch },
            Err(panic) => State::Panicked { panic: Some(panic), watch },
        };
        ErrorFuture { state }
    }
}

pin_project! {
    /// The answer to come.
    pub struct ErrorFuture<F> {
        #[pin]
        state: State<F>,
    }
}

type Watch = Option<(Asked, Arc<ErrorSettings>)>;

pin_project! {
    #[project = StateProjection]
    enum State<F> {
        /// Nothing is done.
        Plain { #[pin] inner: F },
        /// The application is at work.
        Watched { #[pin] inner: F, watch: Watch },
        /// It panicked before there was a future.
        Panicked { panic: Option<Box<dyn Any + Send>>, watch: Watch },
        /// Its answer is being rewritten.
        Rewriting { answer: BoxFuture<'static, Response<Body>> },
    }
}

impl<F, R, E> Future for ErrorFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<axum::BoxError>,
{
    type Output = Result<Response<Body>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.project().state;
        loop {
            let next = match state.as_mut().project() {
                StateProjection::Plain { inner } => {
                    return inner.poll(context).map_ok(|response| response.map(Body::new));
                }
                StateProjection::Watched { inner, watch } => {
                    match catch_unwind(AssertUnwindSafe(|| inner.poll(context))) {
                        Ok(Poll::Pending) => return Poll::Pending,
                        Ok(Poll::Ready(Err(error))) => return Poll::Ready(Err(error)),
                        Ok(Poll::Ready(Ok(response))) => match rewriting(response, watch.take()) {
                            Ok(answer) => State::Rewriting { answer },
                            Err(response) => return Poll::Ready(Ok(*response)),
                        },
                        Err(panic) => State::Panicked { panic: Some(panic), watch: watch.take() },
                    }
                }
                StateProjection::Panicked { panic, watch } => {
                    let answer = caught(panic.take().as_deref(), watch.take());
                    State::Rewriting { answer: Box::pin(std::future::ready(answer)) }
                }
                StateProjection::Rewriting { answer } => {
                    return answer.as_mut().poll(context).map(Ok);
                }
            };
            // What panicked is dropped here; a second panic there must not end the service.
            if catch_unwind(AssertUnwindSafe(|| state.set(next))).is_err() {
                tracing::error!(target: "actuator::errors", "a handler panicked while it was dropped");
            }
        }
    }
}

/// The answer to come, or at once the one that stays as it is.
fn rewriting<R>(
    response: Response<R>,
    watch: Watch,
) -> Result<BoxFuture<'static, Response<Body>>, Box<Response<Body>>>
where
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<axum::BoxError>,
{
    match watch {
        Some((asked, settings)) if content(&response) != Content::Own => {
            Ok(Box::pin(async move { rewritten(response, asked, &settings).await }))
        }
        _ => Err(Box::new(response.map(Body::new))),
    }
}

/// Tells of a panic, and answers.
fn caught(panic: Option<&(dyn Any + Send)>, watch: Watch) -> Response<Body> {
    let message = panic.and_then(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        text.or_else(|| panic.downcast_ref::<&'static str>().copied())
    });
    let Some((asked, settings)) = watch else { return Response::new(Body::empty()) };
    told::panicked(&asked.method, asked.path(), message.unwrap_or("no message"));
    let mut response = of_panic(&asked, &settings);
    response.extensions_mut().insert(Handled("panic"));
    response
}

impl<F> std::fmt::Debug for ErrorFuture<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ErrorFuture").finish_non_exhaustive()
    }
}
