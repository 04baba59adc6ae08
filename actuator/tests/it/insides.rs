//! What the service tells of its own process, through its front door: limits, memory, certificates,
//! and why there is no heap dump.

use actuator::{Actuator, Builder, meter::AllocatorStatistics};
use axum::{Router, routing::get};
use testkit::{Request, get as ask};

fn builder() -> Builder {
    Actuator::builder()
        .force_setting("actuator.threaddump.stacks", "false")
        .isolated()
        .without_declarations()
        .force_setting("server.port", "0")
        .force_setting("server.address", "127.0.0.1")
        .force_setting("management.endpoint.heapdump.access", "unrestricted")
        .router(Router::new().route("/orders", get(|| async { "none" })))
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_memory_and_certificates_are_told() {
    let service = builder().with(|app| {
        app.allocator(|| AllocatorStatistics::default().allocated(4_711));
    });
    let service = service.start().await.unwrap();
    let address = service.address();
    let limits = ask(address, "/actuator/limits").assert_status(200).json();
    let names: Vec<_> =
        limits["limits"].as_array().unwrap().iter().map(|limit| limit["name"].clone()).collect();
    assert!(names.contains(&"files".into()) && names.contains(&"cpu".into()), "{limits}");
    let memory = ask(address, "/actuator/memory?limit=1").assert_status(200).json();
    assert_eq!(memory["maps"].as_array().unwrap().len(), 1);
    assert_eq!(memory["allocator"], serde_json::json!({"allocated": 4_711}));
    let certs = ask(address, "/actuator/certs").assert_status(200).json();
    assert_eq!(certs, serde_json::json!({"certificates": []}));
    // Nobody asked for what is made for trying out.
    ask(address, "/actuator/debug").assert_status(404);
    let body = r#"{"path":"/orders"}"#;
    Request::post("/actuator/memory", body).send(address).assert_status(405);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_heap_dump_that_cannot_be_taken_says_what_is_missing() {
    let service = builder().start().await.unwrap();
    let none = ask(service.address(), "/actuator/heapdump").assert_status(501).json();
    assert!(none["message"].as_str().unwrap().contains("jemalloc"), "{none}");
    let refused = Request::get("/actuator/heapdump").header("accept", "application/json");
    let refused = refused.send(service.address()).assert_status(406);
    assert_eq!(refused.header("accept"), Some("application/octet-stream"));
    let closed = builder().force_setting("management.endpoint.heapdump.access", "");
    let closed = closed.start().await.unwrap();
    ask(closed.address(), "/actuator/heapdump").assert_status(404);
}
