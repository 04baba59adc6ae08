//! Lines of samples, as the two text formats share them.

use super::{
    ExpositionSettings,
    number::{write_count, write_timestamp, write_value},
    openmetrics,
    plan::{Part, Role},
    reading,
    renderer::Writer,
    text,
};
use crate::meter::{Histogram, Series};

/// Writes one of the two text formats.
pub(super) struct LineWriter {
    dialect: Dialect,
    settings: ExpositionSettings,
    /// Whether the current family has buckets.
    has_buckets: bool,
    /// What all bucket lines of a series begin with.
    start: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    Text,
    OpenMetrics,
}

/// The word behind `# TYPE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Counter,
    Gauge,
    Info,
    Summary,
    Histogram,
}

impl Type {
    /// The word, in the spelling of both formats.
    pub(super) fn word(self) -> &'static [u8] {
        match self {
            Self::Counter => b"counter",
            Self::Gauge => b"gauge",
            Self::Info => b"info",
            Self::Summary => b"summary",
            Self::Histogram => b"histogram",
        }
    }

    /// The type of a family, as far as one of its series tells: they all are spread alike.
    fn of(part: &Part, first: &Series) -> Self {
        match part.role {
            Role::Counter => Self::Counter,
            Role::Gauge | Role::Max => Self::Gauge,
            Role::Info => Self::Info,
            Role::Distribution => {
                let has_buckets = reading::histogram(first)
                    .is_some_and(|histogram| !histogram.bounds().is_empty());
                if has_buckets { Self::Histogram } else { Self::Summary }
            }
        }
    }
}

impl LineWriter {
    /// Writes text 0.0.4.
    pub(super) fn text(settings: ExpositionSettings) -> Self {
        Self::new(Dialect::Text, settings)
    }

    /// Writes `OpenMetrics` 1.0.
    pub(super) fn openmetrics(settings: ExpositionSettings) -> Self {
        Self::new(Dialect::OpenMetrics, settings)
    }

    fn new(dialect: Dialect, settings: ExpositionSettings) -> Self {
        Self { dialect, settings, has_buckets: false, start: Vec::with_capacity(256) }
    }

    fn distribution(&mut self, name: &str, series: &Series, into: &mut Vec<u8>) {
        let labels = series.labels();
        let count = if self.has_buckets {
            self.buckets(name, series, into)
        } else {
            self.quantiles(name, series, into);
            reading::count(series)
        };
        start(into, name, "_count", labels);
        write_count(into, count);
        into.push(b'\n');
        start(into, name, "_sum", labels);
        write_value(into, reading::sum(series));
        into.push(b'\n');
    }

    /// Writes the buckets and gives the count that goes with them: what is recorded meanwhile is
    /// in both or in neither.
    fn buckets(&mut self, name: &str, series: &Series, into: &mut Vec<u8>) -> u64 {
        self.labelled(name, "_bucket", series.labels(), "le");
        let Some(histogram) = reading::histogram(series) else {
            // Measured elsewhere: nobody knows how the values are spread.
            let count = reading::count(series);
            self.bucket("+Inf", count, into);
            into.push(b'\n');
            return count;
        };
        let mut total: u64 = 0;
        let mut bounds = histogram.bounds().iter();
        for (index, own) in histogram.counts().enumerate() {
            total = total.wrapping_add(own);
            self.bucket(bounds.next().map_or("+Inf", |bound| &bound.text), total, into);
            if self.dialect == Dialect::OpenMetrics
                && let Some(exemplar) = histogram.exemplar(index)
            {
                openmetrics::write_exemplar(into, &exemplar);
            }
            into.push(b'\n');
        }
        total
    }

    fn bucket(&self, upper: &str, total: u64, into: &mut Vec<u8>) {
        into.extend_from_slice(&self.start);
        into.extend_from_slice(upper.as_bytes());
        into.extend_from_slice(b"\"} ");
        write_count(into, total);
    }

    fn quantiles(&mut self, name: &str, series: &Series, into: &mut Vec<u8>) {
        let percentiles = reading::histogram(series).map(Histogram::percentiles);
        let percentiles = percentiles.unwrap_or_default();
        if percentiles.is_empty() {
            return;
        }
        self.labelled(name, "", series.labels(), "quantile");
        for (phi, value) in percentiles {
            into.extend_from_slice(&self.start);
            write_value(into, phi);
            into.extend_from_slice(b"\"} ");
            write_value(into, value);
            into.push(b'\n');
        }
    }

    /// Prepares lines that have one more label, whose value follows.
    fn labelled(&mut self, name: &str, suffix: &str, labels: &str, one_more: &str) {
        let line = &mut self.start;
        line.clear();
        line.extend_from_slice(name.as_bytes());
        line.extend_from_slice(suffix.as_bytes());
        line.push(b'{');
        line.extend_from_slice(labels.as_bytes());
        if !labels.is_empty() {
            line.push(b',');
        }
        line.extend_from_slice(one_more.as_bytes());
        line.extend_from_slice(b"=\"");
    }

    fn created(&self, part: &Part, series: &Series, into: &mut Vec<u8>) {
        let is_counted = matches!(part.role, Role::Counter | Role::Distribution)
            // What is running now is not counted since then.
            && !matches!(series, Series::LongTask(_));
        if is_counted && self.settings.created_timestamps && self.dialect == Dialect::OpenMetrics {
            start(into, &part.name, "_created", series.labels());
            write_timestamp(into, series.created());
            into.push(b'\n');
        }
    }
}

impl Writer for LineWriter {
    fn begin(&mut self, part: &Part, first: &Series, into: &mut Vec<u8>) {
        let kind = Type::of(part, first);
        self.has_buckets = kind == Type::Histogram;
        let help = part.family.description().filter(|_| self.settings.descriptions);
        // What nobody described is described by a space, as in Spring.
        let help = help.filter(|help| !help.is_empty()).unwrap_or(" ");
        match self.dialect {
            Dialect::Text => text::write_header(into, part, kind, help),
            Dialect::OpenMetrics => openmetrics::write_header(into, part, kind, help),
        }
    }

    fn series(&mut self, part: &Part, series: &Series, into: &mut Vec<u8>) {
        let value = match part.role {
            Role::Distribution => {
                self.distribution(&part.name, series, into);
                return self.created(part, series, into);
            }
            Role::Info => {
                start(into, &part.name, part.role.suffix(), series.labels());
                into.extend_from_slice(b"1\n");
                return;
            }
            Role::Counter => match reading::counted(series) {
                Some(count) => count,
                None => return,
            },
            Role::Gauge => reading::value(series),
            Role::Max => reading::max(series),
        };
        start(into, &part.name, part.role.suffix(), series.labels());
        write_value(into, value);
        if self.dialect == Dialect::OpenMetrics
            && let Some(exemplar) = reading::exemplar(series)
        {
            openmetrics::write_exemplar(into, &exemplar);
        }
        into.push(b'\n');
        self.created(part, series, into);
    }

    fn finish(&mut self, into: &mut Vec<u8>) {
        if self.dialect == Dialect::OpenMetrics {
            openmetrics::write_end(into);
        }
    }
}

/// `name_suffix{labels} `
fn start(into: &mut Vec<u8>, name: &str, suffix: &str, labels: &str) {
    into.extend_from_slice(name.as_bytes());
    into.extend_from_slice(suffix.as_bytes());
    if !labels.is_empty() {
        into.push(b'{');
        into.extend_from_slice(labels.as_bytes());
        into.push(b'}');
    }
    into.push(b' ');
}
