//! Two services with some requests behind them, and the Prometheus that scrapes them.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use actuator_integration::service::ServiceBuilder;
use actuator_integration::{Prometheus, Service, http};

/// The trace of every request with a `traceparent` here.
pub(crate) const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// What the tests share that only look.
pub(crate) struct Scene {
    pub(crate) prometheus: Prometheus,
    pub(crate) metered: Service,
    pub(crate) quickstart: Service,
}

impl Scene {
    /// The one that is there, or a new one.
    pub(crate) fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<Scene>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(scene) = shared.upgrade() {
            return scene;
        }
        let scene = Arc::new(Self::new());
        *shared = Arc::downgrade(&scene);
        scene
    }

    fn new() -> Self {
        let (quickstart, metered) = (quickstart(), told_everything(Service::metered(), "metered"));
        for number in 0..5 {
            greet(&quickstart, &number.to_string());
        }
        for status in ["200", "302", "404", "500"] {
            metered.get(&format!("/status/{status}"));
        }
        let prometheus = Prometheus::builder()
            .feature("exemplar-storage")
            .job("quickstart", &quickstart)
            .job("metered", &metered)
            .start()
            .hold();
        Self { prometheus, metered, quickstart }
    }
}

/// A quickstart of the test's own.
#[track_caller]
pub(crate) fn quickstart() -> Service {
    told_everything(Service::example("quickstart"), "quickstart")
}

/// Starts a service with all that a setting can add to its metrics.
#[track_caller]
pub(crate) fn told_everything(service: ServiceBuilder, application: &str) -> Service {
    let buckets = "management.metrics.distribution.percentiles-histogram.http.server.requests";
    service
        .setting(buckets, "true")
        .setting("management.metrics.tags.application", application)
        .setting("actuator.metrics.jvm-aliases", "true")
        .setting("actuator.metrics.sample-interval", "100ms")
        .start()
}

/// One request to `/hello/{name}`, as part of a trace.
#[track_caller]
pub(crate) fn greet(quickstart: &Service, name: &str) {
    let parent = format!("00-{TRACE}-00f067aa0ba902b7-01");
    let url = format!("{}/hello/{name}", quickstart.url());
    assert_eq!(http::get(&url, &[("traceparent", &parent)]).status, 200);
}
