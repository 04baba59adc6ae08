//! The settings of these checks, below `management.health` and `actuator.health`.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    disk_space::DiskSpace,
    file_descriptors::FileDescriptors,
    process_memory::ProcessMemory,
    runtime_lag::{LagThresholds, RuntimeLag},
    usage::UsageThresholds,
};
use crate::settings::{DataSize, SettingsReader};

const DISKS: &str = "actuator.health.disk";

/// What the built-in checks are told.
#[derive(Clone, Debug)]
pub struct BuiltinSettings {
    /// When `processMemory` is no longer UP.
    pub process_memory: UsageThresholds,
    /// When `fileDescriptors` is no longer UP.
    pub file_descriptors: UsageThresholds,
    /// When `runtime` is no longer UP.
    pub runtime: LagThresholds,
    /// Disks beside `diskSpace`, by name.
    pub disks: Vec<DiskSettings>,
}

/// One more disk to watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiskSettings {
    /// The key in `actuator.health.disk.<name>`.
    pub name: String,
    /// The path whose disk is watched.
    pub path: PathBuf,
    /// The bytes that must be free on it.
    pub threshold: u64,
    /// Whether something must be mounted at the path itself.
    pub must_be_mounted: bool,
}

impl BuiltinSettings {
    /// Reads all of them; bad ones are remembered by the reader.
    pub fn read(reader: &mut SettingsReader<'_>) -> Self {
        Self {
            process_memory: read_usage(reader, "processmemory", ProcessMemory::DEFAULT),
            file_descriptors: read_usage(reader, "filedescriptors", FileDescriptors::DEFAULT),
            runtime: read_lag(reader, "runtime", RuntimeLag::DEFAULT),
            disks: read_disks(reader),
        }
    }
}

fn read_usage(
    reader: &mut SettingsReader<'_>,
    check: &str,
    default: UsageThresholds,
) -> UsageThresholds {
    let [degraded, down] = stages(check);
    let mut percent = |name: &str, default: u8| {
        let percent = reader.value_or(name, default);
        if percent > 100 {
            reader.reject(name, "expected a percentage from 0 to 100");
        }
        percent
    };
    UsageThresholds {
        degraded_above: percent(&degraded, default.degraded_above),
        down_above: percent(&down, default.down_above),
    }
}

fn read_lag(reader: &mut SettingsReader<'_>, check: &str, default: LagThresholds) -> LagThresholds {
    let [degraded, down] = stages(check);
    let mut lag = |name: &str, default: Duration| {
        let lag = reader.value_or(name, default);
        if lag.is_zero() {
            reader.reject(name, "expected more than 0: a task is always a little late");
        }
        lag
    };
    LagThresholds {
        degraded_above: lag(&degraded, default.degraded_above),
        down_above: lag(&down, default.down_above),
    }
}

/// The names of the settings of the two stages of a check.
fn stages(check: &str) -> [String; 2] {
    ["degraded-above", "down-above"].map(|stage| format!("management.health.{check}.{stage}"))
}

fn read_disks(reader: &mut SettingsReader<'_>) -> Vec<DiskSettings> {
    let names: BTreeSet<String> = reader
        .map(DISKS)
        .into_iter()
        .filter_map(|(key, _)| key.split('.').next().map(str::to_owned))
        .collect();
    names.into_iter().filter_map(|name| read_disk(reader, name)).collect()
}

/// The path may be the value of the name itself, or of `path` below it: a TOML table has no value.
fn read_disk(reader: &mut SettingsReader<'_>, name: String) -> Option<DiskSettings> {
    let prefix = format!("{DISKS}.{name}");
    let below = format!("{prefix}.path");
    let path = reader.value::<PathBuf>(&prefix).or_else(|| reader.value(&below));
    let Some(path) = path.filter(|path| path != Path::new("")) else {
        reader.reject(&below, "expected the path of the disk");
        return None;
    };
    Some(DiskSettings {
        path,
        threshold: reader
            .value::<DataSize>(&format!("{prefix}.threshold"))
            .map_or(DiskSpace::DEFAULT_THRESHOLD, |size| size.0),
        must_be_mounted: reader.value_or(&format!("{prefix}.must-be-mounted"), false),
        name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn read(given: &[(&str, &str)]) -> (BuiltinSettings, Result<(), String>) {
        let settings = given
            .iter()
            .fold(Settings::builder(), |builder, (name, value)| builder.default_value(name, *value))
            .build()
            .unwrap();
        let mut reader = SettingsReader::new(&settings);
        let read = BuiltinSettings::read(&mut reader);
        (read, reader.finish().map_err(|error| error.to_string()))
    }

    #[test]
    fn a_disk_is_a_path_alone_or_a_table() {
        let (read, outcome) = read(&[
            ("actuator.health.disk.data", "/var/lib/data"),
            ("actuator.health.disk.data.threshold", "1GB"),
            ("actuator.health.disk.backup.path", "/mnt/backup"),
            ("actuator.health.disk.backup.must-be-mounted", "true"),
        ]);
        outcome.unwrap();
        let disk = |name: &str, path: &str, threshold, must_be_mounted| DiskSettings {
            name: name.to_owned(),
            path: path.into(),
            threshold,
            must_be_mounted,
        };
        let expected = [
            disk("backup", "/mnt/backup", 10 << 20, true),
            disk("data", "/var/lib/data", 1 << 30, false),
        ];
        assert_eq!(read.disks, expected);
    }

    #[test]
    fn the_disks_of_the_documentation_are_read_as_it_says() {
        let document = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/checks.md");
        let document = std::fs::read_to_string(document).unwrap();
        let example = document.split("```toml\n").skip(1).find(|t| t.contains(DISKS)).unwrap();
        let folder = std::env::temp_dir().join(format!("actuator-disks-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("actuator.toml"), example.split("```").next().unwrap()).unwrap();
        let settings = Settings::builder()
            .file_directory(&folder)
            .environment([("ACTUATOR_HEALTH_DISK_CACHE_MUST_BE_MOUNTED", "true")])
            .build();
        std::fs::remove_dir_all(&folder).unwrap();
        let settings = settings.unwrap();
        let mut reader = SettingsReader::new(&settings);
        let disks = BuiltinSettings::read(&mut reader).disks;
        reader.finish().unwrap();
        let read: Vec<_> = disks
            .iter()
            .map(|disk| (disk.name.as_str(), disk.threshold, disk.must_be_mounted))
            .collect();
        assert_eq!(read, [("cache", 10 << 20, true), ("uploads", 1 << 30, true)]);
    }

    #[test]
    fn thresholds_are_read_and_impossible_ones_refused_together() {
        let (read, outcome) = read(&[
            ("management.health.processmemory.degraded-above", "70"),
            ("management.health.filedescriptors.down-above", "101"),
            ("management.health.runtime.down-above", "0"),
            ("actuator.health.disk.data.threshold", "1GB"),
        ]);
        assert_eq!(read.process_memory, UsageThresholds { degraded_above: 70, down_above: 98 });
        let error = outcome.unwrap_err();
        for part in [
            "management.health.filedescriptors.down-above = \"101\"",
            "management.health.runtime.down-above = \"0\"",
            "actuator.health.disk.data.path: expected the path of the disk",
        ] {
            assert!(error.contains(part), "{error}");
        }
    }
}
