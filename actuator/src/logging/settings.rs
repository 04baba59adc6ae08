//! The settings of logging: levels, groups, the file, the ring.

use std::path::PathBuf;

use super::{
    level::LogLevel,
    state::{LoggerGroup, is_name},
    tree::ROOT,
};
use crate::settings::{DataSize, SettingsReader};

const MIN_RING: u64 = 4 * 1024;
const DEFAULT_RING: u64 = 1024 * 1024;
const MAX_RING: u64 = 64 * 1024 * 1024;
const RING_SIZE: &str = "actuator.logfile.ring-size";

/// How the process logs. The names of the settings are Spring's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LoggingSettings {
    /// `spring.application.name`, which every line names as in Spring; unset, lines name none.
    pub(crate) application: Option<String>,
    /// Initial levels by logger or group, from `logging.level.*`; ROOT under that name.
    pub(crate) levels: Vec<(String, LogLevel)>,
    /// `logging.group.<name>`.
    pub(crate) groups: Vec<LoggerGroup>,
    /// The file to write: `logging.file.name`, else `spring.log` in `logging.file.path`.
    pub(crate) file: Option<PathBuf>,
    /// The file to serve instead: `management.endpoint.logfile.external-file`.
    pub(crate) external_file: Option<PathBuf>,
    /// The bytes of log kept in memory (`actuator.logfile.ring-size`); 0 keeps none.
    pub(crate) ring_size: usize,
}

impl LoggingSettings {
    /// Reads the settings.
    pub(crate) fn read(reader: &mut SettingsReader<'_>) -> Self {
        let file = reader.value::<PathBuf>("logging.file.name").filter(|path| !is_empty(path));
        let folder = reader.value::<PathBuf>("logging.file.path").filter(|path| !is_empty(path));
        Self {
            application: reader.value("spring.application.name"),
            levels: read_levels(reader),
            groups: read_groups(reader),
            file: file.or_else(|| folder.map(|folder| folder.join("spring.log"))),
            external_file: reader
                .value::<PathBuf>("management.endpoint.logfile.external-file")
                .filter(|path| !is_empty(path)),
            ring_size: read_ring_size(reader),
        }
    }
}

/// What could and could not be read of a `RUST_LOG`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Directives {
    /// The levels, ROOT under that name.
    pub(super) levels: Vec<(String, LogLevel)>,
    /// Directives that say more than a target and a level.
    pub(super) ignored: Vec<String>,
}

/// Reads `level`, `target=level` and `target`, separated by commas.
pub(super) fn parse_directives(text: &str) -> Directives {
    let mut directives = Directives::default();
    for directive in text.split(',').map(str::trim).filter(|directive| !directive.is_empty()) {
        let (target, level) = match directive.split_once('=') {
            Some((target, level)) => (target.trim(), LogLevel::parse(level)),
            None => match LogLevel::parse(directive) {
                Some(level) => (ROOT, Some(level)),
                None => (directive, Some(LogLevel::Trace)),
            },
        };
        match level {
            Some(level) if is_name(target) && !target.contains(['[', '{', '"']) => {
                directives.levels.push((target.to_owned(), level));
            }
            _ => directives.ignored.push(directive.to_owned()),
        }
    }
    directives
}

fn read_levels(reader: &mut SettingsReader<'_>) -> Vec<(String, LogLevel)> {
    let mut levels = Vec::new();
    for (name, word) in reader.map("logging.level") {
        let setting = format!("logging.level.{name}");
        match LogLevel::parse(&word) {
            Some(level) if name.eq_ignore_ascii_case(ROOT) => levels.push((ROOT.to_owned(), level)),
            Some(level) if is_name(&name) => levels.push((name, level)),
            Some(_) => reader.reject(&setting, "no logger can have this name"),
            None => reader.reject(&setting, "expected off, error, warn, info, debug or trace"),
        }
    }
    levels
}

fn read_groups(reader: &mut SettingsReader<'_>) -> Vec<LoggerGroup> {
    // A list may also be spelled `name[0]`, `name[1]`, …: the names of the groups come first.
    let mut names: Vec<String> = reader
        .map("logging.group")
        .into_iter()
        .map(|(key, _)| key.split_once('[').map_or(key.clone(), |(name, _)| name.to_owned()))
        .collect();
    names.dedup();
    names
        .into_iter()
        .map(|name| LoggerGroup {
            members: reader.list(&format!("logging.group.{name}")).unwrap_or_default(),
            name,
            configured: None,
        })
        .collect()
}

fn read_ring_size(reader: &mut SettingsReader<'_>) -> usize {
    let size = match reader.value::<DataSize>(RING_SIZE) {
        None => DEFAULT_RING,
        Some(DataSize(size)) if size == 0 || (MIN_RING..=MAX_RING).contains(&size) => size,
        Some(_) => {
            reader.reject(RING_SIZE, "expected 0 or a size from 4KB to 64MB");
            DEFAULT_RING
        }
    };
    usize::try_from(size).unwrap_or(usize::MAX)
}

fn is_empty(path: &std::path::Path) -> bool {
    path.as_os_str().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn read(pairs: &[(&str, &str)]) -> Result<LoggingSettings, String> {
        let builder = pairs.iter().fold(Settings::builder(), |b, (k, v)| b.force(k, *v));
        let settings = builder.build().unwrap();
        let mut reader = SettingsReader::new(&settings);
        let read = LoggingSettings::read(&mut reader);
        reader.finish().map(|()| read).map_err(|error| error.to_string())
    }

    #[test]
    fn levels_groups_and_files_are_read_under_springs_names() {
        let settings = read(&[
            ("logging.level.root", "warn"),
            ("logging.level.shop::db", "Debug"),
            ("logging.group.shop", "shop::db, shop::cart"),
            ("logging.file.path", "/var/log/shop"),
            ("actuator.logfile.ring-size", "64KB"),
        ])
        .unwrap();
        assert_eq!(
            settings.levels,
            [("ROOT".to_owned(), LogLevel::Warn), ("shop::db".to_owned(), LogLevel::Debug)]
        );
        assert_eq!(settings.groups[0].members, ["shop::db", "shop::cart"]);
        assert_eq!(settings.file, Some("/var/log/shop/spring.log".into()));
        assert_eq!(settings.ring_size, 65_536);
        assert_eq!(read(&[]).unwrap().ring_size, 1_048_576);
    }

    #[test]
    fn trap_seed_14_a_bad_level_is_refused_with_its_name_and_what_is_accepted() {
        let message = read(&[
            ("logging.level.shop", "LOUD"),
            ("logging.level.root", "1"),
            ("actuator.logfile.ring-size", "1PB"),
        ])
        .unwrap_err();
        for part in
            ["logging.level.shop = \"LOUD\"", "logging.level.root", "ring-size", "expected off"]
        {
            assert!(message.contains(part), "{part} in {message}");
        }
    }

    #[test]
    fn rust_log_gives_levels_and_names_what_it_cannot_express() {
        let directives = parse_directives("warn, shop=debug,shop::db , a[span]=info,x=loud,,");
        assert_eq!(
            directives.levels,
            [
                ("ROOT".to_owned(), LogLevel::Warn),
                ("shop".to_owned(), LogLevel::Debug),
                ("shop::db".to_owned(), LogLevel::Trace),
            ]
        );
        assert_eq!(directives.ignored, ["a[span]=info", "x=loud"]);
    }
}
