//! The views for trying things out, through the front door of a service with a management port.

use actuator::{Actuator, Builder};
use axum::{Router, routing::get};
use testkit::{Request, get as ask};

fn builder() -> Builder {
    Actuator::builder()
        .force_setting("actuator.threaddump.stacks", "false")
        .isolated()
        .without_declarations()
        .force_setting("server.port", "0")
        .force_setting("server.address", "127.0.0.1")
        .force_setting("management.server.port", "0")
        .force_setting("management.server.address", "127.0.0.1")
        .force_setting("actuator.debug.enabled", "true")
        .router(Router::new().route("/orders", get(|| async { "none" })))
}

#[tokio::test(flavor = "multi_thread")]
async fn it_sleeps_fails_and_shows_what_arrives() {
    let service = builder().start().await.unwrap();
    let address = service.management_address();
    ask(address, "/actuator/debug/sleep?time=0.01").assert_status(204);
    ask(address, "/actuator/debug/sleep?time=61").assert_status(400);
    let failed = ask(address, "/actuator/debug/error?status=503").assert_status(503).json();
    assert_eq!(failed, serde_json::json!({"message": "Test", "status": 503}));
    let request = Request::get("/actuator/debug/headers").header("authorization", "Bearer s3cr3t");
    let headers = request.header("x-mine", "7").send(address).assert_status(200).json();
    assert_eq!(headers["headers"]["x-mine"], serde_json::json!(["7"]));
    assert_eq!(headers["headers"]["authorization"], serde_json::json!(["******"]));
    assert_eq!(headers["client_info"]["client_addr"], "127.0.0.1");
    assert!(ask(address, "/actuator/debug/time").assert_status(200).json()["epoch"].is_f64());
    ask(address, "/actuator/debug/nosuch").assert_status(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_request_leaves_behind_is_measured_on_the_applications_own_routes() {
    let service = builder().start().await.unwrap();
    let address = service.management_address();
    let measure = |body: &str| Request::post("/actuator/memory", body).send(address);
    let growth = measure(r#"{"path":"/orders","calls":3}"#).assert_status(200).json();
    assert_eq!(
        (&growth["status"], &growth["responseBytes"]),
        (&200.into(), &12.into()),
        "{growth}"
    );
    // On a port of its own the management API is none of the application's paths.
    let other = measure(r#"{"path":"/actuator/health"}"#).assert_status(200).json();
    assert_eq!(other["status"], 404, "{other}");
    measure(r#"{"path":"orders"}"#).assert_status(400);
}
