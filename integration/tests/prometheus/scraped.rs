//! The real server scrapes a service, and a query gives what happened.

#![allow(clippy::float_cmp, reason = "what is counted is exact")]

use actuator_integration::{Prometheus, Service, wait};

use crate::scene::{Scene, TRACE, greet, quickstart, told_everything};

const GREETINGS: &str =
    r#"http_server_requests_seconds_count{job="quickstart",uri="/hello/{name}"}"#;

#[test]
fn every_target_is_up() {
    let scene = Scene::shared();
    for job in ["quickstart", "metered"] {
        let target = wait::until(&format!("{job} is up"), || {
            let target = scene.prometheus.target(job);
            (target["health"] == "up").then_some(target)
        });
        assert_eq!(target["lastError"], "", "{target}");
    }
    assert_eq!(scene.prometheus.value("sum(up)"), Some(2.0));
}

#[test]
fn rate_and_increase_are_those_of_the_requests_that_were_made() {
    let service = quickstart();
    // The first sample of a series is no increase to Prometheus.
    greet(&service, "first");
    let prometheus = Prometheus::builder().job("quickstart", &service).start();
    let before = prometheus.wait_for(GREETINGS, |count| count == 1.0);
    for number in 0..20 {
        greet(&service, &number.to_string());
    }
    prometheus.wait_for(GREETINGS, |count| count == before + 20.0);

    // All at one point in time. Prometheus extrapolates over what lies before the first and after the last sample:
    // by a bit more than half the gap between two samples at each end.
    let expression = format!(
        r#"label_replace(increase({GREETINGS}[1m]), "of", "increase", "", "")
           or label_replace(rate({GREETINGS}[1m]) * 60, "of", "rate", "", "")
           or label_replace(count_over_time({GREETINGS}[1m]), "of", "samples", "", "")"#
    );
    let answer = prometheus.query(&expression);
    let value = |of: &str| answer.iter().find(|sample| sample.label("of") == of).unwrap().value;
    let most = 20.0 * (1.0 + 2.2 / (value("samples") - 1.0));
    assert!((20.0..=most).contains(&value("increase")), "{answer:?}");
    assert!((value("increase") - value("rate")).abs() < 1e-9, "{answer:?}");
}

#[test]
fn quantiles_come_from_the_buckets() {
    let scene = Scene::shared();
    let buckets = r#"http_server_requests_seconds_bucket{uri="/hello/{name}"}"#;
    let quantile = |of: f64| {
        let expression = format!("histogram_quantile({of}, sum by (le) ({buckets}))");
        scene.prometheus.value(&expression).unwrap()
    };
    let longest = r#"max(http_server_requests_seconds_max{uri="/hello/{name}"})"#;
    let longest = scene.prometheus.value(longest).unwrap();
    let bounds = scene.prometheus.query(buckets);
    let bounds = bounds.iter().map(|bucket| bucket.label("le").parse::<f64>().unwrap());
    // A quantile is somewhere in its bucket, and none is above that of the longest request.
    let limit = bounds.filter(|bound| *bound >= longest).reduce(f64::min).unwrap();
    let (median, most) = (quantile(0.5), quantile(0.99));
    assert!(median > 0.0 && median <= most && most <= limit, "{median} {most} {limit}");
}

#[test]
fn a_bucket_leads_to_the_trace_of_a_request() {
    let scene = Scene::shared();
    let selector = r#"http_server_requests_seconds_bucket{uri="/hello/{name}"}"#;
    let exemplars = scene.prometheus.exemplars(selector);
    let traces: Vec<&str> =
        exemplars.iter().filter_map(|exemplar| exemplar["labels"]["trace_id"].as_str()).collect();
    assert!(traces.contains(&TRACE), "{exemplars:?}");
}

#[test]
fn native_histograms_are_scraped_as_protobuf() {
    let service = told_everything(
        Service::example("quickstart").setting("actuator.metrics.native-histograms", "true"),
        "quickstart",
    );
    for number in 0..10 {
        greet(&service, &number.to_string());
    }
    let builder = Prometheus::builder().feature("native-histograms");
    let prometheus = builder.job("quickstart", &service).start();
    let native = r#"http_server_requests_seconds{uri="/hello/{name}"}"#;
    let count = wait::until("the histogram is there", || {
        prometheus.value(&format!("histogram_count({native})"))
    });
    assert_eq!(count, 10.0);
    let median = prometheus.value(&format!("histogram_quantile(0.5, {native})")).unwrap();
    let longest =
        prometheus.value(r#"http_server_requests_seconds_max{uri="/hello/{name}"}"#).unwrap();
    assert!(median > 0.0 && median <= longest * 1.1, "{median} {longest}");
}
