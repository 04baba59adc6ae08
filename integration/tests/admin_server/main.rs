//! The quickstart example under the real Spring Boot Admin servers of three lines.

mod everywhere;
mod mutual_tls;
mod password;
mod ports;
mod proxy;

use std::fs;

use actuator_integration::http::{ACCEPT_V2, ACCEPT_V3};
use actuator_integration::service::ServiceBuilder;
use actuator_integration::{AdminServer, Folder, Relay, Service, wait};
use serde_json::Value;

/// What a new instance goes through, in this order and once.
const ARRIVAL: [&str; 4] = ["REGISTERED", "STATUS_CHANGED", "ENDPOINTS_DETECTED", "INFO_CHANGED"];

const ENDPOINTS: [&str; 23] = [
    "auditevents",
    "beans",
    "certs",
    "conditions",
    "configprops",
    "env",
    "health",
    "httpexchanges",
    "info",
    "limits",
    "logfile",
    "loggeroverrides",
    "loggers",
    "logstream",
    "mappings",
    "memory",
    "metrics",
    "openapi",
    "prometheus",
    "sbom",
    "startup",
    "tasks",
    "threaddump",
];

fn quickstart(admin: &str) -> ServiceBuilder {
    Service::example("quickstart").setting("spring.boot.admin.client.url", admin)
}

fn wait_for_arrival(server: &AdminServer, instance: &str) -> Vec<String> {
    server.wait_for_events(instance, "INFO_CHANGED", |events| {
        events.last().is_some_and(|last| last == "INFO_CHANGED")
    })
}

/// The tests that every line of the server has to pass, as one module per version.
macro_rules! on_every_server {
    ($($module:ident = $version:literal),+ $(,)?) => { $(
        mod $module {
            pub(super) const VERSION: &str = $version;

            #[test]
            fn a_service_is_registered_detected_and_described_in_that_order() {
                super::a_service_is_registered_detected_and_described_in_that_order(VERSION);
            }

            #[test]
            fn registering_again_changes_nothing_in_ten_periods() {
                super::registering_again_changes_nothing_in_ten_periods(VERSION);
            }

            #[test]
            fn answers_pass_the_proxy_unconverted() {
                super::answers_pass_the_proxy_unconverted(VERSION);
            }

            #[test]
            fn a_restarted_server_gets_the_instance_back() {
                super::a_restarted_server_gets_the_instance_back(VERSION);
            }

            #[test]
            fn a_restarted_service_updates_its_registration() {
                super::a_restarted_service_updates_its_registration(VERSION);
            }

            #[test]
            fn a_service_goes_down_and_comes_back() {
                super::a_service_goes_down_and_comes_back(VERSION);
            }

            #[test]
            fn a_secured_server_lets_the_right_password_in() {
                super::a_secured_server_lets_the_right_password_in(VERSION);
            }

            #[test]
            fn a_terminated_service_takes_itself_off_the_list() {
                super::a_terminated_service_takes_itself_off_the_list(VERSION);
            }
        }
    )+ };
}

on_every_server!(sba_4_1_2 = "4.1.2", sba_3_5_9 = "3.5.9", sba_2_7_16 = "2.7.16");

fn a_service_is_registered_detected_and_described_in_that_order(version: &str) {
    let server = AdminServer::shared(version);
    let service = quickstart(server.url())
        .setting("spring.boot.admin.client.instance.metadata.tags.team", "shop")
        .start();
    let instance = server.wait_for_instance(&service);
    let events = wait_for_arrival(&server, &instance);
    assert_eq!(events, ARRIVAL);

    let known = server.wait_for_status(&instance, "UP");
    let mut endpoints: Vec<&str> =
        known["endpoints"].as_array().unwrap().iter().filter_map(|e| e["id"].as_str()).collect();
    endpoints.sort_unstable();
    assert_eq!(endpoints, ENDPOINTS, "found through the index, not by probing");
    assert_eq!(known["registration"]["name"], "quickstart");
    assert_eq!(known["buildVersion"], "1.0.0");
    assert_eq!(known["tags"]["team"], "shop");
    assert_eq!(known["info"]["build"]["name"], "quickstart");
    assert_eq!(known["statusInfo"]["details"]["greetings"]["details"]["sent"], 0);
}

fn registering_again_changes_nothing_in_ten_periods(version: &str) {
    let server = AdminServer::shared(version);
    let relay = Relay::to(server.url());
    let service =
        quickstart(relay.url()).setting("spring.boot.admin.client.period", "200ms").start();
    let instance = server.wait_for_instance(&service);
    wait_for_arrival(&server, &instance);
    let before = relay.count("POST /instances ");
    wait::until("ten more registrations were sent", || {
        (relay.count("POST /instances ") >= before + 10).then_some(())
    });
    assert_eq!(server.events(&instance), ARRIVAL);
}

fn answers_pass_the_proxy_unconverted(version: &str) {
    let server = AdminServer::shared(version);
    let service = quickstart(server.url()).start();
    let instance = server.wait_for_instance(&service);
    wait_for_arrival(&server, &instance);
    service.get("/hello/proxy");

    for path in
        ["health", "info", "env", "metrics", "beans", "loggers", "threaddump", "httpexchanges"]
    {
        for (accept, media_type) in [
            (ACCEPT_V3, "application/vnd.spring-boot.actuator.v3+json"),
            (ACCEPT_V2, "application/vnd.spring-boot.actuator.v2+json"),
        ] {
            let answer = server.proxied(&instance, path, accept);
            assert_eq!((answer.status, answer.media_type()), (200, media_type), "{path}");
        }
    }
    let health = |accept| server.proxied(&instance, "health", accept).json();
    assert_eq!(health(ACCEPT_V3)["components"]["greetings"]["details"]["sent"], 1);
    assert_eq!(health(ACCEPT_V2)["details"]["greetings"]["details"]["sent"], 1);

    let log = server.proxied(&instance, "logfile", "text/plain, */*");
    assert_eq!((log.status, log.media_type()), (200, "text/plain"));
    assert!(log.body.contains("greeting"), "{}", log.body);
}

fn a_restarted_server_gets_the_instance_back(version: &str) {
    let server = AdminServer::start(version);
    let service =
        quickstart(server.url()).setting("spring.boot.admin.client.period", "500ms").start();
    let instance = server.wait_for_instance(&service);
    wait_for_arrival(&server, &instance);

    let server = server.restart();
    assert_eq!(server.wait_for_instance(&service), instance);
    assert_eq!(wait_for_arrival(&server, &instance), ARRIVAL);
}

fn a_restarted_service_updates_its_registration(version: &str) {
    let server = AdminServer::shared(version);
    let service = quickstart(server.url()).start();
    let instance = server.wait_for_instance(&service);
    wait_for_arrival(&server, &instance);

    let service = service.crash_and_restart();
    assert_eq!(server.wait_for_instance(&service), instance);
    let events = server.wait_for_events(&instance, "REGISTRATION_UPDATED", |events| {
        events.iter().any(|event| event == "REGISTRATION_UPDATED")
    });
    assert_eq!(events.iter().filter(|event| *event == "REGISTERED").count(), 1, "{events:?}");
    server.wait_for_status(&instance, "UP");
}

fn a_service_goes_down_and_comes_back(version: &str) {
    let server = AdminServer::shared(version);
    let folder = Folder::new(&format!("down-{version}"));
    let service =
        quickstart(server.url()).variable("TMPDIR", folder.path().to_str().unwrap()).start();
    let instance = server.wait_for_instance(&service);
    server.wait_for_status(&instance, "UP");

    // The check "tempDir" of the quickstart writes a file there.
    fs::remove_dir_all(folder.path()).unwrap();
    let known = server.wait_for_status(&instance, "DOWN");
    let check = &known["statusInfo"]["details"]["tempDir"];
    assert_eq!(check["status"], "DOWN");
    let error = check["details"]["error"].as_str().unwrap_or_default();
    assert!(error.contains("No such file or directory"), "{check}");
    assert_eq!(known["statusInfo"]["details"]["greetings"]["status"], "UP");

    fs::create_dir_all(folder.path()).unwrap();
    server.wait_for_status(&instance, "UP");
}

fn a_secured_server_lets_the_right_password_in(version: &str) {
    let server = AdminServer::start_secured(version, "keeper", "of the keys");
    let with_password = |password: &str| {
        quickstart(server.url())
            .setting("spring.boot.admin.client.username", "keeper")
            .setting("spring.boot.admin.client.password", password)
            .setting("spring.boot.admin.client.auto-deregistration", "true")
            .start()
    };

    let refused = with_password("of another door");
    let complaint = wait::until("the service says that it was refused", || {
        refused.log().into_iter().find(|line| line.contains("401"))
    });
    assert!(complaint.contains("WARN") && !complaint.contains("of another door"), "{complaint}");
    assert_eq!(server.find_instance(&refused), None);

    let admitted = with_password("of the keys");
    let instance = server.wait_for_instance(&admitted);
    assert_eq!(wait_for_arrival(&server, &instance), ARRIVAL);
    // Deregistration needs the password too.
    admitted.stop();
    let events = server.events(&instance);
    assert_eq!(events.last().map(String::as_str), Some("DEREGISTERED"));
}

fn a_terminated_service_takes_itself_off_the_list(version: &str) {
    let server = AdminServer::shared(version);
    let service = quickstart(server.url())
        .setting("spring.boot.admin.client.auto-deregistration", "true")
        .start();
    let instance = server.wait_for_instance(&service);
    wait_for_arrival(&server, &instance);

    let (status, log) = service.stop();
    assert!(status.success(), "{status}\n{}", log.join("\n"));
    assert_eq!(server.events(&instance).last().map(String::as_str), Some("DEREGISTERED"));
    let known = server.get("/instances", "application/json").json();
    let gone =
        known.as_array().unwrap().iter().all(|other: &Value| other["id"] != instance.as_str());
    assert!(gone, "{known}");
}

#[test]
fn a_terminated_service_ends_although_the_server_hangs() {
    let server = AdminServer::shared("4.1.2");
    let relay = Relay::to(server.url());
    let service = quickstart(relay.url())
        .setting("spring.boot.admin.client.auto-deregistration", "true")
        .start();
    // The server knows of the instance before the service knows under which id.
    wait::until("the service knows that it is registered", || {
        service.log().iter().any(|line| line.contains("registered quickstart at")).then_some(())
    });
    relay.hang();
    let (status, log) = service.stop();
    assert!(status.success(), "{status}\n{}", log.join("\n"));
    assert_eq!(relay.count("DELETE /instances/"), 1);
}
