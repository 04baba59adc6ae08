//! A service whose meters are as bad as names, texts and numbers get. Beside them are pools, caches and calls, which
//! the quickstart has none of, and a route that answers with any status.

use std::time::Duration;

use actuator::App;
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
        meters.meter(&format!("hostile.help.{number}")).description(text).gauge().set(value);
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
        meters.meter(&format!("hostile.number.{name}")).gauge().set(number);
        meters.meter("hostile.numbers").tag("name", name).gauge_with(move || number);
    }
    meters.meter("hostile.panic").gauge_with(|| panic!("a gauge that panics"));
    meters.meter("hostile.counter.nan").counter_with(|| f64::NAN);
    meters.meter("hostile.counter.negative").counter_with(|| -1.0);
    meters.meter("hostile.counter.large").counter().add((1 << 53) + 1);
    meters.meter("hostile.build.info").tag("version", "1.0").gauge().set(1.0);
}

fn distributions(meters: &MeterRegistry) {
    let exemplar =
        Exemplar { trace_id: 0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c, span_id: 0xb7ad_6b71 };
    let slow = meters.meter("distribution.timer").tag("kind", "buckets").percentiles_histogram();
    let slow = slow.description("Every bucket").timer();
    let sizes = meters.meter("distribution.summary").base_unit("bytes");
    let sizes = sizes.service_level_objectives([1.0, 1_024.0, 1e6]).summary();
    let median = meters.meter("distribution.quantiles").percentiles([0.5, 0.99, 1.0]).timer();
    let bare = meters.meter("distribution.bare").timer();
    for step in 0..100_u32 {
        let duration = Duration::from_micros(100) * step * step;
        slow.record_with(duration, exemplar);
        median.record(duration);
        bare.record(duration);
        sizes.record_with(f64::from(step).powi(4), exemplar);
    }
    meters.meter("distribution.empty").percentiles_histogram().timer();
    let odd = meters.meter("distribution.odd").service_level_objectives([0.5]).summary();
    for number in [f64::NAN, f64::INFINITY, -1.0, 0.0, f64::MAX, f64::MAX] {
        odd.record(number);
    }
    meters.meter("distribution.function").timer_with(|| 3, || Duration::from_millis(1_500));
    let running = meters.meter("distribution.running").tag("job", "import").long_task_timer();
    running.start();
    running.start();
    meters
        .meter("distribution.rows")
        .multi_gauge()
        .set([(vec![Tag::new("row", "a")], 1.0), (vec![Tag::new("row", "b")], 2.0)]);
}

/// What the library records for pools, caches and calls, with its names and tags.
fn bound(meters: &MeterRegistry) {
    for (state, count) in [("active", 3.0), ("idle", 2.0), ("max", 10.0), ("min", 1.0)] {
        meters.meter(&format!("jdbc.connections.{state}")).tag("name", "orders").gauge().set(count);
    }
    for (result, count) in [("hit", 30), ("miss", 10)] {
        let gets = meters.meter("cache.gets").tag("name", "rates").tag("cache", "rates");
        gets.tag("result", result).counter().add(count);
    }
    meters.meter("cache.size").tag("name", "rates").tag("cache", "rates").gauge().set(7.0);
    for (status, outcome) in [("200", "SUCCESS"), ("503", "SERVER_ERROR")] {
        let calls = meters.meter("http.client.requests").tag("client.name", "rates.example.com");
        let calls = calls.tag("uri", "none").tag("method", "GET").tag("status", status);
        calls.tag("outcome", outcome).timer().record(Duration::from_millis(20));
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
