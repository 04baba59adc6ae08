//! What comes out when a meter is read.

use std::collections::{BTreeMap, BTreeSet};

/// What a measured value says, in Micrometer's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Statistic {
    /// How many events.
    Count,
    /// The sum of recorded durations, in seconds.
    TotalTime,
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
            Self::Max => "MAX",
            Self::Value => "VALUE",
            Self::ActiveTasks => "ACTIVE_TASKS",
            Self::Duration => "DURATION",
        }
    }

    /// Puts two series together: maxima by the larger, all else by the sum.
    pub(super) fn merge(self, a: f64, b: f64) -> f64 {
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
