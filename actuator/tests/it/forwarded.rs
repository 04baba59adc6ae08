//! Proxies in front of a service, over HTTP: who is believed, and what it decides.

use axum::{Router, routing::get};
use serde_json::Value;
use testkit::Request;

use crate::app::{Service, TestApp, app};

/// The headers of the recorded requests, and the address that the page had (recorded:
/// `run-forward-headers/*`).
const RECORDED: &[(&[(&str, &str)], &str)] = &[
    (
        &[
            ("x-forwarded-host", "public.example"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-port", "443"),
            ("x-forwarded-prefix", "/p"),
        ],
        "https://public.example/p/actuator",
    ),
    (
        &[
            ("x-forwarded-host", "public.example"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-port", "8443"),
        ],
        "https://public.example:8443/actuator",
    ),
    (&[("x-forwarded-proto", "https")], "https://app.example/actuator"),
    (&[("forwarded", "proto=https;host=public.example")], "https://public.example/actuator"),
];

fn behind(proxies: &str) -> TestApp {
    app()
        .setting("actuator.security.allowed-hosts", "*.example")
        .setting("server.forward-headers-strategy", "framework")
        .setting("actuator.forwarded.trusted-proxies", proxies)
        .setting("management.httpexchanges.recording.include", "remote-address")
        .routes(Router::new().route("/orders", get(|| async {})))
}

fn send(service: &Service, target: &str, headers: &[(&str, &str)]) -> Value {
    let request = Request::get(target).header("host", "app.example:8080");
    let request = headers.iter().fold(request, |request, (k, v)| request.header(k, v));
    let answer = service.send(request).assert_status(200);
    if answer.body().is_empty() { Value::Null } else { answer.json() }
}

fn link(service: &Service, headers: &[(&str, &str)]) -> String {
    send(service, "/actuator", headers)["_links"]["self"]["href"].as_str().unwrap().to_owned()
}

/// URI and remote address of the last request of the application.
fn last(service: &Service) -> (String, String) {
    let found = service.get("/actuator/httpexchanges?limit=1").json();
    let request = &found["exchanges"][0]["request"];
    let text = |name: &str| request[name].as_str().unwrap_or_default().to_owned();
    (text("uri"), text("remoteAddress"))
}

#[test]
fn links_are_those_that_were_recorded() {
    let service = behind("127.0.0.0/8").start();
    for (headers, expected) in RECORDED {
        assert_eq!(link(&service, headers), *expected, "{headers:?}");
    }
    assert_eq!(link(&service, &[]), "http://app.example:8080/actuator");
    let own_port = behind("127.0.0.0/8").setting("management.server.port", "0").start();
    let request = Request::get("/actuator").header("x-forwarded-proto", "https");
    let page = request.header("host", "m.example:1").send(own_port.management).json();
    assert_eq!(page["_links"]["self"]["href"], "https://m.example/actuator");
}

#[test]
fn exchanges_show_the_caller_and_the_address_that_it_knows() {
    let service = behind("127.0.0.1").start();
    let headers = [
        ("x-forwarded-for", "6.6.6.6, 203.0.113.7"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "public.example"),
        ("x-forwarded-prefix", "/shop"),
    ];
    send(&service, "/orders?page=2", &headers);
    let expected = "https://public.example/shop/orders?page=2";
    assert_eq!(last(&service), (expected.to_owned(), "203.0.113.7".to_owned()));
    // Two proxies, one of which is named by its address.
    let service = behind("127.0.0.1, 10.0.0.0/8").start();
    send(&service, "/orders", &[("forwarded", "for=\"[2001:db8::7]:47\", for=10.2.3.4")]);
    assert_eq!(last(&service).1, "2001:db8::7");
}

#[test]
fn trap_seed_16_only_trusted_proxies_are_believed_and_only_what_can_be_read() {
    let spoofed: &[&[(&str, &str)]] = &[
        &[("forwarded", "for=203.0.113.7;host=evil.example;proto=https")],
        &[("forwarded", "FOR=\"[2001:db8::1]:4711\";Host=evil.example")],
        &[("x-forwarded-for", "203.0.113.7"), ("x-forwarded-host", "evil.example")],
        &[("x-forwarded-proto", "https"), ("x-forwarded-prefix", "/evil")],
    ];
    let plain = "http://app.example:8080/actuator";
    let strangers = [
        behind("10.0.0.0/8"),
        behind("unix"),
        behind(""),
        behind("127.0.0.1").setting("server.forward-headers-strategy", "none"),
        app()
            .setting("actuator.security.allowed-hosts", "*.example")
            .setting("management.httpexchanges.recording.include", "remote-address"),
    ];
    for stranger in strangers {
        let service = stranger.routes(Router::new().route("/o", get(|| async {}))).start();
        for headers in spoofed {
            assert_eq!(link(&service, headers), plain, "{headers:?}");
            send(&service, "/o", headers);
            let (uri, remote) = last(&service);
            assert_eq!((&*uri, &*remote), ("http://app.example:8080/o", "127.0.0.1"));
        }
    }
    let service = behind("127.0.0.1").start();
    let upper = [("forwarded", "FOR=\"[2001:DB8::1]:4711\";PROTO=HTTPS;HOST=Public.example")];
    assert_eq!(link(&service, &upper), "https://Public.example/actuator");
    send(&service, "/orders", &upper);
    assert_eq!(last(&service).1, "2001:db8::1");
    for garbage in [
        "for=;;==\"unclosed",
        "for=\"[::1\"",
        "for=1.2.3.4;for=5.6.7.8;host=evil.example",
        "host=\"evil.example/x?\"",
        "proto=javascript;host=evil.example",
        "for=unknown",
        "for=_hidden",
        ",,,",
        "=",
        &"for=1.2.3.4,".repeat(500),
    ] {
        let headers = [("forwarded", garbage)];
        assert_eq!(link(&service, &headers), plain, "{garbage}");
        send(&service, "/orders", &headers);
        assert_eq!(last(&service).1, "127.0.0.1", "{garbage}");
    }
}

#[test]
fn settings_that_cannot_be_read_refuse_the_start() {
    let error = behind("10.0.0.0/33").setting("actuator.sanitize.value-patterns", "(").refused();
    let error = error.to_string();
    for part in ["actuator.forwarded.trusted-proxies", "10.0.0.0/33", "value-patterns", "forced"] {
        assert!(error.contains(part), "{part} in {error}");
    }
    let tomcat = app()
        .setting("actuator.security.allowed-hosts", "*.example")
        .setting("server.forward-headers-strategy", "native")
        .setting("server.tomcat.remoteip.internal-proxies", r"127\.0\.0\.1")
        .start();
    let headers = [("x-forwarded-proto", "https")];
    assert_eq!(link(&tomcat, &headers), "https://app.example/actuator");
}

#[test]
fn a_page_of_the_public_address_may_write_and_one_of_the_inner_address_not() {
    let service = behind("127.0.0.1").start();
    let write = |origin: &str| {
        let request = Request::post("/actuator/loggers/forwarded", r#"{"configuredLevel":"INFO"}"#)
            .header("host", "app.example:8080")
            .header("x-forwarded-host", "public.example")
            .header("x-forwarded-proto", "https")
            .header("origin", origin);
        service.send(request).status()
    };
    assert_eq!(write("https://public.example"), 204);
    assert_eq!(write("http://app.example:8080"), 403);
}
