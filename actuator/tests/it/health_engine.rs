//! How checks are run and what their results mean: kept, by themselves, with thresholds, without
//! weight, in groups, in a bounded number of slots.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
        mpsc,
    },
    time::Duration,
};

use actuator::{Health, HealthCheck, Status};
use serde_json::{Value, json};

use crate::app::{Service, app};

const LONG: Duration = Duration::from_hours(1);

/// A check whose answer the test decides, and how often it was asked.
#[derive(Clone, Default)]
struct Switch {
    is_down: Arc<AtomicBool>,
    calls: Arc<AtomicUsize>,
}

impl Switch {
    fn check(&self, path: &str) -> HealthCheck {
        let Self { is_down, calls } = self.clone();
        HealthCheck::new(path, move || {
            calls.fetch_add(1, SeqCst);
            let is_down = is_down.load(SeqCst);
            async move { if is_down { Health::from_error("no route") } else { Health::up() } }
        })
    }

    fn down(&self, is_down: bool) {
        self.is_down.store(is_down, SeqCst);
    }

    fn calls(&self) -> usize {
        self.calls.load(SeqCst)
    }
}

fn status(service: &Service, path: &str) -> (u16, String) {
    let answer = service.get(&format!("/actuator/health{path}"));
    (answer.status(), answer.json()["status"].as_str().unwrap().to_owned())
}

fn component(service: &Service, name: &str) -> Value {
    service.get("/actuator/health").json()["components"][name].clone()
}

#[test]
fn a_good_result_is_kept_for_its_time_and_a_bad_one_for_its_own() {
    let switch = Switch::default();
    let check = switch.check("db").success_ttl(LONG);
    let service = app().check(check).start();
    for _ in 0..5 {
        assert_eq!(status(&service, "/db"), (200, "UP".to_owned()));
    }
    assert_eq!(switch.calls(), 1);

    let switch = Switch::default();
    switch.down(true);
    let check = switch.check("db").success_ttl(LONG);
    let service = app().check(check).start();
    for _ in 0..5 {
        assert_eq!(status(&service, "/db").0, 503);
    }
    assert_eq!(switch.calls(), 5, "only good results are kept");
}

#[test]
fn settings_of_one_check_win_over_the_code_and_those_of_all_stand_behind_it() {
    let (one, other) = (Switch::default(), Switch::default());
    let checks = [one.check("brokers/one").success_ttl(Duration::ZERO), other.check("other")];
    let service = app()
        .setting("actuator.health.success-ttl", "1h")
        .setting("actuator.health.check.brokers.one.success-ttl", "2h")
        .setting("actuator.health.check.other.critical", "false")
        .checks(checks)
        .start();
    other.down(true);
    for _ in 0..3 {
        assert_eq!(status(&service, ""), (200, "UP".to_owned()));
    }
    assert_eq!((one.calls(), other.calls()), (1, 3));
}

#[test]
fn what_is_set_for_all_checks_does_not_delay_the_states_of_the_application() {
    for setting in ["success-ttl", "interval", "failure-threshold"] {
        let value = if setting == "failure-threshold" { "3" } else { "1h" };
        let service = app().setting(&format!("actuator.health.{setting}"), value).start();
        assert_eq!(status(&service, "/readiness"), (200, "UP".to_owned()), "{setting}");
        service.availability().refusing("no leader");
        let now = status(&service, "/readiness");
        assert_eq!(now, (503, "OUT_OF_SERVICE".to_owned()), "{setting}");
        if setting == "success-ttl" {
            let history = service.health().history("readinessState").unwrap();
            assert_eq!(history[0].cause.as_deref(), Some("no leader"));
        }
    }
}

#[test]
fn a_check_with_an_interval_runs_by_itself_and_no_request_waits_for_it() {
    let (ran, runs) = mpsc::channel();
    let (release, gate) = tokio::sync::watch::channel(false);
    let check = HealthCheck::new("slow", move || {
        let (ran, mut gate) = (ran.clone(), gate.clone());
        async move {
            ran.send(()).unwrap();
            let _ = gate.wait_for(|open| *open).await;
            Health::up().with_detail("open", true)
        }
    });
    let check = check.interval(Duration::from_millis(5)).timeout(LONG);
    let service = app().check(check).start();
    runs.recv_timeout(testkit::PATIENCE).unwrap();
    // It runs, and whoever asks is told what is known so far.
    let before = service.get("/actuator/health/slow").assert_status(200).json();
    assert_eq!(before, json!({"details": {"note": "not checked yet"}, "status": "UNKNOWN"}));
    assert_eq!(status(&service, ""), (200, "UP".to_owned()));
    release.send(true).unwrap();
    for _ in 0..3 {
        runs.recv_timeout(testkit::PATIENCE).unwrap();
    }
    let after = service.get("/actuator/health/slow").assert_status(200).json();
    assert_eq!(after, json!({"details": {"open": true}, "status": "UP"}));
}

#[test]
fn a_check_that_is_not_critical_is_shown_and_never_changes_the_whole() {
    let switch = Switch::default();
    switch.down(true);
    let checks =
        [switch.check("mail").critical(false), switch.check("brokers/spare").critical(false)];
    let service = app().checks(checks).start();
    assert_eq!(status(&service, ""), (200, "UP".to_owned()));
    assert_eq!(component(&service, "mail")["status"], "DOWN");
    assert_eq!(component(&service, "brokers")["components"]["spare"]["status"], "DOWN");
    assert_eq!(status(&service, "/mail").0, 503, "asked for by itself, it says what it is");
}

#[test]
fn a_degraded_result_stands_between_up_and_down_and_answers_200() {
    let switch = Switch::default();
    let check = switch.check("db");
    let service = app().with(|app| {
        app.health_check("cache", || async { Health::degraded().with_detail("hits", 0.1) });
        app.add_health_check(check);
    });
    let service = service.start();
    assert_eq!(status(&service, ""), (200, "RESTRICTED".to_owned()));
    switch.down(true);
    assert_eq!(status(&service, ""), (503, "DOWN".to_owned()));
}

#[test]
fn a_failure_is_reported_as_the_status_that_its_author_chose() {
    let switch = Switch::default();
    switch.down(true);
    let check = switch.check("mail").failure_status(Status::RESTRICTED);
    let service = app().setting("actuator.health.show-check", "true").check(check);
    let service = service.start();
    assert_eq!(status(&service, "/mail"), (200, "RESTRICTED".to_owned()));
    let details = component(&service, "mail")["details"].clone();
    assert_eq!(details["check"]["result"], "DOWN", "what it said itself stays visible");
    assert_eq!(details["error"], "no route");
}

#[test]
fn a_status_changes_only_after_as_many_results_in_a_row_as_were_asked_for() {
    let switch = Switch::default();
    let check = switch.check("db").failure_threshold(3).success_threshold(2);
    let service = app().setting("actuator.health.show-check", "true").check(check).start();
    let ask = || service.get("/actuator/health/db").json();
    assert_eq!(ask()["status"], "UP");
    switch.down(true);
    for consecutive in 1..3 {
        let health = ask();
        assert_eq!(health["status"], "UP");
        assert_eq!(health["details"]["check"]["result"], "DOWN");
        assert_eq!(health["details"]["check"]["consecutive"], consecutive);
    }
    switch.down(false);
    assert_eq!(ask()["status"], "UP", "a good result between starts the count anew");
    switch.down(true);
    assert_eq!([ask(), ask(), ask()].map(|health| health["status"].clone()), ["UP", "UP", "DOWN"]);
    switch.down(false);
    assert_eq!([ask(), ask()].map(|health| health["status"].clone()), ["DOWN", "UP"]);
}

#[test]
fn what_is_known_of_a_check_is_shown_when_asked_for_and_changes_nothing_otherwise() {
    let start = |show: &str| {
        let check = Switch::default().check("db").description("Is it there?").tag("sql").level(2);
        app().setting("actuator.health.show-check", show).check(check).start()
    };
    let without = start("false").get("/actuator/health/db").json();
    assert_eq!(without, json!({"status": "UP"}));
    let with = start("true").get("/actuator/health/db").json();
    let check = &with["details"]["check"];
    assert_eq!(check["description"], "Is it there?");
    assert_eq!((&check["level"], &check["tags"]), (&json!(2), &json!(["sql"])));
    assert_eq!(check["critical"], true);
    assert_eq!(check["consecutive"], 1);
    assert!(check["duration"].as_str().unwrap().starts_with("PT"), "{check}");
    for instant in ["at", "since", "lastSuccess"] {
        assert!(check[instant].as_str().unwrap().ends_with('Z'), "{instant}: {check}");
    }
    assert!(check.get("lastFailure").is_none());
}

#[test]
fn a_check_joins_groups_by_itself_and_makes_those_that_no_setting_makes() {
    let (db, pay) = (Switch::default(), Switch::default());
    let checks = [db.check("db").group("readiness"), pay.check("gateway").group("payments")];
    let service = app().checks(checks).start();
    db.down(true);
    assert_eq!(status(&service, "/readiness").0, 503);
    assert_eq!(status(&service, "/payments").0, 200);
    let groups = service.get("/actuator/health").json()["groups"].clone();
    assert_eq!(groups, json!(["liveness", "payments", "readiness"]));
    let payments = service.get("/actuator/health/payments").json();
    assert_eq!(payments["components"], json!({"gateway": {"status": "UP"}}));
}

#[test]
fn checks_come_and_go_while_the_service_runs_and_their_meters_with_them() {
    let service = app().start();
    let _runtime = service.enter();
    let switch = Switch::default();
    service.health().register(switch.check("tenants/acme")).unwrap();
    switch.down(true);
    assert_eq!(status(&service, "/tenants").0, 503);
    let value = |tags: &str| {
        let path = format!("/actuator/metrics/health?tag=check:tenants/acme{tags}");
        let answer = service.get(&path);
        (answer.status() == 200).then(|| answer.json()["measurements"][0]["value"].clone())
    };
    assert_eq!(value("&tag=status:DOWN"), Some(json!(1.0)));
    assert_eq!(value("&tag=status:UP"), Some(json!(0.0)));
    let metric = service.get("/actuator/metrics/health.check.transitions?tag=check:tenants/acme");
    assert_eq!(metric.json()["measurements"][0]["value"], 1.0);
    let metric = service.get("/actuator/metrics/health.check.duration?tag=check:tenants/acme");
    assert_eq!(metric.json()["measurements"][0], json!({"statistic": "COUNT", "value": 1.0}));
    switch.down(false);
    (0..2).for_each(|_| assert_eq!(status(&service, "/tenants").0, 200));
    let results = |outcome: &str| {
        let results = "/actuator/metrics/health.check.results?tag=check:tenants/acme";
        let metric = service.get(&format!("{results}&tag=outcome:{outcome}")).assert_status(200);
        metric.json()["measurements"][0]["value"].as_f64()
    };
    assert_eq!([results("success"), results("failure")], [Some(2.0), Some(1.0)]);

    let again = service.health().register(switch.check("tenants/acme")).unwrap_err().to_string();
    assert!(again.contains("registered already"), "{again}");
    let lost = service.health().register(switch.check("x").group("nosuch")).unwrap_err();
    assert!(lost.to_string().contains("\"nosuch\", which does not exist"), "{lost}");

    assert!(service.health().unregister("tenants"));
    assert_eq!(service.status("/actuator/health/tenants"), 404);
    assert_eq!(status(&service, ""), (200, "UP".to_owned()));
    assert_eq!(value(""), None);
    let results = "/actuator/metrics/health.check.results?tag=check:tenants/acme";
    assert_eq!(service.status(results), 404);
}

#[test]
fn a_check_that_is_switched_off_is_not_added_at_run_time_either() {
    let service = app().setting("management.health.tenants.acme.enabled", "false").start();
    let _runtime = service.enter();
    service.health().register(Switch::default().check("tenants/acme")).unwrap();
    service.health().register(Switch::default().check("tenants/other")).unwrap();
    assert_eq!(service.status("/actuator/health/tenants/acme"), 404);
    assert_eq!(service.status("/actuator/health/tenants/other"), 200);
}

#[test]
fn a_check_that_never_returns_holds_one_slot_is_named_and_stops_neither_others_nor_liveness() {
    let (release, hang) = mpsc::channel::<()>();
    let (hang, calls) = (Mutex::new(hang), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&calls);
    let hung = HealthCheck::blocking("hung", move || {
        counted.fetch_add(1, SeqCst);
        let _ = hang.lock().unwrap().recv();
    });
    let waiting = HealthCheck::blocking("waiting", || true);
    let service = app()
        .setting("actuator.health.max-concurrency", "1")
        .setting("actuator.health.timeout", "40ms")
        .setting("management.health.defaults.enabled", "false")
        .with(|app| {
            app.add_health_check(hung).add_health_check(waiting);
            app.health_check("quick", || async { true });
        })
        .start();
    // Dropped before the service, whose runtime would wait for the hung call.
    let release = release;
    for _ in 0..3 {
        let components =
            service.get("/actuator/health").assert_status(503).json()["components"].clone();
        let hung = &components["hung"]["details"];
        assert_eq!(hung["error"], "timeout after 40 ms");
        assert!(hung["age"].as_str().unwrap().ends_with("ms"), "{hung}");
        let error = components["waiting"]["details"]["error"].as_str().unwrap();
        assert!(error.contains("no free slot among 1: still running hung ("), "{error}");
        assert_eq!(components["quick"]["status"], "UP");
        assert_eq!(status(&service, "/liveness"), (200, "UP".to_owned()));
    }
    assert_eq!(calls.load(SeqCst), 1);
    drop(release);
    // Whatever it said too late was not taken in; from now on it answers.
    let recovered = || status(&service, "/hung").0 == 200 && status(&service, "/waiting").0 == 200;
    let deadline = std::time::Instant::now() + testkit::PATIENCE;
    while !recovered() {
        assert!(std::time::Instant::now() < deadline, "the slot did not come back");
    }
}

#[test]
fn a_thousand_callers_at_once_make_a_slow_check_run_once() {
    let (release, gate) = tokio::sync::watch::channel(false);
    let (began, begins) = mpsc::channel();
    let check = HealthCheck::new("slow", move || {
        let (began, mut gate) = (began.clone(), gate.clone());
        async move {
            began.send(()).unwrap();
            let _ = gate.wait_for(|open| *open).await;
        }
    });
    let service = app().check(check.timeout(LONG)).start();
    let address = service.address;
    let callers: Vec<_> = (0..1_000)
        .map(|_| {
            let mut stream = testkit::open(address);
            let request =
                "GET /actuator/health/slow HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
            std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
            stream
        })
        .collect();
    begins.recv_timeout(testkit::PATIENCE).unwrap();
    // All have been read once a later one is answered beside them.
    service.get("/actuator/health/liveness").assert_status(200);
    release.send(true).unwrap();
    for mut caller in callers {
        let mut answer = String::new();
        std::io::Read::read_to_string(&mut caller, &mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }
}

#[test]
fn settings_that_make_no_sense_refuse_the_start_with_their_names() {
    let error = app()
        .setting("actuator.health.max-concurrency", "0")
        .setting("actuator.health.failure-threshold", "0")
        .setting("actuator.health.check.db.timeout", "0s")
        .setting("actuator.health.check.db.initial-status", "?")
        .setting("actuator.health.check.db.failure-status", "dwon")
        .refused()
        .to_string();
    for name in [
        "actuator.health.max-concurrency",
        "actuator.health.failure-threshold",
        "actuator.health.check.db.timeout",
        "actuator.health.check.db.initial-status",
        "actuator.health.check.db.failure-status",
    ] {
        assert!(error.contains(name), "{name} is not in: {error}");
    }
}

#[test]
fn numbers_that_json_has_not_are_null_and_the_answer_stays_json() {
    let service = app().with(|app| {
        app.health_check("odd", || async {
            Health::up().with_detail("ratio", f64::NAN).with_detail("limit", f64::INFINITY)
        });
    });
    let details =
        service.start().get("/actuator/health/odd").assert_status(200).json()["details"].clone();
    assert_eq!(details, json!({"ratio": null, "limit": null}));
}
