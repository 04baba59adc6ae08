//! How the log file is rolled, by setting: Spring's names and defaults.

use std::path::Path;

use super::{gzip, pattern::Pattern};
use crate::settings::{DataSize, SettingsReader};

const ENABLED: &str = "actuator.logging.file.rolling.enabled";
const PATTERN: &str = "logging.logback.rollingpolicy.file-name-pattern";
const MAX_FILE_SIZE: &str = "logging.logback.rollingpolicy.max-file-size";
const MAX_HISTORY: &str = "logging.logback.rollingpolicy.max-history";
const TOTAL_SIZE_CAP: &str = "logging.logback.rollingpolicy.total-size-cap";
const CLEAN_ON_START: &str = "logging.logback.rollingpolicy.clean-history-on-start";
/// Below this a file would hold next to nothing.
const SMALLEST_FILE: u64 = 1024;

/// When the log file becomes an archive, and which archives are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RollingSettings {
    /// The names of the archives.
    pub(crate) pattern: Pattern,
    /// Bytes that the log file does not exceed, unless one line is longer.
    pub(super) max_file_size: u64,
    /// How many periods before the current one are kept; 0 for all.
    pub(super) max_history: u32,
    /// Bytes of all archives; 0 for any number.
    pub(super) total_size_cap: u64,
    /// Whether archives that are too old are removed when the service starts.
    pub(super) clean_on_start: bool,
}

impl RollingSettings {
    /// Reads them for a log file; `None` if somebody else rolls it.
    pub(crate) fn read(reader: &mut SettingsReader<'_>, file: &Path) -> Option<Self> {
        if !reader.value_or(ENABLED, true) {
            return None;
        }
        let max_file_size = reader.value_or(MAX_FILE_SIZE, DataSize(10 << 20)).0;
        if max_file_size < SMALLEST_FILE {
            reader.reject(MAX_FILE_SIZE, "expected at least 1KB");
        }
        Some(Self {
            pattern: pattern(reader, file)?,
            max_file_size,
            max_history: reader.value_or(MAX_HISTORY, 7),
            total_size_cap: reader.value_or(TOTAL_SIZE_CAP, DataSize(0)).0,
            clean_on_start: reader.value_or(CLEAN_ON_START, false),
        })
    }
}

fn pattern(reader: &mut SettingsReader<'_>, file: &Path) -> Option<Pattern> {
    let default = if gzip::IS_AVAILABLE {
        "${LOG_FILE}.%d{yyyy-MM-dd}.%i.gz"
    } else {
        "${LOG_FILE}.%d{yyyy-MM-dd}.%i"
    };
    let text: Option<String> = reader.value(PATTERN).filter(|text: &String| !text.is_empty());
    match Pattern::parse(text.as_deref().unwrap_or(default), file) {
        Ok(pattern) if pattern.compresses() && !gzip::IS_AVAILABLE => {
            let remedy = "archives are compressed by the feature compression of the crate actuator, \
                          which this build does without; leave out .gz, or enable the feature";
            reader.reject(PATTERN, remedy);
            None
        }
        Ok(pattern) => Some(pattern),
        Err(accepted) => {
            reader.reject(PATTERN, accepted);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn read(pairs: &[(&str, &str)]) -> Result<Option<RollingSettings>, String> {
        let builder = pairs.iter().fold(Settings::builder(), |b, (k, v)| b.force(k, *v));
        let settings = builder.build().unwrap();
        let mut reader = SettingsReader::new(&settings);
        let read = RollingSettings::read(&mut reader, Path::new("/log/app.log"));
        reader.finish().map(|()| read).map_err(|error| error.to_string())
    }

    #[test]
    fn a_log_file_is_rolled_as_springs_is_unless_somebody_else_rolls_it() {
        let settings = read(&[]).unwrap().unwrap();
        assert_eq!((settings.max_file_size, settings.max_history), (10_485_760, 7));
        assert_eq!((settings.total_size_cap, settings.clean_on_start), (0, false));
        assert_eq!(settings.pattern.compresses(), gzip::IS_AVAILABLE);
        assert_eq!(settings.pattern.folder(), Path::new("/log/"));
        assert_eq!(read(&[(ENABLED, "false")]).unwrap(), None);
    }

    #[test]
    fn springs_names_are_read() {
        let settings = read(&[
            (PATTERN, "${LOG_FILE}.%d{yyyy-MM-dd_HH}.%i"),
            (MAX_FILE_SIZE, "1MB"),
            (MAX_HISTORY, "24"),
            (TOTAL_SIZE_CAP, "1GB"),
            (CLEAN_ON_START, "true"),
        ])
        .unwrap()
        .unwrap();
        assert_eq!((settings.max_file_size, settings.max_history), (1 << 20, 24));
        assert_eq!((settings.total_size_cap, settings.clean_on_start), (1 << 30, true));
        assert!(!settings.pattern.compresses());
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_name() {
        for (name, value) in
            [(PATTERN, "app.%d{MM}.%i"), (MAX_FILE_SIZE, "10"), (MAX_HISTORY, "-1")]
        {
            let error = read(&[(name, value)]).unwrap_err();
            assert!(error.contains(name), "{error}");
        }
    }
}
