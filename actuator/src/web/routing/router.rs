//! The router that knows its routes.

use std::{
    convert::Infallible,
    fmt,
    panic::Location,
    task::{Context, Poll},
};

use axum::{
    extract::{Request, connect_info::IntoMakeServiceWithConnectInfo},
    handler::Handler,
    response::{IntoResponse, Response},
    routing::{IntoMakeService, Route, RouterAsService, RouterIntoService, future::RouteFuture},
};
use bytes::Bytes;
use tower_layer::Layer;
use tower_service::Service;

use super::{
    listed,
    method_router::{MethodRouter, noted},
};
use crate::model::mapping::Mapping;

/// [`axum::Router`], which knows its routes: see [`Self::mappings`]. All other methods do what those
/// of the same names do there.
#[must_use = "it does nothing until it is served"]
pub struct Router<S = ()> {
    inner: axum::Router<S>,
    mappings: Vec<Mapping>,
}

impl<S: Clone + Send + Sync + 'static> Router<S> {
    /// A router without routes.
    pub fn new() -> Self {
        Self { inner: axum::Router::new(), mappings: Vec::new() }
    }

    /// The routes, in the order in which they were added.
    pub fn mappings(&self) -> &[Mapping] {
        &self.mappings
    }

    /// Lets paths have segments that begin with `:` or `*`.
    pub fn without_v07_checks(self) -> Self {
        Self { inner: self.inner.without_v07_checks(), ..self }
    }

    /// Adds a route.
    #[track_caller]
    pub fn route(mut self, path: &str, method_router: MethodRouter<S>) -> Self {
        let MethodRouter { inner, handlers } = method_router;
        let here = |handler| Mapping { pattern: path.to_owned(), ..handler };
        self.mappings.extend(handlers.into_iter().map(here));
        Self { inner: self.inner.route(path, inner), ..self }
    }

    /// Adds a route that a service answers.
    #[track_caller]
    pub fn route_service<T>(mut self, path: &str, service: T) -> Self
    where
        T: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        T::Response: IntoResponse,
        T::Future: Send + 'static,
    {
        let noted = noted::<T>(Vec::new(), Location::caller());
        self.mappings.push(Mapping { pattern: path.to_owned(), ..noted });
        Self { inner: self.inner.route_service(path, service), ..self }
    }

    /// Adds all routes of another router, below a path.
    #[track_caller]
    pub fn nest(mut self, path: &str, router: Self) -> Self {
        let Self { inner, mappings } = router;
        let below = |mapping: Mapping| {
            let pattern = nested(path, &mapping.pattern);
            Mapping { pattern, ..mapping }
        };
        self.mappings.extend(mappings.into_iter().map(below));
        Self { inner: self.inner.nest(path, inner), ..self }
    }

    /// Adds a service that answers at a path and below it.
    #[track_caller]
    pub fn nest_service<T>(mut self, path: &str, service: T) -> Self
    where
        T: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        T::Response: IntoResponse,
        T::Future: Send + 'static,
    {
        let noted = noted::<T>(Vec::new(), Location::caller());
        self.mappings.push(Mapping { pattern: nested(path, "/{*path}"), ..noted });
        Self { inner: self.inner.nest_service(path, service), ..self }
    }

    /// Adds all routes of another router, which may be one of axum's own.
    #[track_caller]
    pub fn merge<R>(mut self, other: R) -> Self
    where
        R: Into<Self>,
    {
        let Self { inner, mappings } = other.into();
        self.mappings.extend(mappings);
        Self { inner: self.inner.merge(inner), ..self }
    }

    /// Puts a layer around all routes that are there so far, and around the fallback.
    pub fn layer<L>(self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        Self { inner: self.inner.layer(layer), ..self }
    }

    /// Puts a layer around all routes that are there so far.
    #[track_caller]
    pub fn route_layer<L>(self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        Self { inner: self.inner.route_layer(layer), ..self }
    }

    /// Whether there is a route.
    #[must_use]
    pub fn has_routes(&self) -> bool {
        self.inner.has_routes()
    }

    /// What no route matches goes to this handler.
    #[track_caller]
    pub fn fallback<H, T>(self, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        Self { inner: self.inner.fallback(handler), ..self }
    }

    /// What no route matches goes to this service.
    pub fn fallback_service<T>(self, service: T) -> Self
    where
        T: Service<Request, Error = Infallible> + Clone + Send + Sync + 'static,
        T::Response: IntoResponse,
        T::Future: Send + 'static,
    {
        Self { inner: self.inner.fallback_service(service), ..self }
    }

    /// What a route has no method for goes to this handler.
    pub fn method_not_allowed_fallback<H, T>(self, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        Self { inner: self.inner.method_not_allowed_fallback(handler), ..self }
    }

    /// What no route matches is 404 again.
    pub fn reset_fallback(self) -> Self {
        Self { inner: self.inner.reset_fallback(), ..self }
    }

    /// Gives handlers their state.
    pub fn with_state<S2>(self, state: S) -> Router<S2> {
        Router { inner: self.inner.with_state(state), mappings: self.mappings }
    }

    /// As a service that is borrowed, with a body of one type.
    pub fn as_service<B>(&mut self) -> RouterAsService<'_, B, S> {
        self.inner.as_service()
    }

    /// As a service with a body of one type.
    #[must_use]
    pub fn into_service<B>(self) -> RouterIntoService<B, S> {
        self.inner.into_service()
    }

    /// What is inside, and what is known of it.
    pub(crate) fn into_parts(self) -> (axum::Router<S>, Vec<Mapping>) {
        (self.inner, self.mappings)
    }
}

impl Router {
    /// As what `axum::serve` takes.
    #[must_use]
    pub fn into_make_service(self) -> IntoMakeService<axum::Router> {
        self.inner.into_make_service()
    }

    /// The same, whose handlers can ask who has connected.
    #[must_use]
    pub fn into_make_service_with_connect_info<C>(
        self,
    ) -> IntoMakeServiceWithConnectInfo<axum::Router, C> {
        self.inner.into_make_service_with_connect_info()
    }
}

impl<B> Service<http::Request<B>> for Router
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = RouteFuture<Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        self.inner.call(request)
    }
}

impl<S: Clone + Send + Sync + 'static> Default for Router<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Clone for Router<S> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), mappings: self.mappings.clone() }
    }
}

impl<S> fmt::Debug for Router<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Router").field("mappings", &self.mappings).finish_non_exhaustive()
    }
}

/// What is known of its routes then is their patterns and methods.
impl<S> From<axum::Router<S>> for Router<S> {
    fn from(inner: axum::Router<S>) -> Self {
        let mappings = listed::routes(&format!("{inner:?}"));
        Self { inner, mappings }
    }
}

impl<S> From<Router<S>> for axum::Router<S> {
    fn from(router: Router<S>) -> Self {
        router.inner
    }
}

/// Where axum puts a route that is nested.
fn nested(prefix: &str, path: &str) -> String {
    if prefix.ends_with('/') {
        format!("{prefix}{}", path.trim_start_matches('/'))
    } else if path == "/" {
        prefix.to_owned()
    } else {
        format!("{prefix}{path}")
    }
}
