//! What a line looks like: text for people, and JSON in the forms that collectors of logs know.

mod c2c;
mod ecs;
mod gelf;
mod json;
mod logstash;
mod naming;
mod nested;
#[cfg(test)]
mod property_tests;
mod settings;
mod template;
mod text;

pub(super) use json::JsonFormat;
pub(super) use naming::FieldKey;
pub(crate) use settings::FormatSettings;
pub use settings::LogFormat;
pub(super) use text::TextFormat;

/// What is the same in every line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct About {
    /// The id of this process.
    pub(super) process: u32,
    /// The name of this host.
    pub(super) host: String,
    /// `spring.application.name`, if lines of text name it.
    pub(super) application: Option<String>,
    /// `spring.application.group`, if lines of text name it.
    pub(super) group: Option<String>,
}

#[cfg(test)]
mod tests;
