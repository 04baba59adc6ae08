//! Audit events, from the application's own code to the answer.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::{Duration, SystemTime},
};

use actuator::audit::{Audit, AuditEvent, AuditEventFilter, AuditEventRepository, FoundEvents};
use serde_json::{Value, json};

use crate::app::{Service, TestApp, app};

/// 2026-08-21T09:00:00Z in seconds since the epoch.
const START: u64 = 1_787_302_800;

/// The service, and the handle that its set-up was given.
fn start(test: TestApp) -> (Service, Audit) {
    let (sender, handles) = mpsc::channel();
    let service = test.with(move |app| sender.send(app.audit()).unwrap()).start();
    (service, handles.recv().unwrap())
}

fn events(service: &Service, query: &str) -> Vec<Value> {
    let answer = service.get(&format!("/actuator/auditevents{query}")).assert_status(200).json();
    let mut events = answer["events"].as_array().unwrap().clone();
    // The service's own word; see `audit_trail`.
    events.retain(|event| event["type"] != "APPLICATION_STARTED");
    events
}

#[test]
fn what_the_application_records_is_answered_oldest_first_and_without_secrets() {
    let (service, audit) = start(app().with(|app| app.audit().record("", "STARTED", ())));
    assert_eq!(events(&service, "").len(), 1);
    audit.record("kim", "ORDERED", json!({"order": 7, "password": "hunter2"}));
    let found = events(&service, "");
    let types: Vec<_> = found.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["STARTED", "ORDERED"]);
    let first: Vec<_> = found[0].as_object().unwrap().keys().collect();
    assert_eq!(first, ["timestamp", "type"], "what is empty is left out");
    assert_eq!(found[1]["principal"], "kim");
    assert_eq!(found[1]["data"], json!({"order": 7, "password": "******"}));
}

#[test]
fn a_check_that_goes_down_and_comes_back_is_recorded_with_its_cause() {
    let broken = Arc::new(AtomicBool::new(false));
    let switch = Arc::clone(&broken);
    let service = app().with(move |app| {
        app.health_check("db", move || {
            let broken = switch.load(Ordering::Relaxed);
            async move { if broken { Err("no route to host") } else { Ok(()) } }
        });
    });
    let service = service.start();
    for is_broken in [false, true, false] {
        broken.store(is_broken, Ordering::Relaxed);
        service.get("/actuator/health/db");
    }
    let found = events(&service, "?type=HEALTH_CHANGED");
    let down = json!({"check": "db", "from": "UP", "to": "DOWN", "cause": "no route to host"});
    assert_eq!((found.len(), &found[0]["data"]), (2, &down));
    let back = &found[1]["data"];
    assert_eq!((&back["from"], &back["to"]), (&json!("DOWN"), &json!("UP")));
    assert!(back["outage"].as_str().unwrap().starts_with("PT"), "{back}");
}

#[test]
fn a_client_that_remembers_the_last_instant_is_given_only_what_came_later() {
    let (service, audit) = start(app());
    let start = SystemTime::UNIX_EPOCH + Duration::from_secs(START);
    for millis in 0..5 {
        let at = start + Duration::from_millis(millis);
        audit.add(AuditEvent::new(at, "kim", "TICK", json!({ "n": millis })));
    }
    let mut seen = Vec::new();
    let mut after = "2026-08-21T11:00:00.001%2B02:00".to_owned();
    for _ in 0..3 {
        for event in events(&service, &format!("?after={after}&principal=kim&type=TICK")) {
            seen.push(event["data"]["n"].as_u64().unwrap());
            after = event["timestamp"].as_str().unwrap().to_owned();
        }
    }
    assert_eq!(seen, [2, 3, 4]);
}

#[test]
fn of_several_filters_of_one_name_instants_take_the_first_and_texts_are_joined() {
    let (service, audit) = start(app());
    audit.record("kim,lee", "T", ());
    assert_eq!(events(&service, "?principal=kim&principal=lee").len(), 1);
    assert_eq!(events(&service, "?after=2020-01-01T00:00Z&after=nonsense").len(), 1);
    service.get("/actuator/auditevents?after=nonsense&after=2020-01-01T00:00Z").assert_status(400);
}

#[test]
fn only_so_many_events_are_kept() {
    let (service, audit) = start(app().setting("actuator.audit.capacity", "2"));
    for number in 0..100 {
        audit.record("kim", format!("T{number}"), ());
    }
    let found = events(&service, "");
    assert_eq!(
        (&found[0]["type"], &found[1]["type"], found.len()),
        (&json!("T98"), &json!("T99"), 2)
    );
}

#[test]
fn without_audit_events_there_is_no_endpoint_and_recording_does_nothing() {
    let (service, audit) = start(app().setting("management.auditevents.enabled", "false"));
    audit.record("kim", "T", ());
    service.get("/actuator/auditevents").assert_status(404);
    let index = service.get("/actuator").assert_status(200).json();
    assert!(index["_links"].get("auditevents").is_none(), "{index}");
}

/// A repository that forgets everything and cannot be read.
struct Broken;

impl AuditEventRepository for Broken {
    fn add(&self, _: AuditEvent) {}

    fn find(&self, _: AuditEventFilter) -> FoundEvents<'_> {
        Box::pin(async { Err(io::Error::other("the disk is gone")) })
    }
}

#[test]
fn a_repository_that_cannot_be_read_is_an_error_and_says_why_where_that_may_be_said() {
    let test = app().setting("server.error.include-message", "always");
    let (service, audit) = start(test.with(|app| {
        app.audit_repository(Broken);
    }));
    audit.record("kim", "T", ());
    let answer = service.get("/actuator/auditevents").assert_status(500).json();
    assert!(answer["message"].as_str().unwrap().contains("the disk is gone"), "{answer}");
    service.get("/actuator/info").assert_status(200);
}
