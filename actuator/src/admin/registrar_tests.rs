//! The registration client against servers that behave well, badly, and not at all.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::{Duration, SystemTime},
};

use testkit::PATIENCE;

use super::{
    AdminClientSettings, Application, ApplicationFacts, Reach, RegistrarHandle, RegistrationState,
    fake_server::friendly, registrar::Registrar,
};
use crate::{
    settings::{Settings, SettingsReader},
    support::{
        outgoing::fake_server::{FakeServer, answer},
        test_log::Log,
    },
};

const PREFIX: &str = "spring.boot.admin.client";

/// Starts registration as the assembly does. Short periods, so that a test sees many.
pub fn start(urls: &str, more: &[(&str, &str)]) -> RegistrarHandle {
    let mut builder = Settings::builder()
        .force(&format!("{PREFIX}.url"), urls)
        .force(&format!("{PREFIX}.period"), "10ms");
    for (name, value) in more {
        builder = builder.force(&format!("{PREFIX}.{name}"), *value);
    }
    let settings = builder.build().unwrap();
    let mut reader = SettingsReader::new(&settings);
    let settings = AdminClientSettings::read(&mut reader);
    reader.finish().unwrap();
    let bound = "127.0.0.1:43210".parse().unwrap();
    let facts = ApplicationFacts {
        name: "orders",
        service: bound,
        service_https: false,
        context_path: "",
        management: bound,
        management_https: false,
        base_path: "/actuator",
        health_path: "health",
        started: SystemTime::UNIX_EPOCH,
        version: None,
        platform: None,
        environment: &BTreeMap::new(),
    };
    let application = Application::describe(&settings, &facts);
    let reach = Reach { management: bound, health_exposed: true };
    Registrar::start(settings, application, reach)
}

/// Waits until the state of the first server is as wanted.
pub async fn until(
    handle: &RegistrarHandle,
    wanted: impl Fn(&RegistrationState) -> bool,
) -> RegistrationState {
    let status = handle.status();
    loop {
        if let Some(state) = status.snapshot().into_iter().next().filter(&wanted) {
            return state;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn trap_seed_10_the_first_registration_comes_at_once_with_the_bound_port() {
    let mut server = FakeServer::friendly().await;
    let handle = start(&server.url(), &[("period", "24h")]);
    let asked = server.asked().await;
    assert_eq!(asked.line, "POST /instances");
    assert!(asked.headers.contains("content-type: application/json"), "{}", asked.headers);
    assert!(asked.headers.contains("accept: application/json"), "{}", asked.headers);
    assert_eq!(
        asked.body,
        r#"{"name":"orders","managementUrl":"http://127.0.0.1:43210/actuator","healthUrl":"http://127.0.0.1:43210/actuator/health","serviceUrl":"http://127.0.0.1:43210/","metadata":{"startup":"1970-01-01T00:00:00Z"}}"#
    );
    let state = until(&handle, |state| state.registered).await;
    assert_eq!((state.id.as_deref(), state.error), (Some("a9"), None));
    handle.shutdown().await;
    assert_eq!(server.asked().await.line, "DELETE /instances/a9");
}

#[tokio::test]
async fn trap_sba_06_every_registration_is_equal_to_the_one_before() {
    let mut server = FakeServer::friendly().await;
    let handle = start(
        &server.url(),
        &[("instance.metadata.tags.b", "1"), ("instance.metadata.user.password", "x")],
    );
    let first = server.asked().await;
    for _ in 0..20 {
        let next = server.asked().await;
        assert_eq!((&next.line, &next.body), (&first.line, &first.body));
    }
    handle.shutdown().await;
}

#[tokio::test]
async fn trap_seed_10_a_query_in_the_url_is_kept_in_both_calls() {
    let mut server = FakeServer::friendly().await;
    let url = format!("{}/admin/?tenant=a", server.url());
    let handle = start(&url, &[("period", "24h")]);
    assert_eq!(server.asked().await.line, "POST /admin/instances?tenant=a");
    until(&handle, |state| state.registered).await;
    handle.shutdown().await;
    assert_eq!(server.asked().await.line, "DELETE /admin/instances/a9?tenant=a");
}

#[tokio::test(start_paused = true)]
async fn trap_seed_10_a_hanging_server_delays_neither_start_nor_shutdown() {
    let mut server = FakeServer::hanging().await;
    let handle = start(&server.url(), &[("period", "1s"), ("read-timeout", "1h")]);
    server.asked().await;
    // The clock is paused: it moves only by what the shutdown itself waits for.
    let begin = tokio::time::Instant::now();
    handle.shutdown().await;
    assert!(begin.elapsed() <= Duration::from_secs(1), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn a_server_that_hangs_only_on_delete_holds_the_shutdown_for_at_most_a_second() {
    let log = Log::default();
    let _listening = log.listen();
    let mut server =
        FakeServer::start(|asked| asked.line.starts_with("POST").then(|| friendly(asked))).await;
    let handle = start(&server.url(), &[("period", "24h"), ("read-timeout", "1h")]);
    server.asked().await;
    until(&handle, |state| state.registered).await;
    tokio::time::timeout(PATIENCE, handle.shutdown()).await.unwrap();
    assert_eq!(server.asked().await.line, "DELETE /instances/a9");
    assert_eq!(log.count("within a second"), 1);
}

#[tokio::test]
async fn a_call_under_way_at_shutdown_is_ended_and_taken_back() {
    let (release, held) = std::sync::mpsc::channel::<()>();
    let held = Mutex::new(held);
    let mut server = FakeServer::friendly().await;
    // Answers the first POST only when released: from another thread than the runtime's.
    let slow = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", slow.local_addr().unwrap());
    let upstream = server.url().trim_start_matches("http://").to_owned();
    let proxy = std::thread::spawn(move || {
        for _ in 0..2 {
            let (mut down, _) = slow.accept().unwrap();
            let mut up = std::net::TcpStream::connect(&upstream).unwrap();
            let (mut down_read, mut up_write) =
                (down.try_clone().unwrap(), up.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut down_read, &mut up_write));
            let _ = held.lock().unwrap().recv();
            std::thread::spawn(move || std::io::copy(&mut up, &mut down));
        }
    });
    let handle = start(&url, &[("period", "24h")]);
    assert_eq!(server.asked().await.line, "POST /instances");
    let shutdown = tokio::spawn(handle.shutdown());
    tokio::task::yield_now().await;
    release.send(()).unwrap();
    drop(release);
    shutdown.await.unwrap();
    let asked = tokio::time::timeout(PATIENCE, server.asked()).await.unwrap();
    assert_eq!(asked.line, "DELETE /instances/a9");
    proxy.join().unwrap();
}

#[tokio::test]
async fn each_refusal_is_warned_of_once_with_its_remedy_and_then_recovers() {
    for (status, header, body, remedy) in [
        ("401 Unauthorized", "x: y", "", "CSRF"),
        ("403 Forbidden", "x: y", "", "CSRF"),
        ("404 Not Found", "x: y", "", "not the base URL"),
        ("405 Method Not Allowed", "x: y", "", "not the base URL"),
        ("200 OK", "content-type: text/html", "<html>", "not the base URL"),
        ("201 Created", "x: y", "<html>", "without an id"),
        ("201 Created", "x: y", r#"{"id":".."}"#, "without an id"),
        ("500 Internal Server Error", "x: y", "{}", "health URL that is absolute"),
        ("302 Found", "location: /login?ticket=t0p", "", "redirects are not followed"),
        ("503 Service Unavailable", "x: y", "", "proxy"),
    ] {
        let log = Log::default();
        let _listening = log.listen();
        let calls = AtomicUsize::new(0);
        let mut server = FakeServer::start(move |asked| {
            let bad = calls.fetch_add(1, SeqCst) < 5;
            Some(if bad { answer(status, header, body) } else { friendly(asked) })
        })
        .await;
        let handle = start(&server.url(), &[("username", "u"), ("password", "hunter2")]);
        let state = until(&handle, |state| state.error.is_some()).await;
        assert!(!state.registered && state.error.unwrap().contains(remedy), "{status}");
        until(&handle, |state| state.registered).await;
        for _ in 0..10 {
            assert_eq!(server.asked().await.line, "POST /instances", "{status}");
        }
        let text = log.text();
        assert_eq!(log.count("WARN"), 1, "{text}");
        assert_eq!(log.count("INFO"), 1, "{text}");
        assert!(text.contains(remedy), "{text}");
        assert!(!text.contains("hunter2") && !text.contains("t0p"), "{text}");
        handle.shutdown().await;
    }
}

/// CVE-2026-62242: servers since then may refuse addresses within, and say which.
#[tokio::test]
async fn what_a_server_says_against_an_address_is_told_in_one_short_line_without_secrets() {
    const BLOCKED: &str = "URL 'http://u:hunter2@10.0.0.1/health' is blocked: address '/10.0.0.1'";
    for (status, body) in [
        ("400 Bad Request", serde_json::json!({ "status": 400, "message": BLOCKED })),
        ("500 Internal Server Error", serde_json::json!({ "detail": BLOCKED })),
        (
            "400 Bad Request",
            serde_json::json!({ "message": format!("{BLOCKED}\r\nWARN forged\u{1b}[2J\u{202e}") }),
        ),
        (
            "400 Bad Request",
            serde_json::json!({ "message": format!("{BLOCKED}{}", "é".repeat(5_000)) }),
        ),
    ] {
        let log = Log::default();
        let _listening = log.listen();
        let refusal = answer(status, "content-type: application/json", &body.to_string());
        let server = FakeServer::start(move |_| Some(refusal.clone())).await;
        let handle = start(&server.url(), &[("period", "24h")]);
        let told = until(&handle, |state| state.error.is_some()).await.error.unwrap();
        assert!(told.contains("10.0.0.1") && told.contains("allowed-cidrs"), "{told}");
        assert!(!told.contains("hunter2") && !told.contains(['\n', '\r', '\u{1b}', '\u{202e}']));
        assert!(told.len() < 700, "{told}");
        handle.shutdown().await;
        let text = log.text();
        let lines: Vec<&str> = text.lines().filter(|line| line.contains("WARN")).collect();
        assert_eq!(lines.len(), 1, "{text}");
        assert!(lines[0].contains("cannot register") && lines[0].contains("is blocked"), "{text}");
    }
}

#[tokio::test]
async fn an_endless_answer_is_not_read_to_its_end() {
    // Read whole, it would be a success.
    let body = format!("{}{}", " ".repeat(1 << 20), r#"{"id":"a9"}"#);
    let endless = answer("201 Created", "x: y", &body);
    let server = FakeServer::start(move |_| Some(endless.clone())).await;
    let handle = start(&server.url(), &[]);
    let state = until(&handle, |state| state.since.is_some()).await;
    assert!(state.error.is_some_and(|error| error.contains("without an id")));
    handle.shutdown().await;
}

#[tokio::test]
async fn a_server_that_is_not_there_is_warned_of_once_and_tried_for_ever() {
    let log = Log::default();
    let _listening = log.listen();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let handle = start(&url, &[]);
    let state = until(&handle, |state| state.error.is_some()).await;
    assert!(state.error.unwrap().contains("refused"));
    while log.count("DEBUG") < 3 && log.count("WARN") < 2 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(log.count("WARN"), 1, "{}", log.text());
    handle.shutdown().await;
}

#[tokio::test]
async fn register_once_ends_a_round_at_the_first_server_that_accepts() {
    let mut first = FakeServer::friendly().await;
    let mut second = FakeServer::friendly().await;
    let handle = start(&format!("{},{}", first.url(), second.url()), &[]);
    for _ in 0..5 {
        assert_eq!(first.asked().await.line, "POST /instances");
    }
    assert!(second.is_left_alone());
    handle.shutdown().await;
}

#[tokio::test]
async fn register_once_goes_on_to_the_next_server_when_one_refuses() {
    let mut first = FakeServer::start(|_| Some(answer("500 X", "x: y", ""))).await;
    let mut second = FakeServer::friendly().await;
    let handle = start(&format!("{},{}", first.url(), second.url()), &[]);
    for _ in 0..3 {
        assert_eq!(first.asked().await.line, "POST /instances");
        assert_eq!(second.asked().await.line, "POST /instances");
    }
    handle.shutdown().await;
}

#[tokio::test]
async fn without_register_once_a_hanging_server_does_not_hold_up_the_others() {
    let hanging = FakeServer::hanging().await;
    let mut second = FakeServer::friendly().await;
    let urls = format!("{},{}", hanging.url(), second.url());
    let handle = start(&urls, &[("register-once", "false"), ("read-timeout", "20ms")]);
    for _ in 0..3 {
        assert_eq!(second.asked().await.line, "POST /instances");
    }
    until(&handle, |first| first.error.as_deref().is_some_and(|e| e.contains("in time"))).await;
    handle.shutdown().await;
}

#[tokio::test]
async fn credentials_and_headers_are_sent() {
    for (settings, expected) in [
        (&[("username", "u"), ("password", "p")][..], "authorization: Basic dTpw"),
        (&[("token", "t0ken")], "authorization: Bearer t0ken"),
        (&[("headers.x-tenant", "a")], "x-tenant: a"),
    ] {
        let mut server = FakeServer::friendly().await;
        let handle = start(&server.url(), settings);
        let headers = server.asked().await.headers;
        assert!(headers.contains(expected), "{headers}");
        handle.shutdown().await;
    }
    let mut server = FakeServer::friendly().await;
    let url = server.url().replace("http://", "http://u:p@");
    let handle = start(&url, &[("token", "other")]);
    assert!(server.asked().await.headers.contains("authorization: Basic dTpw"));
    assert_eq!(handle.status().snapshot()[0].url, format!("{}/instances", server.url()));
    handle.shutdown().await;
}

#[tokio::test]
async fn without_deregistration_nothing_is_sent_on_shutdown() {
    let mut server = FakeServer::friendly().await;
    let handle = start(&server.url(), &[("auto-deregistration", "false"), ("period", "24h")]);
    server.asked().await;
    until(&handle, |state| state.registered).await;
    handle.shutdown().await;
    assert!(server.is_left_alone());
}

#[tokio::test]
async fn no_url_means_no_registration_and_no_noise() {
    let log = Log::default();
    let _listening = log.listen();
    let handle = start("", &[]);
    assert!(handle.status().snapshot().is_empty());
    handle.shutdown().await;
    assert_eq!(log.text(), "");
}
