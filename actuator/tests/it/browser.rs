//! What pages of browsers may ask of the management API.

use testkit::{Answer, Request};

use crate::app::{Service, TestApp, app};

/// What the admin server passes on, headers as recorded with its UI in Chromium.
const SAME_ORIGIN: (&str, &str) = ("sec-fetch-site", "same-origin");

fn set_level(service: &Service, headers: &[(&str, &str)]) -> Answer {
    set_level_of("shop", service, headers)
}

fn set_level_of(logger: &str, service: &Service, headers: &[(&str, &str)]) -> Answer {
    let target = format!("/actuator/loggers/{logger}");
    let request = Request::post(&target, r#"{"configuredLevel":"DEBUG"}"#);
    service.send(headers.iter().fold(request, |request, (name, value)| request.header(name, value)))
}

fn level(service: &Service) -> serde_json::Value {
    service.get("/actuator/loggers/shop").json()["configuredLevel"].take()
}

#[test]
fn what_a_page_of_another_origin_sends_changes_nothing() {
    let service = app().start();
    let own = format!("http://{}", service.address);
    for headers in [
        &[("sec-fetch-site", "cross-site")][..],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "cross-site"), ("origin", &own)],
        &[("sec-fetch-site", "something-new")],
        &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
        &[("origin", "http://evil.example")],
        &[("origin", "null")],
        &[("origin", "")],
        &[("origin", &own), ("origin", "http://evil.example")],
        &[("origin", "http://127.0.0.1")],
        &[("origin", "http://127.0.0.1:1")],
    ] {
        set_level_of("attacked", &service, headers).assert_status(403);
    }
    for method in ["DELETE", "POST"] {
        let request = Request::new(method, "/actuator/loggeroverrides/shop");
        let request = request.header("origin", "http://evil.example");
        let status = service.send(request.header("content-length", "0")).status();
        assert!([403, 405, 415].contains(&status), "{method} {status}");
    }
    // Loggers are the process's: nobody else here names this one.
    assert_eq!(service.status("/actuator/loggers/attacked"), 404);
    // Reading is what CORS is about: nobody grants it to the page, so its browser keeps it.
    let read = service.send(Request::get("/actuator/env").header("origin", "http://evil.example"));
    let read = read.assert_status(200);
    assert_eq!(read.header("access-control-allow-origin"), None);
    assert_eq!(read.header("cross-origin-resource-policy"), Some("same-origin"));
}

#[test]
fn pages_of_its_own_programs_and_admin_servers_may_change_something() {
    let service = app()
        .setting("spring.boot.admin.client.url", "https://admin.example:9090/sba")
        .setting("spring.boot.admin.client.period", "1h")
        .setting("actuator.security.trusted-origins", "https://ops.example")
        .start();
    let own = format!("http://{}", service.address);
    for headers in [
        &[][..],
        &[SAME_ORIGIN],
        // The admin server passes on what its own page sent to it.
        &[SAME_ORIGIN, ("origin", "https://sba.example")],
        &[("sec-fetch-site", "none")],
        &[("origin", &own)],
        &[("origin", "https://admin.example:9090")],
        &[("origin", "https://ops.example")],
        // Over plain HTTP browsers send no Sec-Fetch-Site. The header of the admin server's pages
        // cannot be sent by another page without a preflight, which nobody grants.
        &[("origin", "http://sba.example"), ("x-requested-with", "XMLHttpRequest")],
    ] {
        set_level(&service, headers).assert_status(204);
        assert_eq!(level(&service), "DEBUG");
    }
    let foreign = [("origin", "https://admin.example"), ("x-forwarded-host", "admin.example")];
    set_level(&service, &foreign).assert_status(403);
}

#[test]
fn a_refused_write_is_in_the_trail() {
    let service = app().start();
    set_level(&service, &[("origin", "http://evil.example")]).assert_status(403);
    let trail = service.get("/actuator/auditevents?type=ENDPOINT_WRITE").json();
    let data = &trail["events"][0]["data"];
    assert_eq!((data["endpoint"].as_str(), data["status"].as_u64()), (Some("loggers"), Some(403)));
}

#[test]
fn a_listener_on_loopback_answers_only_to_its_own_names() {
    let service = app().setting("actuator.security.allowed-hosts", "shop.example").start();
    let port = service.address.port();
    let ask =
        |host: &str, target: &str| service.send(Request::get(target).header("host", host)).status();
    for target in ["/actuator", "/actuator/env", "/actuator/health", "/actuator/nothing"] {
        for host in ["evil.example", "127.0.0.1.evil.example", "10.0.0.1", "localhost.evil.example"]
        {
            assert_eq!(ask(&format!("{host}:{port}"), target), 403, "{host} {target}");
            assert_eq!(ask(host, target), 403, "{host} {target}");
        }
        for host in ["localhost", "127.0.0.1", "[::1]", "shop.example", "LocalHost.", "a.localhost"]
        {
            let expected = if target.ends_with("nothing") { 404 } else { 200 };
            assert_eq!(ask(&format!("{host}:{port}"), target), expected, "{host} {target}");
        }
    }
    // What the body says is no help to a page.
    let refused = service.send(Request::get("/actuator/env").header("host", "evil.example"));
    assert!(!refused.text().contains("evil"), "{}", refused.text());
    // By an address that everybody may know, names are the owner's business.
    let service = app().setting("server.address", "0.0.0.0").start();
    let request = Request::get("/actuator/health").header("host", "shop.example");
    service.send(request).assert_status(200);
}

#[test]
fn the_own_port_of_management_is_judged_by_its_own_address() {
    let service = app()
        .setting("server.address", "0.0.0.0")
        .setting("management.server.port", "0")
        .setting("management.server.address", "127.0.0.1")
        .setting("management.endpoint.health.probes.add-additional-paths", "true")
        .start();
    let foreign = |target: &str| Request::get(target).header("host", "evil.example");
    foreign("/actuator/health").send(service.management).assert_status(403);
    foreign("/livez").send(service.address).assert_status(200);
}

#[test]
fn every_answer_tells_browsers_how_to_treat_it() {
    let service = app().start();
    for (target, status) in [
        ("/actuator", 200),
        ("/actuator/env", 200),
        ("/actuator/nothing", 404),
        ("/actuator/%ff", 400),
    ] {
        let answer = service.get(target).assert_status(status);
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("cache-control", "no-cache, no-store, max-age=0, must-revalidate"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{target} {name}");
        }
    }
    let service = app().setting("actuator.security.headers.enabled", "false").start();
    assert_eq!(service.get("/actuator/health").header("x-frame-options"), None);
}

fn with_cors() -> TestApp {
    app()
        .setting("management.endpoints.web.cors.allowed-origins", "https://shop.example")
        .setting("management.endpoints.web.cors.allowed-methods", "GET,POST")
}

#[test]
fn cors_lets_a_named_origin_write_and_does_not_lock_the_admin_server_out() {
    let service = with_cors().start();
    let shop = ("origin", "https://shop.example");
    let answer = set_level(&service, &[shop, ("sec-fetch-site", "cross-site")]).assert_status(204);
    assert_eq!(answer.header("access-control-allow-origin"), Some("https://shop.example"));
    // Recorded: `run-cors/get-no-origin`.
    let plain = service.get("/actuator/health").assert_status(200);
    for name in ["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"] {
        assert!(plain.headers("vary").contains(&name), "{name}");
    }
    // Spring answers 403 to its own admin server here.
    let admin = [("origin", "http://sba.example"), SAME_ORIGIN];
    set_level(&service, &admin).assert_status(204);
    let evil = set_level(&service, &[("origin", "http://evil.example")]).assert_status(403);
    assert_eq!(evil.text(), "Invalid CORS request");
    let delete = Request::new("DELETE", "/actuator/loggeroverrides/shop");
    let delete = service.send(delete.header(shop.0, shop.1)).status();
    assert_eq!(delete, 403, "DELETE is not among the methods");
}

#[test]
fn cors_settings_that_make_no_sense_refuse_the_start_together() {
    let error = app()
        .setting("management.endpoints.web.cors.allowed-origins", "*,shop.example")
        .setting("management.endpoints.web.cors.allow-credentials", "true")
        .setting("management.endpoints.web.cors.allowed-origin-patterns", "shop.example")
        .setting("management.endpoints.web.cors.allowed-methods", "GET, P O")
        .setting("actuator.security.trusted-origins", "ops")
        .refused()
        .to_string();
    for name in ["allowed-origins", "allowed-origin-patterns", "allowed-methods", "trusted-origins"]
    {
        assert!(error.contains(name), "{name} in {error}");
    }
}
