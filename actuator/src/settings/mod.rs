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
pub use reader::SettingsReader;
pub use source::{Property, PropertySource, SourceKind, ValueKind};
pub use store::Settings;

#[cfg(test)]
mod tests;
