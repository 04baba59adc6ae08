//! `stats.json` as c2cwsgiutils writes it: counters, gauges and timers, since the start.
//!
//! A GET changes nothing here: `reset=1` is refused, and who wants a rate takes the difference of
//! two answers.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use serde::Serialize;
use serde_json::Number;

use super::{key::key, measured::Measured, walk};
use crate::{
    endpoint::health_view::json,
    meter::{APPLICATION_INFO, Family, MeterRegistry, Series, as_f64},
    model::{
        answer::Answer,
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation, Produces},
        schema::Schema,
    },
};

const OPERATIONS: &[Operation] = &[Operation::read(&[])
    .producing(Produces::Resource)
    .doing("All meters, in the form of c2cwsgiutils.")
    .answering(&[Answer::document("application/json", Schema::Map(&Schema::Any))])];

/// The document of all meters.
#[derive(Debug)]
pub(super) struct StatsView {
    pub(super) meters: Arc<MeterRegistry>,
    pub(super) use_tags: bool,
}

#[derive(Default, Serialize)]
struct Document {
    counters: BTreeMap<String, Number>,
    gauges: BTreeMap<String, Number>,
    timers: BTreeMap<String, Times>,
}

/// Whole milliseconds. What is not known is not there.
#[derive(Serialize)]
struct Times {
    avg_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_ms: Option<u64>,
    nb: u64,
}

/// A refusal, as c2cwsgiutils writes it.
#[derive(Serialize)]
struct Refusal {
    message: &'static str,
    status: u16,
}

const NO_RESET: Refusal = Refusal {
    message: "reset=1 is not offered: reading changes nothing. Take the difference of two answers",
    status: 400,
};

/// What has been seen so far: several series may have one key.
#[derive(Default)]
struct Seen {
    counters: BTreeMap<String, f64>,
    gauges: BTreeMap<String, f64>,
    timers: BTreeMap<String, Measured>,
}

impl StatsView {
    async fn answer(&self, call: &Call<'_>) -> EndpointResult {
        if call.query_values("reset").any(|value| value == "1") {
            return json(400, &NO_RESET);
        }
        let mut seen = Seen::default();
        walk(&self.meters, |family, series| seen.add(family, series, self.use_tags)).await;
        json(200, &Document::from(seen))
    }
}

impl Seen {
    fn add(&mut self, family: &Family, series: &Series, use_tags: bool) {
        let key = |told| text(family.name(), series, told, use_tags);
        match series {
            Series::Counter(counter) => self.count(key(None), as_f64(counter.count())),
            Series::FunctionCounter(function) => self.count(key(None), function.value()),
            Series::Gauge(gauge) => self.set(key(None), gauge.value()),
            // There the process counts its build once.
            Series::FunctionGauge(_) if family.name() == APPLICATION_INFO => {
                self.count(key(None), 1.0);
            }
            Series::FunctionGauge(function) => self.set(key(None), function.value()),
            Series::Timer(timer) => self.measure(key(None), Measured::of(timer.histogram())),
            Series::FunctionTimer(timer) => {
                let (count, total) = (timer.count(), timer.total().as_secs_f64());
                self.measure(key(None), Measured::without_bounds(count, total));
            }
            Series::Summary(summary) => {
                self.count(key(Some("count")), as_f64(summary.count()));
                self.count(key(Some("sum")), summary.total());
            }
            Series::LongTask(timer) => {
                let active = u32::try_from(timer.active()).unwrap_or(u32::MAX);
                self.set(key(Some("active")), active.into());
                self.set(key(Some("duration")), timer.duration().as_secs_f64() * 1e3);
            }
        }
    }

    fn count(&mut self, key: String, value: f64) {
        *self.counters.entry(key).or_default() += value;
    }

    fn set(&mut self, key: String, value: f64) {
        self.gauges.insert(key, value);
    }

    fn measure(&mut self, key: String, measured: Option<Measured>) {
        let Some(measured) = measured else { return };
        let known = self.timers.entry(key);
        known.and_modify(|known| *known = known.and(measured)).or_insert(measured);
    }
}

impl From<Seen> for Document {
    fn from(seen: Seen) -> Self {
        let numbers = |values: BTreeMap<String, f64>| {
            values.into_iter().filter_map(|(key, value)| Some((key, number(value)?))).collect()
        };
        let timers = seen.timers.into_iter().map(|(key, measured)| (key, Times::from(measured)));
        Self {
            counters: numbers(seen.counters),
            gauges: numbers(seen.gauges),
            timers: timers.collect(),
        }
    }
}

impl From<Measured> for Times {
    fn from(measured: Measured) -> Self {
        Self {
            avg_ms: millis(measured.mean()),
            max_ms: measured.bounds.map(|(_, largest)| millis(largest)),
            min_ms: measured.bounds.map(|(least, _)| millis(least)),
            nb: measured.count,
        }
    }
}

impl Endpoint for StatsView {
    /// What it shows is that endpoint's, and so is the access to it.
    fn id(&self) -> &'static str {
        "metrics"
    }

    fn operations(&self) -> &[Operation] {
        OPERATIONS
    }

    fn invoke<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(async move { self.answer(&call).await })
    }
}

/// `a/b/k=v`; a slash within a part is an underscore.
fn text(name: &str, series: &Series, told: Option<&str>, use_tags: bool) -> String {
    let key = key(name, series.tags(), told, use_tags);
    let parts = key.parts.into_iter().map(Cow::Owned);
    let entry = |text: &str| text.replace('/', "_");
    let tags = key.tags.iter().map(|tag| format!("{}={}", entry(&tag.key), entry(&tag.value)));
    let parts = parts.map(|part: Cow<'_, str>| entry(&part));
    parts.chain(tags).collect::<Vec<_>>().join("/")
}

/// Whole ones without a point; none for what is no number.
fn number(value: f64) -> Option<Number> {
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and small")]
    if value.fract().abs() < f64::EPSILON && value.abs() < 1e15 {
        return Some(Number::from(value as i64));
    }
    Number::from_f64(value)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "cut at the largest number; nothing is measured below zero"
)]
fn millis(seconds: f64) -> u64 {
    (seconds * 1e3).round() as u64
}
