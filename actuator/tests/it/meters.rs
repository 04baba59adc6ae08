//! The built-in meters: those that `docs/meters.md` promises, and no others.

use std::{collections::BTreeMap, fs, path::Path, time::Instant};

use actuator::meter::AllocatorStatistics;
use serde_json::Value;

use crate::app::{Service, app};

/// A row of the tables.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    prometheus: String,
    kind: String,
    unit: String,
    tags: Vec<String>,
    present: String,
}

/// The rows by the name of their meter.
fn documented() -> BTreeMap<String, Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/meters.md");
    let text = fs::read_to_string(path).unwrap();
    let bare = |cell: &str| cell.trim().trim_matches('`').to_owned();
    let mut rows = BTreeMap::new();
    for line in text.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
        let [name, prometheus, kind, unit, tags, _, present] = cells[..] else { continue };
        let tags = tags.split(',').map(bare).filter(|tag| !tag.is_empty()).collect();
        let row = Row {
            prometheus: bare(prometheus),
            kind: bare(kind),
            unit: bare(unit),
            tags,
            present: present.trim().to_owned(),
        };
        assert!(rows.insert(bare(name), row).is_none(), "{name} stands there twice");
    }
    rows
}

/// Micrometer's convention.
fn in_prometheus(name: &str, row: &Row) -> String {
    let mut name = name.replace('.', "_");
    if !name.ends_with(&row.unit) {
        name = format!("{name}_{}", row.unit);
    }
    if row.kind == "counter" { format!("{name}_total") } else { name }
}

fn kind(statistics: &[&str]) -> &'static str {
    match statistics {
        ["COUNT"] => "counter",
        ["VALUE"] => "gauge",
        ["COUNT", "TOTAL_TIME", "MAX"] => "timer",
        ["COUNT", "TOTAL", "MAX"] => "distribution summary",
        ["ACTIVE_TASKS", "DURATION", ..] => "long task timer",
        other => panic!("{other:?}"),
    }
}

fn shown(service: &Service, name: &str) -> (String, String, Vec<String>) {
    let metric = service.get(&format!("/actuator/metrics/{name}")).assert_status(200).json();
    let measurements = metric["measurements"].as_array().unwrap();
    let statistics: Vec<_> =
        measurements.iter().map(|m| m["statistic"].as_str().unwrap()).collect();
    let mut tags: Vec<_> = metric["availableTags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| tag["tag"].as_str().unwrap().to_owned())
        .collect();
    tags.sort();
    let unit = metric["baseUnit"].as_str().unwrap_or_default();
    (kind(&statistics).to_owned(), unit.to_owned(), tags)
}

fn names(service: &Service) -> Vec<String> {
    let names = service.get("/actuator/metrics").json()["names"].clone();
    names.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

/// Whether this service and this system have it for sure: what it says of the others depends on
/// kernel, container and build.
fn must_be_there(row: &Row) -> bool {
    let here =
        ["always", "Linux", "if it is told", "after the first request", "with an admin server"];
    here.contains(&row.present.as_str())
        || row.present.starts_with("`actuator.metrics.jvm-aliases`")
}

#[test]
fn the_documented_meters_are_those_that_a_service_lists() {
    let service = app()
        .setting("actuator.metrics.jvm-aliases", "true")
        .setting("spring.boot.admin.client.url", "http://127.0.0.1:9")
        .setting("actuator.health.webhook.url", "http://127.0.0.1:9")
        .with(|app| {
            app.allocator(|| {
                let told = AllocatorStatistics::default().allocated(1).active(2).resident(3);
                told.mapped(4).retained(5)
            });
        })
        .start();
    let rows = documented();
    // What is read in the background follows.
    let began = Instant::now();
    let missing = |names: &[String]| {
        let missing = rows.iter().filter(|(name, row)| must_be_there(row) && !names.contains(name));
        missing.map(|(name, _)| name.clone()).collect::<Vec<_>>()
    };
    loop {
        let missing = missing(&names(&service));
        if missing.is_empty() {
            break;
        }
        assert!(began.elapsed() < testkit::PATIENCE, "not listed: {missing:?}");
        std::thread::yield_now();
    }
    for name in names(&service) {
        let row = rows.get(&name).unwrap_or_else(|| panic!("{name} is not in docs/meters.md"));
        let documented = (row.kind.clone(), row.unit.clone(), row.tags.clone());
        assert_eq!(shown(&service, &name), documented, "{name}");
    }
    for (name, row) in &rows {
        assert_eq!(row.prometheus, in_prometheus(name, row), "{name}");
    }
}

fn measured(service: &Service, path: &str) -> f64 {
    let metric = service.get(&format!("/actuator/metrics/{path}")).assert_status(200).json();
    metric["measurements"][0]["value"].as_f64().unwrap()
}

#[test]
fn both_runtimes_are_measured_when_the_management_api_has_its_own() {
    let service = app()
        .setting("management.server.port", "0")
        .setting("management.server.address", "127.0.0.1")
        .start();
    let ask = |path: &str| testkit::get(service.management, &format!("/actuator/metrics/{path}"));
    let workers = ask("tokio.workers").assert_status(200).json();
    let names = workers["availableTags"][0]["values"].clone();
    assert_eq!(names, Value::from(vec!["management", "tokio"]));
    let management = ask("tokio.workers?tag=name:management").assert_status(200).json();
    assert_eq!(management["measurements"][0]["value"], 1.0);
}

#[test]
fn failed_registrations_are_counted_by_server() {
    let service = app()
        .setting("spring.boot.admin.client.url", "http://127.0.0.1:9")
        .setting("spring.boot.admin.client.period", "10ms")
        .start();
    let began = Instant::now();
    let failures = "admin.registration.attempts?tag=outcome:failure";
    while measured(&service, failures) < 2.0 {
        assert!(began.elapsed() < testkit::PATIENCE);
        std::thread::yield_now();
    }
    assert!(measured(&service, "admin.registration.attempts?tag=outcome:success") < 1.0);
    let registered = "admin.registration.registered?tag=server:http://127.0.0.1:9/instances";
    assert!(measured(&service, registered) < 1.0);
}

#[test]
fn log_events_are_counted_by_level_and_those_below_it_are_not() {
    let service = app().start();
    let counted = |level: &str| measured(&service, &format!("tracing.events?tag=level:{level}"));
    let (warnings, traces) = (counted("warn"), counted("trace"));
    for _ in 0..3 {
        tracing::warn!(target: "it::meters", "counted");
        tracing::trace!(target: "it::meters", "not counted");
    }
    // Other tests of this process log too.
    assert!(counted("warn") >= warnings + 3.0);
    assert!(counted("trace") < traces + 1.0);
    let names = names(&service);
    assert!(!names.iter().any(|name| name.starts_with("logback") || name.starts_with("jvm")));
}
