//! Exchanges through the front door: what is recorded of which requests, and what can be asked for.

use std::{
    io::{Read as _, Write as _},
    time::Instant,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::Request as AxumRequest,
    http::{HeaderMap, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use testkit::Request;

use crate::app::{Service, TestApp, app, gated_route};

const V3: &str = "application/vnd.spring-boot.actuator.v3+json";

/// Lets nobody pass without a token, as authentication does.
async fn guard(request: AxumRequest, next: Next) -> Response {
    match request.headers().get(header::AUTHORIZATION) {
        None => (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")]).into_response(),
        Some(token) if token != "Bearer hunter2" => StatusCode::FORBIDDEN.into_response(),
        Some(_) => next.run(request).await,
    }
}

async fn echo(headers: HeaderMap, body: Bytes) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, headers[header::CONTENT_TYPE].clone())], body)
}

fn routes() -> Router {
    Router::new()
        .route("/orders/{id}", get(|| async { "order" }))
        .route("/echo", post(echo))
        .route("/broken", get(|| async { StatusCode::INTERNAL_SERVER_ERROR }))
        .route("/typed", post(|| async { StatusCode::UNSUPPORTED_MEDIA_TYPE }))
        .route("/static/{*file}", get(|| async { "file" }))
        .route("/actuator-foo", get(|| async { "mine" }))
}

/// Records the application's requests only.
fn quiet() -> TestApp {
    app().setting("actuator.httpexchanges.management-requests", "false")
}

fn list(service: &Service, query: &str) -> Vec<Value> {
    let answer = service.get(&format!("/actuator/httpexchanges{query}")).assert_status(200);
    assert_eq!(answer.media_type(), V3);
    answer.json()["exchanges"].as_array().unwrap().clone()
}

/// `GET /path status` of each, newest first, without the address of the service.
fn lines(exchanges: &[Value]) -> Vec<String> {
    let line = |exchange: &Value| {
        let uri = exchange["request"]["uri"].as_str().unwrap();
        let path = uri.split('/').skip(3).collect::<Vec<_>>().join("/");
        let method = exchange["request"]["method"].as_str().unwrap();
        format!("{method} /{path} {}", exchange["response"]["status"])
    };
    exchanges.iter().map(line).collect()
}

/// The exchanges once there is one that is wanted.
#[track_caller]
fn eventually(service: &Service, query: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let deadline = Instant::now() + testkit::PATIENCE;
    loop {
        let found = list(service, query);
        if let Some(found) = found.iter().find(|exchange| wanted(exchange)) {
            return found.clone();
        }
        assert!(Instant::now() < deadline, "{found:?}");
        std::thread::yield_now();
    }
}

#[test]
fn trap_seed_08_refused_requests_are_recorded_whoever_refuses_them() {
    let routes = routes().layer(middleware::from_fn(guard));
    let service = quiet().routes(routes).start();
    let with = |request: Request, token: &str| service.send(request.header("authorization", token));
    service.get("/orders/1").assert_status(401);
    with(Request::get("/orders/2"), "Bearer wrong").assert_status(403);
    with(Request::get("/nowhere"), "Bearer hunter2").assert_status(404);
    with(Request::new("DELETE", "/orders/3"), "Bearer hunter2").assert_status(405);
    with(Request::post("/typed", "{}"), "Bearer hunter2").assert_status(415);
    with(Request::get("/broken"), "Bearer hunter2").assert_status(500);
    let found = list(&service, "");
    let expected = [
        "GET /broken 500",
        "POST /typed 415",
        "DELETE /orders/3 405",
        "GET /nowhere 404",
        "GET /orders/2 403",
        "GET /orders/1 401",
    ];
    assert_eq!(lines(&found), expected);
    assert_eq!(found[5]["response"]["headers"]["www-authenticate"], json!(["Bearer"]));
    assert!(found.iter().all(|one| one["request"]["headers"]["authorization"].is_null()));
}

#[test]
fn trap_seed_08_what_nothing_matches_is_recorded_with_and_without_routes_and_context_path() {
    for (context, routes) in [("", Router::new()), ("/shop", Router::new()), ("/shop", routes())] {
        let service =
            quiet().setting("server.servlet.context-path", context).routes(routes).start();
        service.get(&format!("{context}/nowhere")).assert_status(404);
        service.get("/elsewhere").assert_status(404);
        let found = service.get(&format!("{context}/actuator/httpexchanges")).json();
        let found = lines(found["exchanges"].as_array().unwrap());
        assert_eq!(found, ["GET /elsewhere 404".to_owned(), format!("GET {context}/nowhere 404")]);
    }
}

#[test]
fn a_management_port_of_its_own_is_not_recorded() {
    let service = app().setting("management.server.port", "0").routes(routes()).start();
    let ask = |path: &str| testkit::get(service.management, path);
    ask("/nowhere").assert_status(404);
    ask("/actuator/health").assert_status(200);
    service.get("/orders/1").assert_status(200);
    let found = ask("/actuator/httpexchanges").assert_status(200).json();
    assert_eq!(lines(found["exchanges"].as_array().unwrap()), ["GET /orders/1 200"]);
}

#[test]
fn trap_seed_08_a_request_whose_client_goes_away_is_recorded_as_499() {
    let (work, _gate, begins) = gated_route();
    let service = quiet().routes(work).start();
    let mut client = testkit::open(service.address);
    client.write_all(b"GET /work?a=b HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    begins.recv_timeout(testkit::PATIENCE).unwrap();
    drop(client);
    let found = eventually(&service, "", |_| true);
    assert_eq!(found["response"], json!({"headers": {}, "status": 499}));
    assert_eq!(found["request"]["uri"], "http://localhost/work?a=b");
}

/// A body that never ends.
struct Endless;

impl http_body::Body for Endless {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        let data = Bytes::from_static(b"all work and no play\n");
        std::task::Poll::Ready(Some(Ok(http_body::Frame::data(data))))
    }
}

#[test]
fn a_client_that_goes_away_within_the_body_was_told_its_status_and_that_is_recorded() {
    let endless = get(|| async { ([(header::CONTENT_TYPE, "text/plain")], Body::new(Endless)) });
    let service = quiet()
        .setting("actuator.httpexchanges.include-bodies", "response")
        .setting("actuator.httpexchanges.max-body-size", "8B")
        .routes(Router::new().route("/endless", endless))
        .start();
    let mut client = testkit::open(service.address);
    client.write_all(b"GET /endless HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    client.read_exact(&mut [0; 1_000]).unwrap();
    let sending = eventually(&service, "", |_| true);
    assert_eq!(sending["response"]["status"], 200, "the exchange is there while the body is sent");
    assert_eq!(sending["response"]["body"], Value::Null);
    drop(client);
    let found = eventually(&service, "", |one| !one["response"]["body"].is_null());
    let body = &found["response"]["body"];
    assert_eq!((&body["text"], &body["incomplete"]), (&json!("all work"), &json!(true)));
    assert!(body["size"].as_u64().unwrap() > 500 && body["truncated"] == true, "{body}");
}

#[test]
fn trap_seed_25_only_the_management_api_itself_is_left_out_by_its_setting() {
    let service = quiet().routes(routes()).start();
    service.get("/actuator/health").assert_status(200);
    service.get("/actuator").assert_status(200);
    service.get("/actuator-foo").assert_status(200);
    service.get("/actuatorx").assert_status(404);
    assert_eq!(lines(&list(&service, "")), ["GET /actuatorx 404", "GET /actuator-foo 200"]);
}

#[test]
fn requests_are_left_out_by_path_and_by_method() {
    let service = quiet()
        .setting("server.servlet.context-path", "/shop")
        .setting("actuator.httpexchanges.exclude-paths", "/shop/static/**,/*/orders/1?")
        .setting("actuator.httpexchanges.exclude-methods", "OPTIONS")
        .routes(routes())
        .start();
    for path in ["/static/a/b.js", "/orders/12", "/orders/1", "/static-foo"] {
        service.get(&format!("/shop{path}"));
    }
    service.send(Request::new("OPTIONS", "/shop/orders/1"));
    let found = service.get("/shop/actuator/httpexchanges").json();
    let found = lines(found["exchanges"].as_array().unwrap());
    assert_eq!(found, ["GET /shop/static-foo 404", "GET /shop/orders/1 200"]);
}

#[test]
fn headers_are_chosen_by_lists_and_credentials_need_their_switch_all_the_same() {
    let service = quiet()
        .setting("actuator.httpexchanges.request-headers", "Host,x-*,authorization,cookie")
        .setting("actuator.httpexchanges.response-headers", "content-type")
        .setting("actuator.httpexchanges.exclude-headers", "x-internal-*")
        .routes(routes())
        .start();
    let request = Request::get("/orders/1")
        .header("authorization", "Bearer hunter2")
        .header("cookie", "a=b")
        .header("accept", "*/*")
        .header("X-Tenant", "blue")
        .header("x-internal-hop", "3")
        .header("x-api-key", "hunter2");
    service.send(request).assert_status(200);
    let found = list(&service, "").remove(0);
    let expected = json!({
        "host": [service.address.to_string()],
        "x-tenant": ["blue"],
        "x-api-key": ["******"],
    });
    assert_eq!(found["request"]["headers"], expected);
    let expected = json!({"content-type": ["text/plain; charset=utf-8"]});
    assert_eq!(found["response"]["headers"], expected);
}

#[test]
fn exchanges_can_be_asked_for_by_number_status_and_path_and_unknown_parameters_do_nothing() {
    let service = quiet().routes(routes()).start();
    for path in ["/orders/1", "/broken", "/orders/2", "/nowhere"] {
        service.get(path);
    }
    let all = ["GET /nowhere 404", "GET /orders/2 200", "GET /broken 500", "GET /orders/1 200"];
    assert_eq!(lines(&list(&service, "?nosuch=1")), all);
    assert_eq!(lines(&list(&service, "?limit=1")), all[..1]);
    assert_eq!(lines(&list(&service, "?status=4xx,500")), [all[0], all[2]]);
    assert_eq!(lines(&list(&service, "?path=/orders/*&limit=1")), all[1..2]);
    assert_eq!(lines(&list(&service, "?request=none")), [""; 0]);
    for bad in ["limit=x", "status=x", "path=x"] {
        service.get(&format!("/actuator/httpexchanges?{bad}")).assert_status(400);
    }
}

#[test]
fn a_ring_of_thousands_is_filled_and_read_while_requests_go_on() {
    let service =
        quiet().setting("actuator.httpexchanges.capacity", "1000000").routes(routes()).start();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut client = testkit::open(service.address);
                for id in 0..600 {
                    let request = format!("GET /orders/{id} HTTP/1.1\r\nhost: localhost\r\n\r\n");
                    client.write_all(request.as_bytes()).unwrap();
                    let mut answer = Vec::new();
                    while !answer.ends_with(b"\r\n\r\norder") {
                        let mut byte = [0; 512];
                        let read = client.read(&mut byte).unwrap();
                        assert!(read > 0);
                        answer.extend_from_slice(&byte[..read]);
                    }
                }
            });
        }
        scope.spawn(|| (0..10).for_each(|_| drop(list(&service, ""))));
    });
    assert_eq!(list(&service, "").len(), 1_200);
    let head = service.send(Request::new("HEAD", "/actuator/httpexchanges")).assert_status(200);
    assert_eq!((head.media_type(), head.text().as_str()), (V3, ""));
}

#[test]
fn recording_can_be_switched_off_in_two_ways() {
    for (name, value) in [
        ("management.httpexchanges.recording.enabled", "false"),
        ("actuator.httpexchanges.capacity", "0"),
    ] {
        let service = app()
            .setting(name, value)
            .setting("actuator.httpexchanges.include-bodies", "request,response")
            .routes(routes())
            .start();
        service.get("/orders/1").assert_status(200);
        assert_eq!(list(&service, "").len(), 0, "{name}");
    }
}

#[test]
fn trap_sba_the_uri_is_absolute_and_can_be_taken_apart_whatever_the_caller_names_as_host() {
    let service = quiet().routes(routes()).start();
    for (target, host, uri) in [
        ("/orders/1?a=b", "app.example:8080", "http://app.example:8080/orders/1?a=b"),
        ("/orders/1", "[::1]:8080", "http://[::1]:8080/orders/1"),
        ("http://other.example/orders/1", "app.example", "http://other.example/orders/1"),
        ("http://joe:hunter2@other.example/orders/1", "x", "http://other.example/orders/1"),
        ("/orders/1", "joe:hunter2@app.example", "http://app.example/orders/1"),
        ("/orders/1", "\"><script>", "http://localhost/orders/1"),
        ("/orders/1", "a:99999", "http://localhost/orders/1"),
        ("/orders/1", "", "http://localhost/orders/1"),
        ("/orders/a%2Fb%20c", "a", "http://a/orders/a%2Fb%20c"),
    ] {
        let request = format!("GET {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        let _ = testkit::send(service.address, request.as_bytes());
        assert_eq!(list(&service, "?limit=1")[0]["request"]["uri"], uri, "{target} {host}");
    }
    let _ = testkit::send(
        service.address,
        b"OPTIONS * HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
    );
    assert_eq!(list(&service, "?limit=1")[0]["request"]["uri"], "http://localhost/*");
}

#[test]
fn trap_seed_09_secrets_of_uris_and_of_bodies_are_not_shown() {
    let service = quiet()
        .setting("actuator.httpexchanges.include-bodies", "request,response")
        .routes(routes())
        .start();
    let bodies = [
        ("application/json", r#"{"card":{"password":"hunter2"},"page":2}"#),
        ("application/x-www-form-urlencoded", "page=2&pass%77ord=hunter2"),
        ("application/xml", "<page>2</page><password>hunter2</password>"),
        ("text/plain", "page 2 password=hunter2"),
    ];
    for (content_type, body) in bodies {
        let request =
            Request::new("POST", "/echo?page=2&api_key=hunter2&u=http%3A%2F%2Fa%3Ftoken%3Dhunter2")
                .header("content-type", content_type)
                .header("referer", "https://joe:hunter2@a/?access_token=hunter2")
                .body(body);
        assert_eq!(service.send(request).assert_status(200).text(), body);
    }
    let answer = service.get("/actuator/httpexchanges");
    assert!(!answer.text().contains("hunter2"), "{}", answer.text());
    let found = answer.json()["exchanges"].as_array().unwrap().clone();
    assert_eq!(found.len(), bodies.len());
    let json = json!({"size": 40, "text": r#"{"card":{"password":"******"},"page":2}"#});
    assert_eq!(found[3]["request"]["body"], json);
    assert_eq!(found[3]["response"]["body"], json);
}

#[test]
fn bodies_are_recorded_only_if_asked_for_and_of_the_application_only() {
    let service = app().routes(routes()).start();
    service.post("/echo", "{}").assert_status(200);
    assert!(!service.get("/actuator/httpexchanges").text().contains("\"body\""));
    let service =
        app().setting("actuator.httpexchanges.include-bodies", "response").routes(routes()).start();
    service.post("/actuator/loggers/ROOT", "{}").assert_status(204);
    service.get("/actuator/info").assert_status(200);
    let binary = Request::new("POST", "/echo").header("content-type", "image/png").body([0; 10]);
    service.send(binary).assert_status(200);
    let found = list(&service, "");
    assert_eq!(found[0]["response"]["body"], json!({"size": 10}));
    assert!(found.iter().all(|one| one["request"]["body"].is_null()));
    assert!(found[1..].iter().all(|one| one["response"]["body"].is_null()), "{found:?}");
}

#[test]
fn a_hostile_request_is_recorded_in_bounds_and_the_next_one_is_served() {
    let service = quiet()
        .taking_long_heads()
        .setting("actuator.httpexchanges.include-bodies", "request,response")
        .routes(routes())
        .start();
    let mut request = Vec::new();
    write!(request, "GET /orders/{} HTTP/1.1\r\nhost: localhost\r\n", "%41".repeat(20_000))
        .unwrap();
    for number in 0..90 {
        write!(request, "x-{number}: {}\r\n", "y".repeat(1_000)).unwrap();
    }
    request.extend_from_slice(b"x-bytes: \xff\xfe\r\nconnection: close\r\n\r\n");
    let answer = testkit::send(service.address, &request);
    assert!(answer.is_some_and(|answer| answer.status() == 200));
    let answer = service.get("/actuator/httpexchanges").assert_status(200);
    assert!(answer.text().len() < 20_000, "{}", answer.text().len());
    let mut bytes =
        b"GET /orders/1 HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nx-bytes: \xff\"<\r\n"
            .to_vec();
    bytes.extend_from_slice(b"\xe2\x82: x\r\n\r\n");
    let _ = testkit::send(service.address, &bytes);
    service.get("/orders/1").assert_status(200);
    assert!(!list(&service, "").is_empty());
}
