//! A service whose meters are as bad as names, texts and numbers get. Beside them are pools, caches and calls, which
//! the quickstart has none of, and a route that answers with any status.

use std::sync::Arc;
use std::time::Duration;

use actuator::App;
use actuator::client::ClientMeters;
use actuator::meter::cache::{CacheMeters, CacheStatistics};
use actuator::meter::pool::{PoolAcquisitions, PoolMeters, PoolState};
use actuator::meter::{Exemplar, MeterRegistry, Tag};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::{Router, routing::get};

/// As keys of tags and values of tags and descriptions.
const TEXTS: [&str; 9] = [
    "",
    "ends with \\",
    "\"quoted\"",
    "two\nlines",
    "\\n is no line break",
    "a=\"b\",c} 1 # {x=\"y\"} 2",
    "carriage\rreturn\ttab\0nul",
    "größer als 5 € 🦀",
    "# EOF",
];

/// As names of meters. What becomes of the last one stands in the way of what the first one's samples are called.
const NAMES: [&str; 9] = [
    "hostile.name",
    "9.lives",
    "__hidden",
    "hostile:colon",
    "hostile größe in €",
    "hostile\nline",
    "hostile{le=\"1\"} 5",
    "hostile.already_total",
    "hostile.name.total",
];

fn hostile(meters: &MeterRegistry) {
    for (number, name) in (1_u64..).zip(NAMES) {
        meters.meter(name).tag("number", number.to_string()).counter().add(number * 1_000_003);
    }
    for (number, text) in (1_u32..).zip(TEXTS) {
        let value = f64::from(number) * 0.1;
        meters.meter("hostile.value").description(text).tag("text", text).gauge().set(value);
        meters.meter("hostile.key").tag("of", "keys").tag(text, "key").gauge().set(value);
        meters.meter(format!("hostile.help.{number}")).description(text).gauge().set(value);
    }
    for key in ["le", "quantile", "__name__", "job", "instance", "tenant id", "a.b", "a_b"] {
        meters.meter("hostile.reserved").tag(key, "reserved").tag("key", key).counter().increment();
    }
    let numbers = [
        ("nan", f64::NAN),
        ("infinity", f64::INFINITY),
        ("minus.infinity", f64::NEG_INFINITY),
        ("minus.zero", -0.0),
        ("largest", f64::MAX),
        ("smallest", 5e-324),
        ("third", 1.0 / 3.0),
        ("negative", -123_456_789.125),
    ];
    for (name, number) in numbers {
        meters.meter(format!("hostile.number.{name}")).gauge().set(number);
        meters.meter("hostile.numbers").tag("name", name).gauge_with(move || number);
    }
    meters.meter("hostile.panic").gauge_with(|| panic!("a gauge that panics"));
    meters.meter("hostile.counter.nan").counter_with(|| f64::NAN);
    meters.meter("hostile.counter.negative").counter_with(|| -1.0);
    meters.meter("hostile.counter.large").counter().add((1 << 53) + 1);
    meters.meter("hostile.build.info").tag("version", "1.0").gauge().set(1.0);
}

fn distributions(meters: &MeterRegistry) {
    let trace_id = 0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c;
    let exemplar = Exemplar { trace_id, span_id: 0xb7ad_6b71 };
    let meter = |name: &str| meters.meter(format!("distribution.{name}")).description("A shape");
    let buckets = meter("buckets").tag("kind", "all").percentiles_histogram().timer();
    let objectives = [1.0, 1_024.0, 1e6];
    let sizes = meter("sizes").base_unit("bytes").service_level_objectives(objectives).summary();
    let quantiles = meter("quantiles").percentiles([0.5, 0.99, 1.0]).timer();
    let bare = meter("bare").timer();
    for step in 0..100_u32 {
        let duration = Duration::from_micros(100) * step * step;
        buckets.record_with(duration, exemplar);
        quantiles.record(duration);
        bare.record(duration);
        sizes.record_with(f64::from(step).powi(4), exemplar);
    }
    meter("empty").percentiles_histogram().timer();
    let odd = meter("odd").service_level_objectives([0.5]).summary();
    for number in [f64::NAN, f64::INFINITY, -1.0, 0.0, f64::MAX, f64::MAX] {
        odd.record(number);
    }
    meter("function").timer_with(|| 3, || Duration::from_millis(1_500));
    let running = meter("running").tag("job", "import").long_task_timer();
    running.start();
    running.start();
    let row = |name: &str| vec![Tag::new("row", name)];
    meter("rows").multi_gauge().set([(row("a"), 1.0), (row("b"), 2.0)]);
}

/// A cache that has seen some use.
struct Rates;

impl CacheStatistics for Rates {
    fn size(&self) -> Option<u64> {
        Some(7)
    }

    fn hits(&self) -> Option<u64> {
        Some(30)
    }

    fn misses(&self) -> Option<u64> {
        Some(10)
    }
}

/// A pool, a cache and calls, as the library measures them.
fn bound(meters: &Arc<MeterRegistry>) {
    let acquisitions =
        PoolAcquisitions { callers: 9, waited: Duration::from_millis(90), timed_out: 2 };
    PoolMeters::register(meters, "orders", move || PoolState {
        active: 3,
        idle: 2,
        min: 1,
        max: Some(10),
        pending: Some(1),
        acquisitions: Some(acquisitions),
    });
    CacheMeters::register(meters, "shop", "rates", Rates);
    let client = ClientMeters::new(Arc::clone(meters));
    for status in [200, 503] {
        client.start("GET", "rates.example.com", "/rates/{currency}").answered(status);
    }
}

/// Answers with the status that it is asked for.
async fn status(Path(status): Path<u16>) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST)
}

fn setup(app: &mut App) -> Router {
    let meters = app.meters();
    hostile(&meters);
    distributions(&meters);
    bound(&meters);
    Router::new().route("/status/{status}", get(status))
}

fn main() -> actuator::Result<()> {
    actuator::serve!(setup)
}
