//! `http.server.requests`: series resolved once per route, method and outcome.
//!
//! Tags and values are those of Spring's `DefaultServerRequestObservationConvention`. The sizes of
//! bodies are `http.server.request.body.size` and `http.server.response.body.size`, as
//! OpenTelemetry's semantic conventions name them, with the tags of the requests.

mod outcome;
mod route;

use std::{
    collections::HashMap,
    sync::{
        Arc, OnceLock, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Instant,
};

use super::{LongTask, LongTaskTimer, MeterRegistry, instrument::as_f64};

pub(crate) use outcome::{FinishedRequest, Outcome, RequestMethod};
pub(crate) use route::RouteMeters;

use outcome::METHODS;
use route::{BodySizes, RequestSeries};

const NAME: &str = "http.server.requests";
const ACTIVE: &str = "http.server.requests.active";
const REQUEST_SIZE: &str = "http.server.request.body.size";
const RESPONSE_SIZE: &str = "http.server.response.body.size";
const NONE: &str = "none";
const UNKNOWN: &str = "UNKNOWN";

/// All series of `http.server.requests` and `http.server.requests.active`.
#[derive(Debug)]
pub(crate) struct ServerRequestMeters {
    registry: Arc<MeterRegistry>,
    routes: RwLock<HashMap<Arc<str>, Arc<RouteMeters>>>,
    redirection: RouteMeters,
    not_found: RouteMeters,
    unknown: Arc<RouteMeters>,
    active: [OnceLock<Arc<LongTaskTimer>>; METHODS],
    has_warned: AtomicBool,
    wants_exemplars: bool,
}

impl ServerRequestMeters {
    /// No series yet; they come with the requests.
    pub(crate) fn new(registry: Arc<MeterRegistry>) -> Self {
        let wants_exemplars = registry.settings().distribution.has_buckets(NAME);
        Self {
            wants_exemplars,
            registry,
            routes: RwLock::default(),
            redirection: RouteMeters::new("REDIRECTION".into()),
            not_found: RouteMeters::new("NOT_FOUND".into()),
            unknown: Arc::new(RouteMeters::new(UNKNOWN.into())),
            active: Default::default(),
            has_warned: AtomicBool::new(false),
        }
    }

    /// The series of a route by its template. Beyond the limit of uris, those of `UNKNOWN`.
    pub(crate) fn route(&self, template: &str) -> Arc<RouteMeters> {
        let limit = self.registry.settings().max_uri_tags;
        let routes = self.routes.read().unwrap_or_else(PoisonError::into_inner);
        let known = routes.get(template).cloned();
        let is_full = routes.len() >= limit;
        drop(routes);
        if let Some(route) = known {
            return route;
        }
        // Routes never go, so that what is full stays so: requests beyond it need no other lock.
        if is_full {
            return self.beyond(limit);
        }
        let mut routes = self.routes.write().unwrap_or_else(PoisonError::into_inner);
        if routes.len() >= limit && !routes.contains_key(template) {
            drop(routes);
            return self.beyond(limit);
        }
        let template: Arc<str> = template.into();
        let route = routes.entry(Arc::clone(&template));
        Arc::clone(route.or_insert_with(|| Arc::new(RouteMeters::new(template))))
    }

    fn beyond(&self, limit: usize) -> Arc<RouteMeters> {
        if !self.has_warned.swap(true, Relaxed) {
            tracing::warn!(
                target: "actuator::meter",
                "{NAME} has {limit} values of the tag uri, the limit set by \
                 management.metrics.web.server.max-uri-tags; further ones count as {UNKNOWN}"
            );
        }
        Arc::clone(&self.unknown)
    }

    /// Records a request that matched a route.
    #[inline]
    pub(crate) fn record(&self, route: &RouteMeters, request: &FinishedRequest) {
        if let Some(series) = route.known(request.method, request.outcome) {
            series.record(request);
        } else {
            self.resolve(route, request).record(request);
        }
    }

    /// Records a request that matched no route.
    pub(crate) fn record_unmatched(&self, request: &FinishedRequest) {
        let route = match request.outcome.status {
            Some(300..=399) => &self.redirection,
            Some(404) => &self.not_found,
            _ => &*self.unknown,
        };
        self.record(route, request);
    }

    /// Whether settings leave any of these meters.
    pub(crate) fn is_enabled(&self) -> bool {
        let settings = self.registry.settings();
        let has_sizes = settings.body_sizes
            && (settings.is_enabled(REQUEST_SIZE) || settings.is_enabled(RESPONSE_SIZE));
        has_sizes || settings.is_enabled(NAME) || settings.is_enabled(ACTIVE)
    }

    /// Whether a trace would be remembered: that takes buckets.
    pub(crate) fn wants_exemplars(&self) -> bool {
        self.wants_exemplars
    }

    /// Whether sizes of bodies are measured.
    pub(crate) fn wants_sizes(&self) -> bool {
        self.registry.settings().body_sizes
    }

    /// A request has begun.
    #[inline]
    pub(crate) fn start(&self, method: RequestMethod, now: Instant) -> Option<LongTask> {
        Some(
            self.active
                .get(method as usize)?
                .get_or_init(|| self.active_timer(method))
                .start_at(now),
        )
    }

    /// A request has ended.
    #[inline]
    pub(crate) fn stop(&self, method: RequestMethod, task: LongTask) {
        if let Some(timer) = self.active.get(method as usize).and_then(OnceLock::get) {
            timer.stop(task);
        }
    }

    /// The tags are what Spring knows when a request begins.
    fn active_timer(&self, method: RequestMethod) -> Arc<LongTaskTimer> {
        self.registry
            .meter(ACTIVE)
            .tag("exception", NONE)
            .tag("method", method.tag())
            .tag("outcome", "SUCCESS")
            .tag("status", "200")
            .tag("uri", UNKNOWN)
            .long_task_timer()
    }

    fn resolve(&self, route: &RouteMeters, request: &FinishedRequest) -> RequestSeries {
        let exception = request.outcome.exception.unwrap_or(NONE);
        let tagged = |name: &str| {
            self.registry
                .meter(name)
                .tag("method", request.method.tag())
                .tag("outcome", request.outcome.tag())
                .tag("status", request.outcome.status_tag())
                .tag("uri", route.template())
        };
        let size = |name: &str, side: &str| {
            tagged(name)
                .description(format!("The size of the bodies of {side}s, where it is told"))
                .base_unit("bytes")
                .summary()
        };
        let measured = self.registry.settings().body_sizes;
        let series = RequestSeries {
            duration: tagged(NAME).tag("error", exception).tag("exception", exception).timer(),
            sizes: measured.then(|| BodySizes {
                request: size(REQUEST_SIZE, "request"),
                response: size(RESPONSE_SIZE, "response"),
            }),
        };
        route.remember(request.method, request.outcome, &series);
        series
    }
}

impl RequestSeries {
    #[inline]
    fn record(&self, request: &FinishedRequest) {
        match request.exemplar {
            Some(exemplar) => self.duration.record_with(request.duration, exemplar),
            None => self.duration.record(request.duration),
        }
        if let Some(sizes) = &self.sizes {
            if let Some(bytes) = request.request_bytes {
                sizes.request.record(as_f64(bytes));
            }
            if let Some(bytes) = request.response_bytes {
                sizes.response.record(as_f64(bytes));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        meter::{MeterSettings, Statistic, Tag},
        support::clock::Clock,
    };

    fn request(method: RequestMethod, status: u16) -> FinishedRequest {
        FinishedRequest {
            method,
            outcome: Outcome { status: Some(status), exception: None },
            duration: Duration::from_millis(1),
            exemplar: None,
            request_bytes: None,
            response_bytes: Some(10),
        }
    }

    fn meters(settings: MeterSettings) -> ServerRequestMeters {
        ServerRequestMeters::new(Arc::new(MeterRegistry::new(settings, Clock::system())))
    }

    fn count(meters: &ServerRequestMeters, tags: &[(&str, &str)]) -> f64 {
        let tags: Vec<_> = tags.iter().map(|(key, value)| Tag::new(*key, *value)).collect();
        let Some(reading) = meters.registry.read(NAME, &tags) else { return 0.0 };
        assert_eq!(reading.measurements[0].statistic, Statistic::Count);
        reading.measurements[0].value
    }

    #[test]
    fn requests_without_a_route_are_named_by_their_status() {
        let meters = meters(MeterSettings::default());
        for status in [302, 404, 405, 200] {
            meters.record_unmatched(&request(RequestMethod::Get, status));
        }
        for (uri, requests) in [("REDIRECTION", 1.0), ("NOT_FOUND", 1.0), ("UNKNOWN", 2.0)] {
            assert!((count(&meters, &[("uri", uri)]) - requests).abs() < f64::EPSILON, "{uri}");
        }
    }

    #[test]
    fn uris_beyond_the_limit_are_counted_together_and_not_lost() {
        let meters = meters(MeterSettings { max_uri_tags: 3, ..MeterSettings::default() });
        for route in 0..50 {
            let route = meters.route(&format!("/route{route}"));
            meters.record(&route, &request(RequestMethod::Get, 200));
        }
        let reading = meters.registry.read(NAME, &[]).unwrap();
        assert_eq!(reading.available_tags["uri"].len(), 4);
        assert!((count(&meters, &[("uri", "UNKNOWN")]) - 47.0).abs() < f64::EPSILON);
    }

    #[test]
    fn more_outcomes_than_are_remembered_are_all_counted() {
        let meters = meters(MeterSettings::default());
        let route = meters.route("/x");
        for status in 400..430 {
            for _ in 0..2 {
                meters.record(&route, &request(RequestMethod::Post, status));
            }
        }
        assert!((count(&meters, &[("outcome", "CLIENT_ERROR")]) - 60.0).abs() < f64::EPSILON);
        assert!((count(&meters, &[("status", "429")]) - 2.0).abs() < f64::EPSILON);
    }
}
