//! A service that has something of everything that one can look into: routes that are recorded, steps of the start,
//! scheduled tasks, two caches, the migrations of a database, sessions, settings of its own, and two threads of which
//! one waits for the other. `GET /price/{item}` asks the cache `prices`, and fills it, as `GET /stock/{item}` does with
//! the cache `stock`. `POST /login/{name}/{place}` lets somebody in, and `GET /who` says whose cookie it gets.

use std::collections::{BTreeMap, HashMap};
use std::hint::black_box;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, SystemTime};

use actuator::cache::{Clearing, ManagedCache};
use actuator::meter::cache::{CacheCounters, CacheStatistics};
use actuator::migration::{Migration, MigrationError, MigrationSource, MigrationState};
use actuator::routing::{Router, get, post};
use actuator::security::BoxFuture;
use actuator::{ActuatorInfo, App, Redacted, Settings, scheduled, startup_step};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use tower_sessions::{MemoryStore, Session, SessionManagerLayer, session};

#[derive(ActuatorInfo)]
struct Inside;

/// How the shop takes money.
#[derive(Settings)]
#[settings(prefix = "shop.till")]
#[expect(dead_code, reason = "it is there to be shown")]
struct Till {
    #[settings(default = "CHF")]
    currency: String,
    key: Option<Redacted<String>>,
    #[settings(default = "1500ms")]
    patience: Duration,
    #[settings(default = "north, south")]
    regions: Vec<String>,
    limits: BTreeMap<String, u32>,
    note: Option<String>,
}

/// A cache that counts what it is asked.
#[derive(Default)]
struct Lengths {
    entries: Mutex<HashMap<String, usize>>,
    counters: CacheCounters,
}

impl Lengths {
    fn entries(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ManagedCache for Lengths {
    fn clear(self: Arc<Self>) -> Clearing {
        Clearing::blocking(move || {
            self.entries().clear();
            Ok(())
        })
    }
}

impl CacheStatistics for Lengths {
    fn size(&self) -> Option<u64> {
        Some(self.entries().len() as u64)
    }

    fn hits(&self) -> Option<u64> {
        self.counters.hits()
    }

    fn misses(&self) -> Option<u64> {
        self.counters.misses()
    }
}

/// How long the name of an item is, and whether that was in the cache.
async fn length(State(lengths): State<Arc<Lengths>>, Path(item): Path<String>) -> String {
    let known = lengths.entries().get(&item).copied();
    lengths.counters.looked_up(known.is_some());
    let length = *lengths.entries().entry(item).or_insert_with_key(String::len);
    format!("{length}, {}", if known.is_some() { "known" } else { "counted" })
}

/// Brings what was sold to the books.
#[scheduled(fixed_rate = "1s", initial_delay = "50ms")]
async fn sweep() {}

/// Fails whenever it runs.
#[scheduled(fixed_delay = "30m")]
async fn import() -> Result<(), std::io::Error> {
    Err(std::io::Error::other("the supplier's list has no header"))
}

/// Every working day at three in the morning, in Zurich.
#[scheduled(cron = "0 0 3 * * MON-FRI", zone = "Europe/Zurich")]
async fn nightly() {}

/// What was done to a database, and what is to be done.
struct Orders;

impl MigrationSource for Orders {
    fn migrations(&self) -> BoxFuture<'_, Result<Vec<Migration>, MigrationError>> {
        let minute =
            |minutes: u64| SystemTime::UNIX_EPOCH + Duration::from_mins(29_000_000 + minutes);
        let mut created = Migration::new("1", "create orders", MigrationState::Success);
        "V1__create_orders.sql".clone_into(&mut created.script);
        (created.checksum, created.installed_rank) = (Some(1_923_162_778), Some(1));
        (created.installed_on, created.installed_by) = (Some(minute(0)), Some("orders".to_owned()));
        created.execution_time = Some(Duration::from_millis(42));
        let mut indexed = Migration::new("2", "index customers", MigrationState::Failed);
        "V2__index_customers.sql".clone_into(&mut indexed.script);
        (indexed.checksum, indexed.installed_rank) = (Some(-425_554_143), Some(2));
        (indexed.installed_on, indexed.installed_by) = (Some(minute(7)), Some("orders".to_owned()));
        let mut pending = Migration::new("3", "drop coupons", MigrationState::Pending);
        "V3__drop_coupons.sql".clone_into(&mut pending.script);
        Box::pin(std::future::ready(Ok(vec![created, indexed, pending])))
    }
}

/// Lets somebody in at a place, which is in the session as well.
async fn log_in(
    session: Session,
    Path((name, place)): Path<(String, String)>,
) -> Result<(), StatusCode> {
    session.insert("username", name).await.map_err(unavailable)?;
    session.insert(&place, true).await.map_err(unavailable)
}

/// Who is in with this cookie.
async fn who(session: Session) -> Result<String, StatusCode> {
    let name = session.get("username").await.map_err(unavailable)?;
    Ok(name.unwrap_or_else(|| "nobody".to_owned()))
}

fn unavailable(_: session::Error) -> StatusCode {
    StatusCode::SERVICE_UNAVAILABLE
}

/// The routes of those who log in.
fn doors(app: &mut App) -> Router {
    let sessions = app.session_store(MemoryStore::default());
    let doors = Router::new().route("/login/{name}/{place}", post(log_in)).route("/who", get(who));
    doors.layer(SessionManagerLayer::new(sessions).with_secure(false))
}

/// Fills the cache with what is always asked for.
#[startup_step("load prices", tags("source" = "list"))]
fn load_prices(prices: &Lengths) {
    let first = parse("tea 3");
    prices.entries().extend(first);
}

#[startup_step("parse")]
fn parse(list: &str) -> Option<(String, usize)> {
    let (item, price) = list.split_once(' ')?;
    Some((item.to_owned(), price.parse().ok()?))
}

/// Holds the ledger for as long as the service is there.
#[inline(never)]
fn keep_ledger(ledger: &Mutex<u32>, is_held: &mpsc::Sender<()>) {
    let _held = ledger.lock();
    let _ = is_held.send(());
    loop {
        thread::park();
    }
}

/// Wants the ledger, which the other one holds.
#[inline(never)]
fn read_ledger(ledger: &Mutex<u32>) -> u32 {
    black_box(*ledger.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Starts the two threads.
fn start_clerks() -> std::io::Result<()> {
    let ledger = Arc::new(Mutex::new(0));
    let (held, is_held) = mpsc::channel();
    let other = ledger.clone();
    thread::Builder::new().name("clerk".to_owned()).spawn(move || keep_ledger(&ledger, &held))?;
    thread::Builder::new().name("auditor".to_owned()).spawn(move || {
        let _ = is_held.recv();
        read_ledger(&other)
    })?;
    Ok(())
}

fn setup(app: &mut App) -> Result<Router, std::io::Error> {
    let (prices, stock) = <(Arc<Lengths>, Arc<Lengths>)>::default();
    load_prices(&prices);
    app.cache("shop", "prices", prices.clone());
    app.cache("shop", "stock", stock.clone());
    app.migrations("orders", Orders);
    start_clerks()?;
    let stock = Router::new().route("/stock/{item}", get(length)).with_state(stock);
    let prices = Router::new().route("/price/{item}", get(length)).with_state(prices);
    Ok(prices.merge(stock).merge(doors(app)))
}

fn main() -> actuator::Result<()> {
    actuator::serve!(setup)
}
