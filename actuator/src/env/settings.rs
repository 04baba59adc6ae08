//! Who sees the values of the environment, and what nobody sees.

use super::writing::WritableNames;
use crate::{
    model::{
        principal::Principal,
        sanitizer::KeyPatterns,
        show::{Show, ShowValues},
    },
    settings::SettingsReader,
};

const DROP: &str = "actuator.env.drop";

/// The settings of the environment (`management.endpoint.env.*`, `actuator.env.*`).
#[derive(Clone, Debug)]
pub struct EnvSettings {
    /// Who sees values.
    pub values: ShowValues,
    /// What may be set while the service runs.
    pub writable: WritableNames,
    /// The names of properties that are not listed at all.
    pub dropped: KeyPatterns,
}

impl EnvSettings {
    /// Reads the settings; `default_show` holds where `show-values` is not set.
    pub fn read(reader: &mut SettingsReader<'_>, default_show: Show) -> Self {
        Self {
            values: reader.show_values("env", default_show),
            writable: WritableNames::read(reader),
            dropped: reader.key_patterns(DROP),
        }
    }

    /// Whether this caller sees values.
    pub fn shows_values_to(&self, caller: Option<&Principal>) -> bool {
        self.values.allows(caller)
    }
}
