//! Settings: Spring's names, from every place an operator knows, each value with its origin.
//!
//! A struct that derives [`Settings`](derive@crate::Settings) is read from them at the start, with
//! everything that is wrong told at once; [`Current`] gives its values of now. A single value is
//! [`App::setting`](crate::App::setting), of any type that is [`FromSetting`](crate::FromSetting).
//!
//! Who wins, from least to most: the default in code, `actuator.toml`, the files of the active
//! profiles, the environment, `--name=value` arguments, what a test forces, and what was set while
//! the service runs.

// `Settings` is what was found; a `SettingsReader` turns it into typed values and gathers every
// bad one, so that one message can name them all. `LiveSettings` holds those in force, and puts
// others in their place. `typed` is for structs of the application's own.

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
pub(crate) mod typed;
mod warning;

pub(crate) use builder::SettingsBuilder;
pub use catalog::Kind as SettingKind;
pub use convert::{DataSize, FromSetting, one_of};
pub(crate) use live::{LiveSettings, canonical_name};
#[doc(hidden)]
pub use reader::SettingsReader;
pub(crate) use source::{Property, PropertySource, SourceKind, ValueKind};
pub(crate) use store::Settings;
pub use typed::Current;

#[cfg(test)]
mod tests;
