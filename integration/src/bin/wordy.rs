//! A service that logs what it is told to: `POST /say/{first}/{count}` logs so many lines, numbered from the first, and
//! `POST /say/{first}/{count}/{length}` longer ones.

use actuator::App;
use axum::{Router, extract::Path, http::StatusCode, routing::post};

/// So many lines, each with a text of this length.
fn say(first: u64, count: u64, length: usize) -> StatusCode {
    let text = "x".repeat(length.min(100_000));
    for number in first..first.saturating_add(count) {
        tracing::info!(target: "wordy::voice", number, text, "said {number} times");
    }
    StatusCode::NO_CONTENT
}

fn setup(_: &mut App) -> Router {
    let short = |Path((first, count)): Path<(u64, u64)>| async move { say(first, count, 40) };
    let long = |Path((first, count, length)): Path<(u64, u64, usize)>| async move {
        say(first, count, length)
    };
    Router::new()
        .route("/say/{first}/{count}", post(short))
        .route("/say/{first}/{count}/{length}", post(long))
}

fn main() -> actuator::Result<()> {
    actuator::serve!(setup)
}
