//! The Grafana dashboard, and what `docs/dashboards.md` says of those of others: every query is asked of the real
//! server that scrapes the services.

use std::fs;

use actuator_integration::prometheus::Sample;
use actuator_integration::{Prometheus, workspace};
use serde_json::Value;

use crate::scene::Scene;

/// The beginning of what the machine that runs the tests need not have: limits of a container.
const OF_CONTAINERS: &str = "cgroup_";

fn dashboard() -> Value {
    let file = workspace().join("deploy/grafana/actuator.json");
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

/// The panels, those in folded rows among them.
fn panels(dashboard: &Value) -> Vec<&Value> {
    let outer = dashboard["panels"].as_array().unwrap();
    let folded = outer.iter().flat_map(|panel| panel["panels"].as_array().into_iter().flatten());
    outer.iter().chain(folded).collect()
}

/// What an expression gives for the services here, with the variables that Grafana fills in.
#[track_caller]
fn ask(prometheus: &Prometheus, expression: &str) -> Vec<Sample> {
    let services = ["quickstart", "metered"].iter();
    services
        .flat_map(|service| {
            let filled = expression
                .replace("$application", service)
                .replace("$instance", ".*")
                .replace("$__rate_interval", "1m");
            assert!(!filled.contains('$'), "an unknown variable: {filled}");
            prometheus.query(&filled)
        })
        .collect()
}

#[test]
fn every_query_of_the_dashboard_gives_data() {
    let scene = Scene::shared();
    let dashboard = dashboard();
    let mut silent = Vec::new();
    let mut count = 0;
    for panel in panels(&dashboard) {
        for target in panel["targets"].as_array().into_iter().flatten() {
            let expression = target["expr"].as_str().unwrap();
            count += 1;
            let known = expression.contains(OF_CONTAINERS);
            if ask(&scene.prometheus, expression).is_empty() && !known {
                silent.push((panel["title"].as_str().unwrap().to_owned(), expression.to_owned()));
            }
        }
    }
    assert!(count > 40, "{count} queries");
    assert!(silent.is_empty(), "{silent:#?}");
}

#[test]
fn the_variables_and_marks_of_the_dashboard_work() {
    let scene = Scene::shared();
    let dashboard = dashboard();
    let variables = dashboard["templating"]["list"].as_array().unwrap().iter();
    let queries: Vec<&str> =
        variables.filter_map(|variable| variable["query"]["query"].as_str()).collect();
    assert_eq!(queries.len(), 2);
    for query in queries {
        let inner = query.strip_prefix("label_values(").and_then(|rest| rest.strip_suffix(')'));
        let (selector, label) = inner.unwrap().rsplit_once(", ").unwrap();
        let found = ask(&scene.prometheus, selector);
        assert!(!found.is_empty(), "{query}");
        assert!(found.iter().all(|sample| !sample.label(label).is_empty()), "{query}: {found:?}");
    }
    for mark in dashboard["annotations"]["list"].as_array().unwrap() {
        ask(&scene.prometheus, mark["expr"].as_str().unwrap());
    }
}

#[test]
fn panels_of_the_dashboard_are_told_apart_and_do_not_overlap() {
    let dashboard = dashboard();
    let panels = panels(&dashboard);
    for (index, panel) in panels.iter().enumerate() {
        let place = |panel: &Value, key: &str| panel["gridPos"][key].as_u64().unwrap();
        let (x, y) = (place(panel, "x"), place(panel, "y"));
        assert!(x + place(panel, "w") <= 24, "{}", panel["title"]);
        for other in &panels[index + 1..] {
            assert_ne!(panel["id"], other["id"]);
            let apart = x + place(panel, "w") <= place(other, "x")
                || place(other, "x") + place(other, "w") <= x
                || y + place(panel, "h") <= place(other, "y")
                || place(other, "y") + place(other, "h") <= y;
            assert!(apart, "{} lies on {}", panel["title"], other["title"]);
        }
        for target in panel["targets"].as_array().into_iter().flatten() {
            assert_eq!(target["datasource"]["uid"], "${datasource}", "{}", panel["title"]);
        }
    }
}

/// The rows of the tables below a heading of `docs/dashboards.md`, without their heads.
fn rows(heading: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(workspace().join("docs/dashboards.md")).unwrap();
    let (_, section) = text.split_once(&format!("\n### {heading}\n")).expect(heading);
    let section = section.split("\n#").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    // A bar in a query is written with a backslash, or it would end the cell.
    rows.map(|row| {
        let cells = row.trim_matches('|').replace("\\|", "\u{0}");
        cells.split('|').map(|cell| cell.trim().replace('\u{0}', "|")).collect()
    })
    .collect()
}

#[test]
fn what_the_documentation_says_works_does() {
    let scene = Scene::shared();
    let rows = rows("What works");
    assert!(rows.len() > 40, "{rows:?}");
    let silent: Vec<String> = rows
        .iter()
        .map(|row| {
            row[0]
                .trim_matches('`')
                .replace('…', r#"application="$application", instance=~"$instance""#)
        })
        .filter(|query| ask(&scene.prometheus, query).is_empty())
        .collect();
    assert!(silent.is_empty(), "{silent:#?}");
}

#[test]
fn what_the_documentation_says_is_not_here_is_not() {
    let scene = Scene::shared();
    let rows = rows("What does not");
    assert!(rows.len() > 5, "{rows:?}");
    for row in rows {
        for selector in row[0].split(", ").map(|selector| selector.trim_matches('`')) {
            // `name_*` stands for all names that begin so.
            let selector = match selector.strip_suffix('*') {
                Some(beginning) => format!("{{__name__=~\"{beginning}.*\"}}"),
                None => selector.to_owned(),
            };
            let found = scene.prometheus.query(&selector);
            assert!(found.is_empty(), "{selector}: {found:?}");
        }
    }
}
