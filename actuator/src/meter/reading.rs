//! What comes out when a meter is read.

use std::collections::{BTreeMap, BTreeSet};

use super::family::Family;

/// What a measured value says, in Micrometer's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Statistic {
    /// How many events.
    Count,
    /// The sum of recorded durations, in seconds.
    TotalTime,
    /// The sum of recorded amounts.
    Total,
    /// The largest of late.
    Max,
    /// The value now.
    Value,
    /// How many are running now.
    ActiveTasks,
    /// For how long the running ones have been running, in seconds.
    Duration,
}

impl Statistic {
    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Count => "COUNT",
            Self::TotalTime => "TOTAL_TIME",
            Self::Total => "TOTAL",
            Self::Max => "MAX",
            Self::Value => "VALUE",
            Self::ActiveTasks => "ACTIVE_TASKS",
            Self::Duration => "DURATION",
        }
    }

    /// Puts two series together: maxima by the larger, all else by the sum.
    fn merge(self, a: f64, b: f64) -> f64 {
        if self == Self::Max { a.max(b) } else { a + b }
    }
}

/// One measured value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measurement {
    /// What it says.
    pub statistic: Statistic,
    /// The value.
    pub value: f64,
}

/// One meter, read over all matching series.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricReading {
    /// The name.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// What one of it is: `seconds`, `bytes`, `files`.
    pub base_unit: Option<String>,
    /// The values, merged.
    pub measurements: Vec<Measurement>,
    /// The keys by which it can be narrowed further, and the values seen.
    pub available_tags: BTreeMap<String, BTreeSet<String>>,
}

impl MetricReading {
    /// Nothing read yet.
    pub(super) fn of(family: &Family) -> Self {
        Self {
            name: family.name().to_owned(),
            description: family.description().map(str::to_owned),
            base_unit: family.base_unit().map(str::to_owned),
            measurements: Vec::new(),
            available_tags: BTreeMap::new(),
        }
    }

    /// Offers a tag to narrow by.
    pub(super) fn offer(&mut self, key: &str, value: &str) {
        if !self.available_tags.contains_key(key) {
            self.available_tags.insert(key.to_owned(), BTreeSet::new());
        }
        if let Some(values) = self.available_tags.get_mut(key)
            && !values.contains(value)
        {
            values.insert(value.to_owned());
        }
    }
}

/// Puts the values of one more series to those of others.
pub(super) fn merge(into: &mut Vec<Measurement>, more: Vec<Measurement>) {
    for one in more {
        match into.iter_mut().find(|known| known.statistic == one.statistic) {
            Some(known) => known.value = one.statistic.merge(known.value, one.value),
            None => into.push(one),
        }
    }
}
