//! Where the API stands: base path, path mapping, context path, a port of its own, paths beside.

use axum::{Router, routing::get};
use serde_json::Value;
use testkit::Request;

use crate::app::{Service, app};

fn routes() -> Router {
    Router::new().route("/orders", get(|| async { "orders" }))
}

/// Follows every link that is no template.
#[track_caller]
fn follow_links(index: &Value) -> usize {
    let links = index["_links"].as_object().unwrap();
    for (name, link) in links.iter().filter(|(_, link)| link["templated"] == false) {
        let href = link["href"].as_str().unwrap();
        let address = href.strip_prefix("http://").unwrap();
        let (host, path) = address.split_once('/').unwrap_or((address, ""));
        // The head is enough: the stream of the log has no end.
        let request = Request::new("HEAD", &format!("/{path}"));
        let status = request.send(host.parse().unwrap()).status();
        let expected: &[u16] = if name == "shutdown" { &[405] } else { &[200] };
        assert!(expected.contains(&status), "{name} at {href}: {status}");
    }
    links.len()
}

#[test]
fn every_link_of_the_index_leads_somewhere() {
    let service = app().start();
    let index = service.get("/actuator").json();
    assert!(follow_links(&index) > 8);
}

#[test]
fn trap_seed_07_another_base_path_moves_everything_on_every_mount() {
    for (context, base) in
        [("", "/manage"), ("/shop", "/manage"), ("", "/a/b"), ("/x", "/actuator")]
    {
        let service = app()
            .setting("management.endpoints.web.base-path", base)
            .setting("server.servlet.context-path", context)
            .routes(routes())
            .start();
        let page = format!("{context}{base}");
        let index = service.get(&page).assert_status(200).json();
        assert_eq!(index["_links"]["self"]["href"], format!("http://{}{page}", service.address));
        follow_links(&index);
        assert_eq!(service.status(&format!("{page}/health")), 200);
        assert_eq!(service.status(&format!("{page}/health/diskSpace")), 200);
        assert_eq!(service.status("/actuator/health"), if page == "/actuator" { 200 } else { 404 });
        assert_eq!(service.status(&format!("{context}/orders")), 200);
    }
    let apart = app()
        .setting("management.server.port", "0")
        .setting("management.server.base-path", "/internal")
        .setting("management.endpoints.web.base-path", "/manage")
        .routes(routes())
        .start();
    let index = testkit::get(apart.management, "/internal/manage").assert_status(200).json();
    follow_links(&index);
}

#[test]
fn the_api_may_stand_at_the_root_of_its_own_port() {
    let service = app()
        .setting("management.endpoints.web.base-path", "/")
        .setting("management.server.port", "0")
        .routes(routes())
        .start();
    let index = testkit::get(service.management, "/").assert_status(200).json();
    follow_links(&index);
    testkit::get(service.management, "/health").assert_status(200);
    service.get("/health").assert_status(404);
}

#[test]
fn a_mapped_path_replaces_that_of_the_endpoint() {
    let service = app().setting("management.endpoints.web.path-mapping.health", "check/up").start();
    service.get("/actuator/check/up").assert_status(200);
    service.get("/actuator/check/up/diskSpace").assert_status(200);
    service.get("/actuator/health").assert_status(404);
    let index = service.get("/actuator").json();
    let href = index["_links"]["health"]["href"].as_str().unwrap();
    assert!(href.ends_with("/actuator/check/up"), "{href}");
}

#[test]
fn without_discovery_there_is_no_index_but_all_else() {
    let service = app().setting("management.endpoints.web.discovery.enabled", "false").start();
    service.get("/actuator").assert_status(404);
    service.get("/actuator/").assert_status(404);
    service.get("/actuator/health").assert_status(200);
}

#[test]
fn a_port_of_its_own_separates_management_from_the_application() {
    let service = app().setting("management.server.port", "0").routes(routes()).start();
    assert_ne!(service.address, service.management);
    service.get("/orders").assert_status(200);
    for path in ["/actuator", "/actuator/health", "/actuator/env"] {
        service.get(path).assert_status(404);
        testkit::get(service.management, path).assert_status(200);
    }
    let missing = testkit::get(service.management, "/orders").assert_status(404).json();
    assert_eq!(missing["path"], "/orders");
}

#[test]
fn a_context_path_stands_before_everything_on_the_applications_port() {
    let service = app().setting("server.servlet.context-path", "/shop").routes(routes()).start();
    service.get("/shop/orders").assert_status(200);
    service.get("/shop/actuator/health").assert_status(200);
    service.get("/orders").assert_status(404);
    service.get("/actuator/health").assert_status(404);
    let elsewhere = app()
        .setting("server.servlet.context-path", "/shop")
        .setting("management.server.port", "0")
        .start();
    testkit::get(elsewhere.management, "/actuator/health").assert_status(200);
    testkit::get(elsewhere.management, "/shop/actuator/health").assert_status(404);
}

fn probes(service: &Service) -> [u16; 2] {
    ["/livez", "/readyz"].map(|path| service.status(path))
}

#[test]
fn probes_answer_beside_the_base_path_once_asked_for() {
    assert_eq!(probes(&app().start()), [404, 404]);
    let with_paths = "management.endpoint.health.probes.add-additional-paths";
    let service = app().setting(with_paths, "true").routes(routes()).start();
    assert_eq!(probes(&service), [200, 200]);
    service.availability().set_readiness(actuator::ReadinessState::RefusingTraffic);
    assert_eq!(probes(&service), [200, 503]);
    let apart = app().setting(with_paths, "true").setting("management.server.port", "0").start();
    assert_eq!(probes(&apart), [200, 200], "the probes must see the port that takes the traffic");
    testkit::get(apart.management, "/livez").assert_status(404);
}

#[test]
fn trap_seed_25_only_whole_segments_are_the_actuators() {
    let routes = Router::new()
        .route("/actuator-foo", get(|| async { "mine" }))
        .route("/actuatorhealth", get(|| async { "mine" }));
    let service =
        app().setting("actuator.httpexchanges.management-requests", "false").routes(routes).start();
    for path in ["/actuator-foo", "/actuatorhealth"] {
        assert_eq!(service.get(path).assert_status(200).text(), "mine");
    }
    service.get("/actuator/healthy").assert_status(404);
    // The application's own requests are recorded, those of the API are not.
    let exchanges = service.get("/actuator/httpexchanges").text();
    assert!(exchanges.contains("/actuator-foo"), "{exchanges}");
    assert!(!exchanges.contains("/actuator/healthy"), "{exchanges}");
}
