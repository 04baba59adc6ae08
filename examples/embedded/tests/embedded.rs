//! The application's own server as a process.

use testkit::Program;

#[test]
fn its_own_routes_and_the_management_api_share_its_server() {
    let service = Program::at(env!("CARGO_BIN_EXE_embedded")).start();
    assert_eq!(service.get("/").assert_status(200).text(), "Hello from my own server\n");
    let health = service.get("/actuator/health").assert_status(200).json();
    assert_eq!(health["components"]["stock"]["details"]["items"], 7);
    let metric = service.get("/actuator/metrics/http.server.requests?tag=uri:/");
    assert_eq!(metric.assert_status(200).json()["measurements"][0]["value"], 1.0);
    assert_eq!(service.get("/actuator/info").json()["build"]["name"], "embedded");
    service.terminate();
    let (status, log) = service.finish();
    assert_eq!(status.code(), Some(0), "{log}");
}
