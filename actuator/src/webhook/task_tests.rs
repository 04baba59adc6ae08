//! The webhook against receivers that take messages, refuse them, hang, and come back.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    },
    time::{Duration, SystemTime},
};

use super::{Sender, WebhookHandle, WebhookSettings, start};
use crate::{
    health::{HealthTransition, Status},
    settings::{Settings, SettingsReader},
    support::{
        outgoing::fake_server::{Asked, FakeServer, answer},
        test_log::Log,
    },
};

/// A webhook that is running, and what hears of the changes.
struct Running {
    hears: Box<dyn Fn(&HealthTransition)>,
    handle: WebhookHandle,
}

impl Running {
    fn change(&self, path: &str, to: Status) {
        (self.hears)(&transition(path, to));
    }
}

fn transition(path: &str, to: Status) -> HealthTransition {
    static SEQUENCE: AtomicU64 = AtomicU64::new(1);
    HealthTransition {
        sequence: SEQUENCE.fetch_add(1, SeqCst),
        path: path.into(),
        from: Status::UP,
        to,
        at: SystemTime::UNIX_EPOCH,
        cause: Some("refused \"hard\"".to_owned()),
        outage: None,
    }
}

fn run(url: &str, more: &[(&str, &str)]) -> Running {
    let handle = started(url, more).unwrap();
    Running { hears: Box::new(handle.listener()), handle }
}

fn started(url: &str, more: &[(&str, &str)]) -> Option<WebhookHandle> {
    let mut builder = Settings::builder().force("actuator.health.webhook.url", url);
    for (name, value) in more {
        builder = builder.force(&format!("actuator.health.webhook.{name}"), *value);
    }
    let settings = builder.build().unwrap();
    let mut reader = SettingsReader::new(&settings);
    let settings = WebhookSettings::read(&mut reader);
    reader.finish().unwrap();
    let sanitizer = crate::model::sanitizer::Sanitizer::default();
    let sender = Sender { application: "shop".to_owned(), instance: "web-1".to_owned(), sanitizer };
    start(&settings, sender)
}

fn ok() -> String {
    answer("204 No Content", "connection: close", "")
}

/// The check and the status of the next message.
async fn told(server: &mut FakeServer) -> String {
    summary(&server.asked().await)
}

fn summary(asked: &Asked) -> String {
    let message: serde_json::Value = serde_json::from_str(&asked.body).unwrap();
    format!("{} {}", message["check"], message["to"]).replace('"', "")
}

#[tokio::test]
async fn a_failure_and_its_end_are_posted_as_json_with_the_headers_that_were_set() {
    let mut server = FakeServer::start(|_| Some(ok())).await;
    let url = format!("{}/hook/hunter2", server.url());
    let hook = run(&url, &[("headers.x-key", "hunter2")]);
    hook.change("db", Status::DOWN);
    let asked = server.asked().await;
    assert_eq!(asked.line, "POST /hook/hunter2");
    assert!(asked.headers.contains("content-type: application/json"), "{}", asked.headers);
    assert!(asked.headers.contains("x-key: hunter2"), "{}", asked.headers);
    let expected = r#"{"application":"shop","instance":"web-1","check":"db","from":"UP","to":"DOWN","at":"1970-01-01T00:00:00Z","cause":"refused \"hard\"","outage":null}"#;
    assert_eq!(asked.body, expected);
    hook.change("db", Status::UP);
    assert_eq!(told(&mut server).await, "db UP");
    let messages = hook.handle.messages();
    while messages.count(true) < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(messages.count(false), 0);
}

#[tokio::test]
async fn bodies_of_ones_own_are_sent_for_the_failure_and_for_its_end() {
    let mut server = FakeServer::start(|_| Some(ok())).await;
    let bodies = [
        ("body", r#"{"text":"[[LIVENESS]]: [[DESCRIPTIONS]]"}"#),
        ("recovery-body", "[[CHECK]] is [[TO]] again"),
        ("headers.content-type", "text/plain"),
    ];
    let hook = run(&server.url(), &bodies);
    hook.change("db", Status::DOWN);
    let asked = server.asked().await;
    assert_eq!(asked.body, r#"{"text":"shop: db: refused \"hard\""}"#);
    assert!(asked.headers.contains("content-type: text/plain"), "{}", asked.headers);
    assert!(!asked.headers.contains("json"), "{}", asked.headers);
    hook.change("db", Status::UP);
    assert_eq!(server.asked().await.body, "db is UP again");
}

#[tokio::test]
async fn only_the_checks_that_were_named_are_told_of() {
    let mut server = FakeServer::start(|_| Some(ok())).await;
    let hook = run(&server.url(), &[("checks", "db")]);
    hook.change("cache", Status::DOWN);
    hook.change("db/replica", Status::DOWN);
    assert_eq!(told(&mut server).await, "db/replica DOWN");
    assert!(server.is_left_alone());
}

#[tokio::test]
async fn a_failure_within_the_gap_waits_for_its_end() {
    let mut server = FakeServer::start(|_| Some(ok())).await;
    let hook = run(&server.url(), &[("minimum-gap", "200ms")]);
    let first = std::time::Instant::now();
    hook.change("db", Status::DOWN);
    assert_eq!(told(&mut server).await, "db DOWN");
    hook.change("db", Status::UP);
    assert_eq!(told(&mut server).await, "db UP");
    hook.change("db", Status::DOWN);
    assert_eq!(told(&mut server).await, "db DOWN");
    assert!(first.elapsed() >= Duration::from_millis(200), "{:?}", first.elapsed());
}

#[tokio::test]
async fn a_receiver_that_refuses_is_told_again_until_it_takes_the_message() {
    let works = Arc::new(AtomicBool::new(false));
    let answers = Arc::clone(&works);
    let mut server = FakeServer::start(move |_| {
        let refused = || answer("500 X", "connection: close", "");
        Some(if answers.load(SeqCst) { ok() } else { refused() })
    })
    .await;
    let hook = run(&server.url(), &[]);
    hook.change("db", Status::DOWN);
    assert_eq!(told(&mut server).await, "db DOWN");
    // Another check is not held up by the pause.
    hook.change("cache", Status::DOWN);
    assert_eq!(told(&mut server).await, "cache DOWN");
    works.store(true, SeqCst);
    let mut again = [told(&mut server).await, told(&mut server).await];
    again.sort_unstable();
    assert_eq!(again, ["cache DOWN", "db DOWN"]);
}

#[tokio::test]
async fn the_log_has_one_line_per_change_of_how_it_goes_and_no_secret() {
    let log = Log::default();
    let _guard = log.listen();
    let works = Arc::new(AtomicBool::new(false));
    let answers = Arc::clone(&works);
    let mut server = FakeServer::start(move |_| {
        let refused = || answer("403 X", "connection: close", "");
        Some(if answers.load(SeqCst) { ok() } else { refused() })
    })
    .await;
    let url = format!("{}/hunter2?key=hunter2", server.url().replace("//", "//joe:hunter2@"));
    let hook = run(&url, &[("headers.x-key", "hunter2"), ("minimum-gap", "0")]);
    hook.change("db", Status::DOWN);
    told(&mut server).await;
    hook.change("cache", Status::DOWN);
    told(&mut server).await;
    works.store(true, SeqCst);
    for _ in 0..2 {
        told(&mut server).await;
    }
    // The answer to the second of them has been looked at once this one is under way.
    hook.change("db", Status::UP);
    told(&mut server).await;
    assert_eq!(log.count(" WARN "), 1, "{}", log.text());
    assert!(log.text().contains("it answered 403: are the headers those"), "{}", log.text());
    assert_eq!(log.count("takes messages again"), 1, "{}", log.text());
    assert!(!log.text().contains("hunter2"), "{}", log.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_a_receiver_hangs_changes_are_heard_and_the_latest_of_each_check_wins() {
    let (begin, mut began) = tokio::sync::mpsc::unbounded_channel();
    let (release, hold) = std::sync::mpsc::channel();
    let hold = Mutex::new(Some(hold));
    let mut server = FakeServer::start(move |_| {
        // The first call waits here until it is let go, and is then refused.
        let Some(hold) = hold.lock().unwrap().take() else { return Some(ok()) };
        begin.send(()).unwrap();
        hold.recv().unwrap();
        Some(answer("500 X", "connection: close", ""))
    })
    .await;
    let hook = run(&server.url(), &[("timeout", "1h"), ("minimum-gap", "0")]);
    hook.change("db", Status::DOWN);
    began.recv().await.unwrap();
    for _ in 0..10_000 {
        hook.change("cache", Status::DOWN);
        hook.change("cache", Status::UP);
    }
    hook.change("cache", Status::OUT_OF_SERVICE);
    release.send(()).unwrap();
    for expected in ["db DOWN", "cache OUT_OF_SERVICE", "db DOWN"] {
        assert_eq!(told(&mut server).await, expected);
    }
}

#[tokio::test]
async fn shutdown_ends_it_even_while_a_receiver_hangs() {
    let mut server = FakeServer::hanging().await;
    let hook = run(&server.url(), &[("timeout", "1h")]);
    hook.change("db", Status::DOWN);
    server.asked().await;
    hook.handle.shutdown().await;
    // Who tells of changes later does no harm.
    (hook.hears)(&transition("db", Status::UP));
}

#[test]
fn without_a_runtime_or_a_url_nothing_is_told() {
    assert!(started("http://127.0.0.1:9", &[]).is_none());
    assert!(started("", &[]).is_none());
}
