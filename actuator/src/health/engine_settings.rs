//! The settings of how checks are run: `actuator.health.*` for all of them, and
//! `actuator.health.check.<path>.*` for one.

use std::{collections::BTreeSet, time::Duration};

use super::{
    aggregator::StatusAggregator,
    engine::EngineSettings,
    health::Status,
    options::{DEFAULT_TIMEOUT, WantedOptions},
};
use crate::settings::SettingsReader;

const ALL: &str = "actuator.health";
const ONE: &str = "actuator.health.check";

/// What can be set of one check, behind its path.
const OF_ONE: [&str; 13] = [
    "critical",
    "description",
    "failure-interval",
    "failure-status",
    "failure-threshold",
    "failure-ttl",
    "initial-status",
    "interval",
    "level",
    "success-threshold",
    "success-ttl",
    "tags",
    "timeout",
];

impl EngineSettings {
    /// Reads all of them; `order` is that of the primary group.
    pub(super) fn read(reader: &mut SettingsReader<'_>, order: StatusAggregator) -> Self {
        let usual = Self::default();
        let size = format!("{ALL}.max-concurrency");
        let max_concurrency = reader.value_or(&size, usual.max_concurrency);
        // More than fit into a semaphore are as good as no limit.
        if max_concurrency == 0 || max_concurrency > 100_000 {
            reader.reject(&size, "expected 1 to 100000");
        }
        let mut defaults = read_wanted(reader, ALL);
        defaults.timeout = defaults.timeout.or(Some(DEFAULT_TIMEOUT));
        Self {
            defaults,
            by_check: read_by_check(reader, &order),
            disabled: usual.disabled,
            max_concurrency: max_concurrency.clamp(1, 100_000),
            history: reader.value_or(&format!("{ALL}.history"), usual.history),
            slow: reader.value_or(
                "management.endpoint.health.logging.slow-indicator-threshold",
                usual.slow,
            ),
            order,
            sanitizer: usual.sanitizer,
        }
    }
}

fn read_by_check(
    reader: &mut SettingsReader<'_>,
    order: &StatusAggregator,
) -> Vec<(String, WantedOptions)> {
    let of_path = |key: &str| {
        let key = key.split_once('[').map_or(key, |(key, _)| key);
        let (path, option) = key.rsplit_once('.')?;
        OF_ONE.contains(&option).then(|| path.to_owned())
    };
    let paths: BTreeSet<String> =
        reader.map(ONE).into_iter().filter_map(|(key, _)| of_path(&key)).collect();
    paths
        .into_iter()
        .map(|path| {
            let prefix = format!("{ONE}.{path}");
            let tags = reader.list(&format!("{prefix}.tags"));
            let wanted = WantedOptions {
                description: reader.value(&format!("{prefix}.description")),
                level: reader.value(&format!("{prefix}.level")),
                critical: reader.value(&format!("{prefix}.critical")),
                initial_status: read_status(reader, &format!("{prefix}.initial-status"), order),
                failure_status: read_status(reader, &format!("{prefix}.failure-status"), order),
                tags,
                ..read_wanted(reader, &prefix)
            };
            (path, wanted)
        })
        .collect()
}

/// What can be set of one check and of all.
fn read_wanted(reader: &mut SettingsReader<'_>, prefix: &str) -> WantedOptions {
    let timeout = format!("{prefix}.timeout");
    let wanted = WantedOptions {
        timeout: reader.value(&timeout),
        success_ttl: reader.value(&format!("{prefix}.success-ttl")),
        failure_ttl: reader.value(&format!("{prefix}.failure-ttl")),
        interval: reader.value(&format!("{prefix}.interval")),
        failure_interval: reader.value(&format!("{prefix}.failure-interval")),
        failure_threshold: read_threshold(reader, &format!("{prefix}.failure-threshold")),
        success_threshold: read_threshold(reader, &format!("{prefix}.success-threshold")),
        ..WantedOptions::default()
    };
    if wanted.timeout.is_some_and(|timeout| timeout.is_zero()) {
        reader.reject(&timeout, "expected more than 0");
    }
    if wanted.failure_interval == Some(Duration::ZERO) {
        reader.reject(&format!("{prefix}.failure-interval"), "expected more than 0");
    }
    wanted
}

fn read_threshold(reader: &mut SettingsReader<'_>, name: &str) -> Option<u32> {
    let threshold = reader.value(name);
    if threshold == Some(0) {
        reader.reject(name, "expected 1 or more");
    }
    threshold
}

fn read_status(
    reader: &mut SettingsReader<'_>,
    name: &str,
    order: &StatusAggregator,
) -> Option<Status> {
    let status = Status::named(reader.value::<String>(name)?.trim());
    if order.knows(&status) {
        return Some(status);
    }
    // One that the order does not name would never count as bad.
    reader.reject(
        name,
        "expected up, restricted, out-of-service, down, unknown, or a status of \
         management.endpoint.health.status.order",
    );
    None
}
