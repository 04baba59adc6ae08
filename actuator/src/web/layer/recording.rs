//! One request on its way through the layer, recorded once whatever happens to it.

use std::{
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use axum::extract::MatchedPath;
use http::{HeaderMap, Request, Response, header};
use http_body::Body;

use super::{
    LayerParts, exchange,
    marks::Marks,
    request_id::RequestIds,
    request_log::RequestLog,
    span::{Head, Surroundings},
    within,
};
use crate::{
    exchange::{Direction, Draft},
    meter::{Exemplar, FinishedRequest, LongTask, Outcome, RequestMethod, RouteMeters},
    model::{
        principal::Principal,
        propagation::TRACEPARENT,
        request::{Origin, RequestContext},
    },
    web::{caller::CallerSlot, errors::Handled, router::catch_all, server_timing::ServerTiming},
};

/// The status of an exchange whose client went away: known from nginx's logs.
const CLIENT_CLOSED_REQUEST: u16 = 499;

/// What is recorded in place of an error's type.
pub(super) const PANIC: &str = "panic";

/// What all services of a layer share.
#[derive(Debug)]
pub(super) struct Recorder {
    parts: LayerParts,
    ids: Option<RequestIds>,
    /// Whether there are meters of requests.
    measures: bool,
    /// Whether there is nothing to do at all.
    is_idle: bool,
}

/// One wrapped service. `Router::layer` makes one for each route, so that the route's meters are
/// found once.
#[derive(Debug)]
pub(super) struct Scope {
    recorder: Arc<Recorder>,
    own: OnceLock<Own>,
}

/// The route for which a scope was made.
#[derive(Debug)]
struct Own {
    template: Arc<str>,
    /// Beyond the limit of uris they are those of another one. `None` for what the management API
    /// does not have.
    meters: Option<Arc<RouteMeters>>,
    /// What its requests have in common, if they are named.
    origin: Option<Arc<Origin>>,
}

/// A request in progress. Whatever happens to it, it is recorded once. It moves along with futures,
/// so that what is large or rare is in boxes.
#[derive(Debug)]
pub(super) struct Recording {
    scope: Arc<Scope>,
    started: Instant,
    method: RequestMethod,
    route: Route,
    is_metered: bool,
    is_finished: bool,
    active: Option<LongTask>,
    exemplar: Option<Box<Exemplar>>,
    request_bytes: Option<u64>,
    timing: Option<ServerTiming>,
    draft: Option<Box<Draft>>,
    caller: Option<CallerSlot>,
    log: Option<Box<RequestLog>>,
}

/// What is seen of a request at first.
#[derive(Debug)]
struct Seen {
    started: Instant,
    is_management: bool,
    method: RequestMethod,
    matched: Matched,
    /// Of the headers.
    marks: Marks,
    draft: Option<Box<Draft>>,
}

/// The template that a request's path has matched.
#[derive(Debug)]
enum Matched {
    /// That for which the scope was made.
    OfScope,
    /// Another.
    Other(Arc<str>),
    /// None.
    Nothing,
}

/// The meters of the route of a request.
#[derive(Debug)]
enum Route {
    /// That for which the scope was made.
    OfScope,
    /// Another, or none.
    Other(Option<Arc<RouteMeters>>),
}

impl Recording {
    /// Begins to record a request; `None` if nothing is recorded of it.
    fn begin<B>(
        scope: &Arc<Scope>,
        request: &mut Request<B>,
        context: Option<&RequestContext>,
        seen: Seen,
    ) -> Option<Self> {
        let Seen { started, is_management, method, matched, marks, mut draft } = seen;
        let recorder = &scope.recorder.parts;
        let is_metered = scope.recorder.measures && (recorder.meters_management || !is_management);
        let exchanges = recorder.exchanges.as_ref().filter(|_| draft.is_some());
        if let Some(draft) = &mut draft {
            exchange::name(draft, context);
        }
        let is_logged = recorder.requests.log && !is_management;
        if !is_metered && draft.is_none() && !recorder.server_timing && !is_logged {
            return None;
        }
        let timing = recorder.server_timing.then(|| {
            let timing = ServerTiming::kept();
            request.extensions_mut().insert(timing.clone());
            timing
        });
        Some(Self {
            scope: Arc::clone(scope),
            started,
            method,
            timing,
            exemplar: if is_metered && recorder.meters.wants_exemplars() {
                exemplar(request.headers(), marks).map(Box::new)
            } else {
                None
            },
            request_bytes: if is_metered && recorder.meters.wants_sizes() {
                content_length(request.headers(), marks)
            } else {
                None
            },
            route: if is_metered { scope.route(matched) } else { Route::Other(None) },
            is_metered,
            is_finished: false,
            active: if is_metered { recorder.meters.start(method, started) } else { None },
            draft,
            caller: exchanges
                .filter(|exchanges| exchanges.settings().include.principal)
                .map(|_| CallerSlot::of(request.extensions_mut())),
            log: is_logged.then(|| Box::new(RequestLog::begin(request))),
        })
    }

    /// Records an end; what is logged of it is logged within what surrounds the request.
    pub(super) fn within(
        &mut self,
        surroundings: &mut Option<Surroundings>,
        end: impl FnOnce(&mut Self),
    ) {
        if self.log.is_some() { within(surroundings, || end(self)) } else { end(self) }
    }

    /// Records the response; its head may be given a header.
    pub(super) fn respond<R: Body>(&mut self, response: &mut Response<R>) {
        if let (Some(draft), Some(exchanges)) =
            (&mut self.draft, &self.scope.recorder.parts.exchanges)
            && exchanges.settings().include.response_headers
        {
            exchange::copy_headers(draft, Direction::Response, response.headers(), exchanges);
        }
        if let Some(caller) = &self.caller
            && let Some(late) = response.extensions().get::<Principal>()
        {
            caller.set(late.clone());
        }
        // A panic or an error that has become an answer is recorded by its name all the same.
        let exception = response.extensions().get::<Handled>().map(|handled| handled.0);
        let outcome = Outcome { status: Some(response.status().as_u16()), exception };
        let took = self.finish(outcome, response.body().size_hint().exact());
        if let Some(timing) = self.timing.take() {
            timing.write(self.template(), took, response.headers_mut());
        }
    }

    /// Records that there will be no response.
    pub(super) fn fail(&mut self, exception: &'static str) {
        self.finish(Outcome { status: Some(500), exception: Some(exception) }, None);
    }

    fn finish(&mut self, outcome: Outcome, response_bytes: Option<u64>) -> Duration {
        if std::mem::replace(&mut self.is_finished, true) {
            return Duration::ZERO;
        }
        let recorder = &self.scope.recorder.parts;
        let duration = recorder.clock.instant().saturating_duration_since(self.started);
        if self.is_metered {
            let request = FinishedRequest {
                method: self.method,
                outcome,
                duration,
                exemplar: self.exemplar.as_deref().copied(),
                request_bytes: self.request_bytes,
                response_bytes,
            };
            match self.route() {
                Some(route) => recorder.meters.record(route, &request),
                None => recorder.meters.record_unmatched(&request),
            }
            if let Some(active) = self.active.take() {
                recorder.meters.stop(self.method, active);
            }
        }
        if let (Some(mut draft), Some(exchanges)) = (self.draft.take(), &recorder.exchanges) {
            if let Some(caller) = self.caller.as_ref().and_then(CallerSlot::get) {
                draft.principal(&caller.name);
            }
            let status = outcome.status.unwrap_or(CLIENT_CLOSED_REQUEST);
            exchanges.record(draft, self.started, duration, status);
        }
        if let Some(log) = self.log.take() {
            log.write(self.method, outcome, duration, &recorder.sanitizer);
        }
        duration
    }

    fn route(&self) -> Option<&RouteMeters> {
        match &self.route {
            Route::OfScope => self.scope.own.get()?.meters.as_deref(),
            Route::Other(route) => route.as_deref(),
        }
    }

    fn template(&self) -> &str {
        self.route().map_or("UNKNOWN", RouteMeters::template)
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
            self.finish(Outcome { status: None, exception: None }, None);
        }
    }
}

impl Scope {
    /// A service of this layer, whose route is not known yet.
    pub(super) fn new(recorder: Arc<Recorder>) -> Self {
        Self { recorder, own: OnceLock::new() }
    }

    /// Begins a request: what surrounds it, and what is recorded of it.
    pub(super) fn begin<B>(
        self: &Arc<Self>,
        request: &mut Request<B>,
    ) -> (Option<Surroundings>, Option<Recording>) {
        let recorder = &self.recorder;
        if recorder.is_idle {
            return (None, None);
        }
        let now = recorder.parts.clock.instant();
        recorder.parts.forwarding.settle(request);
        let is_management = recorder.is_management(request.uri().path());
        let method = RequestMethod::from_name(request.method().as_str());
        let matched = self.matched(request);
        let exchanges = recorder.parts.exchanges.as_ref();
        let begun = exchanges.and_then(|all| exchange::begin(all, request, is_management));
        let (draft, marks) = begun.unzip();
        let marks = marks.flatten().unwrap_or_else(|| Marks::of_headers(request.headers()));
        let surroundings = recorder.ids.as_ref().and_then(|ids| {
            let head = Head { now, is_management, method: method.tag(), marks };
            Surroundings::begin(ids, request, head, || self.origin(ids, &matched))
        });
        let context = surroundings.as_ref().and_then(Surroundings::context);
        let seen = Seen { started: now, is_management, method, matched, marks, draft };
        let recording = Recording::begin(self, request, context, seen);
        (surroundings, recording)
    }

    /// What axum has found for the request.
    fn matched<B>(&self, request: &Request<B>) -> Matched {
        let Some(matched) = request.extensions().get::<MatchedPath>() else {
            return Matched::Nothing;
        };
        let template = matched.as_str();
        let is_own = *self.own(template).template == *template;
        if is_own { Matched::OfScope } else { Matched::Other(template.into()) }
    }

    fn origin(&self, ids: &RequestIds, matched: &Matched) -> Arc<Origin> {
        match (matched, self.own.get().and_then(|own| own.origin.as_ref())) {
            (Matched::OfScope, Some(origin)) => Arc::clone(origin),
            (Matched::Other(template), _) => ids.origin(Some(Arc::clone(template))),
            _ => ids.origin(None),
        }
    }

    fn route(&self, matched: Matched) -> Route {
        match matched {
            Matched::OfScope => Route::OfScope,
            Matched::Other(template) => Route::Other(self.recorder.route(&template)),
            Matched::Nothing => Route::Other(None),
        }
    }

    /// The route for which this was made: that of its first request.
    fn own(&self, template: &str) -> &Own {
        self.own.get_or_init(|| {
            let (template, meters) = (Arc::<str>::from(template), self.recorder.route(template));
            let route = || Some(Arc::clone(&template));
            let origin = self.recorder.ids.as_ref().map(|ids| ids.origin(route()));
            Own { template, meters, origin }
        })
    }
}

impl Recorder {
    /// Exchanges that are switched off are none.
    pub(super) fn new(mut parts: LayerParts) -> Self {
        parts.exchanges = parts.exchanges.filter(|exchanges| exchanges.settings().is_recording());
        let ids = parts.requests.ids.take().map(RequestIds::new);
        let measures = parts.meters.is_enabled();
        let is_idle = ids.is_none()
            && !measures
            && parts.exchanges.is_none()
            && !parts.server_timing
            && !parts.requests.log;
        Self { parts, ids, measures, is_idle }
    }

    /// The meters of a template. Those of the management API have Spring's names: what takes all
    /// further segments ends in `/**`, and what no endpoint serves is matched by nothing.
    fn route(&self, template: &str) -> Option<Arc<RouteMeters>> {
        let base = &self.parts.base_path;
        let anything = catch_all(base);
        // Below a context path the template has that in front; at the root it would end like many.
        if template == anything || !base.is_empty() && template.ends_with(&anything) {
            return None;
        }
        let is_management = !base.is_empty() && template.contains(&format!("{base}/"));
        let meters = &self.parts.meters;
        Some(match template.rsplit_once("/{*").filter(|_| is_management) {
            Some((start, _)) => meters.route(&format!("{start}/**")),
            None => meters.route(template),
        })
    }

    /// `/actuator` and everything below it, but not `/actuator-foo`.
    fn is_management(&self, path: &str) -> bool {
        !self.parts.base_path.is_empty()
            && path
                .strip_prefix(&*self.parts.base_path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// The trace that the caller records, if it says so.
fn exemplar(headers: &HeaderMap, marks: Marks) -> Option<Exemplar> {
    if !marks.meet(const { Marks::of(TRACEPARENT) }) {
        return None;
    }
    Exemplar::of_traceparent(headers.get(TRACEPARENT)?.to_str().ok()?)
}

fn content_length(headers: &HeaderMap, marks: Marks) -> Option<u64> {
    if !marks.meet(const { Marks::of("content-length") }) {
        return None;
    }
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
