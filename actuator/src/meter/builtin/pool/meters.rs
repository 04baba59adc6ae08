//! The meters of one pool.

use std::sync::Arc;

use super::PoolState;
use crate::meter::{MeterBuilder, MeterRegistry, instrument::as_f64};

const NAME: &str = "name";
const POOL_NAME: &str = "db.client.connection.pool.name";
const ACTIVE: &str = "jdbc.connections.active";
const IDLE: &str = "jdbc.connections.idle";
const MAX: &str = "jdbc.connections.max";
const MIN: &str = "jdbc.connections.min";
const PENDING: &str = "db.client.connection.pending_requests";
const TIMEOUTS: &str = "db.client.connection.timeouts";
const WAIT_TIME: &str = "db.client.connection.wait_time";

/// Registers the meters of a pool of connections.
///
/// ```
/// use actuator::meter::pool::{PoolMeters, PoolState};
///
/// # struct Pool;
/// # impl Pool {
/// #     fn in_use(&self) -> u64 { 3 }
/// #     fn idle(&self) -> u64 { 1 }
/// # }
/// # fn example(app: &mut actuator::App, pool: Pool) {
/// PoolMeters::register(&app.meters(), "orders", move || PoolState {
///     active: pool.in_use(),
///     idle: pool.idle(),
///     max: Some(10),
///     ..PoolState::default()
/// });
/// # }
/// ```
///
/// With the feature `deadpool` that is `move || pool.status().into()`, with `bb8`
/// `move || PoolState::from(&pool)`. A pool of sqlx that is a component has its meters already.
#[derive(Debug)]
pub struct PoolMeters(());

/// Where the state of a pool comes from.
type Read = Arc<dyn Fn() -> PoolState + Send + Sync>;

impl PoolMeters {
    /// Registers the meters of the pool of this name. `read` is called whenever one of them is
    /// read, so it must be quick; what it says the first time decides which meters there are. A
    /// name that has meters already keeps them.
    pub fn register(
        registry: &MeterRegistry,
        name: &str,
        read: impl Fn() -> PoolState + Send + Sync + 'static,
    ) {
        let read: Read = Arc::new(read);
        sizes(registry, name, &read);
        let now = read();
        if now.pending.is_some() {
            let read = Arc::clone(&read);
            client(registry, PENDING, name)
                .description("Callers that wait for a connection")
                .base_unit("requests")
                .gauge_with(move || read().pending.map_or(f64::NAN, as_f64));
        }
        if now.acquisitions.is_some() {
            acquisitions(registry, name, &read);
        }
    }

    /// Takes the meters of a pool away again.
    pub fn remove(registry: &MeterRegistry, name: &str) {
        for meter in [ACTIVE, IDLE, MAX, MIN] {
            registry.remove(meter, NAME, name);
        }
        for meter in [PENDING, TIMEOUTS, WAIT_TIME] {
            registry.remove(meter, POOL_NAME, name);
        }
    }
}

/// What Spring's metadata of a data source tells; the descriptions are Spring's too.
fn sizes(registry: &MeterRegistry, name: &str, read: &Read) {
    /// A meter, what it says, and what it reads.
    type Size = (&'static str, &'static str, fn(&PoolState) -> f64);
    let sizes: [Size; 4] = [
        (
            ACTIVE,
            "Current number of active connections that have been allocated from the data source.",
            |state| as_f64(state.active),
        ),
        (IDLE, "Number of established but idle connections.", |state| as_f64(state.idle)),
        (
            MAX,
            "Maximum number of active connections that can be allocated at the same time.",
            // Spring's word for no limit.
            |state| state.max.map_or(-1.0, as_f64),
        ),
        (MIN, "Minimum number of idle connections in the pool.", |state| as_f64(state.min)),
    ];
    for (meter, description, value) in sizes {
        let read = Arc::clone(read);
        let meter = registry.meter(meter).tag(NAME, name).description(description);
        meter.gauge_with(move || value(&read()));
    }
}

fn acquisitions(registry: &MeterRegistry, name: &str, read: &Read) {
    let told = Arc::clone(read);
    let told = move || told().acquisitions.unwrap_or_default();
    let timed_out = told.clone();
    client(registry, TIMEOUTS, name)
        .description("Callers that gave up because they waited too long for a connection")
        .base_unit("timeouts")
        .counter_with(move || as_f64(timed_out().timed_out));
    let callers = told.clone();
    client(registry, WAIT_TIME, name)
        .description("How long callers waited for a connection, also those who gave up")
        .timer_with(move || callers().callers, move || told().waited);
}

fn client<'r>(registry: &'r MeterRegistry, meter: &str, name: &str) -> MeterBuilder<'r> {
    registry.meter(meter).tag(POOL_NAME, name)
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicU64, Ordering::Relaxed},
        time::Duration,
    };

    use super::*;
    use crate::{
        meter::{MeterSettings, Tag, pool::PoolAcquisitions},
        support::clock::Clock,
    };

    fn value(registry: &MeterRegistry, meter: &str, key: &str, name: &str) -> Option<i64> {
        let reading = registry.read(meter, &[Tag::new(key, name)])?;
        format!("{}", reading.measurements.first()?.value).parse().ok()
    }

    #[test]
    fn the_meters_follow_the_pool_and_no_limit_is_said_as_spring_says_it() {
        let registry = MeterRegistry::new(MeterSettings::default(), Clock::system());
        let active = Arc::new(AtomicU64::new(3));
        let told = Arc::clone(&active);
        PoolMeters::register(&registry, "orders", move || PoolState {
            active: told.load(Relaxed),
            idle: 2,
            min: 1,
            ..PoolState::default()
        });
        let jdbc = |what: &str| {
            value(&registry, &format!("jdbc.connections.{what}"), "name", "orders").unwrap()
        };
        assert_eq!(["active", "idle", "min", "max"].map(jdbc), [3, 2, 1, -1]);
        active.store(7, Relaxed);
        assert_eq!(jdbc("active"), 7);
        // What the pool does not know is not there.
        assert_eq!(registry.names().len(), 4);
        PoolMeters::remove(&registry, "orders");
        assert_eq!(registry.names(), Vec::<String>::new());
    }

    #[test]
    fn a_pool_that_knows_who_waits_has_those_meters_too() {
        let registry = MeterRegistry::new(MeterSettings::default(), Clock::system());
        PoolMeters::register(&registry, "orders", || PoolState {
            max: Some(4),
            pending: Some(5),
            acquisitions: Some(PoolAcquisitions {
                callers: 10,
                waited: Duration::from_millis(2500),
                timed_out: 2,
            }),
            ..PoolState::default()
        });
        let read = |meter| value(&registry, meter, POOL_NAME, "orders");
        assert_eq!([PENDING, TIMEOUTS, WAIT_TIME].map(read), [Some(5), Some(2), Some(10)]);
        PoolMeters::remove(&registry, "orders");
        assert_eq!(registry.names(), Vec::<String>::new());
    }

    #[test]
    fn pools_are_told_apart_and_the_first_of_a_name_stays() {
        let registry = MeterRegistry::new(MeterSettings::default(), Clock::system());
        for (name, active) in [("orders", 1), ("stock", 2), ("orders", 3)] {
            PoolMeters::register(&registry, name, move || PoolState {
                active,
                ..PoolState::default()
            });
        }
        let active = |name| value(&registry, ACTIVE, NAME, name);
        assert_eq!(["orders", "stock"].map(active), [Some(1), Some(2)]);
    }
}
