//! A service whose health does what a test says: `POST /say/down` and its check is DOWN, until told otherwise.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU32, Ordering},
};

use actuator::{App, Health, health_check};
use axum::{Router, extract::Path, http::StatusCode, routing::post};

/// What the check has been told to say, and how often it was asked.
#[derive(Default)]
struct Orders {
    said: Mutex<Said>,
    runs: AtomicU32,
}

#[derive(Clone, Copy, Default)]
enum Said {
    #[default]
    Up,
    Degraded,
    Down,
    /// DOWN at every other run, UP at those between.
    Flapping,
}

impl Orders {
    fn said(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Do orders come in? Two failures in a row are needed for an alarm.
#[health_check(
    name = "orders",
    interval = "50ms",
    failure_threshold = 2,
    groups = ["payments"],
    tags = ["business", "revenue"]
)]
async fn orders(orders: &Orders) -> Health {
    let run = orders.runs.fetch_add(1, Ordering::Relaxed);
    let said = *orders.said();
    match said {
        Said::Down => Health::from_error("the broker refused the connection"),
        Said::Flapping if run % 2 == 0 => Health::from_error("one packet was lost"),
        Said::Degraded => Health::degraded().with_detail("backlog", 1200),
        Said::Up | Said::Flapping => Health::up().with_detail("backlog", 0),
    }
}

/// Are there recommendations? Nobody misses them.
#[health_check(name = "recommendations", critical = false)]
async fn recommendations() -> Health {
    Health::from_error("the model is not loaded")
}

/// Can we pay at the first provider?
#[health_check(name = "providers/first", groups = ["payments"])]
async fn first() -> Health {
    Health::up().with_detail("currency", "EUR")
}

async fn say(orders: Arc<Orders>, word: String) -> StatusCode {
    let said = match word.as_str() {
        "up" => Said::Up,
        "degraded" => Said::Degraded,
        "down" => Said::Down,
        "flapping" => Said::Flapping,
        _ => return StatusCode::NOT_FOUND,
    };
    *orders.said() = said;
    StatusCode::NO_CONTENT
}

fn setup(app: &mut App) -> Router {
    let orders = Arc::new(Orders::default());
    app.component(orders.clone());
    Router::new().route("/say/{word}", post(move |Path(word)| say(orders.clone(), word)))
}

fn main() -> actuator::Result<()> {
    actuator::serve!(setup)
}
