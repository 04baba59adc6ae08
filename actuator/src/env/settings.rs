//! Who sees the values of the environment.

use super::writing::WritableNames;
use crate::{
    model::{principal::Principal, show::Show},
    settings::SettingsReader,
};

/// The settings of the environment (`management.endpoint.env.*`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvSettings {
    /// Who sees values (`show-values`).
    pub show_values: Show,
    /// The roles that `when-authorized` asks for (`roles`).
    pub roles: Vec<String>,
    /// What may be set while the service runs.
    pub writable: WritableNames,
}

impl EnvSettings {
    /// Reads the settings; `default_show` holds where `show-values` is not set.
    pub fn read(reader: &mut SettingsReader<'_>, default_show: Show) -> Self {
        Self {
            show_values: reader.value_or("management.endpoint.env.show-values", default_show),
            roles: reader.list("management.endpoint.env.roles").unwrap_or_default(),
            writable: WritableNames::read(reader),
        }
    }

    /// Whether this caller sees values.
    pub fn shows_values_to(&self, caller: Option<&Principal>) -> bool {
        self.show_values.allows(caller, &self.roles)
    }
}
