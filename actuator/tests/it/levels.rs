//! Levels of loggers over HTTP: set for a while, by group, many at once, taken back, and kept over
//! a restart.
//!
//! The loggers are those of the process, so every test has names of its own; what concerns all
//! overrides happens in processes of their own.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use actuator::logging::{LevelOverride, LevelOverrideStore, OverridesChange, Stored};
use serde_json::{Value, json};
use testkit::Request;

use crate::app::{Service, app};

const OVERRIDES: &str = "/actuator/loggeroverrides";

fn logger(service: &Service, name: &str) -> Value {
    service.get(&format!("/actuator/loggers/{name}")).assert_status(200).json()
}

/// The override of a name, if there is one.
fn override_of(service: &Service, name: &str) -> Option<Value> {
    let all = service.get(OVERRIDES).assert_status(200).json();
    all["overrides"].as_array().unwrap().iter().find(|set| set["name"] == name).cloned()
}

fn delete(service: &Service, target: &str) -> u16 {
    service.send(Request::new("DELETE", target)).status()
}

fn audited(service: &Service, event_type: &str, name: &str) -> Vec<Value> {
    let target = format!("/actuator/auditevents?type={event_type}");
    let events = service.get(&target).assert_status(200).json();
    let events = events["events"].as_array().unwrap().iter();
    events.filter(|event| event["data"]["name"] == name).cloned().collect()
}

/// Waits for something that comes by itself.
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < testkit::PATIENCE, "{what} did not happen");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_level_that_was_set_for_a_while_shows_what_is_left_and_reverts_by_itself() {
    let service = app().start();
    let target = "/actuator/loggers/it_levels::expires";
    let body =
        r#"{"configuredLevel":"DEBUG","expiresIn":"PT1S","reason":"orders hang","actor":"kim"}"#;
    service.post(target, body).assert_status(204);
    let shown = logger(&service, "it_levels::expires");
    assert_eq!(shown["configuredLevel"], "DEBUG");
    assert_eq!(shown["effectiveLevel"], "DEBUG");
    assert_eq!((&shown["reason"], &shown["actor"]), (&json!("orders hang"), &json!("kim")));
    assert!(shown["expiresIn"].as_str().unwrap().starts_with("PT"), "{shown}");
    let listed = service.get("/actuator/loggers").json();
    let listed = &listed["loggers"]["it_levels::expires"];
    assert_eq!(listed["expiresAt"], shown["expiresAt"]);
    let set = override_of(&service, "it_levels::expires").unwrap();
    let one = service.get(&format!("{OVERRIDES}/it_levels::expires")).assert_status(200).json();
    assert_eq!(one["since"], set["since"]);
    assert_eq!(set["expiresAt"], shown["expiresAt"]);
    assert_eq!(set["actorClaimed"], true, "nobody proved to be kim");
    assert!(set["since"].as_str().unwrap() < set["expiresAt"].as_str().unwrap(), "{set}");

    wait_until("reverting", || override_of(&service, "it_levels::expires").is_none());
    let reverted = json!({"effectiveLevel": "INFO"});
    assert_eq!(logger(&service, "it_levels::expires"), reverted);
    let changed = audited(&service, "LOG_LEVEL_CHANGED", "it_levels::expires");
    let [changed] = changed.as_slice() else { panic!("{changed:?}") };
    assert_eq!(changed["principal"], "kim");
    let expected = json!({
        "name": "it_levels::expires", "to": "DEBUG", "expiresAt": shown["expiresAt"],
        "reason": "orders hang", "actorClaimed": true,
    });
    assert_eq!(changed["data"], expected);
    let reverted = audited(&service, "LOG_LEVEL_REVERTED", "it_levels::expires");
    let [reverted] = reverted.as_slice() else { panic!("{reverted:?}") };
    let expected = json!({"name": "it_levels::expires", "from": "DEBUG", "reason": "orders hang"});
    assert_eq!(reverted["data"], expected);
    service.get(&format!("{OVERRIDES}/it_levels::expires")).assert_status(404);
}

#[test]
fn what_is_set_without_more_words_is_shown_as_spring_shows_it() {
    let service = app().start();
    let target = "/actuator/loggers/it_levels::plain";
    service.post(target, r#"{"configuredLevel":"warn"}"#).assert_status(204);
    let shown = json!({"configuredLevel": "WARN", "effectiveLevel": "WARN"});
    assert_eq!(logger(&service, "it_levels::plain"), shown);
    // The same again with a time, and then for good: the later word counts.
    let timed = r#"{"configuredLevel":"WARN","expiresIn":"10m"}"#;
    service.post(target, timed).assert_status(204);
    assert!(logger(&service, "it_levels::plain")["expiresIn"].is_string());
    service.post(target, r#"{"configuredLevel":"WARN"}"#).assert_status(204);
    assert_eq!(logger(&service, "it_levels::plain"), shown);
    service.post(target, "{}").assert_status(204);
    assert_eq!(override_of(&service, "it_levels::plain"), None);
    assert_eq!(delete(&service, target), 405, "as recorded");
}

#[test]
fn many_levels_are_set_at_once_and_removed_one_by_one() {
    let service = app()
        .setting("logging.level.it_levels::configured", "warn")
        .setting("logging.group.it-levels", "it_levels::many::a,it_levels::many::b")
        .start();
    let body = r#"{"levels":{"it_levels::many::b":"ERROR","it-levels":"TRACE",
        "it_levels::configured":null,"it_levels::nothing":null},
        "expiresIn":"PT10M","reason":"why","actor":"lee"}"#;
    service.post(OVERRIDES, body).assert_status(204);
    let group = logger(&service, "it-levels");
    assert_eq!((&group["configuredLevel"], &group["actor"]), (&json!("TRACE"), &json!("lee")));
    assert_eq!(logger(&service, "it_levels::many::a")["configuredLevel"], "TRACE");
    assert_eq!(logger(&service, "it_levels::many::b")["configuredLevel"], "ERROR");
    assert_eq!(logger(&service, "it_levels::configured")["configuredLevel"], Value::Null);
    assert_eq!(override_of(&service, "it_levels::nothing"), None, "nothing would come back");
    let set = override_of(&service, "it-levels").unwrap();
    assert_eq!(set["members"], json!(["it_levels::many::a", "it_levels::many::b"]));
    let reset = override_of(&service, "it_levels::configured").unwrap();
    assert_eq!(reset["initialLevel"], "WARN");
    assert_eq!(reset.get("expiresAt"), None, "a reset does not expire: {reset}");

    let target = format!("{OVERRIDES}/it_levels::many::b?actor=kim&reason=done");
    assert_eq!(delete(&service, &target), 204);
    assert_eq!(logger(&service, "it_levels::many::b")["configuredLevel"], "TRACE");
    let changed = audited(&service, "LOG_LEVEL_CHANGED", "it_levels::many::b");
    let last = changed.last().unwrap();
    assert_eq!((&last["principal"], &last["data"]["to"]), (&json!("kim"), &json!("TRACE")));
    for name in ["it-levels", "it_levels%3A%3Aconfigured"] {
        assert_eq!(delete(&service, &format!("{OVERRIDES}/{name}")), 204, "{name}");
        assert_eq!(delete(&service, &format!("{OVERRIDES}/{name}")), 404, "{name}");
    }
    assert_eq!(logger(&service, "it_levels::configured")["configuredLevel"], "WARN");
    assert_eq!(logger(&service, "it_levels::many::a"), json!({"effectiveLevel": "INFO"}));
}

#[test]
fn trap_seed_14_of_what_cannot_be_set_nothing_is_and_the_answer_says_what_to_change() {
    let service = app().start();
    let long = "x".repeat(501);
    let levels = |more: &str| format!(r#"{{"levels":{{"it_levels::bad":"DEBUG"}}{more}}}"#);
    let many: Vec<String> = (0..1_001).map(|n| format!("\"n{n}\":\"DEBUG\"")).collect();
    let bodies = [
        (r#"{"levels":{"it_levels::bad":"DEBUG","it_levels::worse":"LOUD"}}"#.to_owned(), "worse"),
        (r#"{"levels":{"it_levels::bad":"DEBUG","a b":"DEBUG"}}"#.to_owned(), "levels: a logger"),
        (format!(r#"{{"levels":{{{}}}}}"#, many.join(",")), "more than 1000 overrides"),
        (levels(r#","expiresIn":"soon""#), "expiresIn: expected 1 second to 30 days"),
        (levels(r#","expiresIn":600"#), "expiresIn: expected 1 second to 30 days"),
        (levels(r#","expiresIn":"31d""#), "expiresIn: expected 1 second to 30 days"),
        (levels(r#","expiresIn":"10ms""#), "expiresIn: expected 1 second to 30 days"),
        (levels(&format!(r#","reason":"{long}""#)), "reason: expected a line"),
        (levels(r#","reason":"a\nINFO b""#), "reason: expected a line"),
        (levels(r#","actor":"\u001b[31m""#), "actor: expected a line"),
        (levels(r#","expires":"10m""#), "unknown member \"expires\""),
        (r#"{"levels":{"it_levels::bad":null},"expiresIn":"10m"}"#.to_owned(), "does not expire"),
        (r#"{"levels":{}}"#.to_owned(), "levels: expected an object"),
        (r#"{"levels":"DEBUG"}"#.to_owned(), "levels: expected an object"),
        ("{}".to_owned(), "levels: expected an object"),
    ];
    for (body, complaint) in bodies {
        let refused = service.post(OVERRIDES, &body).assert_status(400).json();
        let message = refused["message"].as_str().unwrap_or_default();
        assert!(message.contains(complaint), "{complaint} in {refused}");
    }
    for body in [r#"{"levels":{"it_levels::bad":{}}}"#, r#"{"levels":["it_levels::bad"]}"#, "["] {
        service.post(OVERRIDES, body).assert_status(400);
    }
    for body in [
        r#"{"configuredLevel":"DEBUG","expiresIn":"soon"}"#,
        r#"{"configuredLevel":"DEBUG","reason":"a\tb"}"#,
        r#"{"level":"DEBUG","expiresIn":"10m"}"#,
    ] {
        service.post("/actuator/loggers/it_levels::bad", body).assert_status(400);
    }
    service.get("/actuator/loggers/it_levels::bad").assert_status(404);
    assert_eq!(override_of(&service, "it_levels::bad"), None);
    assert!(audited(&service, "LOG_LEVEL_CHANGED", "it_levels::bad").is_empty());
}

#[test]
fn overrides_may_be_read_only() {
    let service = app().setting("management.endpoint.loggeroverrides.access", "read-only").start();
    service.get(OVERRIDES).assert_status(200);
    service.post(OVERRIDES, r#"{"levels":{"it_levels::ro":"DEBUG"}}"#).assert_status(405);
    assert_eq!(delete(&service, OVERRIDES), 405);
}

/// Keeps overrides where the test sees them.
#[derive(Clone, Default)]
struct OwnStore(Arc<Mutex<Vec<LevelOverride>>>);

impl LevelOverrideStore for OwnStore {
    fn place(&self) -> String {
        "the test".to_owned()
    }

    fn load(&self) -> Stored<'_, Vec<LevelOverride>> {
        Box::pin(async { Ok(self.0.lock().unwrap().clone()) })
    }

    fn save<'s>(&'s self, change: &'s OverridesChange) -> Stored<'s, ()> {
        Box::pin(async {
            self.0.lock().unwrap().clone_from(&change.all);
            Ok(())
        })
    }
}

#[test]
fn a_store_of_ones_own_is_asked_at_the_start_and_told_of_changes() {
    let store = OwnStore::default();
    let json = json!({"name": "it_levels::own", "configuredLevel": "TRACE",
        "since": "2026-08-21T09:01:40Z", "reason": "kept"});
    store.0.lock().unwrap().push(serde_json::from_value(json).unwrap());
    let own = store.clone();
    let service = app().with(move |app| {
        app.level_override_store(own);
    });
    let service = service.start();
    assert_eq!(logger(&service, "it_levels::own")["reason"], "kept");
    let restored = audited(&service, "LOG_LEVEL_CHANGED", "it_levels::own");
    assert_eq!(restored[0]["data"]["cause"], "set before the start");
    assert_eq!(delete(&service, &format!("{OVERRIDES}/it_levels::own")), 204);
    let has_it = || store.0.lock().unwrap().iter().any(|set| set.name == "it_levels::own");
    wait_until("saving", || !has_it());
}

/// Runs one of the ignored tests below in a process of its own, and gives what it wrote.
fn process(test: &str, file: &str) -> String {
    let test = format!("levels::{test}");
    String::from_utf8(testkit::in_own_process(&test, &[("IT_LEVELS_FILE", file)]).stdout).unwrap()
}

fn file() -> PathBuf {
    std::env::var_os("IT_LEVELS_FILE").unwrap().into()
}

fn with_file() -> Service {
    app().setting("actuator.loggers.overrides.file", file().to_str().unwrap()).start()
}

#[test]
fn levels_survive_a_restart_in_a_file() {
    let path = std::env::temp_dir().join(format!("it-levels-{}.json", std::process::id()));
    let file = path.to_str().unwrap();
    let first = process("process_that_sets", file);
    assert!(
        first.contains("Level of kept: inherited -> DEBUG, by kim (claimed), for 1h"),
        "{first}"
    );
    let kept = std::fs::read_to_string(&path).unwrap();
    assert!(kept.contains("\"name\":\"kept\"") && !kept.contains("removed"), "{kept}");
    let second = process("process_that_restores", file);
    let line = "set before the start, by kim (claimed), for 59m ";
    assert!(second.contains("WARN") && second.contains(line), "{second}");
    let kept = std::fs::read_to_string(&path).unwrap();
    assert_eq!(kept, r#"{"version":1,"overrides":[]}"#);
    std::fs::write(&path, "{ half").unwrap();
    let third = process("process_that_finds_nothing", file);
    assert!(third.contains("WARN") && third.contains(file), "{third}");
    let aside = path.with_extension("json.unreadable");
    assert_eq!(std::fs::read_to_string(&aside).unwrap(), "{ half");
    std::fs::remove_file(aside).unwrap();
}

#[test]
#[ignore = "run in a process of its own by the test above"]
fn process_that_sets() {
    let service = with_file();
    let body = r#"{"levels":{"kept":"DEBUG","web":"TRACE","removed":"OFF"},"expiresIn":"1h",
        "actor":"kim"}"#;
    service.post(OVERRIDES, body).assert_status(204);
    assert_eq!(delete(&service, &format!("{OVERRIDES}/removed")), 204);
    // What was set a moment ago is kept by the way down.
    service.stop().finish();
}

#[test]
#[ignore = "run in a process of its own by the test above"]
fn process_that_restores() {
    let service = with_file();
    for name in ["kept", "hyper"] {
        let shown = logger(&service, name);
        assert_eq!(shown["actor"], "kim");
        assert!(shown["expiresIn"].as_str().unwrap().starts_with("PT59M"), "{shown}");
    }
    assert_eq!(logger(&service, "kept")["effectiveLevel"], "DEBUG");
    assert_eq!(logger(&service, "hyper")["effectiveLevel"], "TRACE");
    service.get("/actuator/loggers/removed").assert_status(404);
    assert_eq!(delete(&service, OVERRIDES), 204);
    assert_eq!(service.get(OVERRIDES).json(), json!({"overrides": []}));
    assert_eq!(logger(&service, "hyper")["effectiveLevel"], "INFO");
    service.stop().finish();
}

#[test]
#[ignore = "run in a process of its own by the test above"]
fn process_that_finds_nothing() {
    let service = with_file();
    assert_eq!(service.get(OVERRIDES).json(), json!({"overrides": []}));
}

#[test]
fn trap_seed_20_beside_somebody_elses_subscriber_nothing_is_claimed_to_be_changed() {
    process("process_with_a_foreign_subscriber", "");
}

/// Hears everything, and has never heard of loggers.
struct Foreign;

impl tracing::Subscriber for Foreign {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, _: &tracing::Event<'_>) {}

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

#[test]
#[ignore = "run in a process of its own by the test above"]
fn process_with_a_foreign_subscriber() {
    tracing::subscriber::set_global_default(Foreign).unwrap();
    let service = app().start();
    let target = format!("{OVERRIDES}/x");
    for request in [
        Request::post(OVERRIDES, r#"{"levels":{"x":"DEBUG"}}"#),
        Request::post("/actuator/loggers/x", r#"{"configuredLevel":"DEBUG"}"#),
        Request::new("DELETE", OVERRIDES),
        Request::new("DELETE", &target),
    ] {
        let refused = service.send(request).assert_status(503).json();
        let message = refused["message"].as_str().unwrap();
        assert!(message.contains("actuator::logging::layer()"), "{refused}");
    }
    assert_eq!(service.get(OVERRIDES).json(), json!({"overrides": []}));
    assert_eq!(service.get("/actuator/loggers").json()["levels"], json!([]));
    assert!(tracing::dispatcher::get_default(tracing::Dispatch::is::<Foreign>));
}
