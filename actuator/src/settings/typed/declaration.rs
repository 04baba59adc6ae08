//! The const record that `#[derive(Settings)]` makes, and the trait behind it.

use std::any::type_name;

use super::{described::DescribedSetting, field::SettingField, registry::Bound, rules::FieldFacts};
use crate::{model::source::Source, settings::SettingsReader};

/// A struct that is read from the settings below a prefix: `#[derive(actuator::Settings)]` with
/// `#[settings(prefix = "…")]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not read from a prefix of settings",
    label = "has no prefix",
    note = "write `#[derive(actuator::Settings)]` and `#[settings(prefix = \"shop.payment\")]` on it"
)]
pub trait TypedSettings: SettingField + Send + Sync + 'static {
    /// The prefix (`shop.payment`).
    const PREFIX: &'static str;
    /// The doc comment, on one line.
    #[doc(hidden)]
    const DESCRIPTION: &'static str;
    /// Where it stands.
    #[doc(hidden)]
    const SOURCE: Source;
}

/// A struct that is read from the settings.
#[derive(Clone, Copy, Debug)]
pub struct SettingsDeclaration {
    /// The prefix.
    pub prefix: &'static str,
    /// The doc comment.
    pub description: &'static str,
    /// Where it stands.
    pub source: Source,
    /// Its type.
    pub type_name: fn() -> &'static str,
    pub(super) describe: fn(&mut Vec<DescribedSetting>),
    pub(super) read: fn(&mut SettingsReader<'_>) -> Option<Bound>,
}

impl SettingsDeclaration {
    /// The record of this type.
    pub const fn of<T: TypedSettings>() -> Self {
        Self {
            prefix: T::PREFIX,
            description: T::DESCRIPTION,
            source: T::SOURCE,
            type_name: type_name::<T>,
            describe: |into| T::describe(T::PREFIX, &FieldFacts::NONE, into),
            read: Bound::read::<T>,
        }
    }
}
