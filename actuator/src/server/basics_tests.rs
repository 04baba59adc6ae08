//! What is wrong with settings is told before anything starts, for each name that has a type.

use crate::{
    Actuator,
    server::{basics::Basics, builder::Builder},
    settings::catalog_for_tests::{self, Typed},
};

/// What else has to be set for a setting to be read at all: by how its name begins.
const CONTEXT: &[(&str, &[(&str, &str)])] = &[
    ("spring.boot.admin.client.", &[("spring.boot.admin.client.url", "http://localhost:1")]),
    ("actuator.compat.healthcheck.", &[("actuator.compat.healthcheck.enabled", "true")]),
    ("actuator.health.kubernetes.", &[("actuator.health.kubernetes.enabled", "true")]),
    ("actuator.health.disk.", &[("actuator.health.disk.x.path", "/")]),
    ("actuator.health.url.", &[("actuator.health.url.x.address", "http://localhost:1")]),
    ("actuator.health.tcp.", &[("actuator.health.tcp.x.address", "localhost:1")]),
    ("actuator.health.dns.", &[("actuator.health.dns.x.address", "localhost")]),
    ("actuator.health.tls.", &[("actuator.health.tls.x.address", "localhost:1")]),
    ("actuator.health.webhook.", &[("actuator.health.webhook.url", "http://localhost:1")]),
    ("logging.logback.", &[("logging.file.name", "nosuch/x.log")]),
    ("actuator.logging.file.", &[("logging.file.name", "nosuch/x.log")]),
    (
        "management.prometheus.metrics.export.pushgateway.",
        &[("management.prometheus.metrics.export.pushgateway.enabled", "true")],
    ),
    ("management.otlp.", &[("management.otlp.metrics.export.enabled", "true")]),
    ("management.statsd.", &[("management.statsd.metrics.export.host", "localhost")]),
    ("actuator.sentry.", &[("actuator.sentry.dsn", "http://key@localhost:1/1")]),
    ("sentry.", &[("actuator.sentry.dsn", "http://key@localhost:1/1")]),
    (
        "management.server.ssl.",
        &[("management.server.port", "0"), ("management.server.ssl.certificate", "nosuch.pem")],
    ),
    (
        "spring.ssl.bundle.",
        &[
            ("server.ssl.bundle", "x"),
            ("spring.ssl.bundle.pem.x.keystore.certificate", "nosuch.pem"),
        ],
    ),
];

/// Names that only some builds read.
const FEATURES: [(&str, bool); 3] = [
    ("management.otlp.", cfg!(feature = "otlp")),
    ("actuator.sentry.", cfg!(feature = "sentry")),
    ("sentry.", cfg!(feature = "sentry")),
];

fn builder(name: &str) -> Builder {
    let mut builder = Actuator::builder().isolated().without_declarations();
    for (_, settings) in CONTEXT.iter().filter(|(start, _)| name.starts_with(start)) {
        for (other, value) in settings.iter().filter(|(other, _)| *other != name) {
            builder = builder.force_setting(other, *value);
        }
    }
    builder
}

#[test]
fn nonsense_is_refused_for_every_name_that_has_a_type() {
    let mut accepted = Vec::new();
    let is_read =
        |name: &str| FEATURES.iter().all(|(start, here)| *here || !name.starts_with(start));
    let typed = catalog_for_tests::typed().filter(|typed| is_read(&typed.name));
    for Typed { name, expected } in typed {
        // Another bad value: what could be told later, together with more, is told at once then.
        let builder = builder(&name).force_setting(&name, "nonsense");
        let other = if name == "server.port" { "management.server.port" } else { "server.port" };
        let refused = Basics::prepare(&builder.force_setting(other, "nonsense"));
        let message = refused.map_or_else(|error| error.to_string(), |_| String::new());
        // Whether the value is shown is the sanitiser's business.
        let told = message.lines().any(|line| {
            line.contains(&format!("- {name} = \""))
                && line.contains(&format!("(forced by code): expected {expected}"))
        });
        if !told {
            accepted.push(format!("{name}: {message}"));
        }
    }
    assert!(accepted.is_empty(), "{accepted:#?}");
}
