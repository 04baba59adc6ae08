//! A router, requests to it, and the layer as it can be set: what the benches of requests share.

use std::process::Command;

use actuator::{Actuator, ActuatorLayer};
use axum::{Router, body::Body, extract::Request, routing::get};

/// What a browser or a client library sends.
pub const HEADERS: [(&str, &str); 6] = [
    ("host", "orders.example:8080"),
    ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
    ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    ("accept-language", "en-US,en;q=0.5"),
    ("accept-encoding", "gzip, deflate, br"),
    ("connection", "keep-alive"),
];

/// The argument of a process that measures, with one of the subscribers.
const CHILD: &str = "--measure";

/// What listens to spans.
const SUBSCRIBERS: [&str; 2] = ["without a subscriber", "with actuator's subscriber"];

/// How the layer is set.
pub struct Variant {
    pub name: &'static str,
    settings: &'static [(&'static str, &'static str)],
}

const NO_IDS: (&str, &str) = ("actuator.request-id.enabled", "false");
const NO_EXCHANGES: (&str, &str) = ("management.httpexchanges.recording.enabled", "false");
const NO_METERS: (&str, &str) = ("management.metrics.enable.http", "false");

impl Variant {
    pub const ALL: [Self; 5] = [
        Self { name: "actuator, all off", settings: &[NO_IDS, NO_EXCHANGES, NO_METERS] },
        Self { name: "actuator, ids only", settings: &[NO_EXCHANGES, NO_METERS] },
        Self { name: "actuator, meters only", settings: &[NO_IDS, NO_EXCHANGES] },
        Self { name: "actuator, no ids", settings: &[NO_IDS] },
        Self { name: "actuator, default settings", settings: &[] },
    ];

    pub async fn layer(&self) -> actuator::Result<ActuatorLayer> {
        let builder = Actuator::builder()
            .isolated()
            .force_setting("actuator.metrics.facade.enabled", "false");
        let set = |builder: actuator::Builder, (name, value): &(&str, &str)| {
            builder.force_setting(name, *value)
        };
        Ok(self.settings.iter().fold(builder, set).build().await?.layer())
    }
}

/// The router of a service that also records bodies, which nobody does by default.
#[allow(dead_code, reason = "each bench compiles this module for itself")]
pub async fn with_bodies() -> actuator::Result<Router> {
    let builder = Actuator::builder()
        .isolated()
        .force_setting("actuator.metrics.facade.enabled", "false")
        .force_setting("actuator.httpexchanges.include-bodies", "request,response");
    let actuator = builder.build().await?;
    Ok(router().layer(actuator.body_layer()).layer(actuator.layer()))
}

/// The router as servers call it: layers are put on once, and not with each request.
pub fn served(router: Router) -> Router {
    router.with_state(())
}

/// Measures once with each of the subscribers, in processes of their own; `false` in such a process,
/// which has its subscriber then.
pub fn measures_in_children() -> std::io::Result<bool> {
    if std::env::args().any(|argument| argument == CHILD) {
        if std::env::args().any(|argument| argument == SUBSCRIBERS[0]) {
            let none = tracing::subscriber::NoSubscriber::new();
            let _ = tracing::subscriber::set_global_default(none);
        }
        return Ok(false);
    }
    for subscriber in SUBSCRIBERS {
        println!("\n{subscriber}");
        Command::new(std::env::current_exe()?).args([CHILD, subscriber]).status()?;
    }
    Ok(true)
}

pub fn router() -> Router {
    Router::new()
        .route("/", get(|| async { "root" }))
        .route("/orders", get(|| async { "orders" }))
        .route("/orders/{id}", get(|| async { "order" }))
        .route("/users/{id}", get(|| async { "user" }))
}

pub fn request(headers: &[(&str, &str)]) -> Request {
    let builder = Request::builder().uri("/orders/4711?expand=lines");
    headers
        .iter()
        .fold(builder, |builder, (name, value)| builder.header(*name, *value))
        .body(Body::empty())
        .unwrap_or_default()
}
