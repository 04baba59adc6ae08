//! Checks of the network, registered in code, in the answer that operators see.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
    time::Duration,
};

use actuator::checks::{Dns, Tcp, Url};

use crate::app::app;

/// A server that answers every call with this status, on its own thread until the test ends.
fn serving(status: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let head = "content-length: 0\r\nconnection: close\r\n\r\n";
            let _ = write!(stream, "HTTP/1.1 {status}\r\n{head}");
        }
    });
    address
}

#[test]
fn a_service_shows_what_it_depends_on_and_what_is_wrong_with_it() {
    let (good, bad) = (serving("200 OK"), serving("503 Busy"));
    let url = |address: &str| Url::new(&format!("http://{address}/ping")).unwrap();
    let service = app()
        .check(url(&good).named("shop"))
        .check(url(&bad).named("partners/stock"))
        .check(Tcp::new(&good).unwrap().named("port"))
        .check(Dns::new("localhost").unwrap().named("name"))
        .start();
    let health = service.get("/actuator/health").assert_status(503).json();
    let components = &health["components"];
    for up in ["shop", "port", "name"] {
        assert_eq!(components[up]["status"], "UP", "{components}");
    }
    let stock = &components["partners"]["components"]["stock"];
    assert_eq!(stock["status"], "DOWN");
    assert_eq!(stock["details"]["status"], 503);
    let error = "expected status 2xx, found 503 Service Unavailable";
    assert_eq!(stock["details"]["error"], error);
}

#[test]
fn the_deadline_of_all_checks_does_not_cut_a_check_that_has_a_timeout_of_its_own() {
    // Nobody accepts: the connection is made by the system, and no answer ever comes.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let check = Url::new(&address).unwrap().timeout(Duration::from_millis(60)).named("shop");
    let service = app().setting("actuator.health.timeout", "20ms").check(check).start();
    let health = service.get("/actuator/health/shop").assert_status(503).json();
    let error = health["details"]["error"].as_str().unwrap();
    assert!(error.starts_with("expected an answer within 60ms"), "{error}");
}

#[test]
fn checks_that_settings_describe_are_asked_and_the_webhook_is_told_of_them() {
    let bad = serving("503 Busy");
    let receiver = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", receiver.local_addr().unwrap());
    let service = app()
        .setting("actuator.health.url.shop", &format!("http://{bad}/ping"))
        .setting("actuator.health.dns.name", "localhost")
        .setting("actuator.health.webhook.url", &url)
        .setting("actuator.health.webhook.body", "{\"text\":\"[[CHECK]] [[TO]] [[CAUSE]]\"}")
        .start();
    let health = service.get("/actuator/health").assert_status(503).json();
    assert_eq!(health["components"]["name"]["status"], "UP");
    let (mut stream, _) = receiver.accept().unwrap();
    let mut bytes = [0; 4096];
    let mut told = String::new();
    while !told.ends_with('}') {
        let length = stream.read(&mut bytes).unwrap();
        told.push_str(&String::from_utf8_lossy(&bytes[..length]));
    }
    assert!(told.starts_with("POST /hook "), "{told}");
    let text = "shop DOWN expected status 2xx, found 503 Service Unavailable";
    assert!(told.ends_with(&format!("{{\"text\":\"{text}\"}}")), "{told}");
}

#[test]
fn what_cannot_be_asked_refuses_the_start() {
    let error = app()
        .setting("actuator.health.tcp.db", "db.example")
        .setting("actuator.health.webhook.url", "http://127.0.0.1:9")
        .setting("actuator.health.webhook.checks", "piing")
        .refused()
        .to_string();
    assert!(error.contains("actuator.health.tcp.db") && error.contains("ping meant?"), "{error}");
}
