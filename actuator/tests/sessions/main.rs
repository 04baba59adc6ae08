//! A store of tower-sessions, as its users and the admin server see it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // a test may fail

use std::sync::mpsc;

use actuator::{Actuator, App, session::IndexedSessionStore};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Path,
    http::{Request, StatusCode, header},
    routing::get,
};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use tower_sessions::{MemoryStore, Session, SessionManagerLayer};

type Store = IndexedSessionStore<MemoryStore>;

async fn log_in(session: Session, Path(name): Path<String>) {
    session.cycle_id().await.unwrap();
    session.insert("user", json!({ "name": name })).await.unwrap();
    session.insert("cart", 3).await.unwrap();
}

async fn who(session: Session) -> String {
    let user: Option<Value> = session.get("user").await.unwrap();
    user.map_or_else(|| "nobody".to_owned(), |user| user["name"].as_str().unwrap().to_owned())
}

async fn log_out(session: Session) {
    session.flush().await.unwrap();
}

/// A service with users, and what a management API says of them.
struct Service(Router);

impl Service {
    async fn start(
        settings: &[(&str, &str)],
        make: impl FnOnce(&mut App) -> Store + Send + 'static,
    ) -> Self {
        let (give, given) = mpsc::channel();
        let builder = Actuator::builder()
            .isolated()
            .without_declarations()
            .force_setting("management.endpoints.web.exposure.include", "*")
            .force_setting("management.endpoints.access.default", "unrestricted")
            .force_setting("actuator.sessions.username-attribute", "user/name");
        let builder =
            settings.iter().fold(builder, |b, (name, value)| b.force_setting(name, *value));
        let actuator =
            builder.with(move |app| give.send(make(app)).unwrap()).build().await.unwrap();
        let layer = SessionManagerLayer::new(given.recv().unwrap()).with_secure(false);
        let routes = Router::new()
            .route("/login/{name}", get(log_in))
            .route("/who", get(who))
            .route("/logout", get(log_out))
            .layer(layer);
        Self(routes.merge(actuator.router()))
    }

    async fn send(&self, method: &str, path: &str, cookie: &str) -> (StatusCode, String, String) {
        let request = Request::builder().method(method).uri(path).header(header::COOKIE, cookie);
        let answer = self.0.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let set = answer.headers().get(header::SET_COOKIE).map(|set| set.to_str().unwrap());
        let cookie = set.unwrap_or_default().split(';').next().unwrap_or_default().to_owned();
        let status = answer.status();
        let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap(), cookie)
    }

    /// Logs somebody in: the cookie.
    async fn log_in(&self, name: &str) -> String {
        let (status, _, cookie) = self.send("GET", &format!("/login/{name}"), "").await;
        assert!(status == StatusCode::OK && !cookie.is_empty());
        cookie
    }

    async fn who(&self, cookie: &str) -> String {
        self.send("GET", "/who", cookie).await.1
    }

    async fn sessions(&self, name: &str) -> Vec<Value> {
        let path = format!("/actuator/sessions?username={name}");
        let (status, body, _) = self.send("GET", &path, "").await;
        assert_eq!(status, StatusCode::OK, "{body}");
        let body: Value = serde_json::from_str(&body).unwrap();
        body["sessions"].as_array().unwrap().clone()
    }
}

fn indexed(app: &mut App) -> Store {
    app.session_store(MemoryStore::default())
}

#[tokio::test]
async fn who_is_logged_in_is_shown_and_logged_out_by_an_id_that_is_no_cookie() {
    let service = Service::start(&[], indexed).await;
    let cookies = [service.log_in("alice").await, service.log_in("alice").await];
    let bob = service.log_in("bob").await;
    assert_eq!(service.who(&cookies[0]).await, "alice");
    let sessions = service.sessions("alice").await;
    assert_eq!(sessions.len(), 2);
    for session in &sessions {
        assert_eq!(session["attributeNames"], json!(["cart", "user"]));
        // tower-sessions' own lifetime, two weeks.
        assert_eq!(session["maxInactiveInterval"], 14 * 24 * 3600);
        assert_eq!(session["expired"], false);
        let id = session["id"].as_str().unwrap();
        assert!(cookies.iter().all(|cookie| !cookie.contains(id)));
        // It opens nothing.
        assert_eq!(service.who(&format!("id={id}")).await, "nobody");
    }
    let path = format!("/actuator/sessions/{}", sessions[0]["id"].as_str().unwrap());
    let (status, one, _) = service.send("GET", &path, "").await;
    assert_eq!(
        (status, serde_json::from_str(&one).ok()),
        (StatusCode::OK, sessions.first().cloned())
    );
    for _ in 0..2 {
        assert_eq!(service.send("DELETE", &path, "").await.0, StatusCode::NO_CONTENT);
    }
    assert_eq!(service.send("GET", &path, "").await.0, StatusCode::NOT_FOUND);
    let mut left = Vec::new();
    for cookie in &cookies {
        left.push(service.who(cookie).await);
    }
    left.sort();
    assert_eq!(left, ["alice", "nobody"], "one of them has to log in again");
    let [other] = &service.sessions("alice").await[..] else { panic!("one is left") };
    assert_eq!(other["id"], sessions[1]["id"]);
    assert_eq!(service.who(&bob).await, "bob");
}

#[tokio::test]
async fn who_logs_out_or_in_as_somebody_else_is_found_no_more() {
    let service = Service::start(&[], indexed).await;
    let alice = service.log_in("alice").await;
    let before = service.sessions("alice").await;
    let (_, _, carol) = service.send("GET", "/login/carol", &alice).await;
    assert_eq!(service.sessions("alice").await, Vec::<Value>::new());
    let after = service.sessions("carol").await;
    assert_ne!(before[0]["id"], after[0]["id"], "its cookie is another one too");
    service.send("GET", "/logout", &carol).await;
    assert_eq!(service.sessions("carol").await, Vec::<Value>::new());
    // A cookie's value is no id either.
    let bob = service.log_in("bob").await;
    let path = format!("/actuator/sessions/{}", bob.split_once('=').unwrap().1);
    assert_eq!(service.send("GET", &path, "").await.0, StatusCode::NOT_FOUND);
    assert_eq!(service.send("DELETE", &path, "").await.0, StatusCode::NO_CONTENT);
    assert_eq!(service.who(&bob).await, "bob");
}

#[tokio::test]
async fn no_more_sessions_are_remembered_than_the_setting_says_and_none_is_lost() {
    let service = Service::start(&[("actuator.sessions.max-indexed", "3")], indexed).await;
    let mut cookies = Vec::new();
    for _ in 0..10 {
        cookies.push(service.log_in("alice").await);
    }
    assert_eq!(service.sessions("alice").await.len(), 3);
    for cookie in &cookies {
        assert_eq!(service.who(cookie).await, "alice");
    }
    assert_eq!(service.sessions("alice").await.len(), 3);
}

#[tokio::test]
async fn a_closure_may_say_whose_a_session_is() {
    let service = Service::start(&[], |app| {
        let store = app.session_store(MemoryStore::default());
        store.username_with(|attributes| attributes.get("cart").map(|cart| format!("cart-{cart}")))
    });
    let service = service.await;
    service.log_in("alice").await;
    assert_eq!(service.sessions("cart-3").await.len(), 1);
    assert_eq!(service.sessions("alice").await, Vec::<Value>::new());
}
