//! Where lines are written to, and what they look like there, by setting.

use std::path::{Path, PathBuf};

use tracing::level_filters::LevelFilter;

use super::{
    super::levels::LogLevel,
    console::Colours,
    format::{FormatSettings, LogFormat},
    rate::RateLimit,
    sink::{RollingSettings, SyslogSettings},
};
use crate::settings::{DataSize, SettingsReader};

const MIN_QUEUE: u64 = 16 * 1024;
const DEFAULT_QUEUE: u64 = 1024 * 1024;
const MAX_QUEUE: u64 = 256 * 1024 * 1024;
const QUEUE_SIZE: &str = "actuator.logging.queue-size";

/// What is written, and where to. The names of the settings are Spring's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OutputSettings {
    /// The console is written: `logging.console.enabled`.
    pub(crate) console: bool,
    /// `logging.structured.format.console`; unset, it depends on what the console is.
    pub(crate) console_format: Option<LogFormat>,
    /// `spring.output.ansi.enabled`.
    pub(crate) colours: Colours,
    /// `logging.threshold.console`.
    pub(crate) console_threshold: LevelFilter,
    /// The file to write: `logging.file.name`, else `spring.log` in `logging.file.path`.
    pub(crate) file: Option<PathBuf>,
    /// How the file is rolled; `None` lets it grow.
    pub(crate) rolling: Option<RollingSettings>,
    /// `logging.structured.format.file`; text, if it is unset.
    pub(crate) file_format: LogFormat,
    /// `logging.threshold.file`.
    pub(crate) file_threshold: LevelFilter,
    /// The syslog server to send to.
    pub(crate) syslog: Option<SyslogSettings>,
    /// `actuator.logging.syslog.threshold`.
    pub(crate) syslog_threshold: LevelFilter,
    /// Details of all formats.
    pub(crate) formats: FormatSettings,
    /// How many bytes may wait for each destination: `actuator.logging.queue-size`.
    pub(crate) queue_size: usize,
    /// `actuator.logging.rate-limit`, by place in the code.
    pub(crate) rate_limit: Option<RateLimit>,
}

impl Default for OutputSettings {
    fn default() -> Self {
        Self {
            console: true,
            console_format: None,
            colours: Colours::Detect,
            console_threshold: LevelFilter::TRACE,
            file: None,
            rolling: None,
            file_format: LogFormat::Text,
            file_threshold: LevelFilter::TRACE,
            syslog: None,
            syslog_threshold: LevelFilter::TRACE,
            formats: FormatSettings::default(),
            queue_size: usize::try_from(DEFAULT_QUEUE).unwrap_or(usize::MAX),
            rate_limit: None,
        }
    }
}

impl OutputSettings {
    /// Reads the settings.
    pub(crate) fn read(reader: &mut SettingsReader<'_>) -> Self {
        let file = reader.value::<PathBuf>("logging.file.name").filter(|path| !is_empty(path));
        let folder = reader.value::<PathBuf>("logging.file.path").filter(|path| !is_empty(path));
        let file = file.or_else(|| folder.map(|folder| folder.join("spring.log")));
        let rolling = file.as_deref().and_then(|file| RollingSettings::read(reader, file));
        Self {
            console: reader.value_or("logging.console.enabled", true),
            console_format: reader.value("logging.structured.format.console"),
            colours: reader.value_or("spring.output.ansi.enabled", Colours::Detect),
            console_threshold: read_threshold(reader, "logging.threshold.console"),
            file,
            rolling,
            file_format: reader.value_or("logging.structured.format.file", LogFormat::Text),
            file_threshold: read_threshold(reader, "logging.threshold.file"),
            syslog: SyslogSettings::read(reader),
            syslog_threshold: read_threshold(reader, "actuator.logging.syslog.threshold"),
            formats: FormatSettings::read(reader),
            queue_size: read_queue_size(reader),
            rate_limit: reader.value("actuator.logging.rate-limit"),
        }
    }
}

fn is_empty(path: &Path) -> bool {
    path.as_os_str().is_empty()
}

fn read_threshold(reader: &mut SettingsReader<'_>, name: &str) -> LevelFilter {
    let Some(word) = reader.value::<String>(name).filter(|word| !word.trim().is_empty()) else {
        return LevelFilter::TRACE;
    };
    LogLevel::parse(&word).map_or_else(
        || {
            reader.reject(name, "expected off, error, warn, info, debug or trace");
            LevelFilter::TRACE
        },
        LogLevel::filter,
    )
}

fn read_queue_size(reader: &mut SettingsReader<'_>) -> usize {
    let size = match reader.value::<DataSize>(QUEUE_SIZE) {
        None => DEFAULT_QUEUE,
        Some(DataSize(size)) if (MIN_QUEUE..=MAX_QUEUE).contains(&size) => size,
        Some(_) => {
            reader.reject(QUEUE_SIZE, "expected a size from 16KB to 256MB");
            DEFAULT_QUEUE
        }
    };
    usize::try_from(size).unwrap_or(usize::MAX)
}
