//! What `deploy/prometheus` offers: alerts that wait for what they say, configurations that find what they should.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use actuator_integration::{Prometheus, promtool, wait, workspace};

use crate::scene::Scene;

fn folder() -> PathBuf {
    workspace().join("deploy/prometheus")
}

#[test]
fn every_alert_waits_for_what_it_says() {
    promtool::run(&["check", "rules", "alerts.yml"], &folder());
    promtool::run(&["test", "rules", "alerts_test.yml"], &folder());
    let read = |name: &str| fs::read_to_string(folder().join(name)).unwrap();
    let (alerts, tests) = (read("alerts.yml"), read("alerts_test.yml"));
    let names = alerts.lines().filter_map(|line| line.trim().strip_prefix("- alert: "));
    let untested: Vec<&str> =
        names.filter(|name| !tests.contains(&format!("alertname: {name}\n"))).collect();
    assert_eq!(untested, <[&str; 0]>::default());
}

#[test]
fn every_alert_asks_for_meters_that_services_have() {
    let scene = Scene::shared();
    let alerts = folder().join("alerts.yml");
    let server = Prometheus::configured(&format!("rule_files: ['{}']\n", alerts.display()));
    let rules = server.rules();
    assert!(rules.len() >= 10, "{rules:?}");
    for (alert, expression) in rules {
        scene.prometheus.query(&expression);
        let names = names(&expression);
        assert!(!names.is_empty(), "{alert}: {expression}");
        // The machine need not be a container.
        for name in names.iter().filter(|name| !name.starts_with("cgroup_")) {
            assert!(!scene.prometheus.query(name).is_empty(), "{alert}: there is no {name}");
        }
    }
}

/// The meters in an expression: words that are no functions and stand neither in braces nor in quotes. But for
/// `health` they all have a `_`, and neither labels nor key words do.
fn names(expression: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut rest = expression;
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphabetic() || c == '{') {
        rest = &rest[start..];
        if rest.starts_with('{') {
            rest = rest.split_once('}').expect("braces are closed").1;
            continue;
        }
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
        if (word.contains('_') || word == "health") && !after.starts_with('(') {
            names.insert(word.to_owned());
        }
        rest = after;
    }
    names
}

#[test]
fn the_configuration_is_one() {
    promtool::run(&["check", "config", "prometheus.yml"], &folder());
}

/// Debian's server knows no Kubernetes, so the test says what that would have found.
#[test]
fn annotated_pods_are_scraped_at_the_port_and_path_that_they_name() {
    let pod = |port: &str, annotations: &[(&str, &str)]| {
        let mut labels = BTreeMap::from([
            ("namespace", "shop"),
            ("pod_name", "orders-7"),
            ("pod_label_app", "orders"),
            ("pod_container_port_number", port),
        ]);
        labels.extend(annotations.iter().copied());
        let labels = labels
            .iter()
            .map(|(name, value)| format!("          __meta_kubernetes_{name}: '{value}'\n"));
        let labels: String = labels.collect();
        format!("      - targets: ['127.0.0.1:{port}']\n        labels:\n{labels}")
    };
    let annotations = [
        ("pod_annotation_prometheus_io_scrape", "true"),
        ("pod_annotation_prometheus_io_port", "9"),
        ("pod_annotation_prometheus_io_path", "/actuator/prometheus"),
    ];
    let found = [pod("9", &annotations), pod("10", &annotations), pod("9", &[])].concat();
    let offered = fs::read_to_string(folder().join("kubernetes-pods.yml")).unwrap();
    let discovery = "    kubernetes_sd_configs:\n      - role: pod\n";
    assert!(offered.contains(discovery));
    let configuration = offered.replace(discovery, &format!("    static_configs:\n{found}"));

    let server = Prometheus::configured(&configuration);
    // The server looks around every five seconds.
    let targets = wait::until("a target is found", || {
        let targets = server.targets();
        (!targets.is_empty()).then_some(targets)
    });
    assert_eq!(targets.len(), 1, "{targets:?}");
    assert_eq!(targets[0]["scrapeUrl"], "http://127.0.0.1:9/actuator/prometheus");
    let labels = &targets[0]["labels"];
    assert_eq!(
        [&labels["job"], &labels["namespace"], &labels["pod"]],
        ["orders", "shop", "orders-7"]
    );
}
