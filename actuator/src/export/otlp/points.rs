//! From readings to OTLP's data points: one family of meters becomes one metric, or a few.
//!
//! As Micrometer's `OtlpMeterRegistry` has it, but for running tasks: their number falls, which no
//! histogram of OTLP does, so they are gauges.

use std::time::SystemTime;

use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, Exemplar, ExponentialHistogram, ExponentialHistogramDataPoint, Gauge,
    Histogram, HistogramDataPoint, Metric, NumberDataPoint, Sum, Summary, SummaryDataPoint,
    exemplar, metric::Data, number_data_point, summary_data_point,
};

use super::{
    exponential::Resolution,
    reading::{Distribution, Reading, Spread},
    unit::TimeUnit,
};
use crate::meter::RecordedExemplar;

/// How meters are told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    /// Whether only what is new is told.
    pub(super) delta: bool,
    /// Whether buckets of even relative width are told where there are some.
    pub(super) exponential: bool,
    /// How fine these are.
    pub(super) resolution: Resolution,
    /// The unit of times.
    pub(super) unit: TimeUnit,
}

/// What stands in the place of one series.
#[derive(Debug)]
pub(super) struct Point {
    /// Its tags.
    pub(super) attributes: Vec<KeyValue>,
    /// What it says.
    pub(super) reading: Reading,
    /// Since when.
    pub(super) start: SystemTime,
    /// When.
    pub(super) at: SystemTime,
    /// Traced recordings before this were told already.
    pub(super) told: SystemTime,
}

/// Gathers the points of one family.
#[derive(Debug)]
pub(super) struct FamilyPoints {
    form: Form,
    timed: bool,
    sums: Vec<NumberDataPoint>,
    gauges: Vec<NumberDataPoint>,
    histograms: Vec<HistogramDataPoint>,
    exponentials: Vec<ExponentialHistogramDataPoint>,
    summaries: Vec<SummaryDataPoint>,
    maxima: Vec<NumberDataPoint>,
    active: Vec<NumberDataPoint>,
    durations: Vec<NumberDataPoint>,
}

/// What a family says of itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct About<'f> {
    /// Its name.
    pub(super) name: &'f str,
    /// Its description.
    pub(super) description: Option<&'f str>,
    /// Its base unit, where it is none of time.
    pub(super) base_unit: Option<&'f str>,
}

impl FamilyPoints {
    /// None yet. The values of a `timed` family are seconds.
    pub(super) fn new(form: Form, timed: bool) -> Self {
        Self {
            form,
            timed,
            sums: Vec::new(),
            gauges: Vec::new(),
            histograms: Vec::new(),
            exponentials: Vec::new(),
            summaries: Vec::new(),
            maxima: Vec::new(),
            active: Vec::new(),
            durations: Vec::new(),
        }
    }

    /// Adds a series.
    pub(super) fn add(&mut self, point: Point) {
        let Point { attributes, reading, start, at, told } = point;
        let gauge = |value| Some(number(attributes.clone(), SystemTime::UNIX_EPOCH, at, value));
        match reading {
            Reading::Sum(sum, exemplar) => {
                let exemplars = self.exemplars(exemplar.as_slice(), told);
                let number = number(attributes, start, at, sum);
                self.sums.push(NumberDataPoint { exemplars, ..number });
            }
            Reading::Gauge(value) => self.gauges.extend(gauge(value)),
            Reading::Tasks { active, duration, max } => {
                self.active.extend(gauge(active));
                self.durations.extend(gauge(self.value(duration)));
                self.maxima.extend(gauge(self.value(max)));
            }
            Reading::Distribution(distribution) => {
                // The points of what is new hold the maximum themselves.
                let max = distribution.max.filter(|_| !self.form.delta);
                self.maxima.extend(max.and_then(|max| gauge(self.value(max))));
                self.distribution(attributes, distribution, [start, at, told]);
            }
        }
    }

    /// The metrics, those without points left out.
    pub(super) fn into_metrics(self, about: About<'_>) -> impl Iterator<Item = Metric> {
        let temporality = if self.form.delta {
            AggregationTemporality::Delta
        } else {
            AggregationTemporality::Cumulative
        };
        let aggregation_temporality = temporality.into();
        let unit = if self.timed { Some(self.form.unit.name()) } else { about.base_unit };
        let unit = unit.unwrap_or_default();
        let gauge = |data_points| Data::Gauge(Gauge { data_points });
        let sum = Sum { data_points: self.sums, aggregation_temporality, is_monotonic: true };
        let histogram = Histogram { data_points: self.histograms, aggregation_temporality };
        let exponential =
            ExponentialHistogram { data_points: self.exponentials, aggregation_temporality };
        let summary = Summary { data_points: self.summaries };
        let named = [
            ("", unit, sum.data_points.len(), Data::Sum(sum)),
            ("", unit, self.gauges.len(), gauge(self.gauges)),
            ("", unit, histogram.data_points.len(), Data::Histogram(histogram)),
            ("", unit, exponential.data_points.len(), Data::ExponentialHistogram(exponential)),
            ("", unit, summary.data_points.len(), Data::Summary(summary)),
            (".active", "", self.active.len(), gauge(self.active)),
            (".duration", unit, self.durations.len(), gauge(self.durations)),
            (".max", unit, self.maxima.len(), gauge(self.maxima)),
        ];
        let filled = named.into_iter().filter(|(_, _, points, _)| *points > 0);
        filled.map(move |(suffix, unit, _, data)| Metric {
            name: format!("{}{suffix}", about.name),
            description: about.description.unwrap_or_default().to_owned(),
            unit: unit.to_owned(),
            metadata: Vec::new(),
            data: Some(data),
        })
    }

    fn distribution(
        &mut self,
        attributes: Vec<KeyValue>,
        distribution: Distribution,
        [start, at, told]: [SystemTime; 3],
    ) {
        let sum = self.value(distribution.sum);
        let max = distribution.max.filter(|_| self.form.delta).map(|max| self.value(max));
        let exemplars = self.exemplars(&distribution.exemplars, told);
        let (count, start_time_unix_nano, time_unix_nano) =
            (distribution.count, nanos(start), nanos(at));
        let (explicit_bounds, bucket_counts) = match distribution.spread {
            Spread::Exponential(snapshot) => {
                let (positive, scale) = self.form.resolution.apply(&snapshot);
                self.exponentials.push(ExponentialHistogramDataPoint {
                    attributes,
                    start_time_unix_nano,
                    time_unix_nano,
                    count,
                    sum: Some(sum),
                    scale,
                    zero_count: snapshot.zero,
                    positive: Some(positive),
                    exemplars,
                    max,
                    ..ExponentialHistogramDataPoint::default()
                });
                return;
            }
            Spread::Percentiles(percentiles) => {
                let values = percentiles.into_iter().map(|(quantile, value)| {
                    summary_data_point::ValueAtQuantile { quantile, value: self.value(value) }
                });
                self.summaries.push(SummaryDataPoint {
                    attributes,
                    start_time_unix_nano,
                    time_unix_nano,
                    count,
                    sum,
                    quantile_values: values.collect(),
                    flags: 0,
                });
                return;
            }
            Spread::Buckets { bounds, counts } => {
                (bounds.into_iter().map(|bound| self.bound(bound)).collect(), counts)
            }
            Spread::Unknown => (Vec::new(), vec![count]),
        };
        self.histograms.push(HistogramDataPoint {
            attributes,
            start_time_unix_nano,
            time_unix_nano,
            count,
            sum: Some(sum),
            bucket_counts,
            explicit_bounds,
            exemplars,
            max,
            ..HistogramDataPoint::default()
        });
    }

    /// Those that were not told yet.
    fn exemplars(&self, recorded: &[RecordedExemplar], told: SystemTime) -> Vec<Exemplar> {
        let fresh = recorded.iter().filter(|recorded| recorded.at > told);
        fresh.map(|recorded| self.exemplar(recorded)).collect()
    }

    fn exemplar(&self, recorded: &RecordedExemplar) -> Exemplar {
        Exemplar {
            filtered_attributes: Vec::new(),
            time_unix_nano: nanos(recorded.at),
            span_id: recorded.exemplar.span_id.to_be_bytes().to_vec(),
            trace_id: recorded.exemplar.trace_id.to_be_bytes().to_vec(),
            value: Some(exemplar::Value::AsDouble(self.value(recorded.value))),
        }
    }

    fn value(&self, value: f64) -> f64 {
        if self.timed { self.form.unit.of_seconds(value) } else { value }
    }

    fn bound(&self, bound: f64) -> f64 {
        if self.timed { self.form.unit.of_bound(bound) } else { bound }
    }
}

/// A pair of texts as an attribute.
pub(super) fn attribute(key: impl Into<String>, value: impl Into<String>) -> KeyValue {
    let value = AnyValue { value: Some(any_value::Value::StringValue(value.into())) };
    KeyValue { key: key.into(), value: Some(value), ..KeyValue::default() }
}

fn number(
    attributes: Vec<KeyValue>,
    start: SystemTime,
    at: SystemTime,
    value: f64,
) -> NumberDataPoint {
    NumberDataPoint {
        attributes,
        start_time_unix_nano: nanos(start),
        time_unix_nano: nanos(at),
        value: Some(number_data_point::Value::AsDouble(value)),
        ..NumberDataPoint::default()
    }
}

/// Since 1970; 0 before, and after 2554.
fn nanos(at: SystemTime) -> u64 {
    let since = at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(0)
}
