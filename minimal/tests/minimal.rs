//! The library without any of its features: who asks for what is not compiled in is told so, and what to do.
//!
//! `make test-minimal` builds it so. In a build of the whole workspace other members switch features on; of those
//! nothing is tested here then.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test may fail

use std::env;

use actuator::{Actuator, Builder, Running, scheduling::Schedule};
use serde_json::Value;
use testkit::{Answer, Request, get};

/// Set where the library has no features, so that nothing is left out in silence.
const MINIMAL: &str = "ACTUATOR_MINIMAL";

/// Settings that ask for what is not compiled in, and the feature that has it.
const REFUSED: [(&str, &str, &str); 15] = [
    ("actuator.debug.enabled", "true", "debug"),
    ("server.http2.enabled", "true", "http2"),
    ("actuator.server.management-http2.enabled", "true", "http2"),
    ("server.ssl.certificate", "/hunter2.crt", "tls"),
    ("management.server.ssl.certificate", "/hunter2.crt", "tls"),
    ("actuator.health.tls.shop", "hunter2.example:443", "tls"),
    ("actuator.health.webhook.url", "https://hunter2.example/health", "tls"),
    ("spring.boot.admin.client.url", "https://hunter2.example", "tls"),
    ("spring.security.oauth2.resourceserver.jwt.jwk-set-uri", "http://hunter2.example", "jwt"),
    ("actuator.security.jwt.roles-claim", "hunter2", "jwt"),
    ("spring.security.user.password", "{bcrypt}hunter2", "passwords"),
    ("actuator.security.users.ada.password", "$argon2id$hunter2", "passwords"),
    ("management.otlp.metrics.export.enabled", "true", "otlp"),
    ("actuator.sentry.dsn", "http://hunter2@sentry.example/1", "sentry"),
    ("logging.logback.rollingpolicy.file-name-pattern", "app.%d{yyyy-MM-dd}.%i.gz", "compression"),
];

fn service(settings: &[(&str, &str)]) -> Builder {
    let builder = Actuator::builder()
        .isolated()
        .without_declarations()
        .application("minimal", "1.0.0")
        .force_setting("server.port", "0")
        .force_setting("server.address", "127.0.0.1");
    settings.iter().fold(builder, |builder, (name, value)| builder.force_setting(name, *value))
}

/// A service with these settings.
async fn start(settings: &[(&str, &str)]) -> Running {
    service(settings).start().await.unwrap()
}

fn ask(running: &Running, path: &str) -> Answer {
    get(running.address(), path)
}

/// What there is and what is not, each with the reason.
async fn conditions() -> Value {
    let running = start(&[]).await;
    ask(&running, "/actuator/conditions").assert_status(200).json()["contexts"]["minimal"].take()
}

/// Whether this build does without the feature.
async fn is_left_out(feature: &str) -> bool {
    let report = conditions().await;
    let is_off = report["negativeMatches"].get(format!("feature {feature}")).is_some();
    assert!(is_off || env::var_os(MINIMAL).is_none(), "{feature} is on: {report}");
    is_off
}

/// Why a service does not start.
async fn refusal(builder: Builder) -> String {
    builder.start().await.err().map(|error| error.to_string()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_for_what_is_not_compiled_in_refuses_the_start_with_the_remedy() {
    let file = env::temp_dir().join(format!("actuator-minimal-{}.log", std::process::id()));
    let file = file.to_str().unwrap();
    let mut wrong = Vec::new();
    for (name, value, feature) in REFUSED {
        if !is_left_out(feature).await {
            continue;
        }
        // Archives are asked for by who writes a file.
        let log = (feature == "compression").then_some(("logging.file.name", file));
        let settings: Vec<_> = [(name, value)].into_iter().chain(log).collect();
        let refusal = refusal(service(&settings)).await;
        let words =
            ["`", " ", "\""].map(|quote| format!("feature {}{feature}{quote}", quote.trim()));
        if !refusal.contains(name) || !words.iter().any(|words| refusal.contains(words)) {
            wrong.push((name, refusal));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_that_switches_off_what_is_not_compiled_in_is_accepted() {
    let running = start(&[
        ("actuator.debug.enabled", "false"),
        ("server.http2.enabled", "false"),
        ("server.ssl.enabled", "false"),
        ("server.ssl.certificate", "/tls.crt"),
        ("management.otlp.metrics.export.enabled", "false"),
        ("management.otlp.metrics.export.url", "http://collector.example/v1/metrics"),
        ("actuator.sentry.enabled", "false"),
        ("spring.boot.admin.client.url", "http://127.0.0.1:9"),
        ("spring.boot.admin.client.enabled", "false"),
        ("spring.security.user.password", "{noop}hunter2"),
    ]);
    ask(&running.await, "/actuator/health").assert_status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_by_cron_refuses_the_start_with_the_remedy() {
    if !is_left_out("cron").await {
        return;
    }
    let nightly = |app: &mut actuator::App| {
        app.scheduled("nightly", Schedule::cron("0 0 3 * * *"), || async {});
    };
    let refusal = refusal(service(&[]).with(nightly)).await;
    assert!(refusal.contains("nightly") && refusal.contains("features = [\"cron\"]"), "{refusal}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_is_501_and_tells_what_it_takes() {
    let running = start(&[
        ("management.endpoint.profile.access", "read-only"),
        ("management.endpoint.heapdump.access", "unrestricted"),
    ]);
    let running = running.await;
    for (endpoint, feature) in [("profile", "stacks"), ("heapdump", "heap-profile")] {
        if is_left_out(feature).await {
            let answer = ask(&running, &format!("/actuator/{endpoint}")).assert_status(501).json();
            let told = answer["message"].as_str().unwrap();
            assert!(told.contains(&format!("feature {feature}")), "{answer}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_dump_has_all_threads_without_stacks_and_tells_what_they_take() {
    if !is_left_out("stacks").await {
        return;
    }
    let running = start(&[]).await;
    let dump = ask(&running, "/actuator/threaddump").assert_status(200).json();
    let threads = dump["threads"].as_array().unwrap();
    assert!(threads.len() > 1, "{dump}");
    for thread in threads {
        assert_eq!(thread["stackTrace"], Value::Array(Vec::new()), "{thread}");
    }
    let text = Request::get("/actuator/threaddump").header("accept", "text/plain");
    let text = text.send(running.address()).assert_status(200);
    let text = String::from_utf8_lossy(text.body()).into_owned();
    assert!(text.contains("No stacks") && text.contains("feature stacks"), "{text}");
    let condition = &conditions().await["negativeMatches"]["thread stacks"]["notMatched"][0];
    assert!(condition["message"].as_str().unwrap().contains("feature stacks"), "{condition}");
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_sent_as_they_are_to_who_accepts_gzip() {
    if !is_left_out("compression").await {
        return;
    }
    let running = start(&[]).await;
    let scrape = Request::get("/actuator/prometheus").header("accept-encoding", "gzip");
    let scrape = scrape.send(running.address()).assert_status(200);
    assert_eq!(scrape.header("content-encoding"), None);
    assert!(scrape.body().starts_with(b"# "), "{scrape:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_of_conditions_names_every_feature_that_is_left_out() {
    let report = conditions().await;
    let features = |matches: &str| -> Vec<String> {
        let parts = report[matches].as_object().unwrap().keys();
        parts.filter_map(|part| part.strip_prefix("feature ").map(str::to_owned)).collect()
    };
    assert!(features("negativeMatches").len() + features("positiveMatches").len() > 20, "{report}");
    if env::var_os(MINIMAL).is_some() {
        assert_eq!(features("positiveMatches"), Vec::<String>::new());
    }
}
