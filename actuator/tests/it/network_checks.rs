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
