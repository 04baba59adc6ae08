//! `/metrics`: the names of all meters, and one meter over all matching series.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::{Serialize, Serializer, ser::SerializeSeq as _};

use crate::{
    meter::{Measurement, MeterRegistry, MetricReading, Tag},
    model::{
        answer::Answer,
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation, Selector},
        parameter::{Parameter, Shape},
        problem::Problem,
        reply::Reply,
        schema::{Member, Schema},
    },
};

const OPERATIONS: &[Operation] = &[
    Operation::read(&[]).doing("The names of all meters.").answering(&[Answer::of(NAMES)]),
    Operation::read(&[Selector::One("requiredMetricName")])
        .doing("What a meter measures, over all series or over those with these tags.")
        .taking(&[
            Parameter::path("requiredMetricName", Shape::Text, "The name of a meter."),
            Parameter::query(
                "tag",
                Shape::List(&Shape::Text),
                "Only series with these tags, each as key:value.",
            ),
        ])
        .answering(&[
            Answer::of(METRIC),
            Answer::not_found("There is no such meter, or no series with these tags."),
        ]),
];
const NAMES: Schema = Schema::Named(
    "MetricNames",
    &Schema::Object(&[Member::new("names", Schema::List(&Schema::Text))]),
);
/// JSON has no NaN and no infinity: they are words.
const METRIC: Schema = Schema::Named(
    "Metric",
    &Schema::Object(&[
        Member::new("name", Schema::Text),
        Member::optional("description", Schema::Text),
        Member::optional("baseUnit", Schema::Text),
        Member::new(
            "measurements",
            Schema::List(&Schema::Object(&[
                Member::new("statistic", Schema::Text),
                Member::new(
                    "value",
                    Schema::Either(&[
                        Schema::Number,
                        Schema::Words(&["NaN", "Infinity", "-Infinity"]),
                    ]),
                ),
            ])),
        ),
        Member::new(
            "availableTags",
            Schema::List(&Schema::Object(&[
                Member::new("tag", Schema::Text),
                Member::new("values", Schema::List(&Schema::Text)),
            ])),
        ),
    ]),
);

/// Serves a registry of meters.
#[derive(Debug)]
pub(crate) struct MetricsEndpoint {
    meters: Arc<MeterRegistry>,
}

impl MetricsEndpoint {
    /// The endpoint of this registry.
    pub(crate) fn new(meters: Arc<MeterRegistry>) -> Self {
        Self { meters }
    }

    fn answer(&self, call: &Call<'_>) -> EndpointResult {
        if call.operation == 0 {
            return Reply::json(&Names { names: self.meters.names() });
        }
        let tags = tags(call)?;
        match self.meters.read(call.selector(0)?, &tags) {
            Some(reading) => Reply::json(&MetricDescriptor::from(&reading)),
            None => Ok(Reply::NotFound),
        }
    }
}

impl Endpoint for MetricsEndpoint {
    fn id(&self) -> &'static str {
        "metrics"
    }

    fn operations(&self) -> &[Operation] {
        OPERATIONS
    }

    fn description(&self) -> &'static str {
        "What is measured: names of meters, and one meter with its values."
    }

    fn invoke<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(async move { self.answer(&call) })
    }
}

/// `tag=key:value`. (That a single parameter is split at commas, and several are not, is why the
/// admin server sends the first tag twice.) Empty ones are none.
fn tags(call: &Call<'_>) -> Result<Vec<Tag>, Problem> {
    call.query_list("tag").into_iter().filter_map(tag).collect()
}

fn tag(text: &str) -> Option<Result<Tag, Problem>> {
    if text.is_empty() {
        return None;
    }
    let problem = || {
        let text: String = text.chars().take(100).collect();
        Problem::bad_request(format!(
            "Each tag parameter must be in the form 'key:value' but was: {text}"
        ))
    };
    Some(Tag::parse(text).ok_or_else(problem))
}

#[derive(Serialize)]
struct Names {
    names: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MetricDescriptor<'r> {
    #[serde(serialize_with = "available_tags")]
    available_tags: &'r BTreeMap<String, BTreeSet<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    base_unit: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'r str>,
    #[serde(serialize_with = "measurements")]
    measurements: &'r [Measurement],
    name: &'r str,
}

impl<'r> From<&'r MetricReading> for MetricDescriptor<'r> {
    fn from(reading: &'r MetricReading) -> Self {
        Self {
            available_tags: &reading.available_tags,
            base_unit: reading.base_unit.as_deref(),
            description: reading.description.as_deref(),
            measurements: &reading.measurements,
            name: &reading.name,
        }
    }
}

#[derive(Serialize)]
struct AvailableTag<'r> {
    tag: &'r str,
    values: &'r BTreeSet<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn available_tags<S: Serializer>(
    tags: &&BTreeMap<String, BTreeSet<String>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut sequence = serializer.serialize_seq(Some(tags.len()))?;
    for (tag, values) in *tags {
        sequence.serialize_element(&AvailableTag { tag, values })?;
    }
    sequence.end()
}

#[derive(Serialize)]
struct MeasurementDescriptor {
    statistic: &'static str,
    #[serde(serialize_with = "number")]
    value: f64,
}

fn measurements<S: Serializer>(
    measurements: &&[Measurement],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(
        measurements
            .iter()
            .map(|one| MeasurementDescriptor { statistic: one.statistic.name(), value: one.value }),
    )
}

/// JSON has no NaN and no infinity; Jackson writes them as text.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn number<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    if value.is_finite() {
        return serializer.serialize_f64(*value);
    }
    serializer.serialize_str(if value.is_nan() {
        "NaN"
    } else if *value > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::*;
    use crate::{
        meter::{MeterSettings, MetricsSampler, bind_process_meters},
        support::{clock::Clock, host::ProcessIdentity},
    };

    fn endpoint() -> MetricsEndpoint {
        let meters = MeterRegistry::new(MeterSettings::default(), Clock::system());
        let meters = MetricsEndpoint::new(Arc::new(meters));
        for (uri, status, millis) in
            [("/a,b", "200", 250), ("/c:d", "200", 500), ("/c:d", "404", 250)]
        {
            let timer = meters.meters.meter("http").tag("uri", uri).tag("status", status).timer();
            timer.record(Duration::from_millis(millis));
        }
        let files = meters.meters.meter("process.files.open");
        files.description("The open file descriptor count").base_unit("files").gauge().set(16.0);
        meters.meters.meter("odd").gauge().set(f64::NAN);
        meters
    }

    async fn get(name: Option<&str>, tags: &[&str]) -> EndpointResult {
        let endpoint = endpoint();
        let mut call = Call::new(usize::from(name.is_some()));
        call.selectors.extend(name.map(Into::into));
        call.query.extend(tags.iter().map(|tag| ("tag".into(), (*tag).into())));
        endpoint.invoke(call).await
    }

    async fn body(name: Option<&str>, tags: &[&str]) -> Value {
        match get(name, tags).await {
            Ok(Reply::Json { status: 200, body }) => serde_json::from_slice(&body).unwrap(),
            other => panic!("{tags:?}: {other:?}"),
        }
    }

    async fn count(tags: &[&str]) -> Value {
        body(Some("http"), tags).await["measurements"][0]["value"].clone()
    }

    #[tokio::test]
    async fn names_are_listed_sorted() {
        let expected = json!({"names": ["http", "odd", "process.files.open"]});
        assert_eq!(body(None, &[]).await, expected);
    }

    #[tokio::test]
    async fn a_gauge_is_as_recorded() {
        assert_eq!(
            body(Some("process.files.open"), &[]).await,
            json!({
                "availableTags": [], "baseUnit": "files",
                "description": "The open file descriptor count",
                "measurements": [{"statistic": "VALUE", "value": 16.0}],
                "name": "process.files.open",
            })
        );
    }

    #[tokio::test]
    async fn series_are_merged_and_the_tags_that_are_left_are_offered() {
        assert_eq!(
            body(Some("http"), &["status:200"]).await,
            json!({
                "availableTags": [{"tag": "uri", "values": ["/a,b", "/c:d"]}],
                "baseUnit": "seconds",
                "measurements": [
                    {"statistic": "COUNT", "value": 2.0},
                    {"statistic": "TOTAL_TIME", "value": 0.75},
                    {"statistic": "MAX", "value": 0.5},
                ],
                "name": "http",
            })
        );
    }

    #[tokio::test]
    async fn trap_seed_05_an_unknown_metric_or_tag_is_not_found() {
        assert!(matches!(get(Some("nosuch"), &[]).await, Ok(Reply::NotFound)));
        for tag in ["uri:/never", "nosuch:1", "uri:", ":x", "URI:/c:d", "status:200,status:404"] {
            assert!(matches!(get(Some("http"), &[tag]).await, Ok(Reply::NotFound)), "{tag}");
        }
        assert!(matches!(get(Some("HTTP"), &[]).await, Ok(Reply::NotFound)));
    }

    #[tokio::test]
    async fn a_tag_without_a_colon_is_refused_and_an_empty_one_is_none() {
        for tags in [&["uri"][..], &["status:200", "uri"], &["status:200,uri"]] {
            assert_eq!(get(Some("http"), tags).await.unwrap_err().status(), 400, "{tags:?}");
        }
        assert_eq!(count(&[""]).await, 3.0);
    }

    #[tokio::test]
    async fn the_first_tag_sent_twice_and_tags_with_commas_and_colons_are_found() {
        assert_eq!(count(&["uri:/a,b", "uri:/a,b"]).await, 1.0);
        assert_eq!(count(&["uri:/c:d", "uri:/c:d", "status:404"]).await, 1.0);
        assert_eq!(count(&["uri:/c:d,status:404"]).await, 1.0);
    }

    #[tokio::test]
    async fn trap_sba_10_every_listed_meter_has_tags_and_a_numeric_first_value() {
        let meters = Arc::new(MeterRegistry::new(MeterSettings::default(), Clock::system()));
        let identity = ProcessIdentity::read();
        bind_process_meters(&meters, &identity);
        let sampler = MetricsSampler::start(Arc::clone(&meters), &identity).unwrap();
        sampler.watch_runtime("application", &tokio::runtime::Handle::current());
        let names = meters.names();
        for asked in ["process.uptime", "process.cpu.usage", "system.cpu.usage", "system.cpu.count"]
        {
            assert!(names.iter().any(|name| name == asked), "{asked}");
        }
        let endpoint = MetricsEndpoint::new(meters);
        for name in names {
            let mut call = Call::new(1);
            call.selectors.push(name.as_str().into());
            let Ok(Reply::Json { body, .. }) = endpoint.invoke(call).await else {
                panic!("{name} is listed and not found")
            };
            let body: Value = serde_json::from_slice(&body).unwrap();
            assert!(body["availableTags"].is_array(), "{body}");
            assert!(body["measurements"][0]["value"].is_f64(), "{body}");
        }
    }

    #[tokio::test]
    async fn a_value_that_is_no_number_is_written_as_text() {
        assert_eq!(body(Some("odd"), &[]).await["measurements"][0]["value"], "NaN");
    }
}
