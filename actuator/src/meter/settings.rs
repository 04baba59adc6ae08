//! What can be set about meters.

use std::{path::PathBuf, time::Duration};

use super::Tag;
use crate::settings::SettingsReader;

/// `management.metrics.*`, and `actuator.metrics.*` where Spring has no such thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeterSettings {
    /// `management.metrics.tags.*`: tags that every series carries.
    pub common_tags: Vec<Tag>,
    /// `management.metrics.enable.<prefix>`: whether meters of this name, or below it, are kept.
    /// The longest prefix wins; `all` is the shortest.
    pub enable: Vec<(String, bool)>,
    /// `management.metrics.system.diskspace.paths`, by default the working folder.
    pub disk_paths: Vec<PathBuf>,
    /// `management.metrics.web.server.max-uri-tags`, by default 100.
    pub max_uri_tags: usize,
    /// `management.metrics.web.client.max-uri-tags`, by default 100.
    pub max_client_uri_tags: usize,
    /// `actuator.metrics.max-series`: series per meter, by default 1,000.
    pub max_series: usize,
    /// `actuator.metrics.sample-interval`, by default 5 seconds.
    pub sample_interval: Duration,
    /// `actuator.metrics.jvm-aliases`: whether those names of Spring's that are literally true
    /// here are offered too (`jvm.threads.live`, `.peak`, `.daemon`). Off by default.
    pub jvm_aliases: bool,
    /// `actuator.metrics.management-requests`: whether `http.server.requests` counts requests of
    /// the management API, as Spring does. On by default.
    pub management_requests: bool,
}

impl Default for MeterSettings {
    fn default() -> Self {
        Self {
            common_tags: Vec::new(),
            enable: Vec::new(),
            disk_paths: vec![PathBuf::from(".")],
            max_uri_tags: 100,
            max_client_uri_tags: 100,
            max_series: 1_000,
            sample_interval: Duration::from_secs(5),
            jvm_aliases: false,
            management_requests: true,
        }
    }
}

impl MeterSettings {
    /// Reads them.
    pub fn read(reader: &mut SettingsReader<'_>) -> Self {
        let defaults = Self::default();
        Self {
            common_tags: reader
                .map("management.metrics.tags")
                .into_iter()
                .map(|(key, value)| Tag { key, value })
                .collect(),
            enable: read_enable(reader),
            disk_paths: reader
                .list("management.metrics.system.diskspace.paths")
                .map_or(defaults.disk_paths, |paths| paths.into_iter().map(Into::into).collect()),
            max_uri_tags: reader
                .value_or("management.metrics.web.server.max-uri-tags", defaults.max_uri_tags),
            max_client_uri_tags: reader.value_or(
                "management.metrics.web.client.max-uri-tags",
                defaults.max_client_uri_tags,
            ),
            max_series: reader.value_or("actuator.metrics.max-series", defaults.max_series),
            sample_interval: read_interval(reader, defaults.sample_interval),
            jvm_aliases: reader.value_or("actuator.metrics.jvm-aliases", defaults.jvm_aliases),
            management_requests: reader
                .value_or("actuator.metrics.management-requests", defaults.management_requests),
        }
    }

    /// Whether a meter of this name is kept.
    pub(super) fn is_enabled(&self, name: &str) -> bool {
        let matches = |prefix: &str| {
            name.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.enable
            .iter()
            .filter(|(prefix, _)| prefix == "all" || matches(prefix))
            .max_by_key(|(prefix, _)| if prefix == "all" { 0 } else { prefix.len() })
            .is_none_or(|(_, enabled)| *enabled)
    }
}

fn read_enable(reader: &mut SettingsReader<'_>) -> Vec<(String, bool)> {
    let prefix = "management.metrics.enable";
    reader
        .map(prefix)
        .into_iter()
        .filter_map(|(name, _)| {
            let enabled = reader.value(&format!("{prefix}.{name}"))?;
            Some((name, enabled))
        })
        .collect()
}

fn read_interval(reader: &mut SettingsReader<'_>, default: Duration) -> Duration {
    let name = "actuator.metrics.sample-interval";
    let interval = reader.value_or(name, default);
    if interval < Duration::from_millis(100) {
        reader.reject(name, "expected at least 100ms");
        return default;
    }
    interval
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    #[test]
    fn springs_names_are_read_and_a_bad_one_is_refused() {
        let settings = Settings::builder()
            .force("management.metrics.tags.region", "eu")
            .force("management.metrics.enable.all", "false")
            .force("management.metrics.enable.http", "true")
            .force("management.metrics.system.diskspace.paths", "/, /tmp")
            .force("actuator.metrics.sample-interval", "0s")
            .build()
            .unwrap();
        let mut reader = SettingsReader::new(&settings);
        let read = MeterSettings::read(&mut reader);
        assert_eq!(read.common_tags, [Tag::new("region", "eu")]);
        assert_eq!(read.disk_paths, [PathBuf::from("/"), PathBuf::from("/tmp")]);
        assert!(read.is_enabled("http.server.requests") && !read.is_enabled("httpx"));
        assert!(reader.finish().unwrap_err().to_string().contains("sample-interval"));
    }
}
