//! What settings describe is what is asked, and what is wrong in them is named.

use std::time::Duration;

use super::*;
use crate::{
    health::Status,
    settings::Settings,
    support::outgoing::fake_server::{FakeServer, answer},
};

fn read(settings: &[(&str, &str)]) -> Result<Vec<HealthCheck>, String> {
    let builder = settings.iter().fold(Settings::builder(), |builder, (name, value)| {
        builder.force(&format!("actuator.health.{name}"), *value)
    });
    let settings = builder.build().unwrap();
    let mut reader = SettingsReader::new(&settings);
    let checks = from_settings(&mut reader);
    reader.finish().map(|()| checks).map_err(|error| error.to_string())
}

fn paths(checks: &[HealthCheck]) -> Vec<&str> {
    checks.iter().map(HealthCheck::path).collect()
}

#[test]
fn one_line_describes_a_check() {
    let checks = read(&[
        ("url.shop", "http://shop.example/ping"),
        ("tcp.db", "db.example:5432"),
        ("tcp.brokers/eu", "[::1]:9092"),
        ("dns.brokers/name", "brokers.example"),
    ]);
    let paths = ["shop", "brokers/eu", "db", "brokers/name"];
    assert_eq!(self::paths(&checks.unwrap()), paths);
    assert!(read(&[]).unwrap().is_empty());
}

#[tokio::test]
async fn what_is_set_below_the_name_is_what_is_asked_and_expected() {
    let raw = answer("404 Not Found", "x-ready: yes", "all is ready");
    let mut server = FakeServer::start(move |_| Some(raw.clone())).await;
    let url = server.url();
    let settings = [
        ("url.shop.address", &*url),
        ("url.shop.status[0]", "200-204"),
        ("url.shop.status[1]", "404"),
        ("url.shop.body", "is ready"),
        ("url.shop.headers.x-key", "k"),
        ("url.shop.expected-headers.x-ready", "yes"),
        ("url.shop.expected-headers.content-length", ""),
        ("url.shop.timeout", "30s"),
    ];
    let check = |more: &[(&str, &str)]| {
        let settings: Vec<_> = settings.iter().chain(more).copied().collect();
        read(&settings).unwrap().remove(0)
    };
    let health = check(&[]).indicator.check().await;
    assert_eq!(health.status(), &Status::UP, "{health:?}");
    assert!(server.asked().await.headers.contains("x-key: k"));
    for other in [
        ("url.shop.body", "gone"),
        ("url.shop.expected-headers.x-ready", "no"),
        ("url.shop.expected-headers.x-other", ""),
        ("url.shop.status[1]", "403"),
    ] {
        let health = check(&[other]).indicator.check().await;
        assert_eq!(health.status(), &Status::DOWN, "{other:?}: {health:?}");
    }
}

#[tokio::test]
async fn names_are_expected_to_have_the_addresses_that_are_set() {
    let dns = |more: (&str, &str)| {
        read(&[("dns.here.address", "localhost"), more]).unwrap().remove(0).indicator
    };
    assert_eq!(dns(("dns.here.minimum", "1")).check().await.status(), &Status::UP);
    assert_eq!(dns(("dns.here.minimum", "100")).check().await.status(), &Status::DOWN);
    let other = dns(("dns.here.expected-addresses", "192.0.2.1, 192.0.2.2"));
    assert_eq!(other.check().await.status(), &Status::DOWN);
}

#[test]
fn the_engine_waits_longer_than_the_check_so_that_the_check_says_what_it_waited_for() {
    let check = read(&[("tcp.db", "db.example:5432"), ("tcp.db.timeout", "7s")]).unwrap().remove(0);
    let shown = format!("{check:?}");
    assert!(shown.contains(&format!("{:?}", Duration::from_millis(7500))), "{shown}");
}

#[test]
fn every_bad_value_is_named_with_what_is_accepted() {
    let error = read(&[
        ("url.a", "shop.example"),
        ("url.b", "ftp://joe:hunter2@shop.example"),
        ("url.c.status", "ok"),
        ("url.c", "http://c"),
        ("url.d", "http://d"),
        ("url.d.adress", "http://d"),
        ("url.e.timeout", "3s"),
        ("url.f", "http://f"),
        ("url.f.address", "http://f"),
        ("url.g", "http://g"),
        ("url.g.method", "post"),
        ("url.g.timeout", "0"),
        ("url.g.headers.bad name", "hunter2"),
        ("url.h", "http://h"),
        ("url.h.method", "HEAD"),
        ("url.h.body", "x"),
        ("url.h.client-key", "/nonexistent/key.pem"),
        ("tcp.a", "db.example"),
        ("dns.a", "db.example:53"),
        ("dns.b", "db.example"),
        ("dns.b.minimum", "-1"),
        ("dns.b.expected-addresses", "localhost"),
    ])
    .unwrap_err();
    for part in [
        "url.a = \"shop.example\"",
        "https://shop.example/ping",
        "url.b (value not shown)",
        "url.c.status",
        "200, 2xx or 200-204",
        "url.d.adress",
        "expected address, method, status, body, timeout, headers.*, expected-headers.*",
        "url.e.address: is missing",
        "url.f.address (value not shown): stands in actuator.health.url.f too",
        "url.g.method",
        "expected one of get, head",
        "url.g.timeout",
        "at most 1h",
        "url.g.headers.bad name",
        "url.h.body",
        "HEAD has no body",
        "needs actuator.health.url.h.client-certificate too",
        "tcp.a = \"db.example\"",
        "db.example:5432",
        "without a port",
        "dns.b.minimum",
        "10.0.0.7",
    ] {
        assert!(error.contains(part), "{part} is not in: {error}");
    }
    assert!(!error.contains("hunter2"), "{error}");
}
