//! What `openapi` says, held against what the service does.

use testkit::{Members, OpenApi, Request};

use crate::app::{Service, TestApp, app};

fn everything() -> TestApp {
    app()
        .setting("management.endpoints.web.exposure.include", "*")
        .setting("actuator.compat.httptrace", "true")
        .setting("actuator.compat.dump", "true")
        .setting("actuator.env.writable", "shop.*")
        .setting("actuator.health.show-check", "true")
        .setting("management.endpoint.shutdown.access", "unrestricted")
        .setting("management.endpoint.restart.access", "unrestricted")
        .setting("management.endpoint.refresh.access", "unrestricted")
        .with(|app| {
            app.health_check("db", || async { actuator::Health::up().with_detail("rows", 7) });
            app.info_source("shop", || serde_json::json!({ "open": true }));
            app.mapping(
                actuator::routing::Mapping::new("GET", "/a").handled_by("a::b").at("a.rs:1"),
            );
        })
}

fn described(service: &Service) -> OpenApi {
    let answer = service.get("/actuator/openapi").assert_status(200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    OpenApi::new(answer.json())
}

/// Asks for this, and holds what comes against what was said of it.
fn held(service: &Service, api: &OpenApi, request: Request, method: &str, target: &str) {
    let operation = api.operation(method, target).unwrap_or_else(|| panic!("{target} is not told"));
    let answer = service.send(request);
    let response = api.response(operation, answer.status());
    let response = response.unwrap_or_else(|| panic!("{method} {target}: {answer:?}"));
    if answer.body().is_empty() {
        assert!(answer.status() != 200, "{target}");
        return;
    }
    let media_type = answer.header("content-type").unwrap();
    let schema = api.schema(response, media_type);
    let schema = schema.unwrap_or_else(|| panic!("{target} is not told to be {media_type}"));
    if media_type.contains("json") && !media_type.contains("ndjson") {
        let checked = api.check(schema, &answer.json(), Members::Described);
        assert_eq!(checked, Ok(()), "{method} {target}: {}", answer.text());
    }
}

#[test]
fn every_answer_is_of_the_form_that_is_told() {
    let service = everything().start();
    let api = described(&service);
    service.get("/actuator/nothing").assert_status(404);
    let mut asked = 0;
    for (path, method, _) in api.operations() {
        if method != "get" || path.contains('{') || path.ends_with("/logstream") {
            continue;
        }
        held(&service, &api, Request::get(path), "get", path);
        asked += 1;
    }
    assert!(asked >= 20, "{asked} of {:?}", api.operations().len());
    for target in [
        "/actuator/env/server.port",
        "/actuator/env/nothing",
        "/actuator/health/db",
        "/actuator/health/nothing",
        "/actuator/configprops/server",
        "/actuator/loggers/ROOT",
        "/actuator/loggers/web",
        "/actuator/metrics/http.server.requests",
        "/actuator/metrics/nothing",
        "/actuator/loggeroverrides/nothing",
        "/actuator/httpexchanges?limit=x",
        "/actuator/metrics/http.server.requests?tag=x",
    ] {
        held(&service, &api, Request::get(target), "get", target);
    }
    for media_type in ["text/plain", "application/vnd.spring-boot.actuator.v2+json", "image/png"] {
        for target in ["/actuator/threaddump", "/actuator/health", "/actuator/prometheus"] {
            let request = Request::get(target).header("Accept", media_type);
            held(&service, &api, request, "get", target);
        }
    }
}

#[test]
fn writes_and_refusals_are_told_too() {
    let service = everything().start();
    let api = described(&service);
    for (target, body) in [
        ("/actuator/loggers/shop", r#"{"configuredLevel":"DEBUG","expiresIn":"PT10M"}"#),
        ("/actuator/loggers/shop", r#"{"configuredLevel":"LOUD"}"#),
        ("/actuator/loggers/shop", "{"),
        ("/actuator/loggeroverrides", r#"{"levels":{"shop":"DEBUG"}}"#),
        ("/actuator/loggeroverrides", r#"{"levels":{}}"#),
        ("/actuator/env", r#"{"name":"shop.name","value":"x"}"#),
        ("/actuator/env", r#"{"name":"server.port","value":"1"}"#),
        ("/actuator/env", "{}"),
        ("/actuator/refresh", "{}"),
    ] {
        held(&service, &api, Request::post(target, body), "post", target);
    }
    let text = Request::new("POST", "/actuator/loggers/shop").header("Content-Type", "text/plain");
    held(&service, &api, text.body("x"), "post", "/actuator/loggers/shop");
    for target in ["/actuator/loggeroverrides/shop", "/actuator/loggeroverrides", "/actuator/env"] {
        held(&service, &api, Request::new("DELETE", target), "delete", target);
    }
    let foreign =
        Request::post("/actuator/loggers/shop", "{}").header("Sec-Fetch-Site", "cross-site");
    held(&service, &api, foreign, "post", "/actuator/loggers/shop");
}

#[test]
fn the_server_is_the_one_that_the_caller_has_found() {
    let service = app().setting("server.servlet.context-path", "/shop").start();
    let answer = service.get("/shop/actuator/openapi").assert_status(200);
    let document = answer.json();
    let server = document["servers"][0]["url"].as_str().unwrap().to_owned();
    assert_eq!(server, format!("http://{}/shop", service.address));
    let api = OpenApi::new(document);
    assert!(api.operation("get", "/actuator/health").is_some());
    let health = format!("{server}/actuator/health");
    let health = health.strip_prefix(&format!("http://{}", service.address)).unwrap();
    service.get(health).assert_status(200);

    let behind = app()
        .setting("server.forward-headers-strategy", "native")
        .setting("actuator.security.allowed-hosts", "*")
        .start();
    let request = Request::get("/actuator/openapi")
        .header("X-Forwarded-Proto", "https")
        .header("X-Forwarded-Host", "orders.example");
    let document = behind.send(request).assert_status(200).json();
    assert_eq!(document["servers"][0]["url"], "https://orders.example");
}

#[test]
fn beyond_loopback_it_is_not_there_unless_it_is_named() {
    let closed = app().setting("server.address", "0.0.0.0").start();
    closed.get("/actuator/openapi").assert_status(404);
    closed.get("/actuator/mappings").assert_status(404);
    let open = app()
        .setting("server.address", "0.0.0.0")
        .setting("management.endpoints.web.exposure.include", "health,openapi")
        .start();
    let api = described(&open);
    let mut paths: Vec<&str> = api.operations().iter().map(|(path, ..)| *path).collect();
    paths.sort_unstable();
    assert_eq!(
        paths,
        ["/actuator", "/actuator/health", "/actuator/health/{path}", "/actuator/openapi",]
    );
}
