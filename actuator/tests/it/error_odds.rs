//! What the error layer leaves alone, and panics of odd kinds: over real connections.

use std::io::{Read as _, Write as _};

use axum::{
    Router,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use serde_json::json;
use testkit::Request;

use crate::app::{Service, app};

/// Whatever this is: nobody looks into it.
const PACKED: &[u8] = b"\x1f\x8b\x08\x00\xff\x00";

/// What a layer of the application compressed.
async fn packed() -> Response {
    let encoded = [(header::CONTENT_TYPE, "text/plain"), (header::CONTENT_ENCODING, "gzip")];
    (StatusCode::BAD_REQUEST, encoded, PACKED).into_response()
}

async fn switching() -> Response {
    let headers = [(header::CONNECTION, "upgrade"), (header::UPGRADE, "echo")];
    (StatusCode::SWITCHING_PROTOCOLS, headers).into_response()
}

fn service() -> Service {
    let routes = Router::new()
        .route("/packed", get(packed))
        .route("/switching", get(switching))
        .route(
            "/unchanged",
            get(|| async { (StatusCode::NOT_MODIFIED, [(header::ETAG, "\"e\"")]) }),
        )
        .route("/number", get(|| async { panic_with(7_u8) }))
        .route("/text", get(|| async { panic_with("api_key=odd-sesame".to_owned()) }))
        .route("/lines", get(|| async { panic_with("one\n\u{1b}[31mtwo\u{0}".to_owned()) }));
    app().setting("actuator.errors.enabled", "true").routes(routes).start()
}

fn panic_with(payload: impl std::any::Any + Send) -> StatusCode {
    std::panic::panic_any(payload)
}

#[test]
fn compressed_errors_and_answers_without_a_body_pass_through() {
    let service = service();
    let packed = service.get("/packed").assert_status(400);
    assert_eq!((packed.body(), packed.header("content-encoding")), (PACKED, Some("gzip")));
    assert_eq!((packed.media_type(), packed.header("vary")), ("text/plain", None));
    let head = service.send(Request::new("HEAD", "/packed")).assert_status(400);
    assert_eq!((head.header("content-encoding"), head.header("vary")), (Some("gzip"), None));
    let unchanged = service.get("/unchanged").assert_status(304);
    assert_eq!((unchanged.header("etag"), unchanged.header("content-type")), (Some("\"e\""), None));
}

#[test]
fn a_change_of_protocols_passes_through() {
    let service = service();
    let mut stream = testkit::open(service.address);
    let request = "GET /switching HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
    assert!(answer.contains("upgrade: echo\r\n") && answer.ends_with("\r\n\r\n"), "{answer}");
}

#[test]
fn a_panic_of_any_kind_is_a_500_that_says_nothing_of_it() {
    let service = service();
    for path in ["/number", "/text", "/lines"] {
        for _ in 0..2 {
            let answer = service.get(path).assert_status(500);
            assert_eq!(answer.json()["status"], json!(500), "{path}");
            assert!(!answer.text().contains("sesame") && !answer.text().contains("two"));
        }
    }
    let log = service.get("/actuator/logfile").assert_status(200).text();
    let told = |words: &str| log.contains(&format!("panic={words}"));
    assert!(told("\"no message\"") && told("\"api_key=******\""), "{log}");
    assert!(told("\"one\\n\\u001B[31mtwo\\u0000\""), "{log}");
    assert!(!log.contains("odd-sesame"), "{log}");
}
