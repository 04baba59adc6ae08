//! Settings: Spring's names, from every place an operator knows, each value with its origin.
//!
//! A struct that derives [`Settings`](derive@crate::Settings) is read from them at the start, with
//! everything that is wrong told at once; [`Current`] gives its values of now. A single value is
//! [`App::setting`](crate::App::setting), of any type that is [`FromSetting`].
//!
//! Who wins, from least to most: the default in code, `actuator.toml` and the like, the files of the
//! active profiles, the environment, `SPRING_APPLICATION_JSON`, `--name=value` arguments, what a
//! test forces, and what was set while the service runs.

// `Settings` is what was found; a `SettingsReader` turns it into typed values and gathers every
// bad one, so that one message can name them all. `LiveSettings` holds those in force, and puts
// others in their place. `typed` is for structs of the application's own.

mod builder;
mod catalog;
mod convert;
mod format;
mod guarding;
mod help;
mod import;
mod live;
mod name;
mod outgoing;
mod placeholder;
mod policy;
mod profile;
mod reader;
mod source;
mod store;
pub(crate) mod typed;
mod warning;

pub(crate) use builder::SettingsBuilder;
pub use catalog::Kind as SettingKind;
pub use convert::{DataSize, FromSetting, one_of};
pub(crate) use guarding::{is_at_or_below, is_guarding};
pub(crate) use help::{HelpEntry, SettingsHelp, asked as help_asked};
pub(crate) use live::{LiveSettings, canonical_name, check_name};
#[doc(hidden)]
pub use reader::SettingsReader;
pub(crate) use source::{Property, PropertySource, SourceKind, ValueKind};
pub(crate) use store::Settings;
pub use typed::Current;

#[cfg(test)]
pub(crate) mod catalog_for_tests {
    //! The names of the catalog, for tests of those who read them.

    use super::catalog::{Kind, entries};

    /// A name, and how the message begins that says what it accepts.
    pub(crate) struct Typed {
        pub(crate) name: String,
        pub(crate) expected: &'static str,
    }

    /// All names that are no texts, and have an effect.
    pub(crate) fn typed() -> impl Iterator<Item = Typed> {
        entries().filter(|entry| !entry.has_no_effect()).filter_map(|entry| {
            let expected = match entry.kind {
                Kind::Number => "",
                Kind::Bool => "true or false",
                Kind::Duration => "a duration such as ",
                Kind::Size => "a size such as ",
                Kind::Text | Kind::List => return None,
            };
            // These keys are not free.
            let key = match entry.name {
                name if name.starts_with("management.endpoint.*") => "env",
                name if name.starts_with("management.info.*") => "build",
                _ => "x",
            };
            Some(Typed { name: entry.name.replace('*', key), expected })
        })
    }
}
#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod tests;
