//! What Spring Boot Admin needs of a service, asked as the admin server and its UI ask.

use actuator::Health;
use serde_json::Value;
use testkit::Request;

use crate::app::{Service, app};

/// What the admin server sends with every request of its own (3.5, 4.x).
const ADMIN_ACCEPT: &str = "application/vnd.spring-boot.actuator.v3+json,\
     application/vnd.spring-boot.actuator.v2+json,\
     application/vnd.spring-boot.actuator.v1+json,application/json";
const V3: &str = "application/vnd.spring-boot.actuator.v3+json";
const V2: &str = "application/vnd.spring-boot.actuator.v2+json";
/// What a response has to fit in where the admin server buffers it.
const BUFFER: usize = 256 * 1024;

fn links(service: &Service) -> Vec<(String, Value)> {
    let index = service.get("/actuator").assert_status(200).json();
    index["_links"].as_object().unwrap().clone().into_iter().collect()
}

#[test]
fn trap_sba_01_every_document_has_the_actuators_own_media_type() {
    let service = app().start();
    let ids = [
        "",
        "/health",
        "/info",
        "/env",
        "/beans",
        "/loggers",
        "/metrics",
        "/threaddump",
        "/httpexchanges",
        "/metrics/process.uptime",
        "/loggers/ROOT",
        "/env/PID",
        "/health/diskSpace",
    ];
    for id in ids {
        let path = format!("/actuator{id}");
        for accept in [ADMIN_ACCEPT, "*/*", "text/html,application/json;q=0.9,*/*;q=0.8"] {
            let answer = service.send(Request::get(&path).header("accept", accept));
            let answer = answer.assert_status(200);
            if accept == ADMIN_ACCEPT || accept == "*/*" {
                assert_eq!(answer.media_type(), V3, "{path} for {accept}");
            }
        }
        assert_eq!(service.get(&path).media_type(), V3, "{path}");
        // Plain JSON is for those who accept nothing else.
        let plain = service.send(Request::get(&path).header("accept", "application/json"));
        assert_eq!(plain.media_type(), "application/json", "{path}");
    }
    // A status that is not 200 has it too: the admin server reads the body of a 503.
    service.availability().set_liveness(actuator::LivenessState::Broken);
    let down = service.send(Request::get("/actuator/health").header("accept", ADMIN_ACCEPT));
    assert_eq!(down.clone().assert_status(503).media_type(), V3);
}

#[test]
fn trap_sba_02_an_older_admin_server_gets_the_older_form() {
    let service = app().start();
    let older = "application/vnd.spring-boot.actuator.v2+json,\
         application/vnd.spring-boot.actuator.v1+json,application/json";
    let health = service.send(Request::get("/actuator/health").header("accept", older));
    assert_eq!(health.media_type(), V2);
    assert!(health.json()["details"].is_object() && health.json().get("components").is_none());
}

#[test]
fn trap_sba_04_links_are_absolute_and_say_whether_they_are_templates() {
    let service = app().setting("actuator.security.allowed-hosts", "orders.example").start();
    let found = links(&service);
    assert!(found.len() > 10);
    for (name, link) in found {
        let href = link["href"].as_str().unwrap_or_else(|| panic!("{name} has no href"));
        assert!(href.starts_with(&format!("http://{}/actuator", service.address)), "{href}");
        assert_eq!(link["templated"].as_bool(), Some(href.contains('{')), "{name}: {link}");
    }
    // Behind a proxy, or by another name: as the caller reached us.
    let named = service.send(Request::get("/actuator").header("host", "orders.example:8443"));
    let href = named.json()["_links"]["health"]["href"].clone();
    assert_eq!(href, "http://orders.example:8443/actuator/health");
}

#[test]
fn trap_sba_05_options_are_answered_with_allow_also_to_a_browser() {
    let service = app().start();
    for path in
        ["/actuator/env", "/actuator/startup", "/actuator/loggers", "/actuator/health", "/actuator"]
    {
        for origin in [None, Some("http://admin.example")] {
            let request = Request::new("OPTIONS", path);
            let request = origin.into_iter().fold(request, |r, o| r.header("origin", o));
            let answer = service.send(request).assert_status(200);
            assert!(answer.header("allow").unwrap().contains("GET"), "{path}");
        }
    }
}

#[test]
fn trap_sba_08_the_first_answer_is_not_unknown_whatever_the_application_says() {
    let service = app().with(|app| {
        app.health_check("undecided", || async { Health::unknown() });
    });
    let health = service.start().get("/actuator/health").assert_status(200).json();
    assert_eq!(health["status"], "UP");
}

#[test]
fn trap_sba_09_the_loggers_view_gets_its_three_members() {
    let loggers = app().start().get("/actuator/loggers").json();
    assert!(loggers["levels"].is_array());
    assert!(loggers["loggers"]["ROOT"]["effectiveLevel"].is_string());
    assert!(loggers["groups"].is_object());
}

#[test]
fn trap_sba_10_every_metric_that_is_listed_can_be_read() {
    let service = app().start();
    let names = service.get("/actuator/metrics").json()["names"].clone();
    let names = names.as_array().unwrap();
    assert!(names.len() > 10);
    for name in names {
        let metric = service.get(&format!("/actuator/metrics/{}", name.as_str().unwrap()));
        let metric = metric.assert_status(200).json();
        assert!(metric["availableTags"].is_array(), "{metric}");
        assert!(metric["measurements"][0]["value"].is_number(), "{metric}");
    }
}

#[test]
fn trap_sba_11_the_log_is_read_by_byte_ranges() {
    let service = app().start();
    let request = |range: &str| {
        let request = Request::get("/actuator/logfile").header("accept", "text/plain, */*");
        service.send(request.header("range", range))
    };
    // The service itself has written its start.
    let tail = request("bytes=-10").assert_status(206);
    assert_eq!(tail.media_type(), "text/plain");
    assert_eq!(tail.body().len(), 10);
    let content_range = tail.header("content-range").unwrap();
    assert!(content_range.starts_with("bytes "), "{content_range}");
    let beyond = request("bytes=999999999-").assert_status(416);
    assert!(beyond.header("content-range").unwrap().starts_with("bytes */"));
    let whole = service.send(Request::get("/actuator/logfile").header("accept", "text/html"));
    whole.assert_status(200);
}

#[test]
fn trap_sba_12_what_the_admin_server_buffers_stays_small_whatever_the_application_says() {
    let service = app().with(|app| {
        for index in 0..3 {
            app.health_check(format!("talkative{index}"), || async {
                Health::up().with_detail("text", "x".repeat(1_000_000))
            });
            app.info_source(format!("talkative{index}"), || "x".repeat(1_000_000));
        }
    });
    let service = service.start();
    for id in ["", "/health", "/info", "/loggers", "/metrics", "/beans", "/env"] {
        let answer = service.get(&format!("/actuator{id}")).assert_status(200);
        assert!(answer.body().len() < BUFFER, "{id}: {} bytes", answer.body().len());
    }
    let health = service.get("/actuator/health").json();
    let note = &health["components"]["talkative0"]["details"]["note"];
    assert!(note.as_str().unwrap().contains("64 KiB"), "{health}");
    let info = service.get("/actuator/info").json();
    assert!(info["talkative0"]["error"].as_str().unwrap().contains("64 KiB"), "{info}");
}

#[test]
fn trap_sba_12_checks_that_are_too_long_together_are_shown_without_details() {
    let service = app().with(|app| {
        for index in 0..5 {
            app.health_check(format!("long{index}"), || async {
                Health::up().with_detail("text", "x".repeat(60_000))
            });
        }
    });
    let service = service.start();
    let answer = service.get("/actuator/health").assert_status(200);
    assert!(answer.body().len() < BUFFER, "{} bytes", answer.body().len());
    assert_eq!(answer.json()["components"]["long4"]["status"], "UP");
    let one = service.get("/actuator/health/long4").json();
    assert_eq!(one["details"]["text"].as_str().map(str::len), Some(60_000));
}
