//! Initial levels and groups: `logging.level.*`, `logging.group.*`, and `RUST_LOG`.

use std::path::PathBuf;

use super::{bounds::is_name, level::LogLevel, state::LoggerGroup, tree::ROOT};
use crate::settings::SettingsReader;

/// What loggers begin with. The names of the settings are Spring's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LevelSettings {
    /// Initial levels by logger or group, from `logging.level.*`; ROOT under that name.
    pub(crate) levels: Vec<(String, LogLevel)>,
    /// `logging.group.<name>`.
    pub(crate) groups: Vec<LoggerGroup>,
}

impl LevelSettings {
    /// Reads the settings.
    pub(crate) fn read(reader: &mut SettingsReader<'_>) -> Self {
        Self { levels: read_levels(reader), groups: read_groups(reader) }
    }
}

/// Where levels that are set while the process runs are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OverrideSettings {
    /// `actuator.loggers.overrides.file`; `None` keeps them in memory only.
    pub(crate) file: Option<PathBuf>,
}

impl OverrideSettings {
    /// Reads the settings. `state_directory` is what systemd gives a service that has
    /// `StateDirectory=` (systemd.exec(5)): one path, or several with colons between them.
    pub(crate) fn read(reader: &mut SettingsReader<'_>, state_directory: Option<&str>) -> Self {
        let default = || {
            let first = state_directory?.split(':').next().filter(|path| !path.is_empty())?;
            Some(PathBuf::from(first).join("log-levels.json"))
        };
        let file = match reader.value::<String>("actuator.loggers.overrides.file") {
            // Empty is no file, whatever systemd gives.
            Some(path) => (!path.trim().is_empty()).then(|| path.into()),
            None => default(),
        };
        Self { file }
    }
}

/// What could and could not be read of a `RUST_LOG`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Directives {
    /// The levels, ROOT under that name.
    pub(crate) levels: Vec<(String, LogLevel)>,
    /// Directives that say more than a target and a level.
    pub(crate) ignored: Vec<String>,
}

/// Reads `level`, `target=level` and `target`, separated by commas.
pub(crate) fn parse_directives(text: &str) -> Directives {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overrides_are_kept_in_the_file_of_the_setting_or_in_the_state_directory_of_systemd() {
        let file = |setting: Option<&str>, state_directory| {
            let mut builder = crate::settings::Settings::builder();
            if let Some(path) = setting {
                builder = builder.force("actuator.loggers.overrides.file", path);
            }
            let settings = builder.build().unwrap();
            OverrideSettings::read(&mut SettingsReader::new(&settings), state_directory).file
        };
        assert_eq!(file(None, None), None);
        let (one, two) = (Some("/var/lib/shop"), Some("/var/lib/shop:/var/lib/other"));
        for state_directory in [one, two] {
            let expected = Some(PathBuf::from("/var/lib/shop/log-levels.json"));
            assert_eq!(file(None, state_directory), expected);
        }
        assert_eq!(file(None, Some("")), None);
        assert_eq!(file(Some("/x.json"), one), Some("/x.json".into()));
        assert_eq!(file(Some(""), one), None, "an empty path is none on purpose");
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
