//! The tables of `docs/settings.md`, made of the catalog. `make docs` writes them; this test finds
//! out when that was forgotten.

use std::fmt::Write as _;

use super::{Entry, Kind, entries, has_no_effect};

/// What the tables stand behind, in the document.
const HEADING: &str = "## All names\n";

/// The tables, and how their names begin. The longest beginning decides.
const TABLES: &[(&str, &[&str])] = &[
    ("The server", &["server.", "spring.web.", "spring.lifecycle.", "actuator.shutdown."]),
    ("The application", &["spring."]),
    ("The management API", &["management."]),
    ("Health", &["management.endpoint.health.", "management.health.", "actuator.health."]),
    ("Info", &["management.info.", "info."]),
    (
        "Metrics",
        &[
            "management.metrics.",
            "management.observations.",
            "management.prometheus.",
            "actuator.metrics.",
        ],
    ),
    (
        "HTTP exchanges",
        &["management.httpexchanges.", "management.trace.", "actuator.httpexchanges."],
    ),
    ("Audit", &["management.auditevents.", "actuator.audit."]),
    ("The log", &["management.endpoint.logfile.", "logging.", "actuator.logfile."]),
    ("Spring Boot Admin", &["spring.boot.admin."]),
    ("Older clients", &["actuator.compat."]),
];

#[test]
fn the_tables_of_the_documentation_are_those_of_the_catalog() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/settings.md");
    let document = std::fs::read_to_string(path).unwrap();
    let (prose, _) = document.split_once(HEADING).unwrap();
    let expected = format!("{prose}{HEADING}{}", tables());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, &expected).unwrap();
        return;
    }
    assert!(document == expected, "docs/settings.md is not up to date; run `make docs`");
}

fn tables() -> String {
    let mut text = String::new();
    for (index, (title, _)) in TABLES.iter().enumerate() {
        let rows = entries().iter().filter(|entry| table_of(entry) == index);
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

fn table_of(entry: &Entry) -> usize {
    let fits = |index: usize, beginnings: &[&str]| {
        let longest = beginnings.iter().filter(|start| entry.name.starts_with(**start));
        longest.map(|start| (start.len(), index)).max()
    };
    let tables = TABLES.iter().enumerate();
    let best = tables.filter_map(|(index, (_, beginnings))| fits(index, beginnings)).max();
    best.unwrap_or_else(|| panic!("no table is for {}", entry.name)).1
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
