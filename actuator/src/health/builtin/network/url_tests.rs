//! Addresses that answer well, wrongly, partly, and not at all.

use super::*;
use crate::{
    health::Status,
    support::outgoing::fake_server::{FakeServer, answer},
};

/// A detail, as text.
fn detail(health: &Health, key: &str) -> String {
    let found = health.details().find(|(name, _)| *name == key);
    found.map_or_else(String::new, |(_, value)| {
        serde_json::from_str(value.get()).unwrap_or_else(|_| value.get().to_owned())
    })
}

/// What every failing check has: DOWN with an error.
fn error(health: &Health) -> String {
    assert_eq!(health.status(), &Status::DOWN);
    detail(health, "error")
}

async fn serving(status: &str, header: &str, body: &str) -> (FakeServer, Url) {
    let raw = answer(status, header, body);
    let server = FakeServer::start(move |_| Some(raw.clone())).await;
    let url = Url::new(&server.url()).unwrap();
    (server, url)
}

#[tokio::test]
async fn an_address_that_answers_is_up_and_its_log_can_be_searched_for_the_call() {
    let (mut server, check) = serving("204 No Content", "x: y", "").await;
    let mut ids = Vec::new();
    for _ in 0..2 {
        let health = check.check().await;
        assert_eq!(health.status(), &Status::UP);
        assert_eq!(detail(&health, "url"), format!("{}/", server.url()));
        assert_eq!(detail(&health, "status"), "204");
        detail(&health, "duration").parse::<u64>().unwrap();
        let id = detail(&health, "requestId");
        let asked = server.asked().await;
        assert_eq!(asked.line, "GET /");
        assert!(asked.headers.contains(&format!("x-request-id: {id}")), "{}", asked.headers);
        ids.push(id);
    }
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn what_is_not_as_expected_is_named_beside_what_was_found() {
    type Expect = fn(Url) -> Url;
    let cases: [(&str, &str, &str, Expect, &str); 8] = [
        ("503 X", "a: b", "", |url| url, "expected status 2xx, found 503 Service Unavailable"),
        (
            "302 X",
            "location: https://login.example/?ticket=hunter2",
            "",
            |url| url,
            "found 302 Found to https://login.example/ (redirects are not followed)",
        ),
        (
            "200 X",
            "a: b",
            "",
            |url| url.expect_status(204).expect_status(404),
            "expected status 204 or 404, found 200 OK",
        ),
        ("200 X", "a: b", "", |url| url.expect_header("x-ready"), "a header x-ready, found none"),
        (
            "200 X",
            "x-ready: no",
            "",
            |url| url.expect_header_value("X-Ready", "yes"),
            "expected the header X-Ready: yes, found \"no\"",
        ),
        (
            "200 X",
            "a: b",
            "",
            |url| url.expect_body("ready"),
            "holds \"ready\", found an empty one",
        ),
        (
            "200 X",
            "a: b",
            "not yet",
            |url| url.expect_body("ready"),
            "\"ready\", found \"not yet\"",
        ),
        ("299 X", "a: b", "", |url| url.expect_status(200), "found 299"),
    ];
    for (status, header, body, expect, complaint) in cases {
        let (_server, check) = serving(status, header, body).await;
        let health = expect(check).check().await;
        let error = error(&health);
        assert!(error.contains(complaint), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
        assert_eq!(detail(&health, "status"), status.split(' ').next().unwrap());
    }
}

#[tokio::test]
async fn a_redirect_a_header_and_a_body_that_are_expected_are_up() {
    let (_server, check) = serving("302 Found", "x-ready: yes", "all is ready").await;
    let check = check
        .expect_status(302)
        .expect_header("x-ready")
        .expect_header_value("x-ready", "yes")
        .expect_body("is ready");
    assert_eq!(check.check().await.status(), &Status::UP);
}

#[tokio::test]
async fn head_is_sent_where_it_is_wanted() {
    let (mut server, check) = serving("200 OK", "connection: close", "").await;
    assert_eq!(check.head().check().await.status(), &Status::UP);
    assert_eq!(server.asked().await.line, "HEAD /");
}

#[tokio::test]
async fn a_server_that_hangs_before_or_within_its_answer_is_down_after_the_checks_own_timeout() {
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nready".to_owned();
    for raw in [None, Some(half)] {
        let server = FakeServer::start(move |_| raw.clone()).await;
        let limit = Duration::from_millis(50);
        let check = Url::new(&server.url()).unwrap().expect_body("nothing").timeout(limit);
        let error = error(&check.check().await);
        assert!(error.contains("expected an answer within 50ms, found none"), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_or_closes_early_is_down_with_the_cause() {
    let closes = FakeServer::start(|_| Some("connection: close".to_owned())).await;
    let closed = error(&Url::new(&closes.url()).unwrap().check().await);
    assert!(closed.contains("expected an answer, found no connection ("), "{closed}");

    let cut = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 100\r\n\r\nready";
    let cuts = FakeServer::start(move |_| Some(cut.to_owned())).await;
    let check = Url::new(&cuts.url()).unwrap().expect_body("nothing");
    let cut = error(&check.check().await);
    assert!(cut.contains("expected an answer, found no connection ("), "{cut}");

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let gone = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let refused = error(&Url::new(&gone).unwrap().check().await);
    assert!(refused.contains("Connection refused"), "{refused}");
}

#[tokio::test]
async fn a_body_without_an_end_is_read_for_64_kib() {
    let chunk = format!("{:x}\r\n{}\r\n", 4096, "x".repeat(4096));
    let raw = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{}", chunk.repeat(20));
    let server = FakeServer::start(move |_| Some(raw.clone())).await;
    // No end of the body comes: a check that waited for it would time out.
    let check = Url::new(&server.url()).unwrap().expect_body("end").timeout(Duration::from_mins(5));
    let error = error(&check.check().await);
    assert!(error.contains("in its first 64 KiB holds \"end\", found \"xxx"), "{error}");
    assert!(error.len() < 300, "{error}");
}

#[tokio::test]
async fn secrets_of_the_address_and_of_headers_are_sent_and_never_shown() {
    let mut server = FakeServer::start(|_| Some(answer("500 X", "a: b", ""))).await;
    let address = format!("http://joe:hunter2@{}/ping?key=hunter2#hunter2", server.address());
    let check = Url::new(&address).unwrap().header("x-api-key", "hunter2").unwrap();
    let health = check.check().await;
    let asked = server.asked().await;
    assert_eq!(asked.line, "GET /ping?key=hunter2");
    assert!(asked.headers.contains("authorization: Basic am9lOmh1bnRlcjI="), "{}", asked.headers);
    assert!(asked.headers.contains("x-api-key: hunter2"), "{}", asked.headers);
    let shown = format!("{health:?} {check:?}");
    assert!(!shown.contains("hunter2"), "{shown}");
    assert_eq!(detail(&health, "url"), format!("http://{}/ping", server.address()));
}

#[test]
fn what_is_no_address_is_refused_without_being_repeated() {
    for bad in ["shop.example/ping", "ftp://shop:hunter2@x", "joe:hunter2@shop", "", "http://"] {
        let error = Url::new(bad).unwrap_err().to_string();
        assert!(error.contains("https://shop.example/ping"), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
    let error = Url::new("http://a").unwrap().header("x", "hunter2\n").unwrap_err().to_string();
    assert!(error.contains("header x") && !error.contains("hunter2"), "{error}");
}
