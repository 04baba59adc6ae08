//! A service whose health does what a test says: `POST /say/down` and its check is DOWN, until told otherwise. The
//! setting `steered.says` is what it says first. It also has pools, a cache, an allocator and orders with figures that
//! do not change; `GET /order/{name}` logs as three loggers, `GET /answer/{status}` has that status, and `GET /panic`
//! does.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU32, Ordering},
};

use actuator::meter::cache::{CacheMeters, CacheStatistics};
use actuator::meter::pool::{PoolMeters, PoolState};
use actuator::meter::{AllocatorStatistics, MeterRegistry};
use actuator::{App, Health, health_check};
use axum::{
    Router,
    extract::Path,
    http::{StatusCode, header::WWW_AUTHENTICATE},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use tracing::{debug, info};

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

impl Said {
    fn from_word(word: &str) -> Option<Self> {
        match word {
            "up" => Some(Self::Up),
            "degraded" => Some(Self::Degraded),
            "down" => Some(Self::Down),
            "flapping" => Some(Self::Flapping),
            _ => None,
        }
    }
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
        Said::Flapping if run.is_multiple_of(2) => Health::from_error("one packet was lost"),
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

/// A cache that was asked ten times.
struct Prices;

impl CacheStatistics for Prices {
    fn size(&self) -> Option<u64> {
        Some(42)
    }

    fn hits(&self) -> Option<u64> {
        Some(7)
    }

    fn misses(&self) -> Option<u64> {
        Some(3)
    }
}

/// What the admin server shows as data sources and caches, and orders.
fn register_meters(registry: &MeterRegistry) {
    // All that means something in a query.
    for (kind, count) in [("books, used: 50% off", 3), ("tea & cups + saucers", 4)] {
        let orders = registry.meter("orders.placed").tag("kind", kind).tag("paid", "by card");
        orders.counter().add(count);
    }
    CacheMeters::register(registry, "steered", "prices", Prices);
    PoolMeters::register(registry, "orders", || PoolState {
        active: 4,
        idle: 2,
        min: 1,
        max: Some(11),
        ..PoolState::default()
    });
    PoolMeters::register(registry, "unlimited", || PoolState { active: 1, ..PoolState::default() });
}

async fn say(orders: Arc<Orders>, word: String) -> StatusCode {
    match Said::from_word(&word) {
        Some(said) => {
            *orders.said() = said;
            StatusCode::NO_CONTENT
        }
        None => StatusCode::NOT_FOUND,
    }
}

/// Logs what it does: a line at INFO, and one at DEBUG for each of two parts, and one that only sounds like the first.
async fn order(Path(name): Path<String>) -> StatusCode {
    info!(target: "steered::cart", %name, "ordered");
    debug!(target: "steered::cart", %name, "weighed the cart");
    debug!(target: "steered::checkout", %name, "asked for the address");
    debug!(target: "steered::carton", %name, "chose a carton");
    StatusCode::NO_CONTENT
}

/// An answer of this status; 401 says whom it would let in.
async fn answer(Path(status): Path<u16>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::NOT_FOUND);
    match status {
        StatusCode::UNAUTHORIZED => {
            (status, [(WWW_AUTHENTICATE, "Basic realm=\"steered\"")]).into_response()
        }
        _ => status.into_response(),
    }
}

async fn panic() -> StatusCode {
    panic!("the order has no items");
}

fn setup(app: &mut App) -> actuator::Result<Router> {
    let orders = Arc::new(Orders::default());
    let first = app.optional_setting::<String>("steered.says")?;
    *orders.said() = first.and_then(|word| Said::from_word(&word)).unwrap_or_default();
    app.component(orders.clone());
    register_meters(&app.meters());
    app.allocator(|| {
        AllocatorStatistics::default().allocated(3_210_000_usize).resident(4_560_000_usize)
    });
    Ok(Router::new()
        .route("/say/{word}", post(move |Path(word)| say(orders.clone(), word)))
        .route("/order/{name}", get(order))
        .route("/answer/{status}", get(answer))
        .route("/panic", get(panic)))
}

fn main() -> actuator::Result<()> {
    actuator::serve!(setup)
}
