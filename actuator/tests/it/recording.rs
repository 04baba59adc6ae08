//! What the service remembers of the application's requests.

use std::time::Duration;

use actuator::ServerTiming;
use axum::{Router, routing::get};
use serde_json::Value;
use testkit::Request;

use crate::app::{Service, app};

async fn panicking() -> &'static str {
    assert!(std::hint::black_box(false), "boom");
    "never"
}

fn routes() -> Router {
    Router::new().route("/orders/{id}", get(|| async { "order" })).route("/panic", get(panicking))
}

/// The recorded exchanges with a path, newest first.
fn exchanges(service: &Service, path: &str) -> Vec<Value> {
    exchanges_at("", service, path)
}

fn exchanges_at(context: &str, service: &Service, path: &str) -> Vec<Value> {
    let all = service.get(&format!("{context}/actuator/httpexchanges")).assert_status(200).json();
    let all = all["exchanges"].as_array().unwrap().clone();
    let found = all
        .into_iter()
        .filter(|exchange| exchange["request"]["uri"].as_str().unwrap().ends_with(path));
    found.collect()
}

fn requests(service: &Service, tags: &str) -> Value {
    let metric = service.get(&format!("/actuator/metrics/http.server.requests?{tags}"));
    if metric.status() == 404 {
        Value::Null
    } else {
        metric.json()["measurements"][0]["value"].clone()
    }
}

#[test]
fn trap_seed_08_a_handler_that_panics_is_recorded_as_500_and_the_next_request_is_served() {
    let service = app().routes(routes()).start();
    let request = b"GET /panic HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let _ = testkit::send(service.address, request);
    let found = exchanges(&service, "/panic");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["response"]["status"], 500);
    assert_eq!(requests(&service, "tag=uri:/panic&tag=status:500"), 1.0);
    service.get("/orders/1").assert_status(200);
}

/// The entries of `Server-Timing`: names and milliseconds.
fn timings(header: &str) -> Vec<(&str, f64)> {
    let entries = header.split(", ").map(|entry| {
        let mut parts = entry.split(';');
        let name = parts.next().unwrap();
        let duration = parts.find_map(|part| part.strip_prefix("dur=")).unwrap();
        (name, duration.parse().unwrap())
    });
    entries.collect()
}

#[test]
fn server_timing_tells_the_route_and_the_parts_that_the_application_names_in_time_on_the_wall() {
    async fn order(timing: ServerTiming) -> &'static str {
        timing.measure("db", tokio::time::sleep(Duration::from_millis(30))).await;
        timing.add("render", Duration::from_micros(1_500));
        timing.add("render", Duration::from_micros(500));
        "order"
    }
    let routes = || Router::new().route("/orders/{id}", get(order));
    let service = app().setting("actuator.server-timing.enabled", "true").routes(routes()).start();
    let answer = service.get("/orders/7").assert_status(200);
    let header = answer.header("server-timing").unwrap();
    assert!(header.starts_with("route;desc=\"/orders/{id}\";dur="), "{header}");
    let [(_, route), ("db", db), ("render", render)] = timings(header)[..] else {
        panic!("{header}")
    };
    // A sleep takes no time of a processor.
    assert!(db >= 30.0 && route >= db && route < 30_000.0, "{header}");
    assert!((render - 2.0).abs() < 0.001, "{header}");
    let quiet = app().routes(routes()).start();
    assert_eq!(quiet.get("/orders/7").assert_status(200).header("server-timing"), None);
}

#[test]
fn a_route_is_one_series_whatever_its_parameters_and_unmatched_paths_are_one() {
    let service = app().routes(routes()).start();
    for id in 0..30 {
        service.get(&format!("/orders/{id}")).assert_status(200);
        service.get(&format!("/nowhere/{id}?x={id}")).assert_status(404);
    }
    assert_eq!(requests(&service, "tag=uri:/orders/{id}"), 30.0);
    assert_eq!(requests(&service, "tag=uri:NOT_FOUND"), 30.0);
    let metric = service.get("/actuator/metrics/http.server.requests").json();
    let tags = metric["availableTags"].as_array().unwrap();
    let uris = tags.iter().find(|tag| tag["tag"] == "uri").unwrap();
    let uris = uris["values"].as_array().unwrap();
    assert!(uris.iter().all(|uri| !uri.as_str().unwrap().contains("nowhere")), "{uris:?}");
    assert_eq!(exchanges(&service, "/nowhere/7?x=7")[0]["response"]["status"], 404);
}

#[test]
fn requests_of_the_management_api_have_springs_templates() {
    let service = app().start();
    for path in ["", "/metrics/process.uptime", "/health/ping", "/env/PATH", "/prometheus"] {
        service.get(&format!("/actuator{path}"));
    }
    service.get("/actuator/nowhere").assert_status(404);
    for uri in [
        "/actuator",
        "/actuator/metrics/{requiredMetricName}",
        "/actuator/health/**",
        "/actuator/env/{toMatch}",
        "/actuator/prometheus",
        "NOT_FOUND",
    ] {
        assert!(requests(&service, &format!("tag=uri:{uri}")).is_f64(), "{uri}");
    }
    assert_eq!(requests(&service, "tag=uri:/actuator/{*path}"), Value::Null);
}

#[test]
fn an_exchange_names_the_address_as_the_caller_wrote_it_below_a_context_path_too() {
    let service = app().setting("server.servlet.context-path", "/shop").routes(routes()).start();
    service.get("/shop/orders/1").assert_status(200);
    let found = exchanges_at("/shop", &service, "/orders/1");
    assert_eq!(found[0]["request"]["uri"], format!("http://{}/shop/orders/1", service.address));
}

#[test]
fn the_callers_address_is_recorded_once_asked_for() {
    let service = app()
        .setting("management.httpexchanges.recording.include", "remote-address")
        .routes(routes())
        .start();
    service.get("/orders/1").assert_status(200);
    let found = exchanges(&service, "/orders/1");
    assert_eq!(found[0]["request"]["remoteAddress"], "127.0.0.1", "{found:?}");
}

#[test]
fn the_ring_of_exchanges_keeps_the_newest_only() {
    let service = app().setting("actuator.httpexchanges.capacity", "5").routes(routes()).start();
    for id in 0..20 {
        service.get(&format!("/orders/{id}"));
    }
    let all = service.get("/actuator/httpexchanges").json();
    let all = all["exchanges"].as_array().unwrap();
    assert_eq!(all.len(), 5);
    assert!(all[0]["request"]["uri"].as_str().unwrap().ends_with("/orders/19"), "{all:?}");
}

#[test]
fn trap_seed_09_secrets_of_a_request_are_not_remembered() {
    let service = app()
        .setting(
            "management.httpexchanges.recording.include",
            "request-headers,cookie-headers,authorization-header",
        )
        .routes(routes())
        .start();
    let request = Request::get("/orders/1?password=hunter2&page=2")
        .header("authorization", "Bearer hunter2")
        .header("x-api-key", "hunter2")
        .header("cookie", "session=hunter2");
    service.send(request).assert_status(200);
    let text = service.get("/actuator/httpexchanges").text();
    assert!(text.contains("page=2"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn trap_seed_24_a_request_that_only_waits_takes_its_time_on_the_wall_clock() {
    let waiting = get(|| async {
        tokio::time::sleep(std::time::Duration::from_millis(60)).await;
    });
    let service = app().routes(Router::new().route("/wait", waiting)).start();
    service.get("/wait").assert_status(200);
    let metric = service.get("/actuator/metrics/http.server.requests?tag=uri:/wait").json();
    let total = metric["measurements"].as_array().unwrap();
    let total = total.iter().find(|one| one["statistic"] == "TOTAL_TIME").unwrap();
    // No CPU was used meanwhile.
    assert!(total["value"].as_f64().unwrap() >= 0.06, "{metric}");
}
