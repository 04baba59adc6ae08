//! Settings: Spring's names, from every place an operator knows, each value with its origin.
//!
//! `Settings` is what was found; a `SettingsReader` turns it into typed values and gathers every
//! bad one, so that one message can name them all.

mod convert;
mod reader;
mod store;

pub use convert::FromSetting;
pub use reader::SettingsReader;
pub use store::{Property, PropertySource, Settings, SettingsBuilder};
