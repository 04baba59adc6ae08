//! The name of a request on its way: from its caller through the service to those that it calls, and
//! back.

use std::{
    convert::Infallible,
    io::{Read as _, Write as _},
    sync::mpsc,
};

use actuator::{
    client::{ClientMeters, PropagationLayer},
    request::{RequestContext, outgoing_headers},
};
use axum::{
    Router, body::Body, extract::Request as Asked, http::HeaderMap, response::Response as Reply,
    routing::get,
};
use testkit::{Answer, Request};
use tower::{Layer as _, ServiceExt as _, service_fn};
use tracing::Instrument as _;

use crate::app::{Service, app};

const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// A service that answers with the headers that it was sent.
fn mirror() -> Service {
    let headers = |headers: HeaderMap| async move {
        headers.iter().fold(String::new(), |text, (name, value)| {
            format!("{text}{name}: {}\n", value.to_str().unwrap())
        })
    };
    app().routes(Router::new().route("/", get(headers))).start()
}

/// Asks a peer over a real connection.
async fn ask(request: Asked<Body>) -> Result<Reply<Body>, Infallible> {
    let (head, _) = request.into_parts();
    let call = head.headers.iter().fold(Request::get("/"), |call, (name, value)| {
        call.header(name.as_str(), value.to_str().unwrap())
    });
    let address = head.uri.authority().unwrap().as_str().parse().unwrap();
    let answer = tokio::task::spawn_blocking(move || call.send(address)).await.unwrap();
    Ok(Reply::new(Body::from(answer.text())))
}

/// A service whose routes call the peer, each in its way, and answer with what it was told.
fn caller(peer: &Service, settings: &[(&str, &str)]) -> Service {
    let url = format!("http://{}/", peer.address);
    let to = move |url: &str| Asked::get(url).body(Body::empty()).unwrap();
    let service = settings.iter().fold(app(), |app, (name, value)| app.setting(name, value));
    let (tell, told) = mpsc::channel();
    let service = service.with(move |app| tell.send(ClientMeters::new(app.meters())).unwrap());
    let (plain, metered, by_hand) = (url.clone(), url.clone(), url);
    let told = std::sync::Mutex::new(told);
    let meters = std::sync::OnceLock::<ClientMeters>::new();
    let meters = std::sync::Arc::new((meters, told));
    let routes = Router::new()
        .route(
            "/plain",
            get(move || async move {
                let client = PropagationLayer.layer(service_fn(ask));
                client.oneshot(to(&plain)).await.unwrap()
            }),
        )
        .route(
            "/metered",
            get(move || async move {
                let (known, told) = &*meters;
                let layer = known.get_or_init(|| told.lock().unwrap().recv().unwrap()).layer();
                let client = layer.layer(service_fn(ask));
                client.oneshot(to(&metered)).await.unwrap()
            }),
        )
        .route(
            "/by-hand",
            get(move || async move {
                let mut request = to(&by_hand);
                for (name, value) in outgoing_headers() {
                    let name: axum::http::HeaderName = name.parse().unwrap();
                    request.headers_mut().insert(name, value.parse().unwrap());
                }
                ask(request).await.unwrap()
            }),
        );
    service.routes(routes).start()
}

fn line<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[test]
fn an_id_and_a_trace_go_through_the_service_to_those_that_it_calls_and_back() {
    let peer = mirror();
    let service = caller(&peer, &[]);
    for path in ["/plain", "/metered", "/by-hand"] {
        let request = Request::get(path).header("x-correlation-id", "r-1");
        let request = request.header("traceparent", TRACE).header("tracestate", "v=1");
        let answer = service.send(request).assert_status(200);
        assert_eq!(answer.header("x-request-id"), Some("r-1"), "{path}");
        let told = answer.text();
        assert_eq!(line(&told, "x-request-id"), Some("r-1"), "{path}: {told}");
        assert_eq!(line(&told, "tracestate"), Some("v=1"));
        let parent: Vec<_> = line(&told, "traceparent").unwrap().split('-').collect();
        assert_eq!(parent[1], "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_ne!(parent[2], "00f067aa0ba902b7");
        let unnamed = service.get(path).assert_status(200);
        let told = unnamed.text();
        assert_eq!(line(&told, "x-request-id"), unnamed.header("x-request-id"));
        assert_eq!(line(&told, "traceparent"), None);
    }
}

#[test]
fn settings_decide_what_others_are_told_and_under_which_name() {
    let peer = mirror();
    let service = caller(
        &peer,
        &[
            ("actuator.request-id.header", "X-Shop-Request"),
            ("actuator.request-id.accept", ""),
            ("actuator.trace-context.propagate", "false"),
        ],
    );
    let request =
        Request::get("/plain").header("x-shop-request", "r-1").header("x-request-id", "r-2");
    let answer = service.send(request.header("traceparent", TRACE)).assert_status(200);
    let (own, told) = (answer.header("x-shop-request").unwrap(), answer.text());
    assert_eq!(line(&told, "x-shop-request"), Some(own));
    assert!(own != "r-1" && own.len() == 36, "nobody is believed: {own}");
    assert_eq!((line(&told, "x-request-id"), line(&told, "traceparent")), (None, None));
    let silent = caller(&peer, &[("actuator.request-id.propagate", "false")]);
    assert_eq!(line(&silent.get("/plain").text(), "x-request-id"), None);
}

fn ids() -> Router {
    Router::new().route(
        "/",
        get(|request: RequestContext| async move {
            for _ in 0..5 {
                tokio::task::yield_now().await;
                assert_eq!(RequestContext::current().as_ref(), Some(&request));
            }
            format!("<{}>", request.id())
        }),
    )
}

#[test]
fn requests_of_one_connection_are_told_apart() {
    let service = app().routes(ids()).start();
    let mut stream = testkit::open(service.address);
    let requests = "GET / HTTP/1.1\r\nhost: localhost\r\nx-request-id: one\r\n\r\n\
                    GET / HTTP/1.1\r\nhost: localhost\r\n\r\n\
                    GET / HTTP/1.1\r\nhost: localhost\r\nx-request-id: three\r\nconnection: close\r\n\r\n";
    stream.write_all(requests.as_bytes()).unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    let told: Vec<_> = answers.lines().filter_map(|l| l.strip_prefix("x-request-id: ")).collect();
    assert_eq!((told.len(), told[0], told[2]), (3, "one", "three"));
    assert_eq!(told[1].len(), 36, "{answers}");
    for id in told {
        assert_eq!(answers.matches(&format!("<{id}>")).count(), 1, "{answers}");
    }
}

#[test]
fn requests_at_the_same_time_each_keep_their_own_name() {
    let service = app().routes(ids()).start();
    let ask = |client: usize| {
        for number in 0..25 {
            let id = format!("{client}/{number}");
            let answer = Request::get("/").header("x-request-id", &id).send(service.address);
            assert_eq!(answer.text(), format!("<{id}>"));
            let unnamed = testkit::get(service.address, "/");
            assert_eq!(unnamed.text(), format!("<{}>", unnamed.header("x-request-id").unwrap()));
        }
    };
    std::thread::scope(|scope| {
        for client in 0..8 {
            scope.spawn(move || ask(client));
        }
    });
}

/// The lines of a target in the log of the process, of which these tests share one.
fn logged(service: &Service, target: &str) -> Vec<String> {
    let log = service.get("/actuator/logfile").assert_status(200).text();
    let of_target = format!("] {target} : ");
    log.lines().filter(|line| line.contains(&of_target)).map(str::to_owned).collect()
}

#[test]
fn what_is_hostile_names_no_request_in_answer_log_exchange_or_call() {
    let peer = mirror();
    let url = format!("http://{}/", peer.address);
    let handler = get(move || async move {
        tracing::warn!(target: "t_hostile", "in the handler");
        let client = PropagationLayer.layer(service_fn(ask));
        client.oneshot(Asked::get(&url).body(Body::empty()).unwrap()).await.unwrap()
    });
    let routes = Router::new().route("/hostile", handler);
    let service = app().taking_long_heads().routes(routes).start();
    let (long, huge) = (format!("HOSTILE{}", "x".repeat(122)), "HOSTILE".repeat(1_000));
    let hostile = [
        "HOSTILE<script>",
        "a,HOSTILE",
        "HOSTILE ${jndi:ldap://x}",
        "HOSTILE\tx",
        "HOSTILE\"",
        "HOSTILE]",
        "HOSTILE\u{202e}",
        "Root=HOSTILE;Root=1 2",
        &long,
        &huge,
    ];
    for value in hostile {
        let request = format!(
            "GET /hostile HTTP/1.1\r\nhost: localhost\r\nx-request-id: {value}\r\n\
             x-request-id: {value}\r\nx-correlation-id: {value}\r\nconnection: close\r\n\r\n"
        );
        let answer = testkit::send(service.address, request.as_bytes()).unwrap().assert_status(200);
        let own = answer.header("x-request-id").unwrap().to_owned();
        assert!(own.len() == 36 && !own.contains("HOSTILE"), "{value}: {own}");
        assert_eq!(line(&answer.text(), "x-request-id"), Some(&*own));
        let lines = logged(&service, "t_hostile");
        let last = lines.last().unwrap();
        assert!(last.contains(&format!("] [{own}] t_hostile : ")), "{last}");
        assert!(!last.contains("HOSTILE"), "{last}");
        let shown = service.get("/actuator/httpexchanges").json();
        let exchanges = shown["exchanges"].as_array().unwrap();
        let of_it = |one: &&serde_json::Value| one["requestId"] == own.as_str();
        assert_eq!(exchanges.iter().filter(of_it).count(), 1, "{shown}");
    }
    // What ends a line ends the header: there is no such value, whoever sends it.
    for value in ["HOSTILE\u{1b}[31m", "HOSTILE\0x", "HOSTILE\rx: y"] {
        let request =
            format!("GET /hostile HTTP/1.1\r\nhost: localhost\r\nx-request-id: {value}\r\n\r\n");
        let answer = testkit::send(service.address, request.as_bytes());
        assert_eq!(answer.map(|answer| answer.status()), Some(400), "{value:?}");
    }
    assert_eq!(logged(&service, "t_hostile").len(), hostile.len());
}

#[test]
fn lines_of_tasks_that_a_request_spawned_in_its_span_have_its_id() {
    let handler = get(|request: RequestContext| async move {
        let in_span = async { tracing::warn!(target: "t_spawned", "in its span") };
        tokio::spawn(in_span.in_current_span()).await.unwrap();
        let inner = tracing::warn_span!("inner", order = 7);
        let deep = async { tracing::warn!(target: "t_spawned", "deep") };
        tokio::spawn(deep.instrument(inner)).await.unwrap();
        let in_scope = async { tracing::warn!(target: "t_spawned", "in its scope") };
        tokio::spawn(request.scope(in_scope)).await.unwrap();
        tokio::spawn(async { tracing::warn!(target: "t_spawned", "alone") }).await.unwrap();
    });
    let service = app().routes(Router::new().route("/", handler)).start();
    service.send(Request::get("/").header("x-request-id", "r-spawned")).assert_status(200);
    let lines = logged(&service, "t_spawned");
    let ends = [
        "] [r-spawned] t_spawned : in its span",
        "] [r-spawned] t_spawned : inner{order=7}: deep",
        "] [r-spawned] t_spawned : in its scope",
    ];
    assert_eq!(lines.len(), 4, "{lines:?}");
    for (line, end) in lines.iter().zip(ends) {
        assert!(line.ends_with(end), "{line}");
    }
    assert!(lines[3].ends_with("] t_spawned : alone") && !lines[3].contains("r-spawned"));
}

#[test]
fn management_answers_have_no_id_and_all_others_do() {
    let service = app().routes(ids()).start();
    let id = |answer: &Answer| answer.header("x-request-id").map(str::to_owned);
    for path in ["/actuator", "/actuator/health", "/actuator/nothing"] {
        assert_eq!(id(&service.get(path)), None, "{path}");
    }
    for path in ["/", "/nowhere", "/actuator-foo"] {
        assert!(id(&service.get(path)).is_some(), "{path}");
    }
    let off = app().routes(Router::new().route("/", get(|| async { "on" })));
    let off = off.setting("actuator.request-id.enabled", "false").start();
    assert_eq!(id(&off.get("/").assert_status(200)), None);
}
