//! Settings: Spring's names, from every place an operator knows, each value with its origin.
//!
//! `Settings` is what was found; a `SettingsReader` turns it into typed values and gathers every
//! bad one, so that one message can name them all. Who wins, from least to most: the default that
//! a reader passes, what code sets as its default, `actuator.toml` and the like, the files of the
//! active profiles, the environment, `SPRING_APPLICATION_JSON`, `--name=value` arguments, and what
//! a test forces.

mod builder;
mod catalog;
mod convert;
mod format;
mod help;
mod import;
mod name;
mod outgoing;
mod placeholder;
mod policy;
mod profile;
mod reader;
mod source;
mod store;
mod warning;

pub use builder::SettingsBuilder;
pub use convert::{DataSize, FromSetting, one_of};
pub use help::{SettingsHelp, asked as help_asked};
pub use reader::SettingsReader;
pub use source::{Property, PropertySource, SourceKind, ValueKind};
pub use store::Settings;

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
mod tests;
