//! Structs of the application's own that are read from the settings: `#[derive(Settings)]`.
//!
//! A field is read by its type (`field`), at its place in the settings (`place`), by the rules that
//! its attribute gives (`rules`). What came of it is kept for `configprops` (`shown`). Every struct
//! of the program is read before the set-up runs, and again with every refresh (`registry`).

mod containers;
mod current;
mod declaration;
mod described;
mod field;
mod group;
mod listing;
mod parsed;
mod place;
mod registry;
mod rules;
mod shown;

pub use current::Current;
pub use declaration::{SettingsDeclaration, TypedSettings};
pub use described::DescribedSetting;
pub use field::{Read, SettingField, Shape};
pub use group::{Field, Group};
pub use listing::own_settings;
pub use parsed::{Parsed, parsed, parsed_list, parsed_option};
pub use place::Place;
pub use registry::{TypedRegistry, described_settings, unknown_names};
pub use rules::{FieldFacts, Rules};
pub use shown::{Shown, ShownGroup, ShownValue};

#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod tests;
