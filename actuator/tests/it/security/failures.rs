//! Those who guess.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use actuator::security::Peer;
use axum::{body::Body, http::Request as HttpRequest};
use serde_json::Value;
use testkit::Request;
use tower::ServiceExt as _;

use super::{ADMIN, USER, get_as, guarded, with};
use crate::app::{Service, app};

const WRONG: &str = "Basic dXNlcjp4";

fn failures(service: &Service) -> Vec<Value> {
    let trail = "/actuator/auditevents?type=AUTHENTICATION_FAILURE";
    let request = with("GET", trail, ("x-api-key", "the-secret-0123456789"));
    service.send(request).assert_status(200).json()["events"].as_array().unwrap().clone()
}

#[test]
fn a_failure_is_in_the_trail_as_the_admin_server_reads_it() {
    let service =
        guarded().setting("actuator.security.secret.value", "the-secret-0123456789").start();
    get_as(&service, "/actuator/env", WRONG).assert_status(401);
    service.get("/actuator/env").assert_status(401);
    let events = failures(&service);
    assert_eq!(events.len(), 1, "who says nothing has not failed: {events:?}");
    let data = &events[0]["data"];
    assert_eq!(events[0]["principal"], "user");
    assert_eq!(data["details"]["remoteAddress"], "127.0.0.1");
    assert_eq!((&data["message"], &data["scheme"]), (&"Bad credentials".into(), &"basic".into()));
}

#[test]
fn who_guesses_too_often_is_told_to_come_back_later_and_still_sees_health() {
    let service = guarded().setting("actuator.security.throttle.failures", "3").start();
    for _ in 0..3 {
        get_as(&service, "/actuator/env", WRONG).assert_status(401);
    }
    for credentials in [WRONG, USER] {
        let answer = get_as(&service, "/actuator/env", credentials).assert_status(429);
        let after: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=60).contains(&after), "{after}");
        assert_eq!(answer.json()["error"], "Too Many Requests");
    }
    for _ in 0..20 {
        get_as(&service, "/actuator/health", WRONG).assert_status(200);
        service.get("/actuator/health").assert_status(200);
    }
    service.get("/actuator/env").assert_status(401);
}

/// Asks from an address of choice, as a listener would tell it.
fn from(router: &axum::Router, client: [u8; 4], authorization: &str) -> u16 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::from(client)), 4711);
    let mut request = HttpRequest::get("/actuator/info").body(Body::empty()).unwrap();
    request.headers_mut().insert("authorization", authorization.parse().unwrap());
    request.extensions_mut().insert(Peer { address: Some(address), ..Peer::default() });
    runtime.block_on(router.clone().oneshot(request)).unwrap().status().as_u16()
}

#[test]
fn a_correct_credential_of_another_peer_never_suffers() {
    let builder = app()
        .setting("actuator.security.users.user.password", super::HASH)
        .setting("actuator.security.users.admin.password", "{noop}secret")
        .setting("actuator.security.throttle.failures", "2")
        .setting("management.endpoints.web.exposure.include", "*")
        .builder;
    let runtime = crate::app::runtime();
    let actuator = runtime.block_on(builder.build()).unwrap();
    let router = actuator.router();
    for _ in 0..2 {
        assert_eq!(from(&router, [10, 0, 0, 1], WRONG), 401);
    }
    assert_eq!(from(&router, [10, 0, 0, 1], WRONG), 429);
    assert_eq!(from(&router, [10, 0, 0, 1], ADMIN), 429);
    assert_eq!(from(&router, [10, 0, 0, 2], ADMIN), 200);
    // `user:password`, which is hashed.
    assert_eq!(from(&router, [10, 0, 0, 2], "Basic dXNlcjpwYXNzd29yZA=="), 200);
}

#[test]
fn a_flood_of_wrong_passwords_leaves_room_for_health_and_for_who_was_seen_before() {
    let service = app()
        .setting("spring.security.user.password", super::HASH)
        .setting("actuator.security.secret.value", "the-secret-0123456789")
        .setting("actuator.security.throttle.failures", "1000000")
        .start();
    let address = service.address;
    let guesses: Vec<_> = (0..60)
        .map(|_| {
            std::thread::spawn(move || {
                with("GET", "/actuator/env", ("authorization", WRONG)).send(address).status()
            })
        })
        .collect();
    for _ in 0..5 {
        service.get("/actuator/health").assert_status(200);
        let known = with("GET", "/actuator/info", ("x-api-key", "the-secret-0123456789"));
        service.send(known).assert_status(200);
    }
    for guess in guesses {
        let status = guess.join().unwrap();
        assert!(matches!(status, 401 | 503), "{status}");
    }
}

#[test]
fn what_a_guesser_sends_ends_in_no_log_and_in_no_answer() {
    let service =
        guarded().setting("actuator.security.secret.value", "the-secret-0123456789").start();
    // 400 times `x`, an escape sequence in the middle of it, and the password `h4rdt0guess`.
    let basic = format!("Basic {}eBtbMzFteDpoNHJkdDBndWVzcw==", "eHh4".repeat(133));
    get_as(&service, "/actuator/env", &basic).assert_status(401);
    let events = failures(&service);
    let principal = events[0]["principal"].as_str().unwrap();
    assert!(principal.len() <= 200 && principal.starts_with('x'), "{principal}");
    for path in ["/actuator/logfile", "/actuator/auditevents", "/actuator/httpexchanges"] {
        let request = with("GET", path, ("x-api-key", "the-secret-0123456789"));
        let text = service.send(request).text();
        assert!(!text.contains("h4rdt0guess"), "{path}");
    }
    let long = Request::get("/actuator/env")
        .header("authorization", &format!("Bearer {}", "x".repeat(7_000)));
    service.send(long).assert_status(401);
}
