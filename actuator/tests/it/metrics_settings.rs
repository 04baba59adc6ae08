//! Bad values of the settings of meters and of where they go: all refused at once, with name,
//! value, place, and what is expected.

use std::{collections::BTreeSet, time::Instant};

use serde_json::Value;

use crate::app::{app, runtime};

/// Name, value, and a word of what is expected.
const BAD: &[(&str, &str, &str)] = &[
    ("management.metrics.enable.http", "perhaps", "true or false"),
    ("management.metrics.distribution.percentiles-histogram.all", "5", "true or false"),
    ("management.metrics.distribution.percentiles.http", "0.5, 95", "shares of 1"),
    ("management.metrics.distribution.percentiles.a", "NaN", "shares of 1"),
    ("management.metrics.distribution.slo.http", "1s, soon", "numbers or durations"),
    ("management.metrics.distribution.slo.inf", "1e999", "numbers or durations"),
    ("management.metrics.distribution.slo.negative", "-1", "numbers or durations"),
    ("management.metrics.distribution.minimum-expected-value.http", "-5", "numbers or durations"),
    ("management.metrics.distribution.maximum-expected-value.http", "much", "numbers or durations"),
    ("management.metrics.distribution.expiry.http", "never", "duration"),
    ("management.metrics.web.client.max-uri-tags", "-1", "number"),
    ("management.metrics.web.server.max-uri-tags", "many", "number"),
    ("actuator.metrics.max-series", "0", "from 1"),
    ("actuator.metrics.max-meters", "18446744073709551615", "from 1"),
    ("actuator.metrics.idle-timeout", "x", "duration"),
    ("actuator.metrics.sample-interval", "1ms", "at least 100ms"),
    ("actuator.metrics.smaps-interval", "1 fortnight", "duration"),
    ("actuator.metrics.rename.orders", " ", "new name"),
    ("actuator.metrics.jvm-aliases", "2", "true or false"),
    ("actuator.metrics.body-sizes", "some", "true or false"),
    ("actuator.metrics.management-requests", "x", "true or false"),
    ("actuator.metrics.facade.enabled", "x", "true or false"),
    ("management.prometheus.metrics.export.enabled", "x", "true or false"),
    ("management.prometheus.metrics.export.descriptions", "x", "true or false"),
    ("actuator.prometheus.compression", "zip", "true or false"),
    ("actuator.prometheus.created-timestamps", "x", "true or false"),
    ("actuator.server-timing.enabled", "x", "true or false"),
    ("actuator.compat.c2c.stats.enabled", "x", "true or false"),
    ("actuator.compat.pymicro.enabled", "x", "true or false"),
    ("management.statsd.metrics.export.enabled", "x", "true or false"),
    ("management.statsd.metrics.export.port", "70000", "number from 0 to 65535"),
    ("management.statsd.metrics.export.flavor", "sysdig", "datadog"),
    ("management.statsd.metrics.export.protocol", "carrier pigeon", "udp"),
    ("management.statsd.metrics.export.polling-frequency", "0", "more than 0"),
    ("management.statsd.metrics.export.max-packet-length", "9", "256"),
    ("management.statsd.metrics.export.publish-unchanged-meters", "x", "true or false"),
    ("management.statsd.metrics.export.buffered", "x", "true or false"),
    ("management.prometheus.metrics.export.pushgateway.scheme", "gopher", "http, https"),
    ("management.prometheus.metrics.export.pushgateway.push-rate", "0s", "more than 0"),
    ("management.prometheus.metrics.export.pushgateway.shutdown-operation", "explode", "delete"),
    ("management.prometheus.metrics.export.pushgateway.format", "xml", "text, protobuf"),
    ("actuator.metrics.native-histograms", "x", "true or false"),
    ("statsd.use-tags", "x", "true or false"),
    ("management.metrics.distribution.expiry.zero", "0", "more than 0"),
];

#[test]
fn all_bad_values_are_refused_at_once_with_name_value_place_and_remedy() {
    let app = BAD.iter().fold(app(), |app, (name, value, _)| app.setting(name, value));
    let app = app.setting("management.statsd.metrics.export.host", "localhost");
    let app = app.setting("management.prometheus.metrics.export.pushgateway.enabled", "true");
    let message = app.refused().to_string();
    let lines: Vec<&str> = message.lines().collect();
    let mut missing = Vec::new();
    let distinct: BTreeSet<&str> = lines.iter().copied().collect();
    assert_eq!(distinct.len(), lines.len(), "something is told twice: {message}");
    for (name, value, expected) in BAD {
        let start = format!("  - {name} = \"{value}\" (");
        let line = lines.iter().find(|line| line.starts_with(&start));
        if !line.is_some_and(|line| line.contains(expected)) {
            missing.push(format!("{name}: {line:?}"));
        }
    }
    assert!(missing.is_empty(), "not refused as it should be: {missing:#?}\nin {message}");
}

#[test]
fn the_longest_and_the_shortest_durations_are_refused_or_work() {
    for name in ["sample-interval", "smaps-interval", "idle-timeout"] {
        for value in
            ["PT5000000000000000H", "18446744073709551615s", "213503982334601d", "1ns", "0"]
        {
            let app = app().setting(&format!("actuator.metrics.{name}"), value);
            let runtime = runtime();
            match runtime.block_on(app.builder.start()) {
                Ok(running) => {
                    let asked = |path: &str| testkit::get(running.address(), path).status();
                    assert_eq!(asked("/actuator/prometheus"), 200);
                    // The sampler looks, if it may; what it says may be idle.
                    let began = Instant::now();
                    while name != "idle-timeout"
                        && asked("/actuator/metrics/actuator.series") != 200
                    {
                        assert!(began.elapsed() < testkit::PATIENCE, "{name} {value}");
                    }
                }
                Err(error) => assert!(error.to_string().contains(name), "{value}: {error}"),
            }
        }
    }
}

#[test]
fn meters_are_renamed_and_lose_tags_by_setting_the_built_in_ones_too() {
    let service = app()
        .setting("actuator.metrics.rename.orders.placed", "shop.orders")
        .setting("actuator.metrics.ignore-tags.shop", "tenant")
        .setting("actuator.metrics.rename.http.server.requests", "http.calls")
        .setting("actuator.metrics.ignore-tags.http.calls", "exception,error")
        .with(|app| {
            let meters = app.meters();
            for (tenant, kind) in [("a", "books"), ("b", "books"), ("b", "tea")] {
                let placed = meters.meter("orders.placed").tag("tenant", tenant);
                placed.tag("kind", kind).counter().increment();
                meters.meter("orders.sent").tag("tenant", tenant).counter().increment();
            }
        })
        .start();
    service.get("/nowhere").assert_status(404);
    let metric = |name: &str| service.get(&format!("/actuator/metrics/{name}"));
    let tags = |metric: &Value| -> Vec<String> {
        let tags = metric["availableTags"].as_array().unwrap().iter();
        tags.map(|tag| tag["tag"].as_str().unwrap().to_owned()).collect()
    };
    let orders = metric("shop.orders").assert_status(200).json();
    assert_eq!(orders["measurements"][0]["value"], 3.0);
    assert_eq!(tags(&orders), ["kind"]);
    let books = metric("shop.orders?tag=kind:books").json();
    assert_eq!(books["measurements"][0]["value"], 2.0, "two series fell together: {books}");
    assert_eq!(tags(&metric("orders.sent").json()), ["tenant"], "only what was named");
    let calls = metric("http.calls").assert_status(200).json();
    let of_calls = tags(&calls);
    assert!(of_calls.contains(&"uri".to_owned()), "{of_calls:?}");
    assert!(!of_calls.iter().any(|tag| ["exception", "error"].contains(&tag.as_str())), "{calls}");
    for old in ["orders.placed", "http.server.requests"] {
        metric(old).assert_status(404);
    }
    let scrape = service.get("/actuator/prometheus").assert_status(200).text();
    assert!(scrape.contains("\nshop_orders_total{kind=\"books\"} 2"), "{scrape}");
    for gone in ["orders_placed", "http_server_requests_seconds"] {
        assert!(!scrape.contains(gone), "{gone} in {scrape}");
    }
}

#[test]
fn what_is_always_the_same_is_shown_although_idle_series_are_hidden() {
    let service = app()
        .setting("actuator.metrics.idle-timeout", "4ms")
        .setting("actuator.metrics.sample-interval", "100ms")
        .with(|app| drop(app.meters().meter("left").counter()))
        .start();
    let began = Instant::now();
    while service.status("/actuator/metrics/left") == 200 {
        assert!(began.elapsed() < testkit::PATIENCE, "nothing is idle");
        service.get("/actuator/prometheus").assert_status(200);
    }
    for name in [
        "application.ready.time",
        "application.started.time",
        "process.start.time",
        "process.uptime",
        "system.cpu.count",
        "health",
    ] {
        assert_eq!(service.status(&format!("/actuator/metrics/{name}")), 200, "{name}");
    }
}
