//! The webhook against receivers that take messages, refuse them, hang, and come back.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    },
    time::{Duration, SystemTime},
};

use tokio::sync::mpsc;

use super::{Changes, Sender, WebhookHandle, WebhookSettings, start};
use crate::{
    health::{HealthEvent, HealthTransition, Status},
    settings::{Settings, SettingsReader},
    support::outgoing::fake_server::{Asked, FakeServer, answer},
};

impl Changes for mpsc::UnboundedReceiver<HealthEvent> {
    async fn next(&mut self) -> Option<HealthEvent> {
        self.recv().await
    }
}

/// A webhook that is running, and the changes that it hears of.
struct Running {
    changes: mpsc::UnboundedSender<HealthEvent>,
    handle: WebhookHandle,
}

impl Running {
    fn change(&self, path: &str, to: Status) {
        static SEQUENCE: AtomicU64 = AtomicU64::new(1);
        let transition = HealthTransition {
            sequence: SEQUENCE.fetch_add(1, SeqCst),
            path: path.into(),
            from: Status::UP,
            to,
            at: SystemTime::UNIX_EPOCH,
            cause: Some("refused \"hard\"".to_owned()),
            outage: None,
        };
        self.changes.send(HealthEvent::Changed(Arc::new(transition))).unwrap();
    }
}

fn run(url: &str, more: &[(&str, &str)]) -> Running {
    let mut builder = Settings::builder().force("actuator.health.webhook.url", url);
    for (name, value) in more {
        builder = builder.force(&format!("actuator.health.webhook.{name}"), *value);
    }
    let settings = builder.build().unwrap();
    let mut reader = SettingsReader::new(&settings);
    let settings = WebhookSettings::read(&mut reader);
    reader.finish().unwrap();
    let (changes, heard) = mpsc::unbounded_channel();
    let sender = Sender { application: "shop".to_owned(), instance: "web-1".to_owned() };
    Running { changes, handle: start(&settings, sender, heard) }
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
    hook.change("db", Status::DOWN);
    assert_eq!(told(&mut server).await, "db DOWN");
    let first = std::time::Instant::now();
    hook.change("db", Status::UP);
    assert_eq!(told(&mut server).await, "db UP");
    hook.change("db", Status::DOWN);
    assert_eq!(told(&mut server).await, "db DOWN");
    // The gap began when the receiver had answered, which is after it was asked.
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
async fn while_a_receiver_hangs_changes_are_heard_and_the_latest_of_each_check_wins() {
    let hangs = Arc::new(AtomicBool::new(true));
    let answers = Arc::clone(&hangs);
    let mut server = FakeServer::start(move |_| (!answers.load(SeqCst)).then(ok)).await;
    let hook = run(&server.url(), &[("timeout", "300ms"), ("minimum-gap", "0")]);
    hook.change("db", Status::DOWN);
    assert_eq!(told(&mut server).await, "db DOWN");
    // Taken while the call hangs: nothing waits for it.
    for _ in 0..10_000 {
        hook.change("cache", Status::DOWN);
        hook.change("cache", Status::UP);
    }
    hook.change("cache", Status::OUT_OF_SERVICE);
    hangs.store(false, SeqCst);
    let mut all = [told(&mut server).await, told(&mut server).await];
    all.sort_unstable();
    assert_eq!(all, ["cache OUT_OF_SERVICE", "db DOWN"]);
}

#[tokio::test]
async fn shutdown_ends_it_even_while_a_receiver_hangs() {
    let mut server = FakeServer::hanging().await;
    let hook = run(&server.url(), &[("timeout", "1h")]);
    hook.change("db", Status::DOWN);
    server.asked().await;
    hook.handle.shutdown().await;
    assert!(hook.changes.is_closed());
}

#[tokio::test]
async fn the_end_of_the_changes_is_its_end() {
    let hook = run("http://127.0.0.1:9", &[]);
    let Running { changes, mut handle } = hook;
    drop(changes);
    handle.running.take().unwrap().1.await.unwrap();
}

#[test]
fn without_a_runtime_or_a_url_nothing_is_told() {
    assert!(run("http://127.0.0.1:9", &[]).handle.running.is_none());
    assert!(run("", &[]).handle.running.is_none());
}
