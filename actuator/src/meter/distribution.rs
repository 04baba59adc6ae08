//! How the values of a meter are shown to be spread: what its author asks for and what settings
//! say (`management.metrics.distribution.*`).

use std::time::{Duration, Instant};

use super::histogram::{Bounds, Distribution, Unit, percentile_bounds};
use crate::settings::{FromSetting, SettingsReader};

/// Micrometer forgets a maximum after two minutes.
const EXPIRY: Duration = Duration::from_mins(2);
/// Longer than that is not "of late".
const LONGEST_EXPIRY: Duration = Duration::from_hours(24 * 7);
/// A timer's values are expected between these, in nanoseconds (Micrometer's defaults).
const EXPECTED_NANOS: (f64, f64) = (1e6, 30e9);
/// An amount may be anything.
const EXPECTED: (f64, f64) = (1.0, 4.6e18);

/// What the author of a meter asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct DistributionOptions {
    /// Bounds in the base unit.
    pub(super) objectives: Vec<f64>,
    /// Shares of 1.
    pub(super) percentiles: Vec<f64>,
    pub(super) percentiles_histogram: bool,
}

/// What settings say, each by the name of a meter or a prefix of it; `all` is the shortest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DistributionSettings {
    /// `percentiles-histogram.<name>`: whether there are buckets to compute percentiles from.
    pub percentiles_histogram: Vec<(String, bool)>,
    /// `percentiles.<name>`: shares of 1.
    pub percentiles: Vec<(String, Vec<f64>)>,
    /// `slo.<name>`: bounds.
    pub objectives: Vec<(String, Vec<MeterValue>)>,
    /// `minimum-expected-value.<name>`: no buckets below it.
    pub minimum_expected: Vec<(String, MeterValue)>,
    /// `maximum-expected-value.<name>`: no buckets above it.
    pub maximum_expected: Vec<(String, MeterValue)>,
    /// `expiry.<name>`: for how long maxima and percentiles look back.
    pub expiry: Vec<(String, Duration)>,
    /// `actuator.metrics.native-histograms`: whether all timers and summaries keep buckets of even
    /// relative width, for exports that send them.
    pub exponential: bool,
}

/// A number, or a duration: what a bound may be. For a timer a number is in milliseconds, as in
/// Spring.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MeterValue {
    /// An amount, or milliseconds.
    Number(f64),
    /// A duration.
    Duration(Duration),
}

const PREFIX: &str = "management.metrics.distribution";

impl DistributionSettings {
    /// Reads them.
    pub(super) fn read(reader: &mut SettingsReader<'_>) -> Self {
        Self {
            percentiles_histogram: by_meter(reader, "percentiles-histogram", value),
            percentiles: by_meter(reader, "percentiles", read_percentiles),
            objectives: by_meter(reader, "slo", |reader, name| {
                reader.list(name)?.iter().map(|text| meter_value(reader, name, text)).collect()
            }),
            minimum_expected: by_meter(reader, "minimum-expected-value", read_meter_value),
            maximum_expected: by_meter(reader, "maximum-expected-value", read_meter_value),
            expiry: by_meter(reader, "expiry", |reader, name| {
                reader.value::<Duration>(name)?;
                Some(reader.duration_within(name, EXPIRY, LONGEST_EXPIRY))
            }),
            exponential: reader.value_or("actuator.metrics.native-histograms", false),
        }
    }

    /// Whether settings ask for buckets of a meter.
    pub(super) fn has_buckets(&self, name: &str) -> bool {
        longest(&self.percentiles_histogram, name).copied().unwrap_or(false)
            || longest(&self.objectives, name).is_some_and(|bounds| !bounds.is_empty())
    }

    /// What is kept for a meter.
    pub(super) fn decide(
        &self,
        name: &str,
        unit: Unit,
        options: &DistributionOptions,
        origin: Instant,
    ) -> Distribution {
        let scale = |value: &MeterValue| value.base(unit);
        let mut bounds: Vec<f64> = match longest(&self.objectives, name) {
            Some(objectives) => objectives.iter().map(scale).collect(),
            None => options.objectives.clone(),
        };
        let histogram = longest(&self.percentiles_histogram, name);
        if *histogram.unwrap_or(&options.percentiles_histogram) {
            let (smallest, largest, factor) = match unit {
                Unit::Nanos => (EXPECTED_NANOS.0, EXPECTED_NANOS.1, 1e9),
                Unit::Plain => (EXPECTED.0, EXPECTED.1, 1.0),
            };
            let expected = |setting, default| {
                longest(setting, name).map_or(default, |value| scale(value) * factor)
            };
            let smallest = expected(&self.minimum_expected, smallest);
            let largest = expected(&self.maximum_expected, largest);
            bounds.extend(percentile_bounds(smallest, largest).iter().map(|bound| bound / factor));
        }
        let percentiles = longest(&self.percentiles, name).unwrap_or(&options.percentiles);
        let expiry = longest(&self.expiry, name).copied().unwrap_or(EXPIRY);
        let bounds = Bounds::new(unit, bounds);
        Distribution::new(unit, bounds, percentiles, self.exponential, expiry, origin)
    }
}

impl MeterValue {
    /// In the base unit of a meter: seconds for a timer.
    fn base(self, unit: Unit) -> f64 {
        match (self, unit) {
            (Self::Number(number), Unit::Nanos) => number / 1e3,
            (Self::Number(number), Unit::Plain) => number,
            (Self::Duration(duration), _) => duration.as_secs_f64(),
        }
    }
}

/// What is said for the longest prefix of a name.
pub(super) fn longest<'s, T>(said: &'s [(String, T)], name: &str) -> Option<&'s T> {
    let matches = |prefix: &str| {
        name.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    said.iter()
        .filter(|(prefix, _)| prefix == "all" || matches(prefix))
        .max_by_key(|(prefix, _)| if prefix == "all" { 0 } else { prefix.len() })
        .map(|(_, said)| said)
}

/// All settings of a kind, by the name behind it.
pub(super) fn by_name<T>(
    reader: &mut SettingsReader<'_>,
    prefix: &str,
    read: impl Fn(&mut SettingsReader<'_>, &str) -> Option<T>,
) -> Vec<(String, T)> {
    let mut names: Vec<String> = reader
        .map(prefix)
        .into_iter()
        // The members of a list, `name[0]`, are one.
        .map(|(name, _)| name.split_once('[').map_or(name.clone(), |(list, _)| list.to_owned()))
        .collect();
    names.dedup();
    names
        .into_iter()
        .filter_map(|name| {
            let value = read(reader, &format!("{prefix}.{name}"))?;
            Some((name, value))
        })
        .collect()
}

/// The typed value of one setting.
pub(super) fn value<T: FromSetting>(reader: &mut SettingsReader<'_>, name: &str) -> Option<T> {
    reader.value(name)
}

fn by_meter<T>(
    reader: &mut SettingsReader<'_>,
    kind: &str,
    read: impl Fn(&mut SettingsReader<'_>, &str) -> Option<T>,
) -> Vec<(String, T)> {
    by_name(reader, &format!("{PREFIX}.{kind}"), read)
}

fn read_percentiles(reader: &mut SettingsReader<'_>, name: &str) -> Option<Vec<f64>> {
    let texts = reader.list(name)?;
    let percentiles: Option<Vec<f64>> = texts
        .iter()
        .map(|text| text.parse().ok().filter(|share| (0.0..=1.0).contains(share)))
        .collect();
    if percentiles.is_none() {
        reader.reject(name, "expected shares of 1, such as 0.5, 0.95, 0.99");
    }
    percentiles
}

fn read_meter_value(reader: &mut SettingsReader<'_>, name: &str) -> Option<MeterValue> {
    let text: String = reader.value(name)?;
    meter_value(reader, name, &text)
}

fn meter_value(reader: &mut SettingsReader<'_>, name: &str, text: &str) -> Option<MeterValue> {
    let number = text.parse().ok().filter(|number: &f64| number.is_finite() && *number >= 0.0);
    let duration = || Duration::from_setting(text).ok().map(MeterValue::Duration);
    let value = number.map(MeterValue::Number).or_else(duration);
    if value.is_none() {
        reader.reject(name, "expected numbers or durations, such as 100ms, 1s");
    }
    value
}
