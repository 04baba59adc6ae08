//! Why endpoints are there, or are not.

use serde_json::Value;

use crate::app::{Service, app};

fn report(service: &Service) -> Value {
    service.get("/actuator/conditions").assert_status(200).json()["contexts"]["it"].take()
}

#[test]
fn each_endpoint_is_there_or_missing_for_a_reason() {
    let service = app()
        .setting("management.endpoints.web.exposure.exclude", "beans")
        .setting("management.endpoint.env.access", "none")
        .setting("management.endpoints.access.max-permitted", "read-only")
        .start();
    let report = report(&service);
    let there = &report["positiveMatches"];
    let access = &there["endpoint loggers"][1];
    assert_eq!(access["condition"], "OnAccess");
    let message = access["message"].as_str().unwrap();
    assert!(
        message.contains("read-only by management.endpoints.access.max-permitted"),
        "{message}"
    );
    assert_eq!(there["endpoint health"][0]["condition"], "OnExposure");
    let missing = &report["negativeMatches"];
    for (part, condition, word) in [
        ("endpoint beans", "OnExposure", "exposure.exclude"),
        ("endpoint env", "OnAccess", "management.endpoint.env.access"),
        ("endpoint shutdown", "OnAccess", "management.endpoint.shutdown.access"),
        ("endpoint httptrace", "OnSubject", "actuator.compat.httptrace"),
    ] {
        let found = &missing[part];
        assert_eq!(found["notMatched"][0]["condition"], condition, "{part} {found}");
        let message = found["notMatched"][0]["message"].as_str().unwrap();
        assert!(message.contains(word), "{part}: {message}");
        assert!(found["matched"].is_array());
    }
    assert!(report["unconditionalClasses"].is_array());
}

#[test]
fn what_is_served_is_what_the_report_says() {
    let service = app().start();
    let report = report(&service);
    let links = service.get("/actuator").json()["_links"].take();
    let there: Vec<&str> = report["positiveMatches"]
        .as_object()
        .unwrap()
        .keys()
        .filter_map(|part| part.strip_prefix("endpoint "))
        .collect();
    assert!(there.len() > 10, "{there:?}");
    for id in &there {
        assert!(links.get(id).is_some(), "{id}");
    }
    for part in report["negativeMatches"].as_object().unwrap().keys() {
        if let Some(id) = part.strip_prefix("endpoint ") {
            assert!(links.get(id).is_none(), "{id}");
        }
    }
    // Features of cargo are named with their state.
    let named = |list: &Value| list.get("feature tls").is_some();
    assert!(named(&report["positiveMatches"]) || named(&report["negativeMatches"]));
}
