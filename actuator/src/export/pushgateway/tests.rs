//! The push against gateways that take it, refuse it, hang and come back.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
};

use super::{PushgatewaySettings, start};
use crate::{
    export::{Origin, push::PushHandle},
    exposition::{Exposition, ExpositionSettings},
    meter::{MeterRegistry, MeterSettings},
    settings::{Settings, SettingsReader},
    support::{
        clock::Clock,
        outgoing::fake_server::{FakeServer, answer},
        test_log::Log,
    },
};

fn ok() -> String {
    answer("202 Accepted", "connection: close", "")
}

fn registry(max_series: usize) -> Arc<MeterRegistry> {
    let settings = MeterSettings { max_series, ..MeterSettings::default() };
    Arc::new(MeterRegistry::new(settings, Clock::system()))
}

fn run(server: &FakeServer, registry: &Arc<MeterRegistry>, more: &[(&str, &str)]) -> PushHandle {
    let url = server.url().replace("//", "//joe:hunter2@");
    let prefix = "management.prometheus.metrics.export.pushgateway";
    let usual = [("enabled", "true"), ("base-url", &url)];
    let builder = usual.iter().chain(more).fold(Settings::builder(), |builder, (name, value)| {
        builder.force(&format!("{prefix}.{name}"), *value)
    });
    let settings = builder.build().unwrap();
    let mut reader = SettingsReader::new(&settings);
    let settings = PushgatewaySettings::read(&mut reader).unwrap();
    reader.finish().unwrap();
    let exposition = Arc::new(Exposition::new(Arc::clone(registry), ExpositionSettings::default()));
    let origin = Origin { application: "shop", version: None, instance: "web-1:8080" };
    start(&settings, &origin, &exposition, registry).unwrap()
}

#[tokio::test]
async fn a_push_is_the_text_that_prometheus_reads_with_what_the_gateway_wants_to_know() {
    let mut server = FakeServer::start(|_| Some(ok())).await;
    let registry = registry(1000);
    registry.meter("orders").tag("region", "eu").counter().add(3);
    let _pushing = run(&server, &registry, &[("grouping-key.instance", "web/1")]);
    let asked = server.asked().await;
    assert_eq!(asked.line, "POST /metrics/job/shop/instance@base64/d2ViLzE");
    for header in
        ["content-type: text/plain;version=0.0.4", "authorization: Basic am9lOmh1bnRlcjI="]
    {
        assert!(asked.headers.contains(header), "{}", asked.headers);
    }
    assert!(asked.body.contains("\norders_total{region=\"eu\"} 3"), "{}", asked.body);
    assert!(asked.body.contains("actuator_export_pushes_seconds_count{"), "{}", asked.body);
}

#[tokio::test]
async fn a_token_takes_the_place_of_credentials_in_the_address() {
    let mut server = FakeServer::start(|_| Some(ok())).await;
    let _pushing = run(&server, &registry(10), &[("token", "t0ken")]);
    let headers = server.asked().await.headers;
    assert!(headers.contains("authorization: Bearer t0ken"), "{headers}");
    assert!(!headers.contains("Basic"), "{headers}");
}

#[tokio::test]
async fn ten_thousand_series_come_whole() {
    let mut server = FakeServer::start(|_| Some(ok())).await;
    let registry = registry(10_000);
    for id in 0..10_000 {
        registry.meter("many").tag("id", id.to_string()).gauge().set(f64::from(id));
    }
    let _pushing = run(&server, &registry, &[]);
    let body = server.asked().await.body;
    let lines: Vec<&str> = body.lines().filter(|line| line.starts_with("many{")).collect();
    assert_eq!(lines.len(), 10_000);
    assert!(body.ends_with('\n'));
}

#[tokio::test]
async fn at_the_end_is_done_what_is_set() {
    for (operation, expected) in [
        ("none", None),
        ("post", Some("POST /metrics/job/shop")),
        ("put", Some("PUT /metrics/job/shop")),
        ("delete", Some("DELETE /metrics/job/shop")),
    ] {
        let mut server = FakeServer::start(|_| Some(ok())).await;
        let pushing = run(&server, &registry(10), &[("shutdown-operation", operation)]);
        assert_eq!(server.asked().await.line, "POST /metrics/job/shop");
        pushing.shutdown().await;
        let last = server.was_asked().map(|asked| asked.line);
        assert_eq!(last.as_deref(), expected, "{operation}");
    }
}

#[tokio::test]
async fn the_log_has_one_line_per_change_of_how_it_goes_and_no_secret() {
    let log = Log::default();
    let _guard = log.listen();
    let works = Arc::new(AtomicBool::new(false));
    let answers = Arc::clone(&works);
    let mut server = FakeServer::start(move |_| {
        let refused =
            || answer("401 X", "content-type: text/plain\r\nconnection: close", "no\nway");
        Some(if answers.load(SeqCst) { ok() } else { refused() })
    })
    .await;
    let pushing = run(&server, &registry(10), &[("push-rate", "5ms"), ("token", "hunter2")]);
    for _ in 0..3 {
        server.asked().await;
    }
    works.store(true, SeqCst);
    for _ in 0..3 {
        server.asked().await;
    }
    pushing.shutdown().await;
    assert_eq!(log.count(" WARN "), 1, "{}", log.text());
    let reason = "it answered 401 (\"no way\"): are username and password, or the token, those of";
    assert!(log.text().contains(reason), "{}", log.text());
    assert_eq!(log.count("takes metrics again"), 1, "{}", log.text());
    assert!(!log.text().contains("hunter2"), "{}", log.text());
}

#[tokio::test]
async fn shutdown_ends_it_even_while_a_gateway_hangs() {
    let mut server = FakeServer::hanging().await;
    let pushing = run(&server, &registry(10), &[("shutdown-operation", "delete")]);
    server.asked().await;
    pushing.shutdown().await;
}

#[tokio::test]
async fn what_a_push_costs_is_measured() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let mut server = FakeServer::start(move |_| {
        let refused = || answer("500 X", "connection: close", "");
        Some(if count.fetch_add(1, SeqCst) == 0 { refused() } else { ok() })
    })
    .await;
    let registry = registry(10);
    let pushing = run(&server, &registry, &[("push-rate", "5ms")]);
    for _ in 0..4 {
        server.asked().await;
    }
    pushing.shutdown().await;
    let pushes = |outcome| {
        let pushes = registry.meter("actuator.export.pushes").tag("exporter", "pushgateway");
        pushes.tag("outcome", outcome).timer().count()
    };
    assert_eq!(pushes("FAILURE"), 1);
    assert!(pushes("SUCCESS") >= 2);
    let sent = registry.meter("actuator.export.sent").tag("exporter", "pushgateway").counter();
    assert!(sent.count() > 100);
}
