//! Callers of the management API with tokens of an identity provider, through its front door.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../../src/security/jwt/test_tokens.rs"]
mod tokens;

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener},
    thread,
};

use actuator::{Actuator, Builder, Running};
use serde_json::{Value, json};
use testkit::{Answer, Request};
use tokio::runtime::Runtime;

use self::tokens::{TestKey, seconds, set};

const SPRING: &str = "spring.security.oauth2.resourceserver.jwt";

/// An identity provider with this key; it lives as long as the test.
fn provider(key: &TestKey) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let keys = set(&[key.public("k")]);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length:";
            let _ = write!(stream, "{head} {}\r\n\r\n{keys}", keys.len());
        }
    });
    address
}

struct Service {
    running: Running,
    _runtime: Runtime,
}

fn start(provider: SocketAddr, more: impl FnOnce(Builder) -> Builder) -> Service {
    let builder = Actuator::builder()
        .isolated()
        .without_declarations()
        .force_setting("server.port", "0")
        .force_setting("server.address", "127.0.0.1")
        .force_setting(&format!("{SPRING}.jwk-set-uri"), format!("http://{provider}/keys"));
    let runtime = Runtime::new().unwrap();
    let running = runtime.block_on(more(builder).start()).unwrap();
    Service { running, _runtime: runtime }
}

impl Service {
    fn ask(&self, method: &str, target: &str, token: &str) -> Answer {
        let authorization = format!("Bearer {token}");
        let request = Request::new(method, target).header("authorization", &authorization);
        request.send(self.running.address())
    }
}

fn token(key: &TestKey, roles: &str) -> String {
    let head: Value = json!({"alg": "RS256", "kid": "k"});
    key.sign(&head, &json!({"sub": "ada", "roles": [roles], "exp": seconds(600)}))
}

#[test]
fn a_token_lets_its_caller_do_what_its_roles_allow() {
    let key = TestKey::rsa();
    let service = start(provider(&key), |builder| {
        builder.force_setting("actuator.security.jwt.roles.chief", "operator")
    });
    let anonymous = testkit::get(service.running.address(), "/actuator/info").assert_status(401);
    assert_eq!(anonymous.header("www-authenticate"), Some(r#"Bearer realm="Realm""#));
    let (reader, chief) = (token(&key, "reader"), token(&key, "chief"));
    for _ in 0..2 {
        service.ask("GET", "/actuator/info", &reader).assert_status(200);
        service.ask("POST", "/actuator/loggers/a", &reader).assert_status(403);
        let answer = service.ask("POST", "/actuator/loggers/a", &chief);
        assert_ne!(answer.status(), 403);
    }
    let forged = TestKey::p256().sign(
        &json!({"alg": "RS256", "kid": "k"}),
        &json!({"sub": "ada", "roles": ["chief"], "exp": seconds(600)}),
    );
    service.ask("GET", "/actuator/info", &forged).assert_status(401);
    service.ask("GET", "/actuator/health", &forged).assert_status(401);
    testkit::get(service.running.address(), "/actuator/health").assert_status(200);
}

#[test]
fn who_cannot_be_checked_is_told_to_come_back() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let service = start(nobody, |builder| builder);
    let token = token(&TestKey::rsa(), "reader");
    let answer = service.ask("GET", "/actuator/info", &token).assert_status(503);
    assert!(!answer.text().contains(&nobody.to_string()), "{}", answer.text());
}

#[test]
fn tokens_of_the_settings_are_known_beside_them() {
    let key = TestKey::rsa();
    let service = start(provider(&key), |builder| {
        builder.force_setting("actuator.security.tokens.prometheus.value", "0123456789abcdef0123")
    });
    service.ask("GET", "/actuator/info", "0123456789abcdef0123").assert_status(200);
    service.ask("GET", "/actuator/info", &token(&key, "reader")).assert_status(200);
    service.ask("GET", "/actuator/info", "0123456789abcdef0124").assert_status(401);
    let anonymous = testkit::get(service.running.address(), "/actuator/info");
    assert_eq!(anonymous.header("www-authenticate"), Some(r#"Bearer realm="Realm""#));
}
