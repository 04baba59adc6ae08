//! `get(handler).post(…)`, with the names of the handlers.

use std::{any::type_name, borrow::Cow, convert::Infallible, fmt, panic::Location};

use axum::{
    extract::Request,
    handler::Handler,
    response::IntoResponse,
    routing::{self, MethodFilter, Route},
};
use tower_layer::Layer;
use tower_service::Service;

use crate::model::mapping::Mapping;

/// All methods that a filter can have, by name.
const METHODS: [(&str, MethodFilter); 9] = [
    ("GET", MethodFilter::GET),
    ("HEAD", MethodFilter::HEAD),
    ("POST", MethodFilter::POST),
    ("PUT", MethodFilter::PUT),
    ("PATCH", MethodFilter::PATCH),
    ("DELETE", MethodFilter::DELETE),
    ("OPTIONS", MethodFilter::OPTIONS),
    ("TRACE", MethodFilter::TRACE),
    ("CONNECT", MethodFilter::CONNECT),
];

/// [`axum::routing::MethodRouter`], which knows its handlers.
#[must_use = "it does nothing until it is a route"]
pub struct MethodRouter<S = (), E = Infallible> {
    pub(super) inner: routing::MethodRouter<S, E>,
    /// Without a pattern.
    pub(super) handlers: Vec<Mapping>,
}

macro_rules! handlers {
    ($($(#[doc = $doc:literal])* $name:ident $filter:ident)+) => {
        impl<S: Clone + Send + Sync + 'static> MethodRouter<S, Infallible> {
            $($(#[doc = $doc])*
            #[track_caller]
            pub fn $name<H, T>(self, handler: H) -> Self
            where
                H: Handler<T, S>,
                T: 'static,
            {
                self.on(MethodFilter::$filter, handler)
            })+
        }

        $($(#[doc = $doc])*
        #[track_caller]
        pub fn $name<H, T, S>(handler: H) -> MethodRouter<S, Infallible>
        where
            H: Handler<T, S>,
            T: 'static,
            S: Clone + Send + Sync + 'static,
        {
            on(MethodFilter::$filter, handler)
        })+
    };
}

handlers! {
    /// CONNECT goes to this handler.
    connect CONNECT
    /// DELETE goes to this handler.
    delete DELETE
    /// GET goes to this handler, and HEAD if nothing else takes it.
    get GET
    /// HEAD goes to this handler.
    head HEAD
    /// OPTIONS goes to this handler.
    options OPTIONS
    /// PATCH goes to this handler.
    patch PATCH
    /// POST goes to this handler.
    post POST
    /// PUT goes to this handler.
    put PUT
    /// TRACE goes to this handler.
    trace TRACE
}

macro_rules! services {
    ($($(#[doc = $doc:literal])* $name:ident $filter:ident)+) => {
        impl<S: Clone, E> MethodRouter<S, E> {
            $($(#[doc = $doc])*
            #[track_caller]
            pub fn $name<T>(self, service: T) -> Self
            where
                T: Service<Request, Error = E> + Clone + Send + Sync + 'static,
                T::Response: IntoResponse + 'static,
                T::Future: Send + 'static,
            {
                self.on_service(MethodFilter::$filter, service)
            })+
        }

        $($(#[doc = $doc])*
        #[track_caller]
        pub fn $name<T, S>(service: T) -> MethodRouter<S, T::Error>
        where
            T: Service<Request> + Clone + Send + Sync + 'static,
            T::Response: IntoResponse + 'static,
            T::Future: Send + 'static,
            S: Clone,
        {
            on_service(MethodFilter::$filter, service)
        })+
    };
}

services! {
    /// CONNECT goes to this service.
    connect_service CONNECT
    /// DELETE goes to this service.
    delete_service DELETE
    /// GET goes to this service, and HEAD if nothing else takes it.
    get_service GET
    /// HEAD goes to this service.
    head_service HEAD
    /// OPTIONS goes to this service.
    options_service OPTIONS
    /// PATCH goes to this service.
    patch_service PATCH
    /// POST goes to this service.
    post_service POST
    /// PUT goes to this service.
    put_service PUT
    /// TRACE goes to this service.
    trace_service TRACE
}

/// Requests of these methods go to this handler.
#[track_caller]
pub fn on<H, T, S>(filter: MethodFilter, handler: H) -> MethodRouter<S, Infallible>
where
    H: Handler<T, S>,
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    MethodRouter::new().on(filter, handler)
}

/// Requests of these methods go to this service.
#[track_caller]
pub fn on_service<T, S>(filter: MethodFilter, service: T) -> MethodRouter<S, T::Error>
where
    T: Service<Request> + Clone + Send + Sync + 'static,
    T::Response: IntoResponse + 'static,
    T::Future: Send + 'static,
    S: Clone,
{
    MethodRouter::new().on_service(filter, service)
}

/// Requests of all methods go to this handler.
#[track_caller]
pub fn any<H, T, S>(handler: H) -> MethodRouter<S, Infallible>
where
    H: Handler<T, S>,
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    MethodRouter {
        inner: routing::any(handler),
        handlers: vec![noted::<H>(Vec::new(), Location::caller())],
    }
}

/// Requests of all methods go to this service.
#[track_caller]
pub fn any_service<T, S>(service: T) -> MethodRouter<S, T::Error>
where
    T: Service<Request> + Clone + Send + Sync + 'static,
    T::Response: IntoResponse + 'static,
    T::Future: Send + 'static,
    S: Clone,
{
    MethodRouter {
        inner: routing::any_service(service),
        handlers: vec![noted::<T>(Vec::new(), Location::caller())],
    }
}

impl<S: Clone + Send + Sync + 'static> MethodRouter<S, Infallible> {
    /// Requests of these methods go to this handler.
    #[track_caller]
    pub fn on<H, T>(mut self, filter: MethodFilter, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.handlers.push(noted::<H>(names(filter), Location::caller()));
        Self { inner: self.inner.on(filter, handler), ..self }
    }

    /// What no other takes goes to this handler.
    #[track_caller]
    pub fn fallback<H, T>(mut self, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.handlers.push(noted::<H>(Vec::new(), Location::caller()));
        Self { inner: self.inner.fallback(handler), ..self }
    }
}

impl<S: Clone, E> MethodRouter<S, E> {
    /// Without a handler: 405 for all methods.
    pub fn new() -> Self {
        Self { inner: routing::MethodRouter::new(), handlers: Vec::new() }
    }

    /// Requests of these methods go to this service.
    #[track_caller]
    pub fn on_service<T>(mut self, filter: MethodFilter, service: T) -> Self
    where
        T: Service<Request, Error = E> + Clone + Send + Sync + 'static,
        T::Response: IntoResponse + 'static,
        T::Future: Send + 'static,
    {
        self.handlers.push(noted::<T>(names(filter), Location::caller()));
        Self { inner: self.inner.on_service(filter, service), ..self }
    }

    /// What no other takes goes to this service.
    #[track_caller]
    pub fn fallback_service<T>(mut self, service: T) -> Self
    where
        T: Service<Request, Error = E> + Clone + Send + Sync + 'static,
        T::Response: IntoResponse + 'static,
        T::Future: Send + 'static,
    {
        self.handlers.push(noted::<T>(Vec::new(), Location::caller()));
        Self { inner: self.inner.fallback_service(service), ..self }
    }

    /// Gives handlers their state.
    pub fn with_state<S2>(self, state: S) -> MethodRouter<S2, E> {
        MethodRouter { inner: self.inner.with_state(state), handlers: self.handlers }
    }

    /// Puts a layer around what is here so far, the fallback too.
    pub fn layer<L, NewError>(self, layer: L) -> MethodRouter<S, NewError>
    where
        L: Layer<Route<E>> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<NewError> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
        E: 'static,
        S: 'static,
        NewError: 'static,
    {
        MethodRouter { inner: self.inner.layer(layer), handlers: self.handlers }
    }

    /// Puts a layer around the handlers that are here so far.
    #[track_caller]
    pub fn route_layer<L>(self, layer: L) -> Self
    where
        L: Layer<Route<E>> + Clone + Send + Sync + 'static,
        L::Service: Service<Request, Error = E> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
        E: 'static,
        S: 'static,
    {
        Self { inner: self.inner.route_layer(layer), handlers: self.handlers }
    }

    /// Adds the handlers of another one.
    #[track_caller]
    pub fn merge(mut self, other: Self) -> Self {
        self.handlers.extend(other.handlers);
        Self { inner: self.inner.merge(other.inner), ..self }
    }
}

impl<S: Clone, E> Default for MethodRouter<S, E> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S, E> Clone for MethodRouter<S, E> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), handlers: self.handlers.clone() }
    }
}

impl<S, E> fmt::Debug for MethodRouter<S, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MethodRouter").field("handlers", &self.handlers).finish_non_exhaustive()
    }
}

/// Handlers are not known then.
impl<S, E> From<routing::MethodRouter<S, E>> for MethodRouter<S, E> {
    fn from(inner: routing::MethodRouter<S, E>) -> Self {
        let methods = super::listed::methods(&format!("{inner:?}"));
        Self { inner, handlers: vec![Mapping { methods, ..Mapping::of_any_method("") }] }
    }
}

impl<S, E> From<MethodRouter<S, E>> for routing::MethodRouter<S, E> {
    fn from(router: MethodRouter<S, E>) -> Self {
        router.inner
    }
}

fn names(filter: MethodFilter) -> Vec<Cow<'static, str>> {
    let has = |(_, method): &&(&str, MethodFilter)| filter.or(*method) == filter;
    METHODS.iter().filter(has).map(|(name, _)| Cow::Borrowed(*name)).collect()
}

/// What is known of a handler.
pub(super) fn noted<H>(methods: Vec<Cow<'static, str>>, place: &Location<'_>) -> Mapping {
    Mapping { methods, ..Mapping::of_any_method("") }.handled_by(type_name::<H>()).at(format!(
        "{}:{}",
        place.file(),
        place.line()
    ))
}
