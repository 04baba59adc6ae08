//! Kubernetes' own form: the texts are those of `k8s.io/apiserver/pkg/server/healthz`.

use std::sync::mpsc;

use actuator::{HealthCheck, ReadinessState, StartupTask};
use testkit::Request;

use super::{KUBERNETES, bare, with_a_bad_one};
use crate::app::app;

#[test]
fn kubernetes_texts_of_success_are_those_of_its_own_components() {
    let service = with_a_bad_one().setting(KUBERNETES, "true").start();
    let ok = service.get("/healthz?exclude=bad").assert_status(200);
    assert_eq!(ok.text(), "ok");
    assert_eq!(ok.header("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(ok.header("x-content-type-options"), Some("nosniff"));
    for (query, text) in [
        ("verbose=true&exclude=bad", "[+]bad excluded: ok\n[+]ping ok\nhealthz check passed\n"),
        ("exclude=bad&exclude=dontexist", "ok"),
        (
            "verbose&exclude=bad&exclude=ping",
            "[+]bad excluded: ok\n[+]ping excluded: ok\nhealthz check passed\n",
        ),
        (
            "verbose&exclude=bad&exclude=dontexist",
            "[+]bad excluded: ok\n[+]ping ok\n\
             warn: some health checks cannot be excluded: no matches for \"dontexist\"\n\
             healthz check passed\n",
        ),
    ] {
        let answer = service.get(&format!("/healthz?{query}")).assert_status(200);
        assert_eq!(answer.text(), text, "{query}");
    }
    let only_ping = bare().setting(KUBERNETES, "true").start();
    let verbose = only_ping.get("/healthz?verbose").assert_status(200);
    assert_eq!(verbose.text(), "[+]ping ok\nhealthz check passed\n");
}

#[test]
fn kubernetes_failures_are_always_verbose_and_withhold_the_reason() {
    let failed = "[-]bad failed: reason withheld\n[+]ping ok\nhealthz check failed\n";
    let service = with_a_bad_one().setting(KUBERNETES, "true").start();
    assert_eq!(service.get("/healthz").assert_status(503).text(), failed);
    let as_theirs = with_a_bad_one()
        .setting(KUBERNETES, "true")
        .setting("actuator.health.kubernetes.failure-status", "500")
        .start();
    let answer = as_theirs.get("/healthz?exclude=ping&exclude=none").assert_status(500);
    assert_eq!(
        answer.text(),
        "[-]bad failed: reason withheld\n[+]ping excluded: ok\n\
         warn: some health checks cannot be excluded: no matches for \"none\"\n\
         healthz check failed\n"
    );
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
}

#[test]
fn a_single_check_answers_at_its_own_path_below_a_kubernetes_path() {
    let service = with_a_bad_one().setting(KUBERNETES, "true").start();
    assert_eq!(service.get("/healthz/ping").assert_status(200).text(), "ok");
    let bad = service.get("/healthz/bad").assert_status(503);
    assert_eq!(bad.text(), "internal server error: this will fail\n");
    for path in ["/healthz/none", "/healthz/ping/x", "/healthz/", "/healthz/a%2Fb"] {
        assert!([400, 404].contains(&service.status(path)), "{path}");
    }
    let head = service.send(Request::new("HEAD", "/healthz/ping")).assert_status(200);
    assert_eq!(head.body(), b"");
    for method in ["POST", "PUT", "DELETE", "PATCH"] {
        service.send(Request::new(method, "/healthz")).assert_status(405);
        service.send(Request::new(method, "/healthz/ping")).assert_status(405);
    }
}

#[test]
fn kubernetes_paths_are_the_groups_of_the_probes() {
    let service = app().setting(KUBERNETES, "true").start();
    let lines = |path: &str| service.get(path).text();
    assert_eq!(lines("/livez?verbose"), "[+]livenessState ok\nlivez check passed\n");
    assert_eq!(lines("/readyz?verbose"), "[+]readinessState ok\nreadyz check passed\n");
    service.availability().set_readiness(ReadinessState::RefusingTraffic);
    let refusing = service.get("/readyz").assert_status(503);
    assert_eq!(refusing.text(), "[-]readinessState failed: reason withheld\nreadyz check failed\n");
    service.get("/livez").assert_status(200);
    service.get("/readyz?exclude=readinessState").assert_status(200);
}

#[test]
fn startupz_waits_for_the_tasks_of_the_start_up_and_passes_where_there_are_none() {
    let (take, taken) = mpsc::channel::<StartupTask>();
    let service = app().setting(KUBERNETES, "true").with(move |app| {
        take.send(app.availability().startup_task("warm cache")).unwrap();
    });
    let service = service.start();
    let task = taken.recv().unwrap();
    let waiting = service.get("/startupz").assert_status(503);
    assert_eq!(waiting.text(), "[-]startupState failed: reason withheld\nstartupz check failed\n");
    service.get("/livez").assert_status(200);
    task.finished();
    assert_eq!(service.get("/startupz").assert_status(200).text(), "ok");
    let without = app().setting(KUBERNETES, "true").start();
    let answer = without.get("/startupz?verbose").assert_status(200);
    assert_eq!(answer.text(), "[+]ping ok\nstartupz check passed\n");
}

#[test]
fn a_group_excludes_all_of_its_members_and_says_so() {
    let service = with_a_bad_one()
        .setting(KUBERNETES, "true")
        .setting("management.endpoint.health.group.grp.include", "bad")
        .start();
    let answer = service.get("/healthz?verbose&exclude=grp").assert_status(200);
    assert_eq!(answer.text(), "[+]bad excluded with grp: ok\n[+]ping ok\nhealthz check passed\n");
}

#[test]
fn hostile_exclusions_stay_one_quoted_line_and_few() {
    let service = bare().taking_long_heads().setting(KUBERNETES, "true").start();
    let answer = service.get("/healthz?verbose&exclude=%0Aok%22%3Cb%3E").assert_status(200);
    assert_eq!(
        answer.text(),
        "[+]ping ok\nwarn: some health checks cannot be excluded: no matches for \
         \"\\nok\\\"<b>\"\nhealthz check passed\n"
    );
    let many: Vec<String> = (0..2_000).map(|n| format!("exclude={n}")).collect();
    let answer = service.get(&format!("/healthz?verbose&{}", many.join("&"))).assert_status(200);
    assert!(answer.text().len() < 4_096, "{}", answer.text().len());
    service.get("/healthz?exclude=%ff").assert_status(400);
}

#[test]
fn a_group_without_a_check_has_the_ping_of_kubernetes() {
    let service = bare()
        .setting(KUBERNETES, "true")
        .setting("management.health.ping.enabled", "false")
        .start();
    let answer = service.get("/healthz?verbose").assert_status(200);
    assert_eq!(answer.text(), "[+]ping ok\nhealthz check passed\n");
    assert_eq!(service.get("/healthz/ping").assert_status(200).text(), "ok");
    // There is no probe to speak for.
    assert_eq!(service.status("/readyz"), 404);
}

#[test]
fn a_failed_check_that_is_not_critical_passes_in_kubernetes_form_and_is_told() {
    let service = bare()
        .setting(KUBERNETES, "true")
        .with(|app| {
            let failing = HealthCheck::new("mail", || async { Err::<(), _>("down") });
            app.add_health_check(failing.critical(false));
        })
        .start();
    let answer = service.get("/healthz?verbose").assert_status(200);
    assert_eq!(
        answer.text(),
        "[+]mail failed but not critical: ok\n[+]ping ok\nhealthz check passed\n"
    );
    assert_eq!(service.get("/healthz").text(), "ok");
}
