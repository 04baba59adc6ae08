//! How long a database may take to tell of its migrations, and under which ids that is shown.

use std::time::Duration;

use crate::settings::SettingsReader;

const TIMEOUT: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_hours(1);

/// The settings of migrations.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MigrationSettings {
    /// How long a source may take to answer.
    pub(crate) timeout: Duration,
    /// Whether the endpoint `flyway` exists.
    pub(crate) flyway: bool,
}

impl MigrationSettings {
    /// Reads `actuator.migrations.timeout` and `actuator.compat.flyway`.
    pub(crate) fn read(reader: &mut SettingsReader<'_>) -> Self {
        Self {
            timeout: reader.duration_within("actuator.migrations.timeout", TIMEOUT, LONGEST),
            flyway: reader.value_or("actuator.compat.flyway", true),
        }
    }
}
