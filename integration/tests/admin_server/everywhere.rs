//! One service at the servers of all lines at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use actuator_integration::http::{self, ACCEPT_V3, encoded};
use actuator_integration::service::ServiceBuilder;
use actuator_integration::{AdminServer, Service, openmetrics, wait};
use serde_json::json;

use crate::{sba_2_7_16, sba_3_5_9, sba_4_1_2};

/// The servers of all lines.
pub(crate) fn all_servers() -> Vec<Arc<AdminServer>> {
    let versions = [sba_4_1_2::VERSION, sba_3_5_9::VERSION, sba_2_7_16::VERSION];
    thread::scope(|scope| {
        let starts = versions.map(|version| scope.spawn(move || AdminServer::shared(version)));
        Vec::from(starts.map(|start| start.join().unwrap()))
    })
}

/// Has a service register at each of these servers.
pub(crate) fn registering(servers: &[Arc<AdminServer>], service: ServiceBuilder) -> ServiceBuilder {
    let urls = servers.iter().map(|server| server.url()).collect::<Vec<_>>().join(",");
    service
        .setting("spring.boot.admin.client.url", &urls)
        .setting("spring.boot.admin.client.register-once", "false")
}

/// The id of the instance whose health is at the port of this URL.
pub(crate) fn id_everywhere(servers: &[Arc<AdminServer>], url: &str) -> String {
    // The id is made of the address of the service, and so the same everywhere.
    let mut ids: Vec<_> = servers.iter().map(|server| server.wait_for_instance_at(url)).collect();
    ids.dedup();
    assert_eq!(ids.len(), 1, "{ids:?}");
    ids.remove(0)
}

/// The servers of all lines, a service that is registered at each of them, and its id.
fn register_everywhere(service: ServiceBuilder) -> (Vec<Arc<AdminServer>>, Service, String) {
    let servers = all_servers();
    let service = registering(&servers, service).start();
    let instance = id_everywhere(&servers, service.url());
    (servers, service, instance)
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
