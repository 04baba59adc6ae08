//! The tower layer around an application: it records `http.server.requests` and HTTP exchanges.
//!
//! Put it on with [`axum::Router::layer`], after all routes and the fallback. axum runs such layers
//! after it has found the route, so the route's template is known. Wrapped around a whole router
//! as a service, the layer cannot see the template, and the tag `uri` is `UNKNOWN`.
//!
//! A request ends, for both records, when the head of its response is ready; or when the inner
//! service panics (500, and the panic goes on unchanged), fails (500), or is dropped because the
//! client went away (status `UNKNOWN` in the meter, 499 in the exchange).

use std::{
    any::type_name,
    borrow::Cow,
    future::Future,
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll},
    time::Instant,
};

use axum::extract::{ConnectInfo, MatchedPath, OriginalUri};
use http::{HeaderMap, Request, Response, header};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::{
    exchange::{Direction, Draft, ExchangeRepository},
    meter::{LongTask, Outcome, RequestMethod, RouteMeters, ServerRequestMeters},
    model::principal::Principal,
    support::clock::Clock,
};

/// The status of an exchange whose client went away: known from nginx's logs.
const CLIENT_CLOSED_REQUEST: u16 = 499;

/// An extension of a response that names the route's template where axum cannot know it.
#[derive(Clone, Debug)]
pub(crate) struct RouteTemplate(pub Cow<'static, str>);

/// Records what passes through it.
#[derive(Clone, Debug)]
pub struct ActuatorLayer {
    recorder: Arc<Recorder>,
}

/// What all services of a layer share.
#[derive(Debug)]
struct Recorder {
    meters: ServerRequestMeters,
    exchanges: Option<Arc<ExchangeRepository>>,
    clock: Clock,
    base_path: String,
    meters_management: bool,
}

impl ActuatorLayer {
    /// A layer that records into these. `base_path` is that of the management API
    /// (`/actuator`); whether requests below it are recorded is for the settings of each subject.
    pub(crate) fn new(
        meters: ServerRequestMeters,
        meters_management: bool,
        exchanges: Option<Arc<ExchangeRepository>>,
        clock: Clock,
        base_path: impl Into<String>,
    ) -> Self {
        let exchanges = exchanges.filter(|exchanges| exchanges.settings().enabled);
        let base_path = base_path.into();
        let recorder = Recorder { meters, exchanges, clock, base_path, meters_management };
        Self { recorder: Arc::new(recorder) }
    }
}

impl<S> Layer<S> for ActuatorLayer {
    type Service = ActuatorService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        let recorder = Arc::clone(&self.recorder);
        ActuatorService { inner, scope: Arc::new(Scope { recorder, route: OnceLock::new() }) }
    }
}

/// One wrapped service. `Router::layer` makes one for each route, so that the route's meters are
/// found once.
#[derive(Debug)]
struct Scope {
    recorder: Arc<Recorder>,
    route: OnceLock<Arc<RouteMeters>>,
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
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // Should the call itself panic, dropping this records it.
        let recording = Recording::begin(&self.scope, &request);
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
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let polled = catch_unwind(AssertUnwindSafe(|| this.future.poll(context)));
        match polled {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(Ok(response))) => {
                this.recording.respond(&response);
                Poll::Ready(Ok(response))
            }
            Ok(Poll::Ready(Err(error))) => {
                this.recording.fail(simple_name(type_name::<E>()));
                Poll::Ready(Err(error))
            }
            Err(panic) => {
                this.recording.fail(PANIC);
                resume_unwind(panic)
            }
        }
    }
}

const PANIC: &str = "panic";

/// `a::b::Error<c::D>` is `Error`, as Spring shows classes.
fn simple_name(name: &'static str) -> &'static str {
    let name = name.split_once('<').map_or(name, |(name, _)| name);
    name.rsplit_once("::").map_or(name, |(_, name)| name)
}

/// A request in progress. Whatever happens to it, it is recorded once.
#[derive(Debug)]
struct Recording {
    scope: Arc<Scope>,
    started: Instant,
    method: RequestMethod,
    route: Route,
    is_metered: bool,
    is_finished: bool,
    active: Option<LongTask>,
    draft: Option<Draft>,
    caller: Option<String>,
}

/// The route of a request.
#[derive(Debug)]
enum Route {
    /// That for which the scope was made.
    OfScope,
    /// Another.
    Other(Arc<RouteMeters>),
    /// None.
    Unmatched,
}

impl Recording {
    fn begin<B>(scope: &Arc<Scope>, request: &Request<B>) -> Self {
        let recorder = &*scope.recorder;
        let started = recorder.clock.instant();
        let method = RequestMethod::from_name(request.method().as_str());
        let is_management = recorder.is_management(request.uri().path());
        let is_metered = recorder.meters_management || !is_management;
        let exchanges = recorder
            .exchanges
            .as_ref()
            .filter(|exchanges| exchanges.settings().management_requests || !is_management);
        Self {
            scope: Arc::clone(scope),
            started,
            method,
            route: if is_metered { scope.route(request) } else { Route::Unmatched },
            is_metered,
            is_finished: false,
            active: if is_metered { recorder.meters.start(method, started) } else { None },
            draft: exchanges.map(|exchanges| begin_exchange(exchanges, request)),
            caller: exchanges
                .filter(|exchanges| exchanges.include().principal)
                .and_then(|_| Some(request.extensions().get::<Principal>()?.name.clone())),
        }
    }

    fn respond<R>(&mut self, response: &Response<R>) {
        if let Some(RouteTemplate(template)) = response.extensions().get() {
            self.route = Route::Other(self.scope.recorder.meters.route(template));
        }
        if let (Some(draft), Some(exchanges)) = (&mut self.draft, &self.scope.recorder.exchanges) {
            let include = exchanges.include();
            if include.response_headers {
                copy_headers(draft, Direction::Response, response.headers(), exchanges);
            }
            if include.principal {
                let late = response.extensions().get::<Principal>().map(|caller| &*caller.name);
                if let Some(name) = late.or(self.caller.as_deref()) {
                    draft.principal(name);
                }
            }
        }
        self.finish(Outcome { status: Some(response.status().as_u16()), exception: None });
    }

    fn fail(&mut self, exception: &'static str) {
        self.finish(Outcome { status: Some(500), exception: Some(exception) });
    }

    fn finish(&mut self, outcome: Outcome) {
        if std::mem::replace(&mut self.is_finished, true) {
            return;
        }
        let recorder = &*self.scope.recorder;
        let now = recorder.clock.instant();
        let duration = now.saturating_duration_since(self.started);
        if self.is_metered {
            let meters = &recorder.meters;
            let route = match &self.route {
                Route::OfScope => self.scope.route.get(),
                Route::Other(route) => Some(route),
                Route::Unmatched => None,
            };
            match route {
                Some(route) => meters.record(route, self.method, outcome, duration),
                None => meters.record_unmatched(self.method, outcome, duration),
            }
            if let Some(active) = self.active.take() {
                meters.stop(self.method, active);
            }
        }
        if let (Some(draft), Some(exchanges)) = (self.draft.take(), &recorder.exchanges) {
            let status = outcome.status.unwrap_or(CLIENT_CLOSED_REQUEST);
            exchanges.record(draft, self.started, duration, status);
        }
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        if self.is_finished {
            return;
        }
        if std::thread::panicking() {
            self.fail(PANIC);
        } else {
            self.finish(Outcome { status: None, exception: None });
        }
    }
}

impl Scope {
    fn route<B>(&self, request: &Request<B>) -> Route {
        let Some(matched) = request.extensions().get::<MatchedPath>() else {
            return Route::Unmatched;
        };
        let template = matched.as_str();
        let meters = &self.recorder.meters;
        if self.route.get_or_init(|| meters.route(template)).template() == template {
            return Route::OfScope;
        }
        Route::Other(meters.route(template))
    }
}

impl Recorder {
    /// `/actuator` and everything below it, but not `/actuator-foo`.
    fn is_management(&self, path: &str) -> bool {
        !self.base_path.is_empty()
            && path
                .strip_prefix(&*self.base_path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

fn begin_exchange<B>(exchanges: &ExchangeRepository, request: &Request<B>) -> Draft {
    let mut draft = exchanges.begin();
    let include = exchanges.include();
    // A router that nests us shows the path below its prefix; the caller wrote all of it.
    let original = request.extensions().get::<OriginalUri>();
    let uri = original.map_or(request.uri(), |original| &original.0);
    let host = match uri.authority() {
        Some(authority) => authority.as_str(),
        None => request
            .headers()
            .get(header::HOST)
            .and_then(|host| host.to_str().ok())
            .unwrap_or("localhost"),
    };
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let scheme = uri.scheme_str().unwrap_or("http");
    draft.request(request.method().as_str(), &[scheme, "://", host, path]);
    if include.request_headers {
        copy_headers(&mut draft, Direction::Request, request.headers(), exchanges);
    }
    if include.remote_address
        && let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>()
    {
        draft.remote_address(&peer.ip().to_string());
    }
    draft
}

fn copy_headers(
    draft: &mut Draft,
    direction: Direction,
    headers: &HeaderMap,
    exchanges: &ExchangeRepository,
) {
    for (name, value) in headers {
        draft.header(direction, name.as_str(), value.as_bytes(), exchanges.include());
    }
}

#[cfg(test)]
#[path = "layer_tests.rs"]
mod tests;
