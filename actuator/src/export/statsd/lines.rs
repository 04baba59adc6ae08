//! The lines of the protocol: `name:value|type`, with a sample rate and tags where there are any.

use std::fmt::Write as _;

use super::{
    naming::{Named, Style},
    samples::{Sample, rates},
};

/// What a number is to the collector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Milliseconds.
    Time,
    /// Any amount.
    Amount,
}

/// Writes lines and hands each on; lines that must not be parted as one text.
pub(super) struct Lines<'o> {
    style: Style,
    text: String,
    out: &'o mut dyn FnMut(&str),
}

impl<'o> Lines<'o> {
    /// Lines of this style for `out`.
    pub(super) fn new(style: Style, out: &'o mut dyn FnMut(&str)) -> Self {
        Self { style, text: String::new(), out }
    }

    /// So many more.
    pub(super) fn count(&mut self, named: &Named, more: u64) {
        self.write(format_args!("{}:{more}|c{}", named.before, named.after));
    }

    /// What it is now. What is no number cannot be told.
    pub(super) fn gauge(&mut self, named: &Named, value: f64) {
        if !value.is_finite() {
            return;
        }
        // There is no -0 to be read as "less by nothing".
        let value = value + 0.0;
        let Named { before, after } = named;
        if value < 0.0 && self.style.reads_signs_as_changes() {
            self.write(format_args!("{before}:0|g{after}\n{before}:{value}|g{after}"));
        } else {
            self.write(format_args!("{before}:{value}|g{after}"));
        }
    }

    /// Samples of a duration in seconds, or of an amount.
    pub(super) fn samples(&mut self, named: &Named, kind: Kind, sample: Sample) {
        let value = match (kind, self.style) {
            (Kind::Amount, _) => decimal(sample.value),
            // As c2cwsgiutils, because collectd ignores what takes no time.
            (Kind::Time, Style::C2c { .. }) => {
                format!("{:.0}", (sample.value * 1e3).round().max(1.0))
            }
            (Kind::Time, _) => decimal(sample.value * 1e3),
        };
        let code = if kind == Kind::Amount { self.style.histogram() } else { "ms" };
        for rate in rates(sample.count) {
            let Named { before, after } = named;
            if rate < 1.0 {
                self.write(format_args!("{before}:{value}|{code}|@{rate}{after}"));
            } else {
                self.write(format_args!("{before}:{value}|{code}{after}"));
            }
        }
    }

    fn write(&mut self, line: std::fmt::Arguments<'_>) {
        self.text.clear();
        // Writing into a text does not fail.
        let _ = self.text.write_fmt(line);
        (self.out)(&self.text);
    }
}

impl Style {
    /// Whether `-5|g` is "less by 5": everywhere but for Datadog.
    fn reads_signs_as_changes(self) -> bool {
        self != Self::Datadog
    }

    /// The type of an amount. Where it is not known it would be a counter.
    fn histogram(self) -> &'static str {
        match self {
            Self::Datadog | Self::Telegraf => "h",
            Self::Etsy | Self::C2c { .. } => "ms",
        }
    }
}

/// At most six decimals, as Micrometer writes them: nanoseconds of a millisecond.
fn decimal(value: f64) -> String {
    let text = format!("{value:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(style: Style, write: impl FnOnce(&mut Lines<'_>, &Named)) -> Vec<String> {
        let mut all = Vec::new();
        let mut out = |lines: &str| all.push(lines.to_owned());
        let named = Named { before: "n".to_owned(), after: "|#k:v".to_owned() };
        write(&mut Lines::new(style, &mut out), &named);
        all
    }

    #[test]
    fn negative_gauges_are_set_and_not_subtracted() {
        let gauge = |style, value| written(style, |lines, named| lines.gauge(named, value));
        assert_eq!(gauge(Style::Datadog, -1.5), ["n:-1.5|g|#k:v"]);
        for style in [Style::Etsy, Style::Telegraf, Style::C2c { tags: true }] {
            assert_eq!(gauge(style, -1.5), ["n:0|g|#k:v\nn:-1.5|g|#k:v"]);
            assert_eq!(gauge(style, -0.0), ["n:0|g|#k:v"]);
        }
        assert_eq!(gauge(Style::Datadog, f64::NAN), [""; 0]);
        assert_eq!(gauge(Style::Datadog, f64::INFINITY), [""; 0]);
        assert_eq!(gauge(Style::Datadog, 1e-9), ["n:0.000000001|g|#k:v"]);
    }

    #[test]
    fn samples_of_one_value_are_one_line_with_a_rate() {
        let samples = |style, kind, value, count| {
            written(style, |lines, named| lines.samples(named, kind, Sample { value, count }))
        };
        assert_eq!(samples(Style::Datadog, Kind::Time, 0.0123, 1), ["n:12.3|ms|#k:v"]);
        assert_eq!(samples(Style::Datadog, Kind::Time, 0.5, 4), ["n:500|ms|@0.25|#k:v"]);
        assert_eq!(samples(Style::Datadog, Kind::Amount, 512.0, 1), ["n:512|h|#k:v"]);
        assert_eq!(samples(Style::Etsy, Kind::Amount, 512.0, 1), ["n:512|ms|#k:v"]);
        let c2c = Style::C2c { tags: false };
        assert_eq!(samples(c2c, Kind::Time, 0.0123, 1), ["n:12|ms|#k:v"]);
        assert_eq!(samples(c2c, Kind::Time, 0.000_1, 1), ["n:1|ms|#k:v"]);
        assert_eq!(samples(Style::Datadog, Kind::Time, 0.001, 49).len(), 2);
    }

    #[test]
    fn counters_tell_how_many_more() {
        assert_eq!(written(Style::Etsy, |lines, named| lines.count(named, 7)), ["n:7|c|#k:v"]);
    }
}
