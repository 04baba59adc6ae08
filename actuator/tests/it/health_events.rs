//! Changes of health: to callbacks and streams, in the history, set by hand.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::SeqCst},
        mpsc,
    },
    time::{Duration, SystemTime},
};

use actuator::{Health, HealthCheck, HealthEvent, HealthSubscription, Status, StatusOverride};
use serde_json::{Value, json};
use testkit::Request;

use crate::app::{Service, app};

/// A service with a check `db` that the returned switch turns DOWN.
fn service(settings: &[(&str, &str)]) -> (Service, Arc<AtomicBool>) {
    let is_down = Arc::new(AtomicBool::new(false));
    let switch = Arc::clone(&is_down);
    let check = HealthCheck::new("db", move || {
        let is_down = switch.load(SeqCst);
        async move { if is_down { Health::from_error("no route") } else { Health::up() } }
    });
    let app = settings.iter().fold(app(), |app, (name, value)| app.setting(name, value));
    (app.check(check).start(), is_down)
}

fn next(service: &Service, subscription: &mut HealthSubscription) -> HealthEvent {
    service.block_on(async {
        tokio::time::timeout(testkit::PATIENCE, subscription.next()).await.unwrap().unwrap()
    })
}

fn change(event: &HealthEvent) -> String {
    let HealthEvent::Changed(change) = event else { panic!("{event:?}") };
    let cause = change.cause.as_deref().unwrap_or("-");
    let outage = if change.outage.is_some() { " after an outage" } else { "" };
    format!("{} {} -> {} {cause}{outage}", change.path, change.from.code(), change.to.code())
}

#[test]
fn each_change_is_told_once_with_its_cause_and_the_outage_to_streams_callbacks_and_history() {
    let (service, is_down) = service(&[]);
    let health = service.health();
    let mut stream = health.subscribe();
    let told = Arc::new(Mutex::new(Vec::new()));
    let telling = Arc::clone(&told);
    health.on_change(move |change| telling.lock().unwrap().push(change.sequence));
    for down in [false, true, true, false, false] {
        is_down.store(down, SeqCst);
        service.get("/actuator/health");
    }
    let events = [next(&service, &mut stream), next(&service, &mut stream)];
    let expected = ["db UP -> DOWN no route", "db DOWN -> UP no route after an outage"];
    assert_eq!(events.each_ref().map(change), expected);
    assert_eq!(*told.lock().unwrap(), [1, 2]);
    let history = health.history("db").unwrap();
    assert_eq!(history.len(), 2);
    assert!(history[0].at <= history[1].at);
    assert!(health.history("nosuch").is_none());
}

#[test]
fn the_history_is_bounded_and_shown_with_the_check() {
    let (service, is_down) =
        service(&[("actuator.health.history", "3"), ("actuator.health.show-check", "true")]);
    for n in 0..10 {
        is_down.store(n % 2 == 0, SeqCst);
        service.get("/actuator/health");
    }
    assert_eq!(service.health().history("db").unwrap().len(), 3);
    let check = service.get("/actuator/health/db").json()["details"]["check"].clone();
    let history = check["history"].as_array().unwrap();
    assert_eq!(history.len(), 3);
    assert_eq!((&history[0]["from"], &history[0]["to"]), (&json!("DOWN"), &json!("UP")));
    assert_eq!(history[1]["cause"], "no route");
    let whole = service.get("/actuator/health").json();
    assert!(whole["components"]["db"]["details"]["check"].get("history").is_none());
}

#[test]
fn ten_thousand_changes_reach_every_subscriber_that_keeps_up() {
    const CHANGES: u64 = 10_000;
    let (service, is_down) = service(&[("logging.level.actuator::health", "off")]);
    let health = service.health();
    let mut streams = [health.subscribe(), health.subscribe()];
    let told = Arc::new(Mutex::new(0));
    let telling = Arc::clone(&told);
    health.on_change(move |change| {
        let mut told = telling.lock().unwrap();
        *told += 1;
        assert_eq!(change.sequence, *told, "in order and without gaps");
    });
    service.block_on(async {
        for n in 1..=CHANGES {
            is_down.store(n % 2 == 1, SeqCst);
            health.check_now("db").await.unwrap();
            for stream in &mut streams {
                let Some(HealthEvent::Changed(change)) = stream.next().await else { panic!() };
                assert_eq!(change.sequence, n);
            }
        }
    });
    assert_eq!(*told.lock().unwrap(), CHANGES);
}

#[test]
fn a_subscriber_that_sleeps_is_told_how_much_it_missed_and_holds_nobody_up() {
    let (service, is_down) = service(&[("logging.level.actuator::health", "off")]);
    let health = service.health();
    let mut stream = health.subscribe();
    service.block_on(async {
        for n in 0..3_000 {
            is_down.store(n % 2 == 0, SeqCst);
            health.check_now("db").await.unwrap();
        }
    });
    let HealthEvent::Missed(missed) = next(&service, &mut stream) else { panic!() };
    let HealthEvent::Changed(change) = next(&service, &mut stream) else { panic!() };
    assert_eq!(change.sequence, missed + 1);
}

#[test]
fn a_state_that_the_application_sets_is_told_at_once_though_nobody_asks() {
    let service = app().start();
    service.get("/actuator/health/liveness").assert_status(200);
    let mut stream = service.health().subscribe();
    service.availability().broken("out of threads");
    let event = change(&next(&service, &mut stream));
    assert_eq!(event, "livenessState UP -> DOWN out of threads");
}

#[test]
fn a_set_up_function_can_follow_changes_of_health() {
    let (said, hears) = mpsc::channel();
    let service = app().with(move |app| {
        app.health_check("db", || async { Err::<(), _>("no route") });
        app.on_assembled(move |actuator| {
            actuator.health().on_change(move |change| said.send(change.path.clone()).unwrap());
        });
    });
    let service = service.start();
    service.get("/actuator/health").assert_status(503);
    assert_eq!(&*hears.recv_timeout(testkit::PATIENCE).unwrap(), "db");
}

#[test]
fn a_callback_that_panics_or_asks_for_health_itself_disturbs_nobody() {
    let (service, is_down) = service(&[]);
    let health = service.health();
    health.on_change(|_| panic!("not my day"));
    let (asking, seen) = (service.health(), Arc::new(Mutex::new(Vec::new())));
    let saw = Arc::clone(&seen);
    health.on_change(move |change| {
        let history = asking.history(&change.path).unwrap();
        saw.lock().unwrap().push(history.len());
    });
    for down in [true, false] {
        is_down.store(down, SeqCst);
        service.get("/actuator/health");
    }
    assert_eq!(*seen.lock().unwrap(), [1, 2]);
}

#[test]
fn a_status_set_by_hand_is_off_by_default() {
    let (service, _) = service(&[]);
    let body = r#"{"status":"OUT_OF_SERVICE"}"#;
    service.post("/actuator/health", body).assert_status(405);
    service.post("/actuator/health/db", body).assert_status(405);
    service.send(Request::new("DELETE", "/actuator/health/db")).assert_status(405);
}

#[test]
fn an_instance_is_taken_out_for_a_while_by_hand_and_everybody_can_see_who_did() {
    let (service, _) = service(&[("actuator.health.override.enabled", "true")]);
    service.get("/actuator/health").assert_status(200);
    let mut stream = service.health().subscribe();
    service
        .post("/actuator/health", r#"{"duration":"PT10M","reason":"new disk","actor":"kim"}"#)
        .assert_status(204);
    let readiness = service.get("/actuator/health/readiness").assert_status(503).json();
    assert_eq!(readiness["status"], "OUT_OF_SERVICE");
    service.get("/actuator/health/liveness").assert_status(200);
    let health = service.get("/actuator/health").assert_status(503).json();
    assert_eq!(health["status"], "OUT_OF_SERVICE");
    let details = &health["components"]["readinessState"]["details"];
    assert_eq!(
        (&details["overriddenBy"], &details["overrideReason"]),
        (&json!("kim"), &json!("new disk"))
    );
    assert_eq!(details["ownStatus"], "UP");
    assert!(details["overriddenUntil"].as_str().unwrap().ends_with('Z'));
    let event = change(&next(&service, &mut stream));
    assert_eq!(event, "readinessState UP -> OUT_OF_SERVICE set by kim: new disk");

    service.send(Request::new("DELETE", "/actuator/health")).assert_status(204);
    service.get("/actuator/health/readiness").assert_status(200);
    service.send(Request::new("DELETE", "/actuator/health")).assert_status(404);
    let audited = service.get("/actuator/auditevents?type=HEALTH_OVERRIDDEN").json();
    let events = audited["events"].as_array().unwrap();
    assert_eq!(events.len(), 2, "{audited}");
    assert_eq!(events[0]["principal"], "kim");
    assert_eq!(events[0]["data"]["status"], "OUT_OF_SERVICE");
    assert_eq!(events[0]["data"]["reason"], "new disk");
    assert_eq!(events[1]["data"], json!({"check": "readinessState"}));
}

#[test]
fn changes_of_health_are_audit_events() {
    let (service, is_down) = service(&[]);
    for down in [true, false] {
        is_down.store(down, SeqCst);
        service.get("/actuator/health");
    }
    let audited = service.get("/actuator/auditevents?type=HEALTH_CHANGED").json();
    let data: Vec<_> = audited["events"].as_array().unwrap().iter().map(|e| &e["data"]).collect();
    let first = json!({"check": "db", "from": "UNKNOWN", "to": "DOWN", "cause": "no route"});
    assert_eq!(data[0], &first);
    assert_eq!((&data[1]["to"], &data[1]["cause"]), (&json!("UP"), &json!("no route")));
    assert!(data[1]["outage"].as_str().unwrap().starts_with("PT"));
}

#[test]
fn the_webhook_hears_of_a_failure_that_was_there_before_it_and_of_the_recovery() {
    let receiver = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", receiver.local_addr().unwrap());
    let (said, hears) = mpsc::channel();
    std::thread::spawn(move || {
        for connection in receiver.incoming() {
            let mut connection = BufReader::new(connection.unwrap());
            let mut length = 0;
            let mut line = String::new();
            while connection.read_line(&mut line).unwrap() > 2 {
                if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                line.clear();
            }
            let mut body = vec![0; length];
            connection.read_exact(&mut body).unwrap();
            let answer = "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
            connection.into_inner().write_all(answer.as_bytes()).unwrap();
            said.send(serde_json::from_slice::<Value>(&body).unwrap()).unwrap();
        }
    });
    let is_down = Arc::new(AtomicBool::new(true));
    let switch = Arc::clone(&is_down);
    let check = HealthCheck::new("db", move || {
        let is_up = !switch.load(SeqCst);
        async move { is_up }
    });
    let service = app()
        .setting("actuator.health.webhook.url", &url)
        .setting("actuator.health.webhook.minimum-gap", "0s")
        .check(check.interval(Duration::from_millis(5)))
        .start();
    let failure = hears.recv_timeout(testkit::PATIENCE).unwrap();
    assert_eq!((&failure["check"], &failure["to"]), (&json!("db"), &json!("DOWN")));
    assert_eq!(failure["application"], "it");
    is_down.store(false, SeqCst);
    let recovery = hears.recv_timeout(testkit::PATIENCE).unwrap();
    assert_eq!((&recovery["from"], &recovery["to"]), (&json!("DOWN"), &json!("UP")));
    drop(service);
}

#[test]
fn an_override_of_one_check_ends_by_itself_and_that_is_told_too() {
    let (service, is_down) = service(&[("actuator.health.override.enabled", "true")]);
    is_down.store(true, SeqCst);
    service.get("/actuator/health/db").assert_status(503);
    let mut stream = service.health().subscribe();
    let body = r#"{"status":"restricted","duration":"50ms"}"#;
    service.post("/actuator/health/db", body).assert_status(204);
    let events = [next(&service, &mut stream), next(&service, &mut stream)];
    assert_eq!(
        events.each_ref().map(change),
        ["db DOWN -> RESTRICTED set by somebody", "db RESTRICTED -> DOWN no route"]
    );
    service.get("/actuator/health/db").assert_status(503);
}

#[test]
fn a_bad_override_is_refused_with_the_reason_and_changes_nothing() {
    let (service, _) = service(&[
        ("actuator.health.override.enabled", "true"),
        ("actuator.health.override.max-duration", "1h"),
    ]);
    let long = format!(r#"{{"reason":"{}"}}"#, "x".repeat(201));
    for (path, body, status, part) in [
        ("/db", &*long, 400, "reason: expected at most 200 characters"),
        ("/db", r#"{"duration":"2h"}"#, 400, "at most 1h"),
        ("/db", r#"{"duration":"0s"}"#, 400, "more than 0"),
        ("/db", r#"{"duration":"soon"}"#, 400, "duration: "),
        ("/db", r#"{"status":"?!"}"#, 400, "status: expected UP"),
        ("/db", r#"{"status":"DWON"}"#, 400, "status: expected UP"),
        ("/db", r#"{"stauts":"DOWN"}"#, 400, "unknown member \"stauts\""),
        ("/nosuch", "{}", 404, "there is no health check \"nosuch\""),
    ] {
        let answer = service.post(&format!("/actuator/health{path}"), body).assert_status(status);
        assert_eq!(answer.media_type(), "application/json");
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(part), "{body}: {message}");
    }
    service.get("/actuator/health/db").assert_status(200);
    let gone = StatusOverride {
        status: Status::DOWN,
        reason: None,
        actor: None,
        until: SystemTime::now() - Duration::from_secs(1),
    };
    assert!(service.health().override_status("db", gone).is_err());
}
