//! Delimited messages of `io.prometheus.client.MetricFamily`, as in `metrics.proto` of the
//! Prometheus client model; the only form that has native histograms.
//!
//! The length of a family stands before it, so that one family is held in memory at a time. It
//! leaves in chunks too.

use std::time::{SystemTime, UNIX_EPOCH};

use super::{
    ExpositionSettings,
    plan::{Part, Role},
    reading,
    renderer::{CHUNK, Writer},
    wire::{bytes, double, length, varint, zigzag},
};
use crate::meter::{ExponentialSnapshot, Histogram, RecordedExemplar, Series};

/// Runs of at most so many empty buckets are written out: a new span costs more.
const MAX_GAP: usize = 2;

/// The numbers of `MetricType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Counter = 0,
    Gauge = 1,
    Summary = 2,
    Histogram = 4,
}

/// Writes protobuf.
pub(super) struct ProtobufWriter {
    settings: ExpositionSettings,
    kind: Type,
    /// The current family; before [`Writer::end`] without its length.
    family: Vec<u8>,
    /// How much of a family that has ended was handed on; `None` while it is being written.
    sent: Option<usize>,
    metric: Vec<u8>,
    inner: Vec<u8>,
    scratch: Vec<u8>,
}

impl ProtobufWriter {
    /// Begins.
    pub(super) fn new(settings: ExpositionSettings) -> Self {
        Self {
            settings,
            kind: Type::Gauge,
            family: Vec::new(),
            sent: None,
            metric: Vec::new(),
            inner: Vec::new(),
            scratch: Vec::new(),
        }
    }

    fn distribution(&mut self, series: &Series) {
        let histogram = reading::histogram(series);
        let mut count = reading::count(series);
        let inner = &mut self.inner;
        match histogram.filter(|_| self.kind == Type::Histogram) {
            Some(histogram) => {
                write_buckets(inner, &mut self.scratch, histogram, &mut count);
                if let Some(native) = histogram.exponential() {
                    write_native(inner, &mut self.scratch, &native);
                }
            }
            None => {
                for (phi, value) in histogram.map(Histogram::percentiles).unwrap_or_default() {
                    self.scratch.clear();
                    double(&mut self.scratch, 1, phi);
                    double(&mut self.scratch, 2, value);
                    bytes(inner, 3, &self.scratch);
                }
            }
        }
        varint(inner, 1, count);
        double(inner, 2, reading::sum(series));
        if !matches!(series, Series::LongTask(_)) {
            let field = if self.kind == Type::Histogram { 15 } else { 4 };
            self.created(field, series);
        }
    }

    fn counter_details(&mut self, series: &Series) {
        if let Some(recorded) = reading::exemplar(series) {
            write_exemplar(&mut self.scratch, &recorded);
            bytes(&mut self.inner, 2, &self.scratch);
        }
        self.created(3, series);
    }

    fn created(&mut self, field: u32, series: &Series) {
        if self.settings.created_timestamps {
            write_timestamp(&mut self.scratch, series.created());
            bytes(&mut self.inner, field, &self.scratch);
        }
    }
}

impl Writer for ProtobufWriter {
    fn begin(&mut self, part: &Part, first: &Series, _: &mut Vec<u8>) {
        let is_spread = |histogram: &Histogram| {
            !histogram.bounds().is_empty() || histogram.exponential().is_some()
        };
        self.kind = match part.role {
            Role::Counter => Type::Counter,
            Role::Gauge | Role::Info | Role::Max => Type::Gauge,
            Role::Distribution if reading::histogram(first).is_some_and(is_spread) => {
                Type::Histogram
            }
            Role::Distribution => Type::Summary,
        };
        let help = part.family.description().filter(|_| self.settings.descriptions);
        self.family.clear();
        bytes(&mut self.family, 1, format!("{}{}", part.name, part.role.suffix()).as_bytes());
        bytes(&mut self.family, 2, help.filter(|help| !help.is_empty()).unwrap_or(" ").as_bytes());
        varint(&mut self.family, 3, self.kind as u64);
    }

    fn series(&mut self, part: &Part, series: &Series, _: &mut Vec<u8>) {
        self.metric.clear();
        for (name, value) in Pairs(series.labels()) {
            self.scratch.clear();
            bytes(&mut self.scratch, 1, name.as_bytes());
            unescape(value, &mut self.inner);
            bytes(&mut self.scratch, 2, &self.inner);
            bytes(&mut self.metric, 1, &self.scratch);
        }
        self.inner.clear();
        match part.role {
            Role::Counter => match reading::counted(series) {
                Some(count) => double(&mut self.inner, 1, count),
                None => return,
            },
            Role::Gauge => double(&mut self.inner, 1, reading::value(series)),
            Role::Info => double(&mut self.inner, 1, 1.0),
            Role::Max => double(&mut self.inner, 1, reading::max(series)),
            Role::Distribution => self.distribution(series),
        }
        let field = match self.kind {
            Type::Gauge => 2,
            Type::Counter => {
                self.counter_details(series);
                3
            }
            Type::Summary => 4,
            Type::Histogram => 7,
        };
        bytes(&mut self.metric, field, &self.inner);
        bytes(&mut self.family, 4, &self.metric);
    }

    fn end(&mut self, _: &Part, into: &mut Vec<u8>) {
        length(into, self.family.len());
        self.sent = Some(0);
    }

    fn flush(&mut self, into: &mut Vec<u8>) -> bool {
        let Some(sent) = self.sent else { return false };
        let rest = self.family.get(sent..).unwrap_or_default();
        let (now, later) = rest.split_at(rest.len().min(CHUNK.saturating_sub(into.len()).max(1)));
        into.extend_from_slice(now);
        self.sent = (!later.is_empty()).then_some(sent + now.len());
        self.sent.is_some()
    }
}

/// Classic buckets, and the count that goes with them.
fn write_buckets(into: &mut Vec<u8>, bucket: &mut Vec<u8>, histogram: &Histogram, count: &mut u64) {
    if histogram.bounds().is_empty() {
        return;
    }
    let mut total: u64 = 0;
    let mut bounds = histogram.bounds().iter();
    let mut exemplar = Vec::new();
    for (index, own) in histogram.counts().enumerate() {
        total = total.wrapping_add(own);
        bucket.clear();
        varint(bucket, 1, total);
        double(bucket, 2, bounds.next().map_or(f64::INFINITY, |bound| bound.upper));
        if let Some(recorded) = histogram.exemplar(index) {
            write_exemplar(&mut exemplar, &recorded);
            bytes(bucket, 3, &exemplar);
        }
        bytes(into, 3, bucket);
    }
    *count = total;
}

fn write_exemplar(exemplar: &mut Vec<u8>, recorded: &RecordedExemplar) {
    exemplar.clear();
    let ids = [
        ("span_id", format!("{:016x}", recorded.exemplar.span_id)),
        ("trace_id", format!("{:032x}", recorded.exemplar.trace_id)),
    ];
    let mut scratch = Vec::new();
    for (name, id) in ids {
        scratch.clear();
        bytes(&mut scratch, 1, name.as_bytes());
        bytes(&mut scratch, 2, id.as_bytes());
        bytes(exemplar, 1, &scratch);
    }
    double(exemplar, 2, recorded.value);
    write_timestamp(&mut scratch, recorded.at);
    bytes(exemplar, 3, &scratch);
}

/// Native buckets: runs of filled ones as spans, each count as the difference to the one before.
fn write_native(into: &mut Vec<u8>, span: &mut Vec<u8>, native: &ExponentialSnapshot) {
    zigzag(into, 5, i64::from(native.schema));
    double(into, 6, 0.0);
    varint(into, 7, native.zero);
    let mut next = 0_i64;
    let (mut spans, mut before) = (0, 0_i64);
    for (first, counts) in runs(&native.counts) {
        let start = i64::from(native.offset).saturating_add(signed(first as u64));
        let run = signed(counts.len() as u64);
        write_span(into, span, start - next, run);
        next = start + run;
        spans += 1;
        for count in counts {
            let count = signed(*count);
            zigzag(into, 13, count - before);
            before = count;
        }
    }
    if spans == 0 {
        // So that an empty one is known as native.
        write_span(into, span, 0, 0);
    }
}

fn write_span(into: &mut Vec<u8>, span: &mut Vec<u8>, offset: i64, length: i64) {
    span.clear();
    zigzag(span, 1, offset);
    varint(span, 2, length.cast_unsigned());
    bytes(into, 12, span);
}

/// The filled buckets with the index of the first of each run.
fn runs(counts: &[u64]) -> Vec<(usize, &[u64])> {
    let mut runs = Vec::new();
    // The current run: where it begins, and where its last filled bucket is.
    let mut current: Option<(usize, usize)> = None;
    for (index, _) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        current = Some(match current {
            Some((first, last)) if index - last <= MAX_GAP + 1 => (first, index),
            Some(ended) => {
                runs.push(ended);
                (index, index)
            }
            None => (index, index),
        });
    }
    runs.extend(current);
    let slice =
        |(first, last): (usize, usize)| (first, counts.get(first..=last).unwrap_or_default());
    runs.into_iter().map(slice).collect()
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A `google.protobuf.Timestamp`.
fn write_timestamp(into: &mut Vec<u8>, at: SystemTime) {
    into.clear();
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    varint(into, 1, since.as_secs());
    varint(into, 2, u64::from(since.subsec_nanos()));
}

/// The names and escaped values of `method="GET",uri="/a"`.
struct Pairs<'l>(&'l str);

impl<'l> Iterator for Pairs<'l> {
    type Item = (&'l str, &'l str);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, rest) = self.0.split_once("=\"")?;
        let mut is_escaped = false;
        let end = rest.bytes().position(|byte| {
            let ends = byte == b'"' && !is_escaped;
            is_escaped = byte == b'\\' && !is_escaped;
            ends
        })?;
        let value = rest.get(..end)?;
        self.0 = rest.get(end + 1..)?.trim_start_matches(',');
        Some((name, value))
    }
}

fn unescape(escaped: &str, into: &mut Vec<u8>) {
    into.clear();
    let mut bytes = escaped.bytes();
    while let Some(byte) = bytes.next() {
        into.push(match byte {
            b'\\' => match bytes.next() {
                Some(b'n') => b'\n',
                Some(other) => other,
                None => byte,
            },
            other => other,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_taken_apart_whatever_is_in_them() {
        let mut value = Vec::new();
        let pairs: Vec<_> = Pairs(r#"a="1",b="x\",c=\"y\\",d="line\nend","#)
            .map(|(name, escaped)| {
                unescape(escaped, &mut value);
                (name, String::from_utf8(value.clone()).unwrap())
            })
            .collect();
        let expected = [("a", "1"), ("b", "x\",c=\"y\\"), ("d", "line\nend")];
        assert_eq!(pairs, expected.map(|(name, value)| (name, value.to_owned())));
        assert_eq!(Pairs("").next(), None);
    }

    #[test]
    fn short_gaps_stay_in_a_run() {
        assert_eq!(runs(&[]), []);
        assert_eq!(runs(&[0, 0]), []);
        assert_eq!(runs(&[0, 3, 0, 0, 1, 0, 0, 0, 2, 0]), [(1, &[3, 0, 0, 1][..]), (8, &[2])]);
    }
}
