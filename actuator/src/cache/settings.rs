//! How long it may take to clear a cache.

use std::time::Duration;

use crate::settings::SettingsReader;

const TIMEOUT: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_hours(1);

/// The settings of clearing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClearSettings {
    /// How long whoever asks for it waits; the work itself goes on.
    pub(crate) timeout: Duration,
}

impl ClearSettings {
    /// Reads `actuator.caches.clear-timeout`.
    pub(crate) fn read(reader: &mut SettingsReader<'_>) -> Self {
        Self { timeout: reader.duration_within("actuator.caches.clear-timeout", TIMEOUT, LONGEST) }
    }
}
