//! Tricks by which requests got past what guarded others: paths that are read in two ways, and
//! headers that say what a proxy should have said.

use axum::{Router, http::Uri, routing::any};
use testkit::{Request, send};

use crate::app::{Service, TestApp, app};

/// What stands in an environment, and nowhere else.
const FOUND: &str = "propertySources";

/// Ways to write `/actuator/env`, for a server that reads paths in another way than its guard.
const PATHS: &[&str] = &[
    "/actuator/..;/actuator/env",
    "/actuator/health/..;/env",
    "/actuator/health/../env",
    "/actuator/health/%2e%2e/env",
    "/actuator/health/%2e%2e%2fenv",
    "/actuator/health/%252e%252e/env",
    "/actuator/health/..%5cenv",
    "/actuator/health/..\\env",
    "/actuator/health;/../env",
    "/actuator/health/.;/env",
    "/actuator/./env",
    "/actuator/.;/env",
    "/actuator/;/env",
    "/actuator;/env",
    "/actuator;a=b/env;c=d",
    "/;/actuator/env",
    "/x/..;/actuator/env",
    "/livez/..;/actuator/env",
    "/livez/../actuator/env",
    "/livez;/../actuator/env",
    "//actuator/env",
    "/actuator//env",
    "///actuator///env",
    "/./actuator/env",
    "/ACTUATOR/env",
    "/Actuator/Env",
    "/actuator/ENV",
    "/%61ctuator/env",
    "/actuator/%65nv",
    "/actuator/%65%6e%76",
    "/%2factuator/env",
    "/actuator%2fenv",
    "/actuator/env%2f",
    "/actuator/env%00",
    "/actuator/env%00.html",
    "/actuator/env%20",
    "/actuator/env%09",
    "/actuator/env%0a",
    "/actuator/env%0d%0ax:%20y",
    "/actuator/env%3f",
    "/actuator/env%23",
    "/actuator/env%3bx",
    "/actuator/env/",
    "/actuator/env/.",
    "/actuator/env.json",
    "/actuator/env.html",
    "/actuator/env.css",
    "/actuator/env;.css",
    "/actuator/env;jsessionid=1",
    "/actuator/env?/actuator/health",
    "/actuator/env?.css",
    "/actuator/env/..;/health",
    "/actuator/%c0%aeenv",
    "/actuator/%uff0eenv",
    "/actuator/health?x=/../env",
    "/cloudfoundryapplication/env",
    "/cloudfoundryapplication/..;/actuator/env",
    "http://localhost/actuator/env",
    "http://evil.example/actuator/env",
    "http://user@localhost/actuator/env",
    "https:/actuator/env",
    "actuator/env",
    "*",
];

/// What proxies tell the servers behind them, and frameworks believe.
const HEADERS: &[(&str, &str)] = &[
    ("x-original-url", "/actuator/env"),
    ("x-rewrite-url", "/actuator/env"),
    ("x-forwarded-uri", "/actuator/env"),
    ("x-forwarded-path", "/actuator/env"),
    ("x-forwarded-prefix", "/actuator/env"),
    ("x-forwarded-prefix", "/../.."),
    ("x-forwarded-prefix", "//evil.example"),
    ("x-script-name", "/actuator/env"),
    ("x-http-method-override", "POST"),
    ("x-http-method", "DELETE"),
    ("x-method-override", "POST"),
    ("x-forwarded-for", "127.0.0.1"),
    ("x-real-ip", "127.0.0.1"),
    ("x-client-ip", "127.0.0.1"),
    ("true-client-ip", "::1"),
    ("forwarded", "for=127.0.0.1;host=localhost;proto=https"),
    ("x-forwarded-host", "localhost"),
    ("x-forwarded-port", "1"),
    ("x-forwarded-user", "user"),
    ("x-remote-user", "user"),
    ("remote-user", "user"),
    ("x-authenticated-user", "user"),
    ("x-forwarded-client-cert", "Subject=\"CN=user\""),
    ("x-ssl-client-verify", "SUCCESS"),
    ("ssl-client-cert", "CN=user"),
    ("x-middleware-subrequest", "middleware"),
    ("x-requested-with", "XMLHttpRequest"),
    ("authorization", "Bearer null"),
    ("authorization", "Negotiate x"),
    ("proxy-authorization", "Basic dXNlcjpzZWNyZXQ="),
    ("cookie", "JSESSIONID=1; ACTUATOR_SECRET=9999999999.00"),
    ("connection", "authorization, host"),
    ("upgrade", "h2c"),
    ("expect", "100-continue"),
];

fn guarded() -> TestApp {
    app()
        .setting("spring.security.user.password", "{noop}secret")
        .setting("management.endpoint.health.probes.add-additional-paths", "true")
}

fn ask(service: &Service, target: &str) -> (u16, String) {
    let request =
        format!("GET {target} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", service.address);
    send(service.address, request.as_bytes())
        .map_or_else(|| (0, String::new()), |answer| (answer.status(), answer.text()))
}

#[test]
fn no_way_to_write_a_path_gets_past_the_guard() {
    let echo = any(|uri: Uri| async move { format!("application {}", uri.path()) });
    for service in [guarded().start(), guarded().routes(Router::new().fallback(echo)).start()] {
        for path in PATHS {
            let (status, text) = ask(&service, path);
            assert!(!text.contains(FOUND), "{path}: {status} {text}");
            let is_refused = [0, 400, 401, 403, 404].contains(&status);
            let is_harmless = text.starts_with("application ") || text.contains("\"UP\"");
            assert!(is_refused || (status == 200 && is_harmless), "{path}: {status} {text}");
        }
        assert_eq!(ask(&service, "/actuator/env").0, 401);
    }
}

#[test]
fn no_way_to_write_a_path_reaches_what_is_not_exposed() {
    for service in [
        app().setting("management.endpoints.web.exposure.exclude", "env").start(),
        app().setting("management.endpoint.env.access", "none").start(),
        guarded().setting("management.server.port", "0").start(),
    ] {
        for path in PATHS {
            let (status, text) = ask(&service, path);
            assert!(!text.contains(FOUND), "{path}: {status} {text}");
            assert!(status < 500, "{path}: {status} {text}");
        }
    }
}

#[test]
fn a_slash_a_suffix_or_capitals_make_another_path() {
    let service = app().start();
    assert!(service.get("/actuator/env").assert_status(200).text().contains(FOUND));
    for other in ["env/", "env.json", "env.xml", "ENV", "Env", "env%20", "env%2f", "env%3bx"] {
        let status = service.status(&format!("/actuator/{other}"));
        assert!([400, 404].contains(&status), "{other}: {status}");
    }
}

#[test]
fn no_header_is_a_path_a_method_an_address_or_a_user() {
    let service = guarded().start();
    let health = service.get("/actuator/health/liveness").text();
    let user = |request: Request| request.header("authorization", "Basic dXNlcjpzZWNyZXQ=");
    let level = |service: &Service| {
        service.send(user(Request::get("/actuator/loggers/attacks_tricks"))).status()
    };
    let index = service.send(user(Request::get("/actuator"))).assert_status(200).text();
    for (name, value) in HEADERS {
        let with = |request: Request| service.send(request.header(name, value));
        let status = with(Request::get("/actuator/env")).status();
        assert_eq!(status, 401, "{name}: {value}");
        let probe = with(Request::get("/actuator/health/liveness"));
        assert_eq!((probe.status(), probe.text()), (200, health.clone()), "{name}: {value}");
        if *name == "authorization" {
            continue;
        }
        assert_eq!(with(user(Request::get("/actuator"))).text(), index, "{name}: {value}");
        let body = "{\"configuredLevel\":\"DEBUG\"}";
        let write = Request::get("/actuator/loggers/attacks_tricks");
        let write = user(write).header("content-type", "application/json").body(body);
        assert_eq!(with(write).status(), 404, "{name}: {value}");
        assert_eq!(level(&service), 404, "{name}: {value} changed a level");
        for query in ["_method=POST", "method=POST", "access_token=x", "format=json"] {
            let status = with(Request::get(&format!("/actuator/env?{query}"))).status();
            assert_eq!(status, 401, "{name}: {value} {query}");
        }
    }
}

#[test]
fn links_name_no_host_that_could_be_another_place() {
    let service = app().setting("server.address", "0.0.0.0").start();
    for host in [
        "evil.example/x",
        "evil.example?x",
        "evil.example#x",
        "user@evil.example",
        "evil.example:99999",
        "evil.example\\@localhost",
        "<script>",
        "\"onmouseover=x",
        "evil.example,localhost",
        "",
    ] {
        let answer = service.send(Request::get("/actuator").header("host", host));
        if answer.status() == 400 {
            continue;
        }
        let index = answer.assert_status(200).json();
        let href = index["_links"]["self"]["href"].as_str().unwrap();
        let expected = ["http://localhost/actuator", "http://evil.example/actuator"];
        assert!(expected.contains(&href), "{host}: {href}");
    }
}
