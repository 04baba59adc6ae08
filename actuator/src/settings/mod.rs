//! Settings: Spring's names, from every place an operator knows, each value with its origin.
//!
//! `Settings` is what was found; a `SettingsReader` turns it into typed values and gathers every
//! bad one, so that one message can name them all. Who wins, from least to most: the default that
//! a reader passes, what code sets as its default, `actuator.toml`, the files of the active
//! profiles, the environment, `--name=value` arguments, what a test forces, and what was set while
//! the service runs. `LiveSettings` holds those in force, and puts others in their place.

mod builder;
mod catalog;
mod convert;
mod file;
mod live;
mod location;
mod name;
mod outgoing;
mod placeholder;
mod reader;
mod source;
mod store;
mod warning;

pub use builder::SettingsBuilder;
pub use convert::{DataSize, FromSetting, one_of};
pub use live::LiveSettings;
pub use reader::SettingsReader;
pub use source::{Property, PropertySource, SourceKind, ValueKind};
pub use store::Settings;

#[cfg(test)]
mod tests;
