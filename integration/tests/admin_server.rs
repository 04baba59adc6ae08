//! The quickstart example under the real Spring Boot Admin servers of three lines.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use actuator_integration::http::{self, ACCEPT_V2, ACCEPT_V3, encoded};
use actuator_integration::service::ServiceBuilder;
use actuator_integration::{AdminServer, Folder, Relay, Service, openmetrics, wait};
use serde_json::{Value, json};

/// What a new instance goes through, in this order and once.
const ARRIVAL: [&str; 4] = ["REGISTERED", "STATUS_CHANGED", "ENDPOINTS_DETECTED", "INFO_CHANGED"];

const ENDPOINTS: [&str; 13] = [
    "auditevents",
    "beans",
    "env",
    "health",
    "httpexchanges",
    "info",
    "logfile",
    "loggeroverrides",
    "loggers",
    "logstream",
    "metrics",
    "prometheus",
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

/// The servers of all lines, a service that is registered at each of them, and its id.
fn register_everywhere(service: ServiceBuilder) -> (Vec<Arc<AdminServer>>, Service, String) {
    let versions = [sba_4_1_2::VERSION, sba_3_5_9::VERSION, sba_2_7_16::VERSION];
    let servers = thread::scope(|scope| {
        let starts = versions.map(|version| scope.spawn(move || AdminServer::shared(version)));
        Vec::from(starts.map(|start| start.join().unwrap()))
    });
    let urls = servers.iter().map(|server| server.url()).collect::<Vec<_>>().join(",");
    let service = service
        .setting("spring.boot.admin.client.url", &urls)
        .setting("spring.boot.admin.client.register-once", "false")
        .start();
    // The id is made of the address of the service, and so the same everywhere.
    let mut ids: Vec<_> = servers.iter().map(|server| server.wait_for_instance(&service)).collect();
    ids.dedup();
    assert_eq!(ids.len(), 1, "{ids:?}");
    (servers, service, ids.remove(0))
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
fn a_change_of_health_is_one_event_at_every_server_and_flapping_is_none() {
    let steered = Service::steered()
        .setting("actuator.health.override.enabled", "true")
        .setting("actuator.health.show-check", "true")
        .setting("actuator.httpexchanges.capacity", "10000");
    let (servers, service, instance) = register_everywhere(steered);
    let all_have = |status: &str| {
        for server in &servers {
            server.wait_for_status(&instance, status);
        }
    };
    all_have("UP");

    service.say("flapping");
    wait::until("the check failed, and the service is UP", || {
        let health = service.get("/actuator/health").json();
        assert_eq!(health["status"], "UP", "{health}");
        let check = &health["components"]["orders"]["details"]["check"];
        (check["result"] == "DOWN").then_some(())
    });
    // Among so many polls there are two of one server, and between these every other has polled too.
    let before = polls(&service);
    wait::until("every server has looked", || {
        (polls(&service) > before + servers.len()).then_some(())
    });

    service.say("degraded");
    all_have("RESTRICTED");
    service.say("down");
    all_have("DOWN");
    // Out of service for the time of the repair: nobody sees an UP between DOWN and that.
    let order = json!({"status": "OUT_OF_SERVICE", "reason": "repair", "duration": "5m"});
    assert_eq!(servers[0].send("POST", &instance, "health", Some(&order)).status, 204);
    service.say("up");
    all_have("OUT_OF_SERVICE");
    assert_eq!(servers[0].send("DELETE", &instance, "health", None).status, 204);
    all_have("UP");

    for server in &servers {
        let statuses = server.statuses(&instance);
        assert_eq!(statuses, ["UP", "RESTRICTED", "DOWN", "OUT_OF_SERVICE", "UP"]);
    }
}

/// How many answers about its whole health the service gave to admin servers.
fn polls(service: &Service) -> usize {
    let exchanges = service.get("/actuator/httpexchanges").json();
    let exchanges = exchanges["exchanges"].as_array().unwrap().iter();
    let polls = exchanges.filter(|exchange| {
        let (request, agent) =
            (&exchange["request"], &exchange["request"]["headers"]["user-agent"]);
        request["uri"].as_str().is_some_and(|uri| uri.ends_with("/actuator/health"))
            && agent[0].as_str().is_some_and(|agent| agent.starts_with("ReactorNetty"))
    });
    polls.count()
}

#[test]
fn a_compressed_exposition_passes_the_proxy_of_every_server_whole() {
    let (servers, service, instance) = register_everywhere(Service::metered());
    // Makes more series than are written at once.
    let statuses = 200..512;
    for status in statuses.clone() {
        service.get(&format!("/status/{status}"));
    }
    for server in &servers {
        let answer =
            server.proxied(&instance, "prometheus", "application/openmetrics-text;version=1.0.0");
        assert_eq!((answer.status, answer.media_type()), (200, "application/openmetrics-text"));
        // The parser refuses what is cut off.
        let families = openmetrics::parse(&answer.body);
        let requests =
            families.iter().find(|family| family.name == "http_server_requests_seconds").unwrap();
        let counted = requests.samples.iter().filter(|sample| {
            sample.name.ends_with("_count") && sample.labels["uri"] == "/status/{status}"
        });
        assert_eq!(counted.count(), statuses.len());
    }
    // The servers ask for gzip, and unpack it before they pass it on.
    let exchanges = service.get("/actuator/httpexchanges").json();
    let compressed = exchanges["exchanges"].as_array().unwrap().iter().filter(|exchange| {
        exchange["request"]["uri"].as_str().is_some_and(|uri| uri.ends_with("/prometheus"))
            && exchange["response"]["headers"]["content-encoding"][0] == "gzip"
    });
    assert_eq!(compressed.count(), servers.len());
}

#[test]
fn meters_are_found_by_any_tag_through_the_proxy_of_every_server() {
    let (servers, service, instance) = register_everywhere(Service::metered());
    let offered = service.get("/actuator/metrics/hostile.value").json();
    let texts = offered["availableTags"][0]["values"].as_array().unwrap();
    assert_eq!(texts.len(), 9, "{offered}");
    for text in texts {
        // Twice, as the web UI does.
        let tag = encoded(&format!("text:{}", text.as_str().unwrap()));
        let path = format!("metrics/hostile.value?tag={tag}&tag={tag}");
        let told = service.get(&format!("/actuator/{path}")).json();
        assert_eq!(told["availableTags"], json!([]), "{text}");
        for server in &servers {
            assert_eq!(server.proxied(&instance, &path, ACCEPT_V3).json(), told, "{text}");
        }
    }
}

#[test]
fn a_terminated_service_ends_although_the_server_hangs() {
    let server = AdminServer::shared("4.1.2");
    let relay = Relay::to(server.url());
    let service = quickstart(relay.url())
        .setting("spring.boot.admin.client.auto-deregistration", "true")
        .start();
    server.wait_for_instance(&service);
    relay.hang();
    let (status, log) = service.stop();
    assert!(status.success(), "{status}\n{}", log.join("\n"));
    assert_eq!(relay.count("DELETE /instances/"), 1);
}

#[test]
fn the_log_stream_passes_the_proxy_of_every_server() {
    let (servers, service, instance) = register_everywhere(Service::wordy());
    for server in &servers {
        // It passes on what it knows the instance to have.
        server.wait_for_events(&instance, "ENDPOINTS_DETECTED", |events| {
            events.iter().any(|event| event == "ENDPOINTS_DETECTED")
        });
        let path = format!("instances/{instance}/actuator/logstream?target=wordy::voice&tail=0");
        let url = format!("{}/{path}", server.url());
        let mut lines = http::lines(&url, &[("Accept", "text/event-stream")]);
        let is_seen = AtomicBool::new(false);
        let arrives = thread::scope(|scope| {
            // 4.1.2 answers before it has asked the instance, and hands on 8 KB at once.
            scope.spawn(|| {
                while !is_seen.load(Ordering::Relaxed) {
                    service.log_long_lines(1, 100, 200);
                    thread::sleep(Duration::from_millis(100));
                }
            });
            let arrives = lines.any(|line| line.contains("said 10 times"));
            is_seen.store(true, Ordering::Relaxed);
            arrives
        });
        assert!(arrives, "{url}");
    }
}
