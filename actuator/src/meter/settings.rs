//! What can be set about meters.

use std::{path::PathBuf, time::Duration};

use super::{
    Tag,
    distribution::{DistributionSettings, by_name, longest, value},
};
use crate::{model::sanitizer::Sanitizer, settings::SettingsReader};

/// Who samples less often than this has no use for it, and times have to stay ones that exist.
const LONGEST: Duration = Duration::from_hours(24);

/// The largest limit of meters, and of series of one meter.
const MOST: usize = 10_000_000;

/// `management.metrics.*`, and `actuator.metrics.*` where Spring has no such thing.
#[derive(Clone, Debug, PartialEq)]
pub struct MeterSettings {
    /// `management.metrics.tags.*`: tags that every series carries.
    pub common_tags: Vec<Tag>,
    /// `management.metrics.enable.<prefix>`: whether meters of this name, or below it, are kept.
    /// The longest prefix wins; `all` is the shortest.
    pub enable: Vec<(String, bool)>,
    /// `actuator.metrics.rename.<name>`: the name under which that meter is kept.
    pub rename: Vec<(String, String)>,
    /// `actuator.metrics.ignore-tags.<prefix>`: tags that are left out.
    pub ignore_tags: Vec<(String, Vec<String>)>,
    /// `management.metrics.distribution.*`: how values are shown to be spread.
    pub distribution: DistributionSettings,
    /// `management.metrics.system.diskspace.paths`, by default the working folder.
    pub disk_paths: Vec<PathBuf>,
    /// `management.metrics.web.server.max-uri-tags`, by default 100.
    pub max_uri_tags: usize,
    /// `management.metrics.web.client.max-uri-tags`, by default 100.
    pub max_client_uri_tags: usize,
    /// By what calls of the application are told apart.
    pub client_tags: ClientTags,
    /// `actuator.metrics.max-series`: series per meter, by default 1,000. What exceeds them is
    /// counted together.
    pub max_series: usize,
    /// `actuator.metrics.max-meters`: names, by default 10,000. Further ones are not kept.
    pub max_meters: usize,
    /// `actuator.metrics.idle-timeout`: series in which nothing was recorded for so long are
    /// hidden, and removed if nobody holds them. By default never.
    pub idle_timeout: Option<Duration>,
    /// `actuator.metrics.sample-interval`, by default 5 seconds.
    pub sample_interval: Duration,
    /// `actuator.metrics.smaps-interval`, by default 60 seconds: how often the memory of the
    /// process is looked at page by page; zero for never.
    pub smaps_interval: Duration,
    /// `actuator.metrics.jvm-aliases`: whether those names of Spring's that are literally true
    /// here are offered too (`jvm.threads.*`, `jvm.memory.*`, `logback.events`). Off by default.
    pub jvm_aliases: bool,
    /// `actuator.metrics.body-sizes`: whether the sizes of bodies of requests and responses are
    /// measured. On by default.
    pub body_sizes: bool,
    /// `actuator.metrics.management-requests`: whether `http.server.requests` counts requests of
    /// the management API, as Spring does. On by default.
    pub management_requests: bool,
    /// What hides secrets in tags.
    pub sanitizer: Sanitizer,
}

/// What the tags of calls tell of where they go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClientTags {
    /// The host, as Spring does.
    #[default]
    Host,
    /// Scheme and port too, for those who read c2cwsgiutils' keys.
    Origin,
}

impl Default for MeterSettings {
    fn default() -> Self {
        Self {
            common_tags: Vec::new(),
            enable: Vec::new(),
            rename: Vec::new(),
            ignore_tags: Vec::new(),
            distribution: DistributionSettings::default(),
            disk_paths: vec![PathBuf::from(".")],
            max_uri_tags: 100,
            max_client_uri_tags: 100,
            client_tags: ClientTags::default(),
            max_series: 1_000,
            max_meters: 10_000,
            idle_timeout: None,
            sample_interval: Duration::from_secs(5),
            smaps_interval: Duration::from_mins(1),
            jvm_aliases: false,
            body_sizes: true,
            management_requests: true,
            sanitizer: Sanitizer::default(),
        }
    }
}

impl MeterSettings {
    /// Reads them.
    pub(crate) fn read(reader: &mut SettingsReader<'_>) -> Self {
        let defaults = Self::default();
        Self {
            common_tags: reader
                .map("management.metrics.tags")
                .into_iter()
                .map(|(key, value)| Tag { key, value })
                .collect(),
            enable: by_name(reader, "management.metrics.enable", value),
            rename: by_name(reader, "actuator.metrics.rename", read_new_name),
            ignore_tags: by_name(reader, "actuator.metrics.ignore-tags", |reader, name| {
                reader.list(name)
            }),
            distribution: DistributionSettings::read(reader),
            disk_paths: reader
                .list("management.metrics.system.diskspace.paths")
                .map_or(defaults.disk_paths, |paths| paths.into_iter().map(Into::into).collect()),
            max_uri_tags: reader
                .value_or("management.metrics.web.server.max-uri-tags", defaults.max_uri_tags),
            max_client_uri_tags: reader.value_or(
                "management.metrics.web.client.max-uri-tags",
                defaults.max_client_uri_tags,
            ),
            client_tags: defaults.client_tags,
            max_series: read_limit(reader, "actuator.metrics.max-series", defaults.max_series),
            max_meters: read_limit(reader, "actuator.metrics.max-meters", defaults.max_meters),
            idle_timeout: read_idle_timeout(reader),
            sample_interval: read_interval(reader, defaults.sample_interval),
            smaps_interval: read_smaps_interval(reader, defaults.smaps_interval),
            jvm_aliases: reader.value_or("actuator.metrics.jvm-aliases", defaults.jvm_aliases),
            body_sizes: reader.value_or("actuator.metrics.body-sizes", defaults.body_sizes),
            management_requests: reader
                .value_or("actuator.metrics.management-requests", defaults.management_requests),
            sanitizer: defaults.sanitizer,
        }
    }

    /// Whether a meter of this name is kept.
    pub(super) fn is_enabled(&self, name: &str) -> bool {
        longest(&self.enable, name).copied().unwrap_or(true)
    }

    /// The tags that a meter of this name is not to have.
    pub(super) fn ignored_tags(&self, name: &str) -> &[String] {
        longest(&self.ignore_tags, name).map_or(&[], Vec::as_slice)
    }

    /// The name under which a meter is kept.
    pub(super) fn renamed<'n>(&'n self, name: &'n str) -> &'n str {
        self.rename.iter().find(|(from, _)| from == name).map_or(name, |(_, to)| to)
    }
}

/// How many there may be: at least one, and no more than fit into the memory of a large machine.
fn read_limit(reader: &mut SettingsReader<'_>, name: &str, default: usize) -> usize {
    let limit = reader.value_or(name, default);
    if !(1..=MOST).contains(&limit) {
        reader.reject(name, format_args!("expected a number from 1 to {MOST}"));
        return default;
    }
    limit
}

fn read_new_name(reader: &mut SettingsReader<'_>, name: &str) -> Option<String> {
    let new: String = reader.value(name)?;
    if new.trim().is_empty() || new.contains(char::is_control) {
        reader.reject(name, "expected the new name of the meter, such as orders.placed");
        return None;
    }
    Some(new)
}

/// A zero is never, as the default.
fn read_idle_timeout(reader: &mut SettingsReader<'_>) -> Option<Duration> {
    reader.value("actuator.metrics.idle-timeout").filter(|timeout: &Duration| !timeout.is_zero())
}

fn read_interval(reader: &mut SettingsReader<'_>, default: Duration) -> Duration {
    let name = "actuator.metrics.sample-interval";
    let interval = reader.duration_within(name, default, LONGEST);
    if interval < Duration::from_millis(100) {
        reader.reject(name, "expected at least 100ms");
        return default;
    }
    interval
}

/// A zero is never.
fn read_smaps_interval(reader: &mut SettingsReader<'_>, default: Duration) -> Duration {
    let name = "actuator.metrics.smaps-interval";
    if reader.value::<Duration>(name).is_some_and(|interval| interval.is_zero()) {
        return Duration::ZERO;
    }
    reader.duration_within(name, default, LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{meter::MeterValue, settings::Settings};

    #[test]
    fn springs_names_are_read_and_a_bad_one_is_refused() {
        let settings = Settings::builder()
            .force("management.metrics.tags.region", "eu")
            .force("management.metrics.enable.all", "false")
            .force("management.metrics.enable.http", "true")
            .force("management.metrics.system.diskspace.paths", "/, /tmp")
            .force("management.metrics.distribution.slo.http.server.requests", "50, 100ms, 1s")
            .force("management.metrics.distribution.percentiles.all", "0.5, 0.99")
            .force("management.metrics.distribution.percentiles.http", "2")
            .force("actuator.metrics.ignore-tags.http", "uri, host")
            .force("actuator.metrics.rename.a.b", "c.d")
            .force("actuator.metrics.sample-interval", "20ms")
            .force("actuator.metrics.smaps-interval", "500000000d")
            .build()
            .unwrap();
        let mut reader = SettingsReader::new(&settings);
        let read = MeterSettings::read(&mut reader);
        assert_eq!(read.common_tags, [Tag::new("region", "eu")]);
        assert_eq!(read.disk_paths, [PathBuf::from("/"), PathBuf::from("/tmp")]);
        assert!(read.is_enabled("http.server.requests") && !read.is_enabled("httpx"));
        let objectives = &read.distribution.objectives[0];
        assert_eq!(objectives.0, "http.server.requests");
        assert_eq!(objectives.1[0], MeterValue::Number(50.0));
        assert_eq!(objectives.1[1], MeterValue::Duration(Duration::from_millis(100)));
        assert_eq!(read.distribution.percentiles, [("all".to_owned(), vec![0.5, 0.99])]);
        assert_eq!(read.ignored_tags("http.client.requests"), ["uri", "host"]);
        assert_eq!((read.renamed("a.b"), read.renamed("a.b.c")), ("c.d", "a.b.c"));
        let refused = reader.finish().unwrap_err().to_string();
        for name in ["sample-interval", "smaps-interval", "percentiles.http"] {
            assert!(refused.contains(name), "{name}: {refused}");
        }
    }
}
