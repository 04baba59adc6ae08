//! The management API inside a server, a router and a runtime of somebody else's.

use std::net::SocketAddr;

use actuator::{Actuator, Builder, Registration};
use axum::{Router, routing::get};
use tokio::{net::TcpListener, runtime::Runtime};

use crate::app::runtime;

/// A server of the test's own.
struct Embedded {
    address: SocketAddr,
    _kept: (Actuator, Registration),
    _runtime: Runtime,
}

impl Embedded {
    fn get(&self, target: &str) -> testkit::Answer {
        testkit::get(self.address, target)
    }
}

fn embed(
    configure: impl FnOnce(Builder) -> Builder,
    mount: impl FnOnce(&Actuator) -> Router,
) -> Embedded {
    let runtime = runtime();
    let (address, kept) = runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let builder = Actuator::builder()
            .force_setting("actuator.threaddump.stacks", "false")
            .application("embedded", "2.0.0")
            .isolated()
            .without_declarations()
            .listening_on(address);
        let actuator = configure(builder).build().await.unwrap();
        let router = mount(&actuator);
        let registration = actuator.register(address);
        tokio::spawn(async { axum::serve(listener, router).await });
        (address, (actuator, registration))
    });
    Embedded { address, _kept: kept, _runtime: runtime }
}

fn routes() -> Router {
    Router::new().route("/orders/{id}", get(|| async { "order" }))
}

#[test]
fn views_of_health_come_with_the_router() {
    let server = embed(
        |builder| builder.force_setting("actuator.health.kubernetes.enabled", "true"),
        |actuator| routes().merge(actuator.router()),
    );
    assert_eq!(server.get("/readyz").assert_status(200).text(), "ok");
    assert_eq!(server.get("/readyz/readinessState").assert_status(200).text(), "ok");
    server.get("/readyz/none").assert_status(404);
    server.get("/orders/1").assert_status(200);
}

#[test]
fn router_and_layer_serve_and_record_in_ones_own_server() {
    let server = embed(
        |builder| builder,
        |actuator| routes().merge(actuator.router()).layer(actuator.layer()),
    );
    assert_eq!(server.get("/orders/1").assert_status(200).text(), "order");
    server.get("/actuator/health").assert_status(200);
    let metric = server.get("/actuator/metrics/http.server.requests?tag=uri:/orders/{id}");
    assert_eq!(metric.assert_status(200).json()["measurements"][0]["value"], 1.0);
    let exchanges = server.get("/actuator/httpexchanges").text();
    assert!(exchanges.contains("/orders/1"), "{exchanges}");
}

#[test]
fn bodies_are_recorded_in_ones_own_server_by_a_layer_of_their_own() {
    let server = embed(
        |builder| builder.force_setting("actuator.httpexchanges.include-bodies", "response"),
        |actuator| {
            let router = routes().merge(actuator.router());
            router.layer(actuator.body_layer()).layer(actuator.layer())
        },
    );
    server.get("/orders/1").assert_status(200);
    let exchanges = server.get("/actuator/httpexchanges").json();
    let body = &exchanges["exchanges"][0]["response"]["body"];
    assert_eq!(body, &serde_json::json!({"size": 5, "text": "order"}));
}

#[test]
fn a_builder_that_knows_the_address_can_probe_what_listens_there() {
    let server = embed(
        |builder| {
            builder.with(|app| {
                app.health_check("stock", || async { false });
            })
        },
        Actuator::router,
    );
    let builder = Actuator::builder()
        .force_setting("actuator.threaddump.stacks", "false")
        .isolated()
        .listening_on(server.address);
    let probe = |group| builder.probe(group, testkit::PATIENCE).unwrap();
    assert!(probe(None).is_success() && probe(None).status() == Some("UP"));
    assert_eq!(probe(Some("health")).to_string(), "DOWN: stock");
    assert_eq!(probe(Some("nothing")).http_status(), 404);
    let elsewhere = Actuator::builder()
        .force_setting("actuator.threaddump.stacks", "false")
        .isolated()
        .listening_on(([127, 0, 0, 1], 1).into());
    assert!(elsewhere.probe(None, testkit::PATIENCE).unwrap_err().is_probe());
}

#[test]
fn below_a_prefix_every_link_is_right() {
    let server = embed(
        |builder| builder,
        |actuator| Router::new().nest("/internal", actuator.router()).merge(routes()),
    );
    let index = server.get("/internal/actuator").assert_status(200).json();
    let own = format!("http://{}/internal/actuator", server.address);
    assert_eq!(index["_links"]["self"]["href"], own);
    for (name, link) in index["_links"].as_object().unwrap() {
        let href = link["href"].as_str().unwrap();
        let path = href.strip_prefix(&own).unwrap_or_else(|| panic!("{name}: {href}"));
        if link["templated"] == false {
            // The head is enough: the stream of the log has no end.
            let request = testkit::Request::new("HEAD", &format!("/internal/actuator{path}"));
            request.send(server.address).assert_status(200);
        }
    }
    server.get("/internal/actuator/health/diskSpace").assert_status(200);
    let missing = server.get("/internal/actuator/nothing").assert_status(404).json();
    assert_eq!(missing["path"], "/internal/actuator/nothing");
    server.get("/actuator").assert_status(404);
}

#[test]
fn a_server_that_does_not_say_where_it_listens_exposes_only_health() {
    let runtime = runtime();
    let builder = || {
        Actuator::builder()
            .force_setting("actuator.threaddump.stacks", "false")
            .application("e", "1")
            .isolated()
            .without_declarations()
    };
    let actuator = runtime.block_on(builder().build()).unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let router = actuator.router();
    runtime.spawn(async { axum::serve(listener, router).await });
    let health = testkit::get(address, "/actuator/health");
    assert!(health.json().get("components").is_none(), "{}", health.text());
    testkit::get(address, "/actuator/env").assert_status(404);
}

#[test]
fn an_embedded_service_is_ready_once_it_is_built_and_refuses_once_it_leaves() {
    let runtime = runtime();
    runtime.block_on(async {
        let builder = Actuator::builder()
            .force_setting("actuator.threaddump.stacks", "false")
            .application("e", "1")
            .isolated()
            .without_declarations();
        let actuator = builder.build().await.unwrap();
        let readiness = || actuator.availability().readiness();
        assert_eq!(readiness(), actuator::ReadinessState::AcceptingTraffic);
        let registration = actuator.register("127.0.0.1:1".parse().unwrap());
        assert_eq!(readiness(), actuator::ReadinessState::AcceptingTraffic);
        registration.shutdown().await;
        assert_eq!(readiness(), actuator::ReadinessState::RefusingTraffic);
    });
}

#[test]
fn a_build_without_a_runtime_of_many_threads_works_too() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let builder = Actuator::builder()
        .force_setting("actuator.threaddump.stacks", "false")
        .application("e", "1")
        .isolated()
        .without_declarations();
    assert!(runtime.block_on(builder.build()).is_ok());
}

#[test]
fn a_proxy_is_believed_where_the_server_tells_who_is_connected() {
    let embedded = |tells: bool| {
        let runtime = runtime();
        let (address, kept) = runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let builder = Actuator::builder()
                .force_setting("actuator.threaddump.stacks", "false")
                .isolated()
                .without_declarations()
                .listening_on(address)
                .force_setting("actuator.security.allowed-hosts", "*.example")
                .force_setting("server.forward-headers-strategy", "native");
            let actuator = builder.build().await.unwrap();
            let router = routes().merge(actuator.router()).layer(actuator.layer());
            let registration = actuator.register(address);
            tokio::spawn(async move {
                if tells {
                    let service = router.into_make_service_with_connect_info::<SocketAddr>();
                    axum::serve(listener, service).await
                } else {
                    axum::serve(listener, router).await
                }
            });
            (address, (actuator, registration))
        });
        Embedded { address, _kept: kept, _runtime: runtime }
    };
    for (tells, expected) in
        [(true, "https://public.example/actuator"), (false, "http://a.example/actuator")]
    {
        let server = embedded(tells);
        let request = testkit::Request::get("/actuator")
            .header("host", "a.example")
            .header("x-forwarded-proto", "https")
            .header("x-forwarded-host", "public.example");
        let page = request.send(server.address).assert_status(200).json();
        assert_eq!(page["_links"]["self"]["href"], expected);
    }
}
