//! What can be set about the formats of Prometheus.

use crate::settings::SettingsReader;

/// `management.prometheus.*`, and `actuator.prometheus.*` where Spring has no such thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "switches that have nothing to do with each other"
)]
pub(crate) struct ExpositionSettings {
    /// `management.prometheus.metrics.export.enabled`: whether there is an endpoint at all. On by
    /// default.
    pub(crate) enabled: bool,
    /// `management.prometheus.metrics.export.descriptions`: whether `HELP` says what a meter is.
    /// On by default.
    pub(crate) descriptions: bool,
    /// `actuator.prometheus.created-timestamps`: whether OpenMetrics and protobuf say since when
    /// something is counted. Off by default, as in Spring.
    pub(crate) created_timestamps: bool,
    /// `actuator.prometheus.compression`: whether answers are compressed for those who accept
    /// that. On by default.
    pub(crate) compression: bool,
}

impl Default for ExpositionSettings {
    fn default() -> Self {
        Self { enabled: true, descriptions: true, created_timestamps: false, compression: true }
    }
}

impl ExpositionSettings {
    /// Reads them.
    pub(crate) fn read(reader: &mut SettingsReader<'_>) -> Self {
        let defaults = Self::default();
        let mut is_on = |name, default| reader.value_or(name, default);
        Self {
            enabled: is_on("management.prometheus.metrics.export.enabled", defaults.enabled),
            descriptions: is_on(
                "management.prometheus.metrics.export.descriptions",
                defaults.descriptions,
            ),
            created_timestamps: is_on(
                "actuator.prometheus.created-timestamps",
                defaults.created_timestamps,
            ),
            compression: is_on("actuator.prometheus.compression", defaults.compression),
        }
    }
}
