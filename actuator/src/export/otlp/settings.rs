//! The settings of the push to an OTLP receiver: `management.otlp.metrics.export.*`,
//! `management.opentelemetry.resource-attributes.*` and OpenTelemetry's own variables.

use std::{collections::BTreeMap, time::Duration};

use super::{exponential::Resolution, points::Form, unit::TimeUnit, variables::pairs};
use crate::{
    settings::{FromSetting, SettingsReader, one_of},
    support::outgoing::{Headers, HttpTarget, Timeouts, Trust},
};

const PREFIX: &str = "management.otlp.metrics.export";
const ATTRIBUTES: &str = "management.opentelemetry.resource-attributes";
/// `OTEL_EXPORTER_OTLP_METRICS_ENDPOINT`, the whole address.
const METRICS_ENDPOINT: &str = "otel.exporter.otlp.metrics.endpoint";
/// `OTEL_EXPORTER_OTLP_ENDPOINT`, the address in front of `/v1/metrics`.
const ENDPOINT: &str = "otel.exporter.otlp.endpoint";
/// The headers of all signals, and those of metrics, which win.
const HEADERS: [&str; 2] = ["otel.exporter.otlp.headers", "otel.exporter.otlp.metrics.headers"];
const DEFAULT_URL: &str = "http://localhost:4318/v1/metrics";
const LONGEST: Duration = Duration::from_hours(24);
const MOST_BUCKETS: usize = 100_000;

/// Where metrics are sent, how often, and in which form.
#[derive(Clone, Debug)]
pub(crate) struct OtlpSettings {
    /// Where to POST.
    pub(super) target: HttpTarget,
    /// Sent with every request.
    pub(super) headers: Headers,
    /// Whom to trust as the receiver.
    pub(super) trust: Trust,
    /// How long a request may take.
    pub(super) timeouts: Timeouts,
    /// From the start of one push to the start of the next.
    pub(super) step: Duration,
    /// How many series one request holds at most.
    pub(super) batch_size: usize,
    /// Whether bodies are compressed.
    pub(super) gzip: bool,
    /// How meters are told.
    pub(super) form: Form,
    /// Attributes of the resource.
    pub(super) resource: Vec<(String, String)>,
}

impl OtlpSettings {
    /// Reads them; `None` if nothing is to be sent: not enabled, and no address set anywhere.
    /// Without address, nothing else is looked at.
    pub(crate) fn read(reader: &mut SettingsReader<'_>) -> Option<Self> {
        let set = address(reader);
        if !reader.value_or(&name("enabled"), set.is_some()) {
            return None;
        }
        let (culprit, url) = set.unwrap_or_else(|| (name("url"), DEFAULT_URL.to_owned()));
        let target = HttpTarget::parse(&url);
        // It may hold a password.
        let target = target.map_err(|complaint| reader.reject_hidden(&culprit, complaint)).ok();
        let connect = duration(reader, "connect-timeout", Duration::from_secs(1));
        let read = duration(reader, "read-timeout", Duration::from_secs(10));
        let settings = Self {
            headers: headers(reader),
            trust: reader.trust(PREFIX),
            timeouts: Timeouts { connect, read, whole: connect + read },
            step: duration(reader, "step", Duration::from_mins(1)),
            batch_size: at_least_one(reader, "batch-size", 10_000, usize::MAX),
            gzip: reader.value_or(&name("compression-mode"), Compression::None)
                == Compression::Gzip,
            form: form(reader),
            resource: resource(reader),
            target: target?,
        };
        Some(settings)
    }

    /// Whether buckets of even relative width are sent.
    pub(crate) fn need_exponential(&self) -> bool {
        self.form.exponential
    }

    /// How long one push may take altogether.
    pub(super) fn limit(&self) -> Duration {
        self.timeouts.whole.max(self.step)
    }
}

fn name(below: &str) -> String {
    format!("{PREFIX}.{below}")
}

/// The address that is set, and where.
fn address(reader: &mut SettingsReader<'_>) -> Option<(String, String)> {
    let mut text = |name: &str| {
        let value: Option<String> = reader.value(name);
        value.filter(|value| !value.trim().is_empty())
    };
    let own = text(&name("url")).map(|url| (name("url"), url));
    own.or_else(|| text(METRICS_ENDPOINT).map(|url| (METRICS_ENDPOINT.to_owned(), url))).or_else(
        || {
            let base = text(ENDPOINT)?;
            let url = format!("{}/v1/metrics", base.trim().trim_end_matches('/'));
            Some((ENDPOINT.to_owned(), url))
        },
    )
}

/// What the variables say, overridden one by one by the settings.
fn headers(reader: &mut SettingsReader<'_>) -> Headers {
    let mut headers = Headers::default();
    for variable in HEADERS {
        let Some(text) = reader.value::<String>(variable) else { continue };
        let inserted = pairs(&text).and_then(|pairs| {
            pairs.iter().try_for_each(|(header, value)| headers.insert(header, value))
        });
        if let Err(complaint) = inserted {
            reader.reject_hidden(variable, complaint);
        }
    }
    headers.extend(&reader.headers(PREFIX));
    headers
}

/// `OTEL_RESOURCE_ATTRIBUTES`, overridden by `OTEL_SERVICE_NAME`, overridden by the settings.
fn resource(reader: &mut SettingsReader<'_>) -> Vec<(String, String)> {
    let mut attributes = BTreeMap::new();
    let variable = "otel.resource.attributes";
    match pairs(&reader.value_or(variable, String::new())) {
        Ok(pairs) => attributes.extend(pairs),
        Err(complaint) => reader.reject(variable, complaint),
    }
    let service: Option<String> = reader.value("otel.service.name");
    let service = service.filter(|service| !service.is_empty());
    attributes.extend(service.map(|service| ("service.name".to_owned(), service)));
    attributes.extend(reader.map(ATTRIBUTES));
    attributes.into_iter().collect()
}

fn form(reader: &mut SettingsReader<'_>) -> Form {
    let exponential =
        reader.value_or(&name("histogram-flavor"), Flavor::Explicit) == Flavor::Exponential;
    let unit: Option<TimeUnit> = reader.value(&name("base-time-unit"));
    if exponential && unit.is_some_and(|unit| unit != TimeUnit::Seconds) {
        let complaint = "exponential histograms of times are kept in seconds: expected seconds, \
                         or explicit-bucket-histogram as histogram-flavor";
        reader.reject(&name("base-time-unit"), complaint);
    }
    let default = if exponential { TimeUnit::Seconds } else { TimeUnit::Milliseconds };
    let temporality = reader.value_or(&name("aggregation-temporality"), Temporality::Cumulative);
    Form {
        delta: temporality == Temporality::Delta,
        exponential,
        resolution: Resolution {
            scale: reader.value_or(&name("max-scale"), 20),
            buckets: at_least_one(reader, "max-bucket-count", 160, MOST_BUCKETS),
        },
        unit: unit.unwrap_or(default),
    }
}

fn duration(reader: &mut SettingsReader<'_>, below: &str, default: Duration) -> Duration {
    reader.duration_within(&name(below), default, LONGEST)
}

fn at_least_one(
    reader: &mut SettingsReader<'_>,
    below: &str,
    default: usize,
    most: usize,
) -> usize {
    let value = reader.value_or(&name(below), default);
    if value == 0 || value > most {
        reader.reject(&name(below), "expected at least 1, and no more than anybody needs");
    }
    value.clamp(1, most)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Compression {
    None,
    Gzip,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Temporality {
    Cumulative,
    Delta,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Flavor {
    Explicit,
    Exponential,
}

impl FromSetting for Compression {
    fn from_setting(text: &str) -> Result<Self, String> {
        // `on` is Micrometer's name for gzip.
        one_of(text, &[("none", Self::None), ("gzip", Self::Gzip), ("on", Self::Gzip)])
    }
}

impl FromSetting for Temporality {
    fn from_setting(text: &str) -> Result<Self, String> {
        one_of(text, &[("cumulative", Self::Cumulative), ("delta", Self::Delta)])
    }
}

impl FromSetting for Flavor {
    fn from_setting(text: &str) -> Result<Self, String> {
        let choices = [
            ("explicit-bucket-histogram", Self::Explicit),
            ("base2-exponential-bucket-histogram", Self::Exponential),
        ];
        one_of(text, &choices)
    }
}
