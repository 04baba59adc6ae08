//! The settings of logging, by room.

use super::{levels::LevelSettings, output::OutputSettings, recent::RecentSettings};
use crate::settings::SettingsReader;

/// How the process logs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LoggingSettings {
    /// Which events pass.
    pub(crate) levels: LevelSettings,
    /// Where their lines go.
    pub(crate) output: OutputSettings,
    /// What can be read of them.
    pub(crate) recent: RecentSettings,
}

impl LoggingSettings {
    /// Reads the settings.
    pub(crate) fn read(reader: &mut SettingsReader<'_>) -> Self {
        let output = OutputSettings::read(reader);
        Self {
            levels: LevelSettings::read(reader),
            recent: RecentSettings::read(reader, output.rolling.clone()),
            output,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{logging::LogLevel, settings::Settings};

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
            settings.levels.levels,
            [("ROOT".to_owned(), LogLevel::Warn), ("shop::db".to_owned(), LogLevel::Debug)]
        );
        assert_eq!(settings.levels.groups[0].members, ["shop::db", "shop::cart"]);
        assert_eq!(settings.output.file, Some("/var/log/shop/spring.log".into()));
        assert_eq!(settings.recent.ring_size, 65_536);
        assert_eq!(read(&[]).unwrap().recent.ring_size, 1_048_576);
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
}
