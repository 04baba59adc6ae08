//! `http.server.requests`: series resolved once per route, method and outcome.
//!
//! Tags and values are those of Spring's `DefaultServerRequestObservationConvention`.

use std::{
    collections::HashMap,
    sync::{
        Arc, OnceLock, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use super::{LongTask, LongTaskTimer, MeterRegistry, Timer};

const NAME: &str = "http.server.requests";
const NONE: &str = "none";
const UNKNOWN: &str = "UNKNOWN";

/// The methods that have a tag value of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestMethod {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
    Options,
    Trace,
    /// Anything else, so that a client cannot invent series.
    Unknown,
}

const METHODS: usize = RequestMethod::Unknown as usize + 1;

impl RequestMethod {
    /// By its name on the wire.
    pub(crate) fn from_name(name: &str) -> Self {
        match name {
            "GET" => Self::Get,
            "HEAD" => Self::Head,
            "POST" => Self::Post,
            "PUT" => Self::Put,
            "PATCH" => Self::Patch,
            "DELETE" => Self::Delete,
            "OPTIONS" => Self::Options,
            "TRACE" => Self::Trace,
            _ => Self::Unknown,
        }
    }

    fn tag(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
            Self::Trace => "TRACE",
            Self::Unknown => UNKNOWN,
        }
    }
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// The status; `None` when nobody waited for it.
    pub status: Option<u16>,
    /// What came in place of a response: `panic`, or the type of an error.
    pub exception: Option<&'static str>,
}

impl Outcome {
    fn tag(self) -> &'static str {
        match self.status {
            Some(100..=103) => "INFORMATIONAL",
            Some(200..=299) => "SUCCESS",
            Some(300..=308) => "REDIRECTION",
            Some(400..=431 | 451) => "CLIENT_ERROR",
            Some(500..=511) => "SERVER_ERROR",
            _ => UNKNOWN,
        }
    }

    fn status_tag(self) -> String {
        self.status.map_or_else(|| UNKNOWN.to_owned(), |status| status.to_string())
    }
}

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
}

impl ServerRequestMeters {
    /// No series yet; they come with the requests.
    pub(crate) fn new(registry: Arc<MeterRegistry>) -> Self {
        Self {
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
        let routes = self.routes.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(route) = routes.get(template) {
            return Arc::clone(route);
        }
        drop(routes);
        let mut routes = self.routes.write().unwrap_or_else(PoisonError::into_inner);
        let limit = self.registry.settings().max_uri_tags;
        if routes.len() >= limit && !routes.contains_key(template) {
            if !self.has_warned.swap(true, Relaxed) {
                tracing::warn!(
                    target: "actuator::meter",
                    "{NAME} has {limit} values of the tag uri, the limit set by \
                     management.metrics.web.server.max-uri-tags; further ones count as {UNKNOWN}"
                );
            }
            return Arc::clone(&self.unknown);
        }
        let template: Arc<str> = template.into();
        let route = routes.entry(Arc::clone(&template));
        Arc::clone(route.or_insert_with(|| Arc::new(RouteMeters::new(template))))
    }

    /// Records a request that matched a route.
    pub(crate) fn record(
        &self,
        route: &RouteMeters,
        method: RequestMethod,
        outcome: Outcome,
        duration: Duration,
    ) {
        if let Some(timer) = route.known(method, outcome) {
            timer.record(duration);
        } else {
            self.resolve(route, method, outcome).record(duration);
        }
    }

    /// Records a request that matched no route.
    pub(crate) fn record_unmatched(
        &self,
        method: RequestMethod,
        outcome: Outcome,
        duration: Duration,
    ) {
        let route = match outcome.status {
            Some(300..=399) => &self.redirection,
            Some(404) => &self.not_found,
            _ => &*self.unknown,
        };
        self.record(route, method, outcome, duration);
    }

    /// A request has begun.
    pub(crate) fn start(&self, method: RequestMethod, now: Instant) -> Option<LongTask> {
        Some(
            self.active
                .get(method as usize)?
                .get_or_init(|| self.active_timer(method))
                .start_at(now),
        )
    }

    /// A request has ended.
    pub(crate) fn stop(&self, method: RequestMethod, task: LongTask) {
        if let Some(timer) = self.active.get(method as usize).and_then(OnceLock::get) {
            timer.stop(task);
        }
    }

    /// The tags are what Spring knows when a request begins.
    fn active_timer(&self, method: RequestMethod) -> Arc<LongTaskTimer> {
        self.registry
            .meter(format!("{NAME}.active"))
            .tag("exception", NONE)
            .tag("method", method.tag())
            .tag("outcome", "SUCCESS")
            .tag("status", "200")
            .tag("uri", UNKNOWN)
            .long_task_timer()
    }

    fn resolve(&self, route: &RouteMeters, method: RequestMethod, outcome: Outcome) -> Arc<Timer> {
        let exception = outcome.exception.unwrap_or(NONE);
        let timer = self
            .registry
            .meter(NAME)
            .tag("error", exception)
            .tag("exception", exception)
            .tag("method", method.tag())
            .tag("outcome", outcome.tag())
            .tag("status", outcome.status_tag())
            .tag("uri", &*route.template)
            .timer();
        route.remember(method, outcome, &timer);
        timer
    }
}

/// How many outcomes of one method of one route are remembered; further ones are looked up in the
/// registry each time.
const OUTCOMES: usize = 12;

type OutcomeSeries = [OnceLock<(Outcome, Arc<Timer>)>; OUTCOMES];

/// The series of one route.
#[derive(Debug)]
pub(crate) struct RouteMeters {
    template: Arc<str>,
    methods: [OnceLock<Box<OutcomeSeries>>; METHODS],
}

impl RouteMeters {
    fn new(template: Arc<str>) -> Self {
        Self { template, methods: Default::default() }
    }

    /// The route's template, `/orders/{id}`.
    pub(crate) fn template(&self) -> &str {
        &self.template
    }

    /// The first slots hold what was seen first, which is what is seen most.
    fn known(&self, method: RequestMethod, outcome: Outcome) -> Option<&Timer> {
        let series = self.methods.get(method as usize)?.get()?;
        series
            .iter()
            .map_while(OnceLock::get)
            .find_map(|(known, timer)| (*known == outcome).then_some(&**timer))
    }

    fn remember(&self, method: RequestMethod, outcome: Outcome, timer: &Arc<Timer>) {
        let Some(series) = self.methods.get(method as usize) else { return };
        let mut entry = (outcome, Arc::clone(timer));
        for slot in series.get_or_init(Box::default).iter() {
            match slot.set(entry) {
                Ok(()) => return,
                Err(back) if slot.get().is_some_and(|(known, _)| *known == back.0) => return,
                Err(back) => entry = back,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        meter::{MeterSettings, Statistic, Tag},
        support::clock::Clock,
    };

    const OK: Outcome = Outcome { status: Some(200), exception: None };
    const MS: Duration = Duration::from_millis(1);

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
            let outcome = Outcome { status: Some(status), exception: None };
            meters.record_unmatched(RequestMethod::Get, outcome, MS);
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
            meters.record(&route, RequestMethod::Get, OK, MS);
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
                let outcome = Outcome { status: Some(status), exception: None };
                meters.record(&route, RequestMethod::Post, outcome, MS);
            }
        }
        assert!((count(&meters, &[("outcome", "CLIENT_ERROR")]) - 60.0).abs() < f64::EPSILON);
        assert!((count(&meters, &[("status", "429")]) - 2.0).abs() < f64::EPSILON);
    }

    #[test]
    fn invented_methods_share_one_series() {
        assert_eq!(RequestMethod::from_name("BREW"), RequestMethod::Unknown);
        assert_eq!(RequestMethod::from_name("get"), RequestMethod::Unknown);
        assert_eq!(RequestMethod::from_name("DELETE"), RequestMethod::Delete);
    }

    #[test]
    fn outcomes_are_springs() {
        let outcome = |status| Outcome { status, exception: None }.tag();
        assert_eq!(outcome(Some(299)), "SUCCESS");
        assert_eq!(outcome(Some(499)), "UNKNOWN");
        assert_eq!(outcome(Some(503)), "SERVER_ERROR");
        assert_eq!(outcome(None), "UNKNOWN");
    }
}
