//! `quickstart --actuator-probe`: what it says and how it ends, beside the instance that it asks.

use std::{
    net::{SocketAddr, TcpListener},
    path::Path,
};

use testkit::{Process, Program};

use crate::quickstart;

/// Runs the program to its end: its exit code, and all that it wrote on both outputs.
fn run(program: Program) -> (i32, String) {
    let (status, output) = program.spawn().finish();
    (status.code().unwrap(), output)
}

/// A probe of what listens at `address`.
fn probe(address: SocketAddr, arguments: &[&str]) -> (i32, String) {
    let program = quickstart().arg(&format!("--server.port={}", address.port()));
    run(arguments.iter().fold(program, |program, argument| program.arg(argument)))
}

fn said(code: i32, line: &str) -> (i32, String) {
    (code, line.to_owned())
}

/// One of whose checks is down.
fn broken() -> Process {
    without_temp_dir()
        .arg("--management.endpoint.health.group.readiness.include=readinessState,tempDir")
        .arg("--management.endpoint.health.group.all.include=*")
        .arg("--management.endpoint.health.group.all.show-components=always")
        .serve()
}

/// A quickstart that sees at once that it cannot write.
fn without_temp_dir() -> Program {
    quickstart()
        .env("TMPDIR", "/nowhere")
        .arg("--actuator.health.check.temp-dir.interval=0s")
        .arg("--actuator.health.check.temp-dir.failure-threshold=1")
}

#[test]
fn a_ready_instance_is_up_in_one_word_and_nothing_else() {
    let service = quickstart().serve();
    for arguments in [
        &["--actuator-probe"][..],
        &["--actuator-probe", "liveness"],
        &["--actuator-probe=readiness"],
        &["--actuator-probe", "health"],
        &["--actuator-probe", "greetings"],
        &["--actuator-probe-timeout=30s", "--actuator-probe"],
        // All interfaces are asked on loopback.
        &["--actuator-probe", "--server.address=0.0.0.0"],
    ] {
        assert_eq!(probe(service.address(), arguments), said(0, "UP"), "{arguments:?}");
    }
}

#[test]
fn what_is_down_is_named_as_far_as_the_group_shows_it() {
    let service = broken();
    for (arguments, expected) in [
        (&["--actuator-probe"][..], said(1, "DOWN: tempDir")),
        (&["--actuator-probe", "health"], said(1, "DOWN: tempDir, tempFiles (RESTRICTED)")),
        (&["--actuator-probe", "all"], said(1, "DOWN: tempDir, tempFiles (RESTRICTED)")),
        (&["--actuator-probe", "liveness"], said(0, "UP")),
    ] {
        assert_eq!(probe(service.address(), arguments), expected, "{arguments:?}");
    }
}

#[test]
fn the_whole_health_is_asked_where_there_is_no_readiness() {
    let without = "--management.endpoint.health.probes.enabled=false";
    let service = without_temp_dir().arg(without).serve();
    let found = probe(service.address(), &["--actuator-probe", without]);
    assert_eq!(found, said(1, "DOWN: tempDir, tempFiles (RESTRICTED)"));
}

#[test]
fn a_group_that_does_not_exist_is_no_success() {
    let service = quickstart().serve();
    let (code, line) = probe(service.address(), &["--actuator-probe", "no such/gröup"]);
    let url = format!("http://{}/actuator/health/no%20such/gr%C3%B6up", service.address());
    assert_eq!((code, line), (1, format!("HTTP 404 from {url}: there is no such group or check")));
}

#[test]
fn where_nobody_listens_that_is_said() {
    // A port of a service that nobody has had for decades.
    let address = SocketAddr::from(([127, 0, 0, 1], 1));
    assert_eq!(probe(address, &["--actuator-probe"]), said(1, "nobody listens on 127.0.0.1:1"));
}

#[test]
fn an_instance_that_hangs_is_given_up_at_the_deadline() {
    // The system accepts for it, and it never answers.
    let hanging = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = hanging.local_addr().unwrap();
    let arguments = ["--actuator-probe", "liveness", "--actuator-probe-timeout=200ms"];
    let url = format!("http://{address}/actuator/health/liveness");
    let expected = format!("no answer from {url} within 200ms");
    assert_eq!(probe(address, &arguments), (1, expected));
}

#[test]
fn the_management_port_and_every_custom_path_are_those_of_the_service() {
    let with = |program: Program| {
        program
            .env("MANAGEMENT_SERVER_BASE_PATH", "/manage")
            .env("MANAGEMENT_ENDPOINTS_WEB_BASE_PATH", "/")
            .arg("--management.endpoints.web.path-mapping.health=healthcheck")
    };
    let mut service = with(quickstart()).arg("--management.server.port=0").serve();
    let line = service.log_until("management at http://");
    let management: SocketAddr =
        line.split("http://").nth(1).unwrap().split('/').next().unwrap().parse().unwrap();
    let port = management.port();
    let probe = |group: &str| {
        // The application's own port plays no part.
        let program = quickstart().arg("--server.port=0");
        let program = with(program).arg(&format!("--management.server.port={port}"));
        run(program.arg("--actuator-probe").arg(group))
    };
    assert_eq!(probe("liveness"), said(0, "UP"));
    let (code, line) = probe("nothing");
    assert!(line.contains(&format!(":{port}/manage/healthcheck/nothing")), "{line}");
    assert_eq!(code, 1);
}

#[test]
fn the_context_path_counts_on_the_applications_port() {
    let settings =
        ["--server.servlet.context-path=/shop", "--management.endpoints.web.base-path=/ops"];
    let service = settings.iter().fold(quickstart(), |program, s| program.arg(s)).serve();
    let arguments = ["--actuator-probe", "liveness", settings[0], settings[1]];
    assert_eq!(probe(service.address(), &arguments), said(0, "UP"));
    assert_eq!(probe(service.address(), &["--actuator-probe"]).0, 1);
}

#[test]
fn a_probe_that_cannot_ask_says_why_in_one_line_and_touches_nothing() {
    let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join("probe.log");
    let ask = |arguments: &[&str]| {
        let program = quickstart().arg(&format!("--logging.file.name={}", log.display()));
        run(arguments.iter().fold(program, |program, argument| program.arg(argument)))
    };
    let (code, line) = ask(&["--actuator-probe", "--server.port=0"]);
    assert!(code == 1 && line.starts_with("server.port leaves the port to the system"), "{line}");
    let (code, line) = ask(&["--actuator-probe", "--server.port=many", "--server.prot=1"]);
    assert!(code == 1 && line.contains("server.port = \"many\""), "{line}");
    assert_eq!(line.lines().count(), 1, "{line}");
    let (code, line) = ask(&["--actuator-probe", "--actuator-probe-timeout=soon"]);
    assert!(code == 1 && line.contains("--actuator-probe-timeout=\"soon\""), "{line}");
    assert!(!log.exists(), "a probe must not write to the log of the service");
}

#[test]
fn behind_a_bare_double_dash_it_is_no_probe() {
    let service = quickstart().arg("--server.port=0").arg("--").arg("--actuator-probe").start();
    service.get("/actuator/health").assert_status(200);
}
