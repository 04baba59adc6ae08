//! An admin server for tests, and what a real one answers.

use crate::support::outgoing::fake_server::{Asked, FakeServer, answer};

impl FakeServer {
    /// A server that takes every registration under the id `a9`, and every deregistration.
    pub async fn friendly() -> Self {
        Self::start(|asked| Some(friendly(asked))).await
    }
}

/// What a real server answers.
pub fn friendly(asked: &Asked) -> String {
    if asked.line.starts_with("POST") {
        answer("201 Created", "content-type: application/json", r#"{"id":"a9"}"#)
    } else {
        answer("204 No Content", "x: y", "")
    }
}
