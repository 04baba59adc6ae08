//! Who gets in: the guard of the management API, asked over HTTP. What Spring answers is recorded
//! in golden `run-security-default` and `run-security-basic`.

mod credentials;
mod failures;
mod roles;

use testkit::{Answer, Request};

use crate::app::{Service, TestApp, app};

/// argon2id of `password`, with parameters that are quick (a test vector of its reference
/// implementation).
pub(crate) const HASH: &str =
    "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
const CHALLENGE: &str = r#"Basic realm="Realm", charset="UTF-8""#;
/// `user:secret`.
const USER: &str = "Basic dXNlcjpzZWNyZXQ=";
/// `admin:secret`.
const ADMIN: &str = "Basic YWRtaW46c2VjcmV0";

/// As in `run-security-default`: one user, `user`, with the password `secret`.
fn guarded() -> TestApp {
    app().setting("spring.security.user.password", "{noop}secret")
}

fn with(method: &str, target: &str, header: (&str, &str)) -> Request {
    Request::new(method, target).header(header.0, header.1)
}

/// GET with this `Authorization`.
fn get_as(service: &Service, target: &str, authorization: &str) -> Answer {
    service.send(with("GET", target, ("authorization", authorization)))
}

#[test]
fn strangers_are_answered_as_recorded() {
    let service = guarded().start();
    for (method, target) in [
        ("GET", "/actuator/info"),
        ("HEAD", "/actuator/info"),
        ("OPTIONS", "/actuator/info"),
        ("GET", "/actuator"),
        ("GET", "/actuator/nosuch"),
        ("POST", "/actuator/loggers/a.b"),
        ("POST", "/actuator/health"),
    ] {
        let answer = service.send(Request::new(method, target)).assert_status(401);
        assert_eq!(answer.header("www-authenticate"), Some(CHALLENGE), "{method} {target}");
        assert_eq!((answer.text().as_str(), answer.header("content-type")), ("", None));
        assert_eq!(answer.header("content-length"), Some("0"), "{method} {target}");
    }
    for target in ["/actuator/health", "/actuator/health/ping", "/actuator/health/liveness"] {
        service.get(target).assert_status(200);
    }
    let script = with("GET", "/actuator/info", ("x-requested-with", "XMLHttpRequest"));
    assert_eq!(service.send(script).assert_status(401).header("www-authenticate"), None);
    let preflight = with("OPTIONS", "/actuator/info", ("origin", "http://x.example"))
        .header("access-control-request-method", "GET");
    let preflight = service.send(preflight).assert_status(200);
    assert_eq!((preflight.text().as_str(), preflight.header("allow")), ("", None));
    // Only OPTIONS is one, whatever the headers say.
    for method in ["GET", "POST", "DELETE", "HEAD", "PUT"] {
        let request = with(method, "/actuator/env", ("origin", "http://x.example"))
            .header("access-control-request-method", "GET");
        service.send(request).assert_status(401);
    }
    // Asking for a page or for JSON changes nothing (recorded: `run-security-basic`).
    for accept in ["text/html", "application/json", "not-a-type"] {
        let answer = service.send(with("GET", "/actuator/info", ("accept", accept)));
        assert_eq!(answer.assert_status(401).text(), "");
    }
}

#[test]
fn wrong_credentials_are_wrong_on_health_too_and_those_of_others_are_none() {
    let service = guarded().start();
    for wrong in ["Basic dXNlcjp4", "Basic !!!", "Basic"] {
        for target in ["/actuator/info", "/actuator/health"] {
            let answer = get_as(&service, target, wrong).assert_status(401);
            assert_eq!(answer.header("www-authenticate"), Some(CHALLENGE), "{wrong} {target}");
        }
    }
    // Recorded: `info-bearer`.
    get_as(&service, "/actuator/info", "Bearer abc").assert_status(401);
    get_as(&service, "/actuator/health", "Bearer abc").assert_status(200);
}

#[test]
fn the_one_user_gets_in_reads_and_writes() {
    let service = guarded().start();
    let index = get_as(&service, "/actuator", USER).assert_status(200).json();
    assert!(index["_links"]["info"].is_object());
    get_as(&service, "/actuator/info", USER).assert_status(200);
    let unknown = get_as(&service, "/actuator/nosuch", USER).assert_status(404).json();
    assert_eq!(
        (&unknown["path"], &unknown["error"]),
        (&"/actuator/nosuch".into(), &"Not Found".into())
    );
    let set = Request::post("/actuator/loggers/a.b", r#"{"configuredLevel":"DEBUG"}"#);
    service.send(set.header("authorization", USER)).assert_status(204);
    service.send(with("OPTIONS", "/actuator/info", ("authorization", USER))).assert_status(200);
}

#[test]
fn a_page_that_may_ask_reads_that_it_lacks_credentials_as_recorded() {
    let origin = "http://good.example";
    let service =
        guarded().setting("management.endpoints.web.cors.allowed-origins", origin).start();
    let anonymous = service.send(with("GET", "/actuator/info", ("origin", origin)));
    let anonymous = anonymous.assert_status(401);
    assert_eq!(anonymous.header("access-control-allow-origin"), Some(origin));
    assert_eq!(anonymous.header("www-authenticate"), Some(CHALLENGE));
    let known = with("GET", "/actuator/info", ("origin", origin)).header("authorization", USER);
    let known = service.send(known).assert_status(200);
    assert_eq!(known.header("access-control-allow-origin"), Some(origin));
    let preflight = with("OPTIONS", "/actuator/info", ("origin", origin))
        .header("access-control-request-method", "GET");
    let preflight = service.send(preflight).assert_status(200);
    assert_eq!(preflight.header("access-control-allow-methods"), Some("GET,HEAD"));
    assert_eq!(preflight.header("allow"), None);
    let foreign = with("GET", "/actuator/info", ("origin", "http://bad.example"));
    let foreign = service.send(foreign).assert_status(401);
    assert_eq!(foreign.header("access-control-allow-origin"), None);
}

#[test]
fn paths_of_the_application_are_none_of_the_guards_business() {
    let routes = axum::Router::new().route("/hello", axum::routing::get(|| async { "hello" }));
    let service = guarded().routes(routes).start();
    assert_eq!(service.get("/hello").assert_status(200).text(), "hello");
    service.get("/actuator-foo").assert_status(404);
    service.get("/nosuch").assert_status(404);
}

#[test]
fn a_port_of_its_own_is_guarded_and_so_are_views_on_the_applications() {
    let service = guarded()
        .setting("management.server.port", "0")
        .setting("actuator.compat.c2c.stats.enabled", "true")
        .setting("actuator.compat.c2c.enabled", "true")
        .setting("actuator.compat.healthcheck.enabled", "true")
        .start();
    let status = |address, target| testkit::get(address, target).status();
    for address in [service.address, service.management] {
        assert_eq!(status(address, "/c2c/health_check"), 200);
        assert_eq!(status(address, "/healthcheck"), 200);
        assert_eq!(status(address, "/c2c/stats.json"), 401, "meters are not health");
        assert_eq!(status(address, "/environment"), 401, "and the environment less so");
    }
    assert_eq!(status(service.management, "/actuator/metrics"), 401);
    assert_eq!(status(service.management, "/actuator/health"), 200);
    let stats = with("GET", "/c2c/stats.json", ("authorization", USER)).send(service.address);
    stats.assert_status(200);
}

#[test]
fn requests_that_did_not_pass_are_exchanges_and_measured_and_the_caller_is_remembered() {
    let service = guarded()
        .setting("management.httpexchanges.recording.include", "principal,request-headers")
        .setting("management.metrics.web.server.auto-time-requests", "true")
        .start();
    service.get("/actuator/info").assert_status(401);
    get_as(&service, "/actuator/info", USER).assert_status(200);
    get_as(&service, "/actuator/info", "Basic dXNlcjp4").assert_status(401);
    let exchanges = get_as(&service, "/actuator/httpexchanges", USER).assert_status(200).json();
    let told: Vec<(u64, Option<&str>)> = exchanges["exchanges"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|exchange| exchange["request"]["uri"].as_str().unwrap().ends_with("/info"))
        .map(|exchange| {
            let status = exchange["response"]["status"].as_u64().unwrap();
            (status, exchange["principal"]["name"].as_str())
        })
        .collect();
    assert_eq!(told, [(401, None), (200, Some("user")), (401, None)]);
    assert!(!exchanges.to_string().contains("dXNlcjp"), "no password is shown: {exchanges}");
    let metric = "/actuator/metrics/http.server.requests?tag=status:401&tag=uri:/actuator/info";
    let metric = get_as(&service, metric, USER).assert_status(200).json();
    assert_eq!(metric["measurements"][0]["value"], 2.0);
}

#[test]
fn middleware_of_the_application_may_say_who_it_is() {
    use actuator::security::Principal;
    use axum::{extract::Request as AxumRequest, middleware::Next};

    async fn ada(mut request: AxumRequest, next: Next) -> axum::response::Response {
        if let Some(role) = request.headers().get("x-role").cloned() {
            let role = role.to_str().unwrap().to_owned();
            request.extensions_mut().insert(Principal::new("ada", [role]));
        }
        next.run(request).await
    }

    let runtime = crate::app::runtime();
    let (address, _kept) = runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let actuator = actuator::Actuator::builder()
            .force_setting("actuator.threaddump.stacks", "false")
            .isolated()
            .without_declarations()
            .listening_on(address)
            // Rules alone are enough.
            .force_setting("actuator.security.read-roles", "viewer,operator")
            .build()
            .await
            .unwrap();
        let router = actuator.router().layer(axum::middleware::from_fn(ada));
        tokio::spawn(async { axum::serve(listener, router).await });
        (address, actuator)
    });
    let ask = |role: &str| with("GET", "/actuator/info", ("x-role", role)).send(address).status();
    assert_eq!((ask("viewer"), ask("operator"), ask("other")), (200, 200, 403));
    testkit::get(address, "/actuator/info").assert_status(401);
    testkit::get(address, "/actuator/health").assert_status(200);
}
