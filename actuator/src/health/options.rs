//! How a check is run and what its results mean: what its author wants, what the settings say,
//! and what comes of both.

use std::time::Duration;

use super::{declaration::HealthDeclaration, health::Status};

/// How a check is run, everything decided.
#[derive(Clone, Debug)]
pub struct CheckOptions {
    /// What it checks, for people; may be empty.
    pub description: String,
    /// Who needs to ask it: 0 nobody, 1 load balancers (the default), higher ones monitors.
    pub level: u32,
    /// Words by which it can be selected.
    pub tags: Vec<String>,
    /// The groups that it joins by itself, beside those that name it.
    pub groups: Vec<String>,
    /// Whether it counts for the status of the whole.
    pub critical: bool,
    /// How long an answer may take.
    pub timeout: Duration,
    /// How long a good result is kept; zero for not at all.
    pub success_ttl: Duration,
    /// How long a bad result is kept; zero for not at all.
    pub failure_ttl: Duration,
    /// How often it runs by itself; `None` if it runs when asked.
    pub background: Option<Background>,
    /// How many bad results in a row it takes to be reported as bad; at least 1.
    pub failure_threshold: u32,
    /// How many good results in a row it takes to be reported as good again; at least 1.
    pub success_threshold: u32,
    /// What is reported before thresholds are reached for the first time.
    pub initial_status: Option<Status>,
    /// What is reported instead of DOWN.
    pub failure_status: Option<Status>,
}

/// The rhythm of a check that runs by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Background {
    /// The pause between two runs.
    pub interval: Duration,
    /// The pause while it fails.
    pub failure_interval: Duration,
}

/// What somebody wants of one check; what is unset is left to others.
#[derive(Clone, Debug, Default)]
pub(super) struct WantedOptions {
    pub(super) description: Option<String>,
    pub(super) level: Option<u32>,
    pub(super) tags: Option<Vec<String>>,
    pub(super) groups: Option<Vec<String>>,
    pub(super) critical: Option<bool>,
    pub(super) timeout: Option<Duration>,
    pub(super) success_ttl: Option<Duration>,
    pub(super) failure_ttl: Option<Duration>,
    pub(super) interval: Option<Duration>,
    pub(super) failure_interval: Option<Duration>,
    pub(super) failure_threshold: Option<u32>,
    pub(super) success_threshold: Option<u32>,
    pub(super) initial_status: Option<Status>,
    pub(super) failure_status: Option<Status>,
}

impl WantedOptions {
    /// These, and where they are unset, the others.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            description: self.description.or(other.description),
            level: self.level.or(other.level),
            tags: self.tags.or(other.tags),
            groups: self.groups.or(other.groups),
            critical: self.critical.or(other.critical),
            timeout: self.timeout.or(other.timeout),
            success_ttl: self.success_ttl.or(other.success_ttl),
            failure_ttl: self.failure_ttl.or(other.failure_ttl),
            interval: self.interval.or(other.interval),
            failure_interval: self.failure_interval.or(other.failure_interval),
            failure_threshold: self.failure_threshold.or(other.failure_threshold),
            success_threshold: self.success_threshold.or(other.success_threshold),
            initial_status: self.initial_status.or(other.initial_status),
            failure_status: self.failure_status.or(other.failure_status),
        }
    }

    /// Everything decided; what is still unset has its default. An interval of zero is none.
    pub(super) fn decide(self) -> CheckOptions {
        let bounded = |duration: Duration| duration.min(LONGEST);
        let interval = self.interval.filter(|interval| !interval.is_zero()).map(bounded);
        CheckOptions {
            description: self.description.unwrap_or_default(),
            level: self.level.unwrap_or(1),
            tags: self.tags.unwrap_or_default(),
            groups: self.groups.unwrap_or_default(),
            critical: self.critical.unwrap_or(true),
            timeout: self.timeout.map_or(DEFAULT_TIMEOUT, bounded),
            success_ttl: self.success_ttl.map(bounded).unwrap_or_default(),
            failure_ttl: self.failure_ttl.map(bounded).unwrap_or_default(),
            background: interval.map(|interval| Background {
                interval,
                failure_interval: self.failure_interval.map_or(interval, bounded),
            }),
            failure_threshold: self.failure_threshold.unwrap_or(1).max(1),
            success_threshold: self.success_threshold.unwrap_or(1).max(1),
            initial_status: self.initial_status,
            failure_status: self.failure_status,
        }
    }
}

/// The deadline where nobody sets one.
pub(super) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(2);
/// Longer ones are cut to a century, with which clocks and dates can still reckon.
pub(super) const LONGEST: Duration = Duration::from_hours(100 * 365 * 24);

impl From<&HealthDeclaration> for WantedOptions {
    fn from(declared: &HealthDeclaration) -> Self {
        let texts = |list: &[&str]| {
            let list: Vec<String> = list.iter().map(|text| (*text).to_owned()).collect();
            Some(list).filter(|list| !list.is_empty())
        };
        let options = &declared.options;
        Self {
            description: Some(declared.description.to_owned()).filter(|text| !text.is_empty()),
            level: options.level,
            tags: texts(options.tags),
            groups: texts(options.groups),
            critical: options.critical,
            timeout: options.timeout,
            success_ttl: options.success_ttl,
            failure_ttl: options.failure_ttl,
            interval: options.interval,
            failure_interval: options.failure_interval,
            failure_threshold: options.failure_threshold,
            success_threshold: options.success_threshold,
            initial_status: options.initial_status.map(Status::named),
            failure_status: options.failure_status.map(Status::named),
        }
    }
}
