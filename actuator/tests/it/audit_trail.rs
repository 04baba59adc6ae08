//! What is in the audit trail without a word of the application: start, stop, and all that changes
//! something through the management API; and the file that keeps it.

use std::{fs, path::PathBuf, time::Instant};

use serde_json::{Value, json};
use testkit::Request;

use crate::app::{Service, TestApp, app};

fn events(service: &Service, query: &str) -> Vec<Value> {
    let answer = service.get(&format!("/actuator/auditevents{query}")).assert_status(200).json();
    answer["events"].as_array().unwrap().clone()
}

/// The data of the recorded writes.
fn writes(service: &Service) -> Vec<Value> {
    events(service, "?type=ENDPOINT_WRITE").into_iter().map(|event| event["data"].clone()).collect()
}

/// A file in a folder of its own.
struct Trail(PathBuf);

impl Trail {
    fn new(name: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("actuator-trail-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn path(&self) -> PathBuf {
        self.0.join("audit.jsonl")
    }

    fn app(&self) -> TestApp {
        app().setting("actuator.auditevents.file", self.path().to_str().unwrap())
    }

    /// The types of the events and their data, from the file.
    fn events(&self) -> Vec<(String, Value)> {
        let text = fs::read_to_string(self.path()).unwrap();
        text.lines()
            .map(|line| {
                let event: Value = serde_json::from_str(line).unwrap();
                (event["type"].as_str().unwrap().to_owned(), event["data"].clone())
            })
            .collect()
    }
}

impl Drop for Trail {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn start_and_stop_are_in_the_file_when_the_service_has_ended_and_shown_by_the_next_one() {
    let trail = Trail::new("restart");
    let service = trail.app().start();
    let address = service.address.to_string();
    service.stop().finish();
    let started = json!({"address": address, "application": "it", "version": "1.2.3"});
    let events_of_first = trail.events();
    assert_eq!(events_of_first[0], ("APPLICATION_STARTED".to_owned(), started));
    let stopping = ("APPLICATION_STOPPING".to_owned(), json!({"reason": "application"}));
    // Readiness goes with it, and says so.
    assert!(events_of_first[1..].contains(&stopping), "{events_of_first:?}");
    let service = trail.app().start();
    let types: Vec<_> = events(&service, "")
        .iter()
        .map(|event| event["type"].as_str().unwrap().to_owned())
        .collect();
    let of_life: Vec<_> = types.iter().filter(|name| name.starts_with("APPLICATION_")).collect();
    assert_eq!(of_life, ["APPLICATION_STARTED", "APPLICATION_STOPPING", "APPLICATION_STARTED"]);
}

#[test]
fn a_stop_through_the_endpoint_says_so_and_who_asked_is_recorded() {
    let trail = Trail::new("endpoint");
    let service =
        trail.app().setting("management.endpoint.shutdown.access", "unrestricted").start();
    service.send(Request::new("POST", "/actuator/shutdown").body("")).assert_status(200);
    service.finish();
    let events = trail.events();
    let find = |name: &str| &events.iter().find(|(kind, _)| kind == name).unwrap().1;
    assert_eq!(
        find("ENDPOINT_WRITE"),
        &json!({"endpoint": "shutdown", "operation": "write", "status": 200})
    );
    assert_eq!(find("APPLICATION_STOPPING"), &json!({"reason": "shutdown endpoint"}));
}

#[test]
fn writes_that_were_refused_are_recorded_with_their_status_and_without_secrets() {
    let service = app().start();
    service
        .post("/actuator/loggers/a::b", r#"{"configuredLevel":"LOUD","actor":"kim"}"#)
        .assert_status(400);
    service.post("/actuator/loggers/password=hunter2", "[").assert_status(400);
    service.send(Request::new("POST", "/actuator/loggers/x").body("x")).assert_status(415);
    let loggers = |selector: &str, status: u16| json!({"endpoint": "loggers", "operation": "write", "selectors": [selector], "status": status});
    let mut first = loggers("a::b", 400);
    first["actorClaimed"] = json!(true);
    let secret = loggers("password=******", 400);
    assert_eq!(writes(&service), [first, secret, loggers("x", 415)]);
    assert_eq!(events(&service, "?type=ENDPOINT_WRITE&principal=kim").len(), 1);
}

#[test]
fn a_write_that_settings_forbid_is_recorded_and_one_that_does_not_exist_is_not() {
    let service = app().setting("management.endpoint.loggers.access", "read-only").start();
    service.post("/actuator/loggers/x", r#"{"configuredLevel":"DEBUG"}"#).assert_status(405);
    service.post("/actuator/info", "{}").assert_status(405);
    service.post("/actuator/nothing", "{}").assert_status(404);
    service.get("/actuator/loggers/x");
    service.send(Request::new("OPTIONS", "/actuator/loggers/x"));
    let denied =
        json!({"endpoint": "loggers", "operation": "write", "selectors": ["x"], "status": 405});
    assert_eq!(writes(&service), [denied]);
}

#[test]
fn changes_that_have_events_of_their_own_are_not_recorded_twice() {
    let service = app().setting("actuator.health.override.enabled", "true").start();
    service.post("/actuator/health", r#"{"status":"DOWN","actor":"kim"}"#).assert_status(204);
    service
        .post("/actuator/loggers/audit::twice", r#"{"configuredLevel":"INFO"}"#)
        .assert_status(204);
    assert_eq!(events(&service, "?type=HEALTH_OVERRIDDEN").len(), 1);
    assert_eq!(writes(&service), Vec::<Value>::new());
}

#[test]
fn refused_writes_do_not_drive_everything_else_out_of_the_trail() {
    let service = app().setting("actuator.audit.capacity", "50").start();
    for _ in 0..100 {
        service.post("/actuator/loggers/x", "[").assert_status(400);
    }
    assert_eq!(events(&service, "?type=APPLICATION_STARTED").len(), 1);
    assert!(writes(&service).len() <= 20);
}

#[test]
fn more_than_memory_holds_is_found_in_the_file_by_its_time() {
    let trail = Trail::new("older");
    let service = trail.app().setting("actuator.audit.capacity", "5").with(|app| {
        for number in 0..50 {
            app.audit().record(
                if number == 7 { "lee" } else { "kim" },
                "TICK",
                json!({"n": number}),
            );
        }
        app.audit().authentication_failure("mallory", json!({"password": "hunter2"}));
        app.audit().authentication_success("kim", ());
    });
    let service = service.start();
    let lee = events(&service, "?principal=lee&after=2020-01-01T00:00:00Z");
    assert_eq!((lee.len(), &lee[0]["data"]["n"]), (1, &json!(7)));
    assert_eq!(events(&service, "?principal=lee").len(), 0, "not in memory any more");
    assert_eq!(events(&service, "?after=2020-01-01T00:00:00Z").len(), 5, "as many as memory holds");
    let failure = events(&service, "?type=AUTHENTICATION_FAILURE");
    assert_eq!(failure[0]["data"], json!({"password": "******"}));
    assert_eq!(events(&service, "?type=AUTHENTICATION_SUCCESS&principal=kim").len(), 1);
    assert!(!fs::read_to_string(trail.path()).unwrap().contains("hunter2"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_stops_neither_the_service_nor_the_trail_in_memory_and_is_told() {
    let service = app().setting("actuator.auditevents.file", "/dev/full").start();
    assert_eq!(events(&service, "?type=APPLICATION_STARTED").len(), 1);
    service.get("/actuator/health").assert_status(200);
    let words = "audit events cannot be written to their file";
    let began = Instant::now();
    while !service.get("/actuator/logfile").text().contains(words) {
        assert!(began.elapsed() < testkit::PATIENCE);
        std::thread::yield_now();
    }
    service.stop().finish();
}

#[test]
fn a_file_that_cannot_be_opened_refuses_the_start_with_its_name_and_setting() {
    let trail = Trail::new("refused");
    fs::create_dir_all(trail.path()).unwrap();
    let error = trail.app().refused();
    assert!(error.is_setting());
    let message = error.to_string();
    assert!(message.contains("actuator.auditevents.file"), "{message}");
    assert!(message.contains("audit.jsonl"), "{message}");
}
