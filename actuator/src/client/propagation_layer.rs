//! The tower layer around a client that only tells of requests.

use std::task::{Context, Poll};

use http::Request;
use tower_layer::Layer;
use tower_service::Service;

use super::propagation;

/// Adds the id and the trace of the request that is worked on to the calls of a tower service of
/// `http` requests. [`ClientMeters::layer`](super::ClientMeters::layer) does so too.
#[derive(Clone, Copy, Debug, Default)]
pub struct PropagationLayer;

impl<S> Layer<S> for PropagationLayer {
    type Service = PropagationService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        PropagationService { inner }
    }
}

/// A client inside the layer.
#[derive(Clone, Debug)]
pub struct PropagationService<S> {
    inner: S,
}

impl<S, B> Service<Request<B>> for PropagationService<S>
where
    S: Service<Request<B>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        propagation::add_to(request.headers_mut());
        self.inner.call(request)
    }
}
