//! The formats, read by Prometheus' linter and by the strict parser of its Python client, against what
//! `/actuator/metrics` says.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{SystemTime, UNIX_EPOCH};

use actuator_integration::openmetrics::{self, Family};
use actuator_integration::{Service, http, promtool};
use serde_json::Value;

use crate::scene::Scene;

const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0";
const TEXT: &str = "text/plain; version=0.0.4";

/// What the linter complains about and why it stays: Micrometer's names are what existing dashboards ask for.
const ACCEPTED: [(&str, &str); 6] = [
    // Micrometer describes no observation.
    ("http_server_requests_active_seconds", "no help text"),
    ("http_server_requests_active_seconds_max", "no help text"),
    ("http_server_requests_seconds", "no help text"),
    ("http_server_requests_seconds_max", "no help text"),
    // `process.cpu.time` has the base unit ns there.
    ("process_cpu_time_ns_total", "metric names should not contain abbreviated units"),
    // `system.cpu.count`, a gauge.
    ("system_cpu_count", "non-histogram and non-summary metrics should not have \"_count\" suffix"),
];

/// What `/actuator/metrics` shows and the formats do not: another meter's samples are called so.
const LEFT_OUT: &str = "hostile.name.total";

/// Beginnings of what is another number with every look at it.
const MOVING: [&str; 10] = [
    "actuator.",
    "cgroup.",
    "disk.",
    "executor.",
    "http.server.",
    "memory.",
    "process.",
    "system.",
    "thread.",
    "tokio.",
];

fn exposition(service: &Service, accept: &str) -> String {
    let url = format!("{}/actuator/prometheus", service.url());
    let answer = http::get(&url, &[("Accept", accept)]);
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.media_type(), accept.split(';').next().unwrap());
    answer.body
}

#[test]
fn the_linter_has_nothing_to_say_of_the_quickstart_but_of_micrometers_names() {
    let scene = Scene::shared();
    let complaints = promtool::lint(&exposition(&scene.quickstart, TEXT));
    let accepted: Vec<String> =
        ACCEPTED.iter().map(|(name, why)| format!("{name} {why}")).collect();
    assert_eq!(complaints, accepted);
}

#[test]
fn the_linter_reads_hostile_meters() {
    let scene = Scene::shared();
    let complaints = promtool::lint(&exposition(&scene.metered, TEXT));
    let own: Vec<&String> = complaints
        .iter()
        .filter(|line| !ACCEPTED.iter().any(|(name, _)| line.starts_with(name)))
        // Its meters are named to be bad.
        .filter(|line| !line.starts_with("hostile") && !line.starts_with('_'))
        .collect();
    assert_eq!(own, <[&String; 0]>::default());
}

#[test]
fn every_number_of_the_json_is_in_openmetrics() {
    let scene = Scene::shared();
    for service in [&scene.quickstart, &scene.metered] {
        compare(service, || openmetrics::parse(&exposition(service, OPENMETRICS)));
    }
}

#[test]
fn every_number_of_the_json_is_in_the_text_format() {
    let scene = Scene::shared();
    for service in [&scene.quickstart, &scene.metered] {
        compare(service, || openmetrics::parse_text(&exposition(service, TEXT)));
    }
}

#[test]
fn texts_of_labels_and_of_help_arrive_as_they_were_given() {
    let scene = Scene::shared();
    let families = openmetrics::parse(&exposition(&scene.metered, OPENMETRICS));
    let given = scene.metered.get("/actuator/metrics/hostile.value").json();
    let tag = given["availableTags"].as_array().unwrap().iter().find(|tag| tag["tag"] == "text");
    let given: BTreeSet<&str> = tag.unwrap()["values"]
        .as_array()
        .unwrap()
        .iter()
        .map(|value| value.as_str().unwrap())
        .collect();
    let family = families.iter().find(|family| family.name == "hostile_value").unwrap();
    let read: BTreeSet<&str> = family
        .samples
        .iter()
        .filter_map(|sample| sample.labels.get("text"))
        .map(String::as_str)
        .collect();
    assert_eq!(read, given);
    assert!(read.len() >= 8, "{read:?}");
    for number in 1..=9 {
        let given = scene.metered.get(&format!("/actuator/metrics/hostile.help.{number}")).json();
        let name = format!("hostile_help_{number}");
        let family = families.iter().find(|family| family.name == name).unwrap();
        let description = given["description"].as_str().unwrap_or_default();
        // Without a description there is one space, as Spring writes it.
        assert_eq!(family.help.trim_matches(' '), description.trim_matches(' '), "{number}");
    }
}

#[test]
fn buckets_are_cumulative_and_carry_exemplars() {
    let scene = Scene::shared();
    let families = openmetrics::parse(&exposition(&scene.metered, OPENMETRICS));
    let family = |name: &str| families.iter().find(|family| family.name == name).unwrap();
    for (name, least) in [("distribution_buckets_seconds", 20), ("distribution_sizes_bytes", 4)] {
        let family = family(name);
        assert_eq!(family.kind, "histogram", "{name}");
        let buckets: Vec<_> =
            family.samples.iter().filter(|sample| sample.name.ends_with("_bucket")).collect();
        assert!(buckets.len() >= least, "{name}: {buckets:?}");
        assert!(buckets.iter().any(|bucket| bucket.exemplar.is_some()), "{name}: {buckets:?}");
        for exemplar in buckets.iter().filter_map(|bucket| bucket.exemplar.as_ref()) {
            assert_eq!(exemplar.labels["trace_id"], "0af7651916cd43dd8448eb211c80319c");
        }
    }
    let quantiles: Vec<f64> = family("distribution_quantiles_seconds")
        .samples
        .iter()
        .filter(|sample| sample.labels.contains_key("quantile"))
        .map(|sample| sample.value)
        .collect();
    assert_eq!(quantiles.len(), 3);
    assert!(quantiles.is_sorted(), "{quantiles:?}");
}

#[test]
fn timestamps_of_creation_are_there_if_they_are_asked_for() {
    let service =
        Service::metered().setting("actuator.prometheus.created-timestamps", "true").start();
    let families = openmetrics::parse(&exposition(&service, OPENMETRICS));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64();
    for (name, kind) in [
        ("cache_gets", "counter"),
        ("distribution_bare_seconds", "summary"),
        ("distribution_buckets_seconds", "histogram"),
    ] {
        let family = families.iter().find(|family| family.name == name).unwrap();
        assert_eq!(family.kind, kind);
        let created: Vec<f64> = family
            .samples
            .iter()
            .filter(|sample| sample.name == format!("{name}_created"))
            .map(|sample| sample.value)
            .collect();
        assert!(!created.is_empty(), "{name}");
        assert!(created.iter().all(|at| (now - 600.0..=now).contains(at)), "{created:?} {now}");
    }
}

/// What `/actuator/metrics` says of each meter.
fn readings(service: &Service) -> BTreeMap<String, Value> {
    let names = service.get("/actuator/metrics").json();
    let names = names["names"].as_array().unwrap().iter().map(|name| name.as_str().unwrap());
    names
        .map(|name| {
            (
                name.to_owned(),
                service.get(&format!("/actuator/metrics/{}", http::encoded(name))).json(),
            )
        })
        .collect()
}

/// Compares every number that stood still around the moment in which the families were read.
#[track_caller]
fn compare(service: &Service, read: impl Fn() -> Vec<Family>) {
    let before = readings(service);
    let families = read();
    let after = readings(service);
    let mut compared = BTreeSet::new();
    for (name, reading) in &before {
        if name == LEFT_OUT || MOVING.iter().any(|beginning| name.starts_with(beginning)) {
            continue;
        }
        let measurements = reading["measurements"].as_array().unwrap();
        let kinds: Vec<&str> = measurements
            .iter()
            .map(|measurement| measurement["statistic"].as_str().unwrap())
            .collect();
        for (index, measurement) in measurements.iter().enumerate() {
            if after.get(name).is_none_or(|after| &after["measurements"][index] != measurement) {
                continue;
            }
            // What is not a number, or less than nothing, is no count: no format has a place for it.
            let expected = number(&measurement["value"]);
            if kinds == ["COUNT"] && (expected.is_nan() || expected < 0.0) {
                compared.insert(name.clone());
                continue;
            }
            let (sample, merge) = spelled(name, reading["baseUnit"].as_str(), &kinds, kinds[index]);
            let values: Vec<f64> = families
                .iter()
                .flat_map(|family| &family.samples)
                .filter(|found| found.name == sample && !found.labels.contains_key("quantile"))
                .map(|found| found.value)
                .collect();
            assert!(!values.is_empty(), "{name}: there is no {sample}");
            let merged = values.into_iter().reduce(merge).unwrap();
            let is_same = merged.to_bits() == expected.to_bits()
                || (merged.is_nan() && expected.is_nan())
                // A sum over series depends on their order.
                || (merged - expected).abs() <= expected.abs() * 1e-12;
            assert!(is_same, "{name} {}: {merged} is not {expected}", kinds[index]);
            compared.insert(name.clone());
        }
    }
    assert!(compared.contains("application.ready.time"), "nothing stood still: {compared:?}");
    let own = before
        .keys()
        .filter(|name| name.starts_with("hostile") || name.starts_with("distribution"));
    let missing: Vec<&String> =
        own.filter(|name| !compared.contains(*name) && *name != LEFT_OUT).collect();
    assert_eq!(missing, <[&String; 0]>::default());
}

/// The sample that holds a statistic, by Micrometer's naming convention, and how series are merged.
fn spelled(
    name: &str,
    unit: Option<&str>,
    kinds: &[&str],
    kind: &str,
) -> (String, fn(f64, f64) -> f64) {
    let (mut base, unit) = (snake(name), unit.map(snake).unwrap_or_default());
    if !unit.is_empty() && !base.ends_with(&format!("_{unit}")) {
        base = format!("{base}_{unit}");
    }
    // What the formats append is not there twice.
    let ends = ["_total", "_info", "_bucket", "_created"];
    while let Some(end) = ends.iter().find(|end| base.ends_with(**end)) {
        base.truncate(base.len() - end.len());
    }
    let sum: fn(f64, f64) -> f64 = |a, b| a + b;
    match kind {
        "COUNT" if kinds == ["COUNT"] => (format!("{base}_total"), sum),
        "COUNT" | "ACTIVE_TASKS" => (format!("{base}_count"), sum),
        "TOTAL" | "TOTAL_TIME" | "DURATION" => (format!("{base}_sum"), sum),
        "MAX" => (format!("{base}_max"), f64::max),
        _ if name.rsplit('.').next() == Some("info") => (format!("{base}_info"), sum),
        _ => (base, sum),
    }
}

/// The part of the convention that is about letters.
fn snake(name: &str) -> String {
    let is_valid = |(index, c): (usize, char)| {
        c.is_ascii_alphabetic() || "_:".contains(c) || (c.is_ascii_digit() && index > 0)
    };
    name.char_indices().map(|(index, c)| if is_valid((index, c)) { c } else { '_' }).collect()
}

/// A number of the JSON, which writes `NaN` and infinities as strings.
#[track_caller]
fn number(value: &Value) -> f64 {
    match value.as_str() {
        Some("Infinity") => f64::INFINITY,
        Some("-Infinity") => f64::NEG_INFINITY,
        Some(text) => text.parse().unwrap(),
        None => value.as_f64().unwrap(),
    }
}
