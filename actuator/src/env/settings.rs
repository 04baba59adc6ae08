//! Who sees the values of the environment.

use crate::{
    model::principal::Principal,
    settings::{FromSetting, SettingsReader, one_of},
};

/// Who sees values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShowValues {
    /// Nobody: every value is masked.
    Never,
    /// Callers who hold one of the roles, or any caller that is known if no role is named.
    WhenAuthorized,
    /// Everybody; secrets are masked all the same.
    Always,
}

impl FromSetting for ShowValues {
    fn from_setting(text: &str) -> Result<Self, String> {
        one_of(
            text,
            &[
                ("never", Self::Never),
                ("when-authorized", Self::WhenAuthorized),
                ("always", Self::Always),
            ],
        )
    }
}

/// The settings of the environment (`management.endpoint.env.*`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvSettings {
    /// Who sees values (`show-values`).
    pub show_values: ShowValues,
    /// The roles that `when-authorized` asks for (`roles`).
    pub roles: Vec<String>,
}

impl EnvSettings {
    /// Reads the settings; `default_show` holds where `show-values` is not set.
    pub fn read(reader: &mut SettingsReader<'_>, default_show: ShowValues) -> Self {
        Self {
            show_values: reader.value_or("management.endpoint.env.show-values", default_show),
            roles: reader.list("management.endpoint.env.roles").unwrap_or_default(),
        }
    }

    /// Whether this caller sees values.
    pub fn shows_values_to(&self, caller: Option<&Principal>) -> bool {
        match self.show_values {
            ShowValues::Never => false,
            ShowValues::Always => true,
            ShowValues::WhenAuthorized => {
                caller.is_some_and(|caller| caller.has_any_role(&self.roles))
            }
        }
    }
}
