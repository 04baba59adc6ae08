//! Orders, priced in the currency of their customers: what the walk-through in `docs/incident.md`
//! looks into. Nobody checks the rates that people set.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use actuator::audit::Audit;
use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{get, put},
};
use serde::{Deserialize, Serialize};

/// What each order costs, in hundredths of a euro.
const TOTAL: u64 = 42_00;

/// What rates are counted in: ten thousandths of a euro.
const EURO: u64 = 10_000;

/// What one unit of each currency is worth, in ten thousandths of a euro.
type Rates = BTreeMap<String, u64>;

#[derive(Clone)]
struct Orders {
    rates: Arc<Mutex<Rates>>,
    audit: Audit,
}

/// A rate as somebody sets it.
#[derive(Deserialize)]
struct NewRate {
    rate: u64,
    by: String,
}

/// What an audit event of a change says.
#[derive(Serialize)]
struct RateChanged {
    currency: String,
    from: Option<u64>,
    to: u64,
}

pub(crate) fn routes(audit: Audit) -> Router {
    let known = [("CHF", 10_650), ("EUR", EURO), ("USD", 8_640)];
    let rates: Rates = known.map(|(currency, rate)| (currency.to_owned(), rate)).into();
    Router::new()
        .route("/orders/{id}", get(order))
        .route("/rates/{currency}", put(set_rate))
        .with_state(Orders { rates: Arc::new(Mutex::new(rates)), audit })
}

async fn order(State(orders): State<Orders>, Path(id): Path<u64>) -> Result<String, StatusCode> {
    let currency = currency_of(id);
    let rate = orders.rates().get(currency).copied().unwrap_or(EURO);
    tracing::debug!(order = id, currency, rate, "converting");
    let Some(price) = (TOTAL * EURO).checked_div(rate) else {
        tracing::error!(order = id, "the order has no price");
        return Err(StatusCode::INTERNAL_SERVER_ERROR);
    };
    Ok(format!("Order {id}: {}.{:02} {currency}\n", price / 100, price % 100))
}

async fn set_rate(
    State(orders): State<Orders>,
    Path(currency): Path<String>,
    Json(new): Json<NewRate>,
) -> StatusCode {
    let from = orders.rates().insert(currency.clone(), new.rate);
    orders.audit.record(&new.by, "RATE_CHANGED", RateChanged { currency, from, to: new.rate });
    StatusCode::NO_CONTENT
}

/// Every third customer pays in francs.
fn currency_of(id: u64) -> &'static str {
    match id % 3 {
        0 => "EUR",
        1 => "CHF",
        _ => "USD",
    }
}

impl Orders {
    fn rates(&self) -> MutexGuard<'_, Rates> {
        self.rates.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
