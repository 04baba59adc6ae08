//! Whether and how much of bodies is recorded.

use crate::settings::{DataSize, SettingsReader};

const INCLUDE_BODIES: &str = "actuator.httpexchanges.include-bodies";
const MAX_BODY_SIZE: &str = "actuator.httpexchanges.max-body-size";
/// The most that can be set, in bytes.
const MAX: u64 = 64 * 1024;

/// Which bodies are recorded: by default none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodySettings {
    /// `request` in `actuator.httpexchanges.include-bodies`.
    pub request: bool,
    /// `response` in `actuator.httpexchanges.include-bodies`.
    pub response: bool,
    /// `actuator.httpexchanges.max-body-size`: bytes of each body that are kept, by default 4 KB.
    pub max_size: usize,
}

impl Default for BodySettings {
    fn default() -> Self {
        Self { request: false, response: false, max_size: 4 * 1024 }
    }
}

impl BodySettings {
    /// Reads them.
    pub(super) fn read(reader: &mut SettingsReader<'_>) -> Self {
        let mut settings = Self::default();
        for value in reader.list(INCLUDE_BODIES).unwrap_or_default() {
            match value.trim().to_ascii_lowercase().as_str() {
                "request" => settings.request = true,
                "response" => settings.response = true,
                "" => {}
                _ => reader.reject(
                    INCLUDE_BODIES,
                    format_args!("{value} is neither request nor response"),
                ),
            }
        }
        if let Some(DataSize(bytes)) = reader.value(MAX_BODY_SIZE) {
            if !(1..=MAX).contains(&bytes) {
                reader.reject(MAX_BODY_SIZE, "expected a size from 1B to 64KB");
            }
            settings.max_size = usize::try_from(bytes.min(MAX)).unwrap_or(settings.max_size);
        }
        settings
    }

    /// Whether any body is recorded.
    pub(crate) fn is_on(self) -> bool {
        self.request || self.response
    }
}
