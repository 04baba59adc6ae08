//! Mistakes of earlier systems, proven absent over HTTP, where no other file here is the place.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use actuator::Health;
use axum::{Router, extract::Path, routing::get};
use serde_json::{Value, json};
use testkit::Request;

use crate::app::{Service, TestApp, app};

/// A service that logs at several levels and targets when it is asked for `/say/{word}`.
fn talkative() -> TestApp {
    let say = |Path(word): Path<String>| async move {
        tracing::error!(target: "trap::db", "{word} error");
        tracing::info!(target: "trap::db::pool", "{word} info");
        tracing::debug!(target: "trap::db", "{word} debug");
        tracing::info!(target: "trap::dbx", "{word} neighbour");
    };
    app().routes(Router::new().route("/say/{word}", get(say)))
}

/// What of this arrives in the log that the service shows.
fn said(service: &Service, word: &str) -> Vec<String> {
    service.get(&format!("/say/{word}")).assert_status(200);
    let log = service.get("/actuator/logfile").text();
    let words = format!(" : {word} ");
    log.lines().filter_map(|line| Some(line.split_once(&words)?.1.to_owned())).collect()
}

fn set_level(service: &Service, logger: &str, body: &str) {
    service.post(&format!("/actuator/loggers/{logger}"), body).assert_status(204);
}

fn levels(service: &Service, logger: &str) -> (Value, Value) {
    let told = service.get(&format!("/actuator/loggers/{logger}")).assert_status(200).json();
    (told["configuredLevel"].clone(), told["effectiveLevel"].clone())
}

/// Levels are those of the process.
fn in_own_process(test: &str) {
    let _ = testkit::in_own_process(&format!("traps::{test}"), &[]);
}

#[test]
fn trap_seed_02_resetting_a_level_never_silences_the_log() {
    in_own_process("process_that_resets_levels");
}

#[test]
#[ignore = "run in a process of its own by the test above"]
fn process_that_resets_levels() {
    // A level of the settings is taken away by a reset, too.
    let service = talkative().setting("logging.level.trap::db", "info").start();
    assert_eq!(said(&service, "first"), ["error", "info", "neighbour"]);
    for logger in ["ROOT", "trap::db", "trap", "web"] {
        for body in ["{}", r#"{"configuredLevel":null}"#] {
            // What has no level of its own, and what has one.
            for level in [None, Some(r#"{"configuredLevel":"ERROR"}"#)] {
                for body in level.into_iter().chain([body]) {
                    set_level(&service, logger, body);
                }
                let what = format!("{logger}-{}-{}", body.len(), level.is_some());
                let said = said(&service, &what.replace("::", "-"));
                assert_eq!(said, ["error", "info", "neighbour"], "{what}");
            }
        }
    }
}

#[test]
fn trap_seed_03_off_and_then_debug_works_again() {
    in_own_process("process_that_is_switched_off");
}

#[test]
#[ignore = "run in a process of its own by the test above"]
fn process_that_is_switched_off() {
    let service = talkative().start();
    set_level(&service, "ROOT", r#"{"configuredLevel":"OFF"}"#);
    assert_eq!(said(&service, "silent"), [""; 0]);
    set_level(&service, "trap::db", r#"{"configuredLevel":"DEBUG"}"#);
    assert_eq!(said(&service, "one"), ["error", "info", "debug"]);
    set_level(&service, "trap::db", r#"{"configuredLevel":"OFF"}"#);
    set_level(&service, "ROOT", r#"{"configuredLevel":"DEBUG"}"#);
    assert_eq!(said(&service, "other"), ["neighbour"]);
    set_level(&service, "trap::db", r#"{"configuredLevel":"DEBUG"}"#);
    assert_eq!(said(&service, "all"), ["error", "info", "debug", "neighbour"]);
    for logger in ["trap::db", "ROOT"] {
        set_level(&service, logger, "{}");
    }
    assert_eq!(said(&service, "last"), ["error", "info", "neighbour"]);
}

#[test]
fn trap_seed_04_an_inherited_logger_has_no_configured_level_but_its_true_effective_one() {
    in_own_process("process_that_inherits_levels");
}

#[test]
#[ignore = "run in a process of its own by the test above"]
fn process_that_inherits_levels() {
    let service = talkative().start();
    said(&service, "first");
    set_level(&service, "trap::db", r#"{"configuredLevel":"WARN"}"#);
    assert_eq!(levels(&service, "trap::db"), (json!("WARN"), json!("WARN")));
    assert_eq!(levels(&service, "trap::db::pool"), (Value::Null, json!("WARN")));
    for other in ["trap", "trap::dbx"] {
        assert_eq!(levels(&service, other), (Value::Null, json!("INFO")), "{other}");
    }
    set_level(&service, "ROOT", r#"{"configuredLevel":"ERROR"}"#);
    for (logger, level) in [("trap::db::pool", "WARN"), ("trap", "ERROR"), ("trap::dbx", "ERROR")] {
        assert_eq!(levels(&service, logger), (Value::Null, json!(level)), "{logger}");
    }
    assert_eq!(said(&service, "second"), ["error"]);
    let listed = service.get("/actuator/loggers").json();
    assert_eq!(listed["loggers"]["trap::db::pool"]["effectiveLevel"], "WARN", "{listed}");
}

#[test]
fn trap_seed_05_what_is_unknown_is_404_and_not_created_by_a_look() {
    let service = app().start();
    for path in
        ["metrics/no.such.meter", "health/nothing", "loggers/no::such", "env/no.such", "nothing"]
    {
        service.get(&format!("/actuator/{path}")).assert_status(404);
    }
    let loggers = service.get("/actuator/loggers").text();
    assert!(!loggers.contains("no::such"), "{loggers}");
    service
        .post("/actuator/loggers/trap05::target", r#"{"configuredLevel":"DEBUG"}"#)
        .assert_status(204);
    let logger = service.get("/actuator/loggers/trap05::target").assert_status(200).json();
    assert_eq!(logger["configuredLevel"], "DEBUG");
}

#[test]
fn trap_seed_09_secrets_of_every_length_are_hidden_in_env() {
    let service = app().with(|app| {
        app.env_source("lengths", || {
            let secret = |length: usize| (format!("s{length}"), "z".repeat(length));
            serde_json::json!({ "password": (1..20).map(secret).collect::<BTreeMap<_, _>>() })
        });
        app.env_source("lookalikes", || serde_json::json!({ "monkey": "banana" }));
    });
    let sources = service.start().get("/actuator/env").assert_status(200).json();
    let sources = sources["propertySources"].as_array().unwrap();
    let of = |name: &str| {
        let source = sources.iter().find(|source| source["name"] == name).unwrap();
        source["properties"].as_object().unwrap().clone()
    };
    assert_eq!(of("lengths").len(), 19);
    for (name, property) in of("lengths") {
        assert_eq!(property["value"], "******", "{name}");
    }
    assert_eq!(of("lookalikes")["monkey"]["value"], "banana");
}

#[test]
fn trap_seed_12_no_check_is_left_out_without_a_word() {
    let service = app()
        .setting("management.endpoint.health.group.small.include", "good")
        .with(|app| {
            app.health_check("good", || async { true });
            app.health_check("fail", || async { false });
        })
        .start();
    // A group says what it has; what it has not is not found, and not silently UP.
    let group = service.get("/actuator/health/small").assert_status(200).json();
    assert_eq!(group["components"].as_object().unwrap().len(), 1);
    service.get("/actuator/health/small/fail").assert_status(404);
    service.get("/actuator/health/unknown").assert_status(404);
    // A name that selects nothing is told, and a filter that does not exist filters nothing.
    service.get("/actuator/health?checks=good").assert_status(200);
    service.get("/actuator/health?checks=unknown").assert_status(404);
    service.get("/actuator/health/small?checks=fail").assert_status(404);
    let whole = service.get("/actuator/health?only=good").assert_status(503).json();
    assert_eq!(whole["components"]["fail"]["status"], "DOWN");
}

/// godaddy/terminus: an answer was made in the object that stood for all answers.
#[test]
fn trap_peers_01_nothing_of_one_answer_is_in_a_later_one_and_a_query_makes_no_other_path() {
    let broken = Arc::new(AtomicBool::new(true));
    let state = Arc::clone(&broken);
    let service = app()
        .with(move |app| {
            app.health_check("flaky", move || {
                let broken = state.load(Ordering::SeqCst);
                async move { if broken { Err("only-in-the-first".to_owned()) } else { Ok(()) } }
            });
        })
        .start();
    let healthy = |target: &str| service.get(target).assert_status(200).text();
    assert!(
        service.get("/actuator/health").assert_status(503).text().contains("only-in-the-first")
    );
    broken.store(false, Ordering::SeqCst);
    for target in
        ["/actuator/health", "/actuator/health?x=1", "/actuator/health/flaky?", "/actuator/health?"]
    {
        let answer = healthy(target);
        assert!(!answer.contains("only-in-the-first") && !answer.contains("error"), "{answer}");
    }
}

/// Steeltoe: the last segment of any path was looked up as a group.
#[test]
fn trap_peers_08_a_group_is_found_at_its_own_path_only() {
    let service = app()
        .with(|app| {
            app.health_check("db", || async { true });
        })
        .start();
    for own in ["liveness", "readiness", "db"] {
        service.get(&format!("/actuator/health/{own}")).assert_status(200);
    }
    for other in ["db/liveness", "x/liveness", "liveness/readiness", "readiness/db", "x/y/liveness"]
    {
        service.get(&format!("/actuator/health/{other}")).assert_status(404);
    }
    for other in ["/liveness", "/x/liveness", "/actuator/liveness", "/actuator/info/liveness"] {
        service.get(other).assert_status(404);
    }
}

#[test]
fn trap_seed_15_a_metric_of_any_odd_name_is_read_or_not_found() {
    let service = app().start();
    for name in
        ["process.cpu.usage", "process.threads", "process.files.open", "system.load.average.1m"]
    {
        let status = service.status(&format!("/actuator/metrics/{name}"));
        assert!([200, 404].contains(&status), "{name}: {status}");
    }
    for name in ["a\"b", "a%0Ab", "a%5Cb"] {
        let target = format!("/actuator/metrics/{}", name.replace('"', "%22"));
        service.get(&target).assert_status(404);
    }
}

#[test]
fn trap_seed_16_forwarding_headers_of_anybody_change_nothing() {
    let service =
        app().setting("management.httpexchanges.recording.include", "remote-address").start();
    let plain = service.get("/actuator").json();
    let spoofed = [
        ("forwarded", "for=203.0.113.7;host=evil.example;proto=https"),
        ("forwarded", "FOR=\"[2001:db8::1]:4711\";Host=evil.example"),
        ("forwarded", "for=;;==\"unclosed"),
        ("x-forwarded-for", "203.0.113.7"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-prefix", "/evil"),
    ];
    for (name, value) in spoofed {
        let answer = service.send(Request::get("/actuator").header(name, value));
        assert_eq!(answer.assert_status(200).json(), plain, "{name}: {value}");
    }
    let exchanges = service.get("/actuator/httpexchanges").json();
    for exchange in exchanges["exchanges"].as_array().unwrap() {
        let request = &exchange["request"];
        assert_eq!(request["remoteAddress"], "127.0.0.1", "{request}");
        assert!(!request["uri"].as_str().unwrap().contains("evil"), "{request}");
    }
}

#[test]
fn trap_seed_17_an_ipv6_address_has_its_brackets_and_tag_values_may_have_colons() {
    let routes = Router::new().route("/a:b:c", get(|| async {}));
    let service = app().setting("server.address", "::1").routes(routes).start();
    assert!(service.address.is_ipv6());
    let index = service.get("/actuator").assert_status(200).json();
    let href = index["_links"]["health"]["href"].as_str().unwrap();
    assert_eq!(href, format!("http://[::1]:{}/actuator/health", service.address.port()));
    service.get("/a:b:c").assert_status(200);
    let metric = service.get("/actuator/metrics/http.server.requests?tag=uri:/a:b:c");
    assert_eq!(metric.assert_status(200).json()["measurements"][0]["value"], 1.0);
}

#[test]
fn trap_seed_18_neither_reasons_nor_sources_are_told_without_being_asked_for() {
    const SECRET: &str = "SELECT secret FROM accounts";
    let service = app().setting("server.address", "0.0.0.0").with(|app| {
        app.health_check("db", || async { Health::from_error(SECRET) });
        app.health_check("broken", || async {
            std::hint::black_box(None::<Health>).expect(SECRET)
        });
    });
    let service = service.start();
    let answers = [
        service.get("/actuator/health"),
        service.get("/actuator/health/db"),
        service.get("/actuator/nothing"),
        service.get("/actuator/health?%zz"),
        service.send(Request::new("PUT", "/actuator/health")),
        service.send(Request::get("/actuator/nothing").header("accept", "text/html")),
    ];
    for answer in answers {
        let text = answer.text();
        for told in [SECRET, "panicked", ".rs:", "stack", "\"message\"", "\"trace\""] {
            assert!(!text.contains(told), "{told} in {text}");
        }
    }
    let private = app().start();
    let refused = private.post("/actuator/loggers/x", "{").assert_status(400).json();
    assert!(refused.get("message").is_none(), "{refused}");
    let open = app().setting("server.error.include-message", "always").start();
    let refused = open.post("/actuator/loggers/x", "{").assert_status(400).json();
    assert!(refused["message"].is_string(), "{refused}");
}

#[test]
fn trap_seed_19_a_check_named_status_overwrites_nothing() {
    let service = app().with(|app| {
        app.health_check("status", || async { Health::down().with_detail("status", "UP") });
        app.info_source("build", || "mine");
    });
    let service = service.start();
    let health = service.get("/actuator/health").assert_status(503).json();
    assert_eq!(health["status"], "DOWN");
    assert_eq!(health["components"]["status"]["status"], "DOWN");
    let text = service.get("/actuator/info").assert_status(200).text();
    assert_eq!(text.matches("\"build\":").count(), 1, "{text}");
}

#[test]
fn trap_seed_23_what_a_setting_hides_is_neither_in_env_nor_in_the_log() {
    let service = app()
        .setting("spring.boot.admin.client.username", "admin")
        .setting("spring.boot.admin.client.password", "hunter2hunter2")
        .start();
    for path in ["env", "env/spring.boot.admin.client.password", "logfile", "beans", "info"] {
        let text = service.get(&format!("/actuator/{path}")).assert_status(200).text();
        assert!(!text.contains("hunter2"), "{path}: {text}");
    }
}
