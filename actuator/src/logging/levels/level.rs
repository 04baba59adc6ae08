//! The levels of a logger, in Spring's words.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use tracing::{Level, level_filters::LevelFilter};

/// How much a logger lets through, from nothing to everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogLevel {
    /// Nothing.
    Off,
    /// Errors. Spring's `FATAL` is read as this, and read back as this, as on Logback.
    Error,
    /// Warnings and what is worse.
    Warn,
    /// Information and what is worse.
    Info,
    /// Debugging help and what is worse.
    Debug,
    /// Everything.
    Trace,
}

/// What a level has to be, for messages.
pub(crate) const EXPECTED: &str = "expected OFF, ERROR, WARN, INFO, DEBUG or TRACE";

impl LogLevel {
    /// All levels, in the order in which Spring lists them.
    pub(crate) const ALL: [Self; 6] =
        [Self::Off, Self::Error, Self::Warn, Self::Info, Self::Debug, Self::Trace];

    /// Reads a level as leniently as Spring does: case and everything but letters and digits are
    /// ignored, and `false` is `OFF` (what an unquoted `off` becomes in YAML).
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let word: String = text
            .chars()
            .filter(|c| c.is_alphanumeric())
            .take(6)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        Some(match word.as_str() {
            "off" | "false" => Self::Off,
            "error" | "fatal" => Self::Error,
            "warn" => Self::Warn,
            "info" => Self::Info,
            "debug" => Self::Debug,
            "trace" => Self::Trace,
            _ => return None,
        })
    }

    /// The word that the API shows: `OFF`, `ERROR`, `WARN`, `INFO`, `DEBUG` or `TRACE`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "OFF",
            Self::Error => "ERROR",
            Self::Warn => "WARN",
            Self::Info => "INFO",
            Self::Debug => "DEBUG",
            Self::Trace => "TRACE",
        }
    }

    /// The same as a filter of `tracing`.
    pub(crate) const fn filter(self) -> LevelFilter {
        match self {
            Self::Off => LevelFilter::OFF,
            Self::Error => LevelFilter::ERROR,
            Self::Warn => LevelFilter::WARN,
            Self::Info => LevelFilter::INFO,
            Self::Debug => LevelFilter::DEBUG,
            Self::Trace => LevelFilter::TRACE,
        }
    }

    /// Whether a logger of this level lets an event of `level` through.
    pub(crate) fn lets_through(self, level: Level) -> bool {
        self >= Self::from(level)
    }
}

impl From<Level> for LogLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::ERROR => Self::Error,
            Level::WARN => Self::Warn,
            Level::INFO => Self::Info,
            Level::DEBUG => Self::Debug,
            Level::TRACE => Self::Trace,
        }
    }
}

impl From<LevelFilter> for LogLevel {
    fn from(filter: LevelFilter) -> Self {
        filter.into_level().map_or(Self::Off, Self::from)
    }
}

impl fmt::Display for LogLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Written as its [`LogLevel::name`].
impl Serialize for LogLevel {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// Read as leniently as everywhere else.
impl<'de> Deserialize<'de> for LogLevel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&word).ok_or_else(|| D::Error::custom(EXPECTED))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn level_words_are_read_leniently_and_everything_else_is_refused() {
        for (text, level) in [
            ("debug", LogLevel::Debug),
            ("De-Bug", LogLevel::Debug),
            (" WARN ", LogLevel::Warn),
            ("false", LogLevel::Off),
            ("FATAL", LogLevel::Error),
        ] {
            assert_eq!(LogLevel::parse(text), Some(level), "{text}");
        }
        for bad in ["", "true", "1", "LOUD", "warning", "debugg"] {
            assert_eq!(LogLevel::parse(bad), None, "{bad}");
        }
    }
}
