//! The application's own server as a process.

use testkit::Program;

fn embedded(listen: &str) -> Program {
    Program::at(env!("CARGO_BIN_EXE_embedded")).env("LISTEN", listen)
}

#[test]
fn its_own_routes_and_the_management_api_share_its_server() {
    let service = embedded("127.0.0.1:0").start();
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

#[test]
fn its_start_and_its_stop_are_kept_in_the_file_of_audit_events() {
    let folder = std::env::temp_dir().join(format!("embedded-audit-{}", std::process::id()));
    let file = folder.join("audit.jsonl");
    let setting = format!("--actuator.auditevents.file={}", file.display());
    let service = embedded("127.0.0.1:0").arg(&setting).start();
    service.get("/").assert_status(200);
    service.terminate();
    let (status, log) = service.finish();
    assert_eq!(status.code(), Some(0), "{log}");
    let kept = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    assert!(kept.contains("\"APPLICATION_STARTED\""), "{kept}");
    assert!(kept.contains(r#""data":{"reason":"application"}"#), "{kept}");
}

#[test]
fn the_probe_asks_the_address_that_the_application_chose() {
    let service = embedded("127.0.0.1:0").start();
    let address = service.address().to_string();
    let probe = |listen: &str, group: &str| {
        embedded(listen).arg("--actuator-probe").arg(group).spawn().finish()
    };
    for (group, code, line) in [("stock", 0, "UP"), ("nosuch", 1, "HTTP 404 from ")] {
        let (status, output) = probe(&address, group);
        assert!(status.code() == Some(code) && output.starts_with(line), "{group}: {output}");
    }
    let (status, output) = probe("127.0.0.1:0", "stock");
    assert!(output.contains("`listening_on` leaves the port to the system"), "{output}");
    assert_eq!(status.code(), Some(1));
}
