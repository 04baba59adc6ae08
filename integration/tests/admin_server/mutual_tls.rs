//! A service that speaks only with those who show a certificate, and an admin server that has one.

#[path = "../../../actuator/src/server/tls/test_certificates.rs"]
mod test_certificates;

use std::io::Write as _;
use std::process::{Command, Stdio};

use actuator_integration::http::ACCEPT_V3;
use actuator_integration::{AdminServer, Folder, Service};
use serde_json::{Value, json};

use test_certificates::Authority;

/// The files of all parties.
struct Files {
    folder: Folder,
}

impl Files {
    fn new() -> Self {
        let folder = Folder::new("mutual-tls");
        let authority = Authority::new("Test authority");
        folder.write("authority.pem", &authority.pem());
        for (name, identity) in
            [("service", authority.server("service")), ("admin", authority.client("admin"))]
        {
            folder.write(&format!("{name}.crt"), &identity.certificate);
            folder.write(&format!("{name}.key"), &identity.key);
        }
        Self { folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// An admin server that shows its certificate to services, and believes those of this authority.
    fn admin_server(&self, version: &str, bundle_setting: &str) -> AdminServer {
        let (certificate, key) = (self.path("admin.crt"), self.path("admin.key"));
        let authority = self.path("authority.pem");
        AdminServer::start_with(
            version,
            &[
                ("spring.ssl.bundle.pem.services.keystore.certificate", &certificate),
                ("spring.ssl.bundle.pem.services.keystore.private-key", &key),
                ("spring.ssl.bundle.pem.services.truststore.certificate", &authority),
                (bundle_setting, "services"),
            ],
        )
    }
}

#[test]
fn an_admin_server_with_a_certificate_manages_a_service_that_asks_for_one() {
    let files = Files::new();
    let server = files.admin_server("4.1.2", "spring.http.clients.ssl.bundle");
    let service = Service::example("quickstart")
        .setting("server.ssl.certificate", &files.path("service.crt"))
        .setting("server.ssl.certificate-private-key", &files.path("service.key"))
        .setting("server.ssl.trust-certificate", &files.path("authority.pem"))
        .setting("server.ssl.client-auth", "need")
        .setting("actuator.security.certificates.admin-server.common-name", "admin")
        .setting("actuator.security.certificates.admin-server.roles", "operator")
        .setting("spring.boot.admin.client.url", server.url())
        .start();
    assert!(service.url().starts_with("https://"), "{}", service.url());

    let instance = server.wait_for_instance(&service);
    let known = server.wait_for_status(&instance, "UP");
    let health = known["registration"]["healthUrl"].as_str().unwrap();
    assert!(health.starts_with("https://localhost:"), "{health}");
    server.wait_for_events(&instance, "INFO_CHANGED", |events| {
        events.iter().any(|event| event == "INFO_CHANGED")
    });
    let body = json!({"configuredLevel": "DEBUG"});
    let answer = server.send("POST", &instance, "loggers/quickstart", Some(&body));
    assert_eq!(answer.status, 204, "{answer:?}");
    let trail = server.proxied(&instance, "auditevents?type=LOG_LEVEL_CHANGED", ACCEPT_V3).json();
    let who: Vec<&Value> =
        trail["events"].as_array().unwrap().iter().map(|event| &event["principal"]).collect();
    assert_eq!(who, ["admin-server"], "{trail}");

    let refused = talk(&service, &files, &[]);
    assert!(refused.contains("certificate required") && !refused.contains("HTTP/1.1"), "{refused}");
    let (certificate, key) = (files.path("admin.crt"), files.path("admin.key"));
    let answered = talk(&service, &files, &["-cert", &certificate, "-key", &key]);
    assert!(answered.contains("HTTP/1.1 200 OK"), "{answered}");
}

/// What becomes of a GET of health by OpenSSL's client.
#[track_caller]
fn talk(service: &Service, files: &Files, arguments: &[&str]) -> String {
    let address = service.url().trim_start_matches("https://");
    let mut client = Command::new("openssl")
        .args(["s_client", "-quiet", "-connect", address, "-CAfile", &files.path("authority.pem")])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("openssl runs: apt-get install openssl");
    let request = "GET /actuator/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    // It may have been turned away before.
    let _ = client.stdin.as_mut().expect("piped").write_all(request.as_bytes());
    let output = client.wait_with_output().expect("openssl ends");
    [output.stdout, output.stderr]
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .concat()
}
