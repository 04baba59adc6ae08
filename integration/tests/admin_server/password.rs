//! A service whose management API asks for Basic credentials, which its registration tells the admin servers.

use actuator_integration::http::{self, ACCEPT_V3};
use actuator_integration::service::ServiceBuilder;
use actuator_integration::{AdminServer, Service};
use base64::Engine as _;
use serde_json::{Value, json};

use crate::everywhere::{all_servers, id_everywhere, registering};

/// bcrypt of `password`.
const HASHED: &str = "{bcrypt}$2a$10$dXJ3SW6G7P50lGmMkkmwe.20cQQubK3.HZWzG3YB1tlRy.fqvM/BG";

/// What every page of an admin server that people open at this address sends with a write.
const PAGE: (&str, &str) = ("Origin", "https://admin.example");

/// A quickstart that knows `ops`, and `guest`, who may only look; both have the password `password`.
fn guarded(password: &str) -> ServiceBuilder {
    Service::example("quickstart")
        .setting("spring.security.user.name", "ops")
        .setting("spring.security.user.password", HASHED)
        .setting("actuator.security.users.guest.password", HASHED)
        .setting("management.endpoint.env.show-values", "when-authorized")
        .setting("management.endpoint.env.roles", "operator")
        .setting("spring.boot.admin.client.instance.metadata.user.name", "ops")
        .setting("spring.boot.admin.client.instance.metadata.user.password", password)
}

fn authorization(user: &str) -> String {
    let pair = base64::engine::general_purpose::STANDARD.encode(format!("{user}:password"));
    format!("Basic {pair}")
}

/// What the service itself answers to a user.
#[track_caller]
fn ask(service: &Service, user: &str, path: &str) -> Value {
    let url = format!("{}/actuator/{path}", service.url());
    http::get(&url, &[("Authorization", &authorization(user))]).json()
}

/// How many events of this kind there are in the service's trail.
#[track_caller]
fn audited(service: &Service, kind: &str) -> Vec<Value> {
    let trail = ask(service, "ops", &format!("auditevents?type={kind}"));
    trail["events"].as_array().unwrap().clone()
}

#[test]
fn the_password_of_the_registration_opens_a_guarded_service_to_every_server() {
    let servers = all_servers();
    let service = registering(&servers, guarded("password")).start();
    let instance = id_everywhere(&servers, service.url());
    for path in ["", "/info", "/env", "/loggers", "/nowhere"] {
        assert_eq!(service.get(&format!("/actuator{path}")).status, 401, "{path}");
    }
    assert_eq!(service.get("/actuator/health").status, 200);

    for server in &servers {
        let known = server.wait_for_status(&instance, "UP");
        let shown = &known["registration"]["metadata"]["user.password"];
        assert_eq!(shown, "******", "the server itself hides it");
        // The index, which it found them through, is guarded too.
        server.wait_for_events(&instance, "INFO_CHANGED", |events| {
            events.iter().any(|event| event == "INFO_CHANGED")
        });
        let health = server.proxied(&instance, "health", ACCEPT_V3).json();
        assert_eq!(health["status"], "UP");
        let currency = server.proxied(&instance, "env/currency", ACCEPT_V3).json();
        assert_eq!(currency["property"]["value"], "EUR", "{currency}");
        set_level(server, &service, &instance);
    }
    assert_eq!(ask(&service, "guest", "env/currency")["property"]["value"], "******");
    assert_eq!(audited(&service, "AUTHENTICATION_FAILURE").len(), 0);
}

/// Over https and on localhost a browser says what kind of request it is; over plain http it does not.
#[track_caller]
fn set_level(server: &AdminServer, service: &Service, instance: &str) {
    let modern = [PAGE, ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "cors")];
    let plain = [PAGE, ("X-Requested-With", "XMLHttpRequest")];
    for (headers, level) in [(&modern[..], "TRACE"), (&plain[..], "DEBUG")] {
        let body = json!({"configuredLevel": level});
        let path = "loggers/quickstart::orders";
        let answer = server.send_with("POST", instance, path, Some(&body), headers);
        assert_eq!(answer.status, 204, "{level}: {answer:?}");
        assert_eq!(ask(service, "ops", path)["configuredLevel"], level);
    }
    // What a page of somebody else would send, if the server let it.
    for headers in [&[PAGE][..], &[PAGE, ("Sec-Fetch-Site", "cross-site")][..]] {
        let body = json!({"configuredLevel": "OFF"});
        let path = "loggers/quickstart::orders";
        let answer = server.send_with("POST", instance, path, Some(&body), headers);
        assert_eq!(answer.status, 403, "{answer:?}");
        assert_eq!(ask(service, "ops", path)["configuredLevel"], "DEBUG");
    }
}

#[test]
fn a_wrong_password_in_the_registration_is_shown_and_audited() {
    let server = AdminServer::shared("4.1.2");
    let service = guarded("of another door")
        .setting("spring.boot.admin.client.url", server.url())
        // The server, which asks again and again, and this test are one peer.
        .setting("actuator.security.throttle.failures", "1000")
        .start();
    let instance = server.wait_for_instance(&service);
    let known = server.wait_for_status(&instance, "DOWN");
    assert_eq!(known["statusInfo"]["details"], json!({"status": 401, "error": "Unauthorized"}));
    let answer = server.proxied(&instance, "env", ACCEPT_V3);
    assert!(answer.status == 401 || answer.status == 404, "{answer:?}");

    let failures = audited(&service, "AUTHENTICATION_FAILURE");
    assert!(!failures.is_empty());
    for failure in &failures {
        assert_eq!(failure["principal"], "ops", "{failure}");
        assert_eq!(failure["data"]["details"]["remoteAddress"], "127.0.0.1", "{failure}");
    }
    let trail = json!(failures).to_string();
    let log = service.log().join("\n");
    assert!(log.contains("wrong credentials for the management API"), "{log}");
    assert!(!trail.contains("another door") && !log.contains("another door"), "{trail}\n{log}");
}
