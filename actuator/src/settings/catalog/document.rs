//! The tables of settings in `docs/settings.md` and `docs/health.md`, made of the catalog. `make docs`
//! writes them; this test finds out when that was forgotten.

use std::fmt::Write as _;

use super::{Entry, Kind, entries, has_no_effect};

/// Between these lines of a document nobody but this test writes.
const BEGIN: &str = "<!-- `make docs` writes what follows -->\n";
const END: &str = "<!-- `make docs` wrote what precedes -->\n";

/// A table's title, and how the names in it begin. The longest beginning of all tables decides.
type Table = (&'static str, &'static [&'static str]);

/// All names.
const TABLES: &[Table] = &[
    ("The server", &["server.", "spring.web.", "actuator.server."]),
    (
        "The life of a service",
        &[
            "server.shutdown",
            "spring.lifecycle.",
            "spring.pid.",
            "portfile",
            "actuator.env.",
            "actuator.refresh.",
            "actuator.restart.",
            "actuator.shutdown.",
            "actuator.systemd.",
        ],
    ),
    ("TLS", &["server.ssl.", "management.server.ssl.", "spring.ssl."]),
    ("Errors", &["server.error.", "spring.web.error.", "spring.mvc.", "actuator.errors."]),
    ("The application", &["spring."]),
    ("The management API", &["management.", "actuator.management."]),
    ("Health", &["management.endpoint.health.", "management.health.", "actuator.health."]),
    ("Info", &["management.info.", "info."]),
    (
        "Metrics",
        &[
            "management.metrics.",
            "management.observations.",
            "management.opentelemetry.",
            "management.otlp.",
            "management.prometheus.",
            "management.statsd.",
            "otel.",
            "statsd.",
            "actuator.metrics.",
            "actuator.prometheus.",
            "actuator.server-timing.",
        ],
    ),
    (
        "HTTP exchanges",
        &["management.httpexchanges.", "management.trace.", "actuator.httpexchanges."],
    ),
    (
        "Requests",
        &["actuator.request-id.", "actuator.request-log.", "actuator.trace-context.", "c2c."],
    ),
    ("Security", &["spring.security.", "actuator.security."]),
    (
        "Secrets and proxies",
        &[
            "actuator.env.drop",
            "actuator.forwarded.",
            "actuator.sanitize.",
            "management.endpoint.configprops.additional-keys-to-sanitize",
            "management.endpoint.configprops.keys-to-sanitize",
            "management.endpoint.env.additional-keys-to-sanitize",
            "management.endpoint.env.keys-to-sanitize",
            "server.forward-headers-strategy",
            "server.tomcat.remoteip.",
        ],
    ),
    ("Audit", &["management.auditevents.", "actuator.audit.", "actuator.auditevents."]),
    (
        "The log",
        &[
            "management.endpoint.logfile.",
            "logging.",
            "spring.output.",
            "actuator.logfile.",
            "actuator.loggers.",
            "actuator.logging.",
            "actuator.logstream.",
        ],
    ),
    ("Sentry", &["actuator.sentry.", "sentry."]),
    ("Spring Boot Admin", &["spring.boot.admin."]),
    ("Security", &["actuator.security."]),
    ("Older clients", &["actuator.compat."]),
];

/// Those of health once more, in more tables.
const HEALTH_TABLES: &[Table] = &[
    ("Who sees what, groups and probes", &["management.endpoint.health."]),
    ("All checks", &["actuator.health."]),
    ("One check", &["actuator.health.check."]),
    (
        "Built-in checks",
        &[
            "management.health.",
            "actuator.health.disk.",
            "actuator.health.url.",
            "actuator.health.tcp.",
            "actuator.health.dns.",
            "actuator.health.tls.",
        ],
    ),
    (
        "Other views",
        &[
            "actuator.health.health-json.",
            "actuator.health.kubernetes.",
            "actuator.health.microprofile.",
            "actuator.health.plain-text.",
            "actuator.compat.c2c.",
            "actuator.compat.healthcheck.",
        ],
    ),
    ("The webhook", &["actuator.health.webhook."]),
];

#[test]
fn the_tables_of_the_documentation_are_those_of_the_catalog() {
    for entry in entries() {
        assert!(table_of(entry, TABLES).is_some(), "no table is for {}", entry.name);
    }
    let outdated: Vec<&str> = [("settings.md", TABLES), ("health.md", HEALTH_TABLES)]
        .into_iter()
        .filter(|(file, tables)| is_outdated(file, tables))
        .map(|(file, _)| file)
        .collect();
    assert!(outdated.is_empty(), "{outdated:?} in docs/ are not up to date; run `make docs`");
}

/// Whether a document has other tables than these; not for long, if it may be written.
fn is_outdated(file: &str, tables: &[Table]) -> bool {
    let path = format!("{}/../docs/{file}", env!("CARGO_MANIFEST_DIR"));
    let document = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = document.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let expected = format!("{before}{BEGIN}{}\n{END}{after}", text_of(tables));
    if document == expected {
        return false;
    }
    let may_write = std::env::var_os("UPDATE_DOCS").is_some();
    if may_write {
        std::fs::write(&path, expected).unwrap();
    }
    !may_write
}

fn text_of(tables: &[Table]) -> String {
    let mut text = String::new();
    for (index, (title, _)) in tables.iter().enumerate() {
        let rows = entries().filter(|entry| table_of(entry, tables) == Some(index));
        let rows: Vec<String> = rows.map(row).collect();
        if !rows.is_empty() {
            let rows = rows.join("\n");
            write!(
                text,
                "\n### {title}\n\n| name | value | default | meaning |\n|---|---|---|---|\n{rows}\n"
            )
            .unwrap();
        }
    }
    text
}

fn table_of(entry: &Entry, tables: &[Table]) -> Option<usize> {
    let longest = |(index, (_, beginnings)): (usize, &Table)| {
        let fitting = beginnings.iter().filter(|start| entry.name.starts_with(**start));
        fitting.map(|start| (start.len(), index)).max()
    };
    tables.iter().enumerate().filter_map(longest).max().map(|(_, index)| index)
}

fn row(entry: &Entry) -> String {
    let Entry { name, kind, default, description } = entry;
    let kind = match kind {
        Kind::Text => "text",
        Kind::Number => "number",
        Kind::Bool => "true or false",
        Kind::Duration => "duration",
        Kind::Size => "size",
        Kind::List => "list",
    };
    let default = if default.is_empty() { String::new() } else { format!("`{default}`") };
    let note = if has_no_effect(entry) { " **No effect here.**" } else { "" };
    format!("| `{name}` | {kind} | {default} | {description}{note} |")
}
