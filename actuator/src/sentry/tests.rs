//! From a line of the log to what a stand-in for Sentry receives.

use std::time::Duration;

use serde_json::{Value, json};
use tracing::{error, info, info_span, subscriber::with_default, warn};
use tracing_subscriber::{Registry, layer::SubscriberExt as _};

use super::{
    SentryLayer, SentrySettings, Slot,
    fake_sentry::{self, Received},
    reporter::Reporter,
};
use crate::{
    meter::MeterRegistry,
    model::{request::RequestContext, trace_context::TraceParent},
    settings::{Settings, SettingsReader},
    support::outgoing::fake_server::{Asked, FakeServer, answer},
};

const WHILE: Duration = Duration::from_secs(10);

/// A stand-in, and what sends to it.
struct Sentry {
    server: FakeServer,
    slot: Slot,
    meters: MeterRegistry,
}

impl Sentry {
    async fn start(variables: &[(&str, &str)]) -> Self {
        Self::answering(variables, |_| Some(answer("200 OK", "x: y", "{}"))).await
    }

    async fn answering(
        variables: &[(&str, &str)],
        answer: impl Fn(&Asked) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        let server = FakeServer::start(answer).await;
        let dsn = ("SENTRY_DSN".to_owned(), fake_sentry::dsn(server.address()));
        let all = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let settings = Settings::builder().environment(all.chain([dsn])).build().unwrap();
        let mut reader = SettingsReader::new(&settings);
        let settings = SentrySettings::read(&mut reader).unwrap();
        reader.finish().unwrap();
        let (slot, meters) = (Slot::default(), MeterRegistry::default());
        assert!(
            slot.fill(
                Reporter::start(settings, &meters, &crate::model::sanitizer::Sanitizer::default())
                    .unwrap()
            )
        );
        Self { server, slot, meters }
    }

    /// Does something under a subscriber with our layer, and waits until it is sent.
    async fn log(&self, work: impl FnOnce()) {
        let layer = SentryLayer::new(self.slot.clone());
        // While there is only one subscriber, a line that another thread reaches first is switched
        // off for all threads.
        let _other = tracing::Dispatch::new(Registry::default());
        with_default(Registry::default().with(layer), work);
        self.reporter().flush(WHILE).await;
    }

    fn reporter(&self) -> &Reporter {
        self.slot.reporter().unwrap()
    }

    async fn received(&mut self) -> Received {
        read(&self.server.asked().await)
    }

    fn count(&self, outcome: &str) -> u64 {
        super::losses::counter(&self.meters, outcome).count()
    }
}

fn read(asked: &Asked) -> Received {
    Received::read(&asked.line, &asked.headers, &asked.bytes)
}

fn request(id: &'static str) -> Option<RequestContext> {
    let trace = TraceParent::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    RequestContext::new(id, trace)
}

/// The members of an object that are named here.
fn picked(object: &Value, names: &[&str]) -> Value {
    names.iter().map(|name| ((*name).to_owned(), object[name].clone())).collect()
}

#[derive(Debug, PartialEq)]
struct CardDeclined(std::num::ParseIntError);

impl std::fmt::Display for CardDeclined {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("declined, token=hunter2")
    }
}

impl std::error::Error for CardDeclined {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

#[tokio::test]
async fn an_error_arrives_with_its_release_environment_request_and_tags() {
    let mut sentry = Sentry::start(&[
        ("SENTRY_CLIENT_RELEASE", "1.2.3"),
        ("SENTRY_CLIENT_ENVIRONMENT", "integration"),
        ("SENTRY_CLIENT_SERVER_NAME", "node-7"),
        ("SENTRY_TAG_DATA_CENTER", "Geneva"),
    ])
    .await;
    sentry.reporter().is_built_as(Some("of the build".to_owned()));
    sentry
        .log(|| {
            RequestContext::enter(&mut request("r-1"), || {
                let span = info_span!("request", method = "GET", route = "/orders/{id}");
                let _entered = span.enter();
                error!(target: "shop::orders", order = 7, fast = true, "no stock");
            });
        })
        .await;
    let received = sentry.received().await;
    let event = received.event();
    let names = ["level", "logger", "message", "transaction", "release", "environment"];
    let expected = json!({
        "level": "error", "logger": "shop::orders", "message": "no stock",
        "transaction": "GET /orders/{id}", "release": "1.2.3", "environment": "integration",
    });
    assert_eq!(picked(event, &names), expected);
    assert_eq!(event["server_name"], "node-7");
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let tags = json!({ "data_center": "Geneva", "request_id": "r-1", "trace_id": trace });
    assert_eq!(event["tags"], tags);
    assert_eq!(event["contexts"]["trace"]["trace_id"], trace);
    let extra = &event["extra"];
    assert_eq!((&extra["order"], &extra["fast"]), (&json!(7), &json!(true)));
    assert_eq!(extra["request:route"], "/orders/{id}");
    assert!(extra["code.file.path"].as_str().unwrap().ends_with("tests.rs"), "{extra}");
    let at = humantime::parse_rfc3339(event["timestamp"].as_str().unwrap()).unwrap();
    assert!(at.elapsed().unwrap() < Duration::from_mins(1));
    assert_eq!((sentry.count("SENT"), sentry.count("LOST")), (1, 0));
}

#[tokio::test]
async fn causes_are_exceptions_and_no_secret_leaves() {
    let mut sentry = Sentry::start(&[("SENTRY_TAG_API_KEY", "hunter2")]).await;
    let failure = CardDeclined("x".parse::<u8>().unwrap_err());
    sentry
        .log(|| {
            info!(password = "hunter2", "connecting to postgres://shop:hunter2@db/shop");
            let span = info_span!("login", token = "hunter2");
            let _entered = span.enter();
            let error = &failure as &(dyn std::error::Error + 'static);
            let body = r#"{"card":{"secret":"hunter2"}}"#;
            error!(error, body, session_cookie = 17, "paying with password=hunter2 failed");
        })
        .await;
    let received = sentry.received().await;
    let event = received.event();
    let exceptions = event["exception"]["values"].as_array().unwrap();
    let shown = |at: usize| (&exceptions[at]["type"], &exceptions[at]["value"]);
    let (cause, last) = (json!("invalid digit found in string"), json!("declined, token=******"));
    assert_eq!(shown(0), (&json!("ParseIntError"), &cause));
    assert_eq!(shown(1), (&json!("CardDeclined"), &last));
    assert_eq!(exceptions[1]["mechanism"], json!({ "type": "tracing", "handled": true }));
    assert_eq!(event["message"], "paying with password=****** failed");
    assert_eq!(event["extra"]["session_cookie"], "******");
    assert_eq!(event["tags"]["api_key"], "******");
    assert!(!format!("{:?}", received.items).contains("hunter2"), "{event:#}");
}

#[tokio::test]
async fn breadcrumbs_are_those_of_the_same_request_and_bounded() {
    let mut sentry = Sentry::start(&[("SENTRY_CLIENT_MAX_BREADCRUMBS", "3")]).await;
    sentry
        .log(|| {
            let [one, other] = ["one", "other"].map(|name| info_span!("request", name));
            other.in_scope(|| info!("of the other"));
            info!("of nobody");
            one.in_scope(|| {
                for step in 0..5 {
                    info_span!("inner").in_scope(|| info!(step, "a step"));
                }
                tracing::debug!("too fine");
                error!("failed");
            });
            error!("outside");
        })
        .await;
    let lines = |received: &Received| {
        let values = received.event()["breadcrumbs"]["values"].as_array().unwrap().clone();
        let text = |line: &Value| {
            format!("{} {} {}", line["level"], line["message"], line["data"]["step"])
        };
        values.iter().map(text).collect::<Vec<_>>()
    };
    let steps: Vec<String> = (2..5).map(|step| format!("\"info\" \"a step\" {step}")).collect();
    assert_eq!(lines(&sentry.received().await), steps);
    assert_eq!(lines(&sentry.received().await), ["\"info\" \"of nobody\" null"]);
}

#[tokio::test]
async fn what_is_excluded_or_ignored_or_below_the_level_is_not_sent() {
    let mut sentry = Sentry::start(&[
        ("SENTRY_EXCLUDES", "noise::db:other"),
        ("SENTRY_CLIENT_IGNORE_EXCEPTIONS", "ParseIntError,connection reset"),
        ("SENTRY_LEVEL", "WARNING"),
    ])
    .await;
    let number = "x".parse::<u8>().unwrap_err();
    sentry
        .log(|| {
            error!(target: "noise::db::pool", "excluded");
            error!(target: "other", "excluded");
            error!(error = &number as &(dyn std::error::Error + 'static), "ignored");
            error!("connection reset by peer");
            error!(target: "actuator::sentry", "about ourselves");
            info!("below");
            warn!(target: "noise::dbx", "wanted");
        })
        .await;
    let received = sentry.received().await;
    assert_eq!((received.says(), &received.event()["level"]), ("wanted", &json!("warning")));
    let crumbs = received.event()["breadcrumbs"].to_string();
    assert!(crumbs.contains("ignored") && !crumbs.contains("excluded"), "{crumbs}");
    assert!(sentry.server.is_left_alone());
}

#[tokio::test]
async fn persons_are_left_out_unless_a_setting_lets_them_in() {
    for (allowed, user) in [("false", Value::Null), ("true", json!({ "ip_address": "10.0.0.7" }))] {
        let mut sentry = Sentry::start(&[("SENTRY_CLIENT_SEND_DEFAULT_PII", allowed)]).await;
        sentry.log(|| error!(client.address = "10.0.0.7", "seen")).await;
        let received = sentry.received().await;
        assert_eq!(received.event()["user"], user);
        assert_eq!(received.event()["extra"]["client.address"], Value::Null);
    }
}

#[tokio::test]
async fn a_refusal_for_a_while_is_respected() {
    let mut sentry = Sentry::answering(&[], |_| {
        Some(answer("429 Too Many Requests", "Retry-After: 3600", "{}"))
    })
    .await;
    sentry
        .log(|| {
            for _ in 0..5 {
                error!("again");
            }
        })
        .await;
    assert_eq!(sentry.received().await.says(), "again");
    assert!(sentry.server.is_left_alone());
    assert_eq!((sentry.count("SENT"), sentry.count("LOST")), (0, 5));
}

#[tokio::test]
async fn what_was_lost_is_told_to_sentry_with_the_next_event() {
    let mut sentry = Sentry::answering(&[("SENTRY_CLIENT_MAX_BREADCRUMBS", "0")], |asked| {
        let is_first = asked.body.contains("the first");
        Some(answer(if is_first { "500 Internal Server Error" } else { "200 OK" }, "x: y", ""))
    })
    .await;
    sentry.log(|| error!("the first")).await;
    sentry.log(|| error!("second")).await;
    sentry.log(|| error!("third")).await;
    assert!(sentry.received().await.item("client_report").is_none());
    let second = sentry.received().await;
    let discarded = &second.item("client_report").unwrap()["discarded_events"];
    let expected = json!([{ "reason": "send_error", "category": "error", "quantity": 1 }]);
    assert_eq!(discarded, &expected);
    assert!(sentry.received().await.item("client_report").is_none());
    assert_eq!((sentry.count("SENT"), sentry.count("LOST")), (2, 1));
}

#[tokio::test]
async fn a_server_that_hangs_holds_nobody_up_and_memory_is_bounded() {
    let mut sentry = Sentry::answering(&[], |_| None).await;
    let layer = SentryLayer::new(sentry.slot.clone());
    let _other = tracing::Dispatch::new(Registry::default());
    // The clock moves only by what is waited for.
    tokio::time::pause();
    let began = tokio::time::Instant::now();
    with_default(Registry::default().with(layer), || {
        for number in 0..10_000 {
            error!(number, "on and on");
        }
    });
    sentry.reporter().flush(Duration::from_millis(100)).await;
    // One call alone would take ten seconds.
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    tokio::time::resume();
    assert_eq!(sentry.received().await.says(), "on and on");
    // One is on its way, 64 wait; how soon the first left the queue is not known.
    let lost = sentry.count("LOST");
    assert!((9_934..=9_936).contains(&lost), "{lost}");
}

#[tokio::test]
async fn of_a_share_of_nothing_nothing_is_sent() {
    let mut sentry = Sentry::start(&[("SENTRY_CLIENT_SAMPLE_RATE", "0")]).await;
    sentry.log(|| error!("not this one")).await;
    assert!(sentry.server.is_left_alone());
    assert_eq!((sentry.count("SENT"), sentry.count("LOST")), (0, 0));
}

#[tokio::test]
async fn of_requests_a_share_is_sent_as_transactions_with_the_spans_in_them() {
    let all = [("SENTRY_TRACES_SAMPLE_RATE", "1"), ("SENTRY_RELEASE", "r7")];
    let mut sentry = Sentry::start(&all).await;
    sentry
        .log(|| {
            let in_request = || {
                let span = info_span!(
                    target: "actuator::request",
                    "request",
                    method = "GET",
                    route = "/orders/{id}"
                );
                let _entered = span.enter();
                let query = info_span!("query", table = "orders", password = "hunter2");
                query.in_scope(|| info_span!("row").in_scope(|| error!("torn")));
            };
            RequestContext::enter(&mut request("r-1"), in_request);
            info_span!("no request").in_scope(|| info!("not timed"));
        })
        .await;
    let event = sentry.received().await;
    let received = sentry.received().await;
    let sent = received.item("transaction").unwrap();
    assert_eq!(
        (&sent["transaction"], &sent["release"]),
        (&json!("GET /orders/{id}"), &json!("r7"))
    );
    let trace = &sent["contexts"]["trace"];
    assert_eq!(trace["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!((&trace["op"], &trace["status"]), (&json!("http.server"), &json!("internal_error")));
    assert_eq!(event.event()["contexts"]["trace"]["span_id"], trace["span_id"]);
    assert_eq!(sent["tags"]["request_id"], "r-1");
    assert!(sent["timestamp"].as_str() >= sent["start_timestamp"].as_str());
    let [row, query] = [0, 1].map(|at| &sent["spans"][at]);
    assert_eq!((&row["description"], &row["parent_span_id"]), (&json!("row"), &query["span_id"]));
    assert_eq!(query["parent_span_id"], trace["span_id"]);
    assert_eq!(query["data"], json!({ "table": "orders", "password": "******" }));
    assert!(sentry.server.is_left_alone());
    let none = Sentry::start(&[("SENTRY_TRACES_SAMPLE_RATE", "0")]).await;
    none.log(|| drop(info_span!(target: "actuator::request", "request"))).await;
    assert_eq!(none.count("SENT"), 0);
}
