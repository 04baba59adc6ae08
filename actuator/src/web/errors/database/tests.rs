//! Violated constraints of a real database.
#![allow(clippy::unwrap_used)] // a test may fail

use std::fmt;

use http_body_util::BodyExt as _;
use sqlx::{SqlitePool, sqlite::SqlitePoolOptions};
use tower::ServiceExt as _;

use super::*;
use crate::web::errors::{ErrorLayer, ErrorSettings, HttpError};

async fn pool() -> SqlitePool {
    let pool =
        SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap();
    sqlx::raw_sql(
        "PRAGMA foreign_keys = ON;
         CREATE TABLE team (id INTEGER PRIMARY KEY);
         CREATE TABLE member (
             email TEXT UNIQUE NOT NULL CHECK (length(email) > 3),
             team INTEGER REFERENCES team (id)
         );
         INSERT INTO member VALUES ('kim@example.org', NULL)",
    )
    .execute(&pool)
    .await
    .unwrap();
    pool
}

/// An error of an application, which says what its cause says.
#[derive(Debug)]
struct NotSaved(sqlx::Error);

impl fmt::Display for NotSaved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not saved: {}", self.0)
    }
}

impl StdError for NotSaved {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.0)
    }
}

#[tokio::test]
async fn trap_seed_18_violated_constraints_are_409_or_400_without_statement_values_or_names() {
    let pool = pool().await;
    for (sql, status) in [
        ("INSERT INTO member VALUES ('kim@example.org', NULL)", 409),
        ("INSERT INTO member VALUES ('lee@example.org', 7)", 409),
        ("INSERT INTO member VALUES (NULL, NULL)", 400),
        ("INSERT INTO member VALUES ('x', NULL)", 400),
        ("INSERT INTO nothing VALUES (1)", 500),
    ] {
        let failed = async || sqlx::raw_sql(sql).execute(&pool).await.map(drop);
        let direct = HttpError::from(failed().await.unwrap_err());
        let wrapped = HttpError::from(NotSaved(failed().await.unwrap_err()));
        for error in [direct, wrapped] {
            assert_eq!(error.status().as_u16(), status, "{sql}");
            let detail = error.detail().unwrap_or_default().to_ascii_lowercase();
            assert_eq!(detail.is_empty(), status == 500, "{sql}");
            for secret in ["member", "email", "example.org", "insert", "constraint"] {
                assert!(!detail.contains(secret), "{detail}");
            }
        }
    }
}

#[tokio::test]
async fn trap_seed_18_not_even_the_trace_says_what_the_database_said() {
    let settings = crate::settings::Settings::builder()
        .force("server.error.include-stacktrace", "always")
        .force("server.error.include-message", "always")
        .build()
        .unwrap();
    let settings = ErrorSettings::read(&mut crate::settings::SettingsReader::new(&settings));
    let pool = pool().await;
    let save = async move || -> Result<(), HttpError> {
        let sql = "INSERT INTO member VALUES ('kim@example.org', NULL)";
        sqlx::raw_sql(sql).execute(&pool).await.map_err(NotSaved)?;
        Ok(())
    };
    let save = std::sync::Arc::new(save);
    let handler = move || {
        let save = std::sync::Arc::clone(&save);
        async move { save().await }
    };
    let router = axum::Router::new().route("/", axum::routing::get(handler));
    let router = router.layer(ErrorLayer::new(&settings));
    let request = http::Request::get("/").body(axum::body::Body::empty()).unwrap();
    let response = router.oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::CONFLICT);
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["message"], "This value is already in use.");
    let trace = body["trace"].as_str().unwrap();
    assert!(trace.contains("not saved: an error of the database\n"), "{trace}");
    assert!(!trace.contains("UNIQUE") && !trace.contains("member."), "{trace}");
}
