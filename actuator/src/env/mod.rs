//! The environment: property sources with origins, sanitised.

mod contributed;
mod environment;
mod flatten;
mod settings;
mod writing;

pub use environment::{EnvProperty, EnvSource, EnvValue, Environment};
pub use settings::EnvSettings;
pub use writing::{SetValue, SetValueError};
