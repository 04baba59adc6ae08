//! The tables of settings in `docs/settings.md` and `docs/health.md`, made of the catalog. `make docs`
//! writes them; this test finds out when that was forgotten.

use std::fmt::Write as _;

use super::{Entry, GROUPS, entries, group_of, groups::Group};

/// Between these lines of a document nobody but this test writes.
const BEGIN: &str = "<!-- `make docs` writes what follows -->\n";
const END: &str = "<!-- `make docs` wrote what precedes -->\n";

/// Those of health once more, in more tables.
const HEALTH_TABLES: &[Group] = &[
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
        assert!(group_of(entry, GROUPS).is_some(), "no table is for {}", entry.name);
    }
    let outdated: Vec<&str> = [("settings.md", GROUPS), ("health.md", HEALTH_TABLES)]
        .into_iter()
        .filter(|(file, tables)| is_outdated(file, tables))
        .map(|(file, _)| file)
        .collect();
    assert!(outdated.is_empty(), "{outdated:?} in docs/ are not up to date; run `make docs`");
}

/// Whether a document has other tables than these; not for long, if it may be written.
fn is_outdated(file: &str, tables: &[Group]) -> bool {
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

fn text_of(tables: &[Group]) -> String {
    let mut text = String::new();
    for (index, (title, _)) in tables.iter().enumerate() {
        let rows = entries().filter(|entry| group_of(entry, tables) == Some(index));
        let rows: Vec<String> = rows.map(row).collect();
        if !rows.is_empty() {
            let rows = rows.join("\n");
            write!(
                text,
                "\n### {title}\n\n| name | value | default | since | meaning |\n|---|---|---|---|---|\n{rows}\n"
            )
            .unwrap();
        }
    }
    text
}

fn row(entry: &Entry) -> String {
    let Entry { name, kind, default, description, since } = entry;
    let kind = kind.title();
    let default = if default.is_empty() { String::new() } else { format!("`{default}`") };
    let note = match entry.deprecated_by() {
        _ if entry.has_no_effect() => " **No effect here.**".to_owned(),
        Some(new) => format!(" **Deprecated:** `{new}` takes its place."),
        None => String::new(),
    };
    format!("| `{name}` | {kind} | {default} | {since} | {description}{note} |")
}
