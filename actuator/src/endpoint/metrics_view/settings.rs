//! Which views exist and where, below `actuator.compat`.

use crate::{endpoint::health_view::mounted_path, settings::SettingsReader};

pub(super) const STATS: &str = "actuator.compat.c2c.stats";
pub(super) const PYMICRO: &str = "actuator.compat.pymicro";

/// The views that settings ask for; none by default.
#[derive(Clone, Debug, Default)]
pub(crate) struct MetricsViewSettings {
    /// c2cwsgiutils' page.
    pub(super) stats: Option<StatsSettings>,
    /// The path of pymicro's counters.
    pub(super) pymicro: Option<String>,
}

/// c2cwsgiutils' page of statistics.
#[derive(Clone, Debug)]
pub(super) struct StatsSettings {
    pub(super) path: String,
    /// Whether the details of a request are tags and not parts of the key.
    pub(super) use_tags: bool,
}

impl MetricsViewSettings {
    /// Reads all of them; bad ones are remembered by the reader.
    pub(crate) fn read(reader: &mut SettingsReader<'_>) -> Self {
        let mut path = |prefix: &str, default: &str| {
            let is_on = reader.value_or(&format!("{prefix}.enabled"), false);
            is_on.then(|| mounted_path(reader, &format!("{prefix}.path"), default))
        };
        let (stats, pymicro) = (path(STATS, "/c2c/stats.json"), path(PYMICRO, "/metrics"));
        let use_tags = reader.value_or("statsd.use-tags", false);
        Self { stats: stats.map(|path| StatsSettings { path, use_tags }), pymicro }
    }

    /// Whether the least and the largest of all samples are to be shown, which only buckets of
    /// even relative width tell.
    pub(crate) fn need_buckets(&self) -> bool {
        self.stats.is_some()
    }

    /// Whether the scheme and the port of calls are to be shown.
    pub(crate) fn need_origins(&self) -> bool {
        self.stats.is_some()
    }
}
