//! The settings of the push: what is read from where, and what is refused.

use std::time::Duration;

use super::OtlpSettings;
use crate::settings::{Settings, SettingsReader};

/// Reads settings below the prefix, and others by their full names.
pub(super) fn read(settings: &[(&str, &str)]) -> Result<Option<OtlpSettings>, String> {
    let builder = settings.iter().fold(Settings::builder(), |builder, (name, value)| {
        let full = format!("management.otlp.metrics.export.{name}");
        let known = ["otel.", "management."].iter().any(|start| name.starts_with(start));
        builder.force(if known { name } else { &full }, *value)
    });
    let settings = builder.build().unwrap();
    let mut reader = SettingsReader::new(&settings);
    let read = OtlpSettings::read(&mut reader);
    reader.finish().map(|()| read).map_err(|error| error.to_string())
}

#[test]
fn nothing_is_sent_unless_it_is_switched_on_or_an_address_is_set() {
    assert!(read(&[]).unwrap().is_none());
    assert!(read(&[("enabled", "false"), ("url", "no address")]).unwrap().is_none());
    let enabled = read(&[("enabled", "true")]).unwrap().unwrap();
    assert_eq!(enabled.target.shown(), "http://localhost:4318/v1/metrics");
    assert_eq!(enabled.step, Duration::from_mins(1));
    let address = |settings: &[(&str, &str)]| read(settings).unwrap().unwrap().target.shown();
    let base = ("otel.exporter.otlp.endpoint", "http://collector:4318/");
    let whole = ("otel.exporter.otlp.metrics.endpoint", "http://collector:4318/mine");
    assert_eq!(address(&[base]), "http://collector:4318/v1/metrics");
    assert_eq!(address(&[base, whole]), "http://collector:4318/mine");
    assert_eq!(address(&[base, whole, ("url", "http://x/y")]), "http://x/y");
}

#[test]
fn variables_of_opentelemetry_are_read_and_springs_settings_win() {
    let read = read(&[
        ("enabled", "true"),
        ("otel.resource.attributes", "service.name=a,team=x%20y"),
        ("otel.service.name", "b"),
        ("management.opentelemetry.resource-attributes.team", "z"),
        ("otel.exporter.otlp.headers", "api-key=one,x=1"),
        ("otel.exporter.otlp.metrics.headers", "api-key=two"),
    ]);
    let read = read.unwrap().unwrap();
    let expected = [("service.name", "b"), ("team", "z")];
    assert_eq!(read.resource, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
    let headers = read.headers.into_map();
    assert_eq!(
        (&headers["api-key"], &headers["x"]),
        (&"two".parse().unwrap(), &"1".parse().unwrap())
    );
}

#[test]
fn every_bad_value_is_named_with_what_is_accepted_and_no_secret_is_repeated() {
    let error = read(&[
        ("url", "collector/hunter2"),
        ("step", "0"),
        ("aggregation-temporality", "never"),
        ("histogram-flavor", "base2-exponential-bucket-histogram"),
        ("base-time-unit", "milliseconds"),
        ("max-bucket-count", "0"),
        ("compression-mode", "zip"),
        ("headers.bad header", "hunter2"),
        ("otel.exporter.otlp.headers", "hunter2"),
    ])
    .unwrap_err();
    for part in [
        "export.url (value not shown): expected an absolute URL",
        "export.step",
        "expected one of cumulative, delta",
        "kept in seconds",
        "max-bucket-count",
        "expected one of none, gzip, on",
        "bad header",
        "key1=value1,key2=value2",
    ] {
        assert!(error.contains(part), "{part} is not in: {error}");
    }
    assert!(!error.contains("hunter2"), "{error}");
}
