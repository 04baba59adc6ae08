//! The forms of files with settings: TOML, properties, YAML and JSON. Each gives names, texts and
//! the places where they stand.

mod json;
mod leaves;
mod properties;
mod toml;
mod yaml;

use std::borrow::Cow;

use super::{Property, PropertySource, SourceKind, ValueKind};
use crate::error::{Error, ErrorKind};
use leaves::{Flaw, Leaf, Place};

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// TOML 1.0.
    Toml,
    /// As `java.util.Properties`; in several documents as in Spring.
    Properties,
    /// YAML 1.2, in several documents.
    Yaml,
    /// JSON (RFC 8259).
    Json,
}

impl Format {
    /// The endings of files. Of several files that differ in it only, the first wins; properties
    /// win over YAML as in Spring.
    pub const ENDINGS: [&'static str; 5] = ["toml", "properties", "yml", "yaml", "json"];

    /// The form of files with this ending.
    pub fn of_ending(ending: &str) -> Option<Self> {
        match ending {
            "toml" => Some(Self::Toml),
            "properties" => Some(Self::Properties),
            "yml" | "yaml" => Some(Self::Yaml),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    /// What messages call it.
    fn title(self) -> &'static str {
        match self {
            Self::Toml => "TOML",
            Self::Properties => "properties",
            Self::Yaml => "YAML",
            Self::Json => "JSON",
        }
    }
}

/// The documents of a file, first to last: later ones win. `name` is how the file is shown.
/// Refuses what is not in the format, with its place.
pub fn parse(name: &str, bytes: &[u8], format: Format) -> Result<Vec<PropertySource>, Error> {
    let documents = text_of(bytes, format).and_then(|text| match format {
        Format::Toml => toml::parse(&text),
        Format::Properties => properties::parse(&text),
        Format::Yaml => yaml::parse(&text),
        Format::Json => json::parse(&text),
    });
    let documents = documents.map_err(|Flaw { place, message }| {
        let place = place.map(|place| format!(":{place}")).unwrap_or_default();
        let title = format.title();
        // Others than Spring have files of this name too.
        let is_springs =
            name.rsplit('/').next().is_some_and(|file| file.starts_with("application"));
        let remedy =
            if is_springs { "; spring.config.name=actuator leaves such files out" } else { "" };
        let message = format!("{name}{place} is not {title} with settings: {message}{remedy}");
        Error::new(ErrorKind::Setting, message)
    })?;
    let several = documents.len() > 1;
    let sources = documents.into_iter().enumerate().map(|(index, leaves)| {
        let title = if several { format!("{name} (document #{index})") } else { name.to_owned() };
        source(title, name, leaves)
    });
    Ok(sources.collect())
}

fn source(title: String, file: &str, leaves: Vec<Leaf>) -> PropertySource {
    let mut source = PropertySource::new(title, SourceKind::File);
    for Leaf { name, value, kind, place } in leaves {
        let origin = format!("{file}:{place}");
        source.insert(&name, Property { kind, ..Property::text(value, origin) });
    }
    source
}

/// The text of a file: UTF-8, with or without a mark at its beginning. Properties that are no
/// UTF-8 are read as Java reads them, as Latin-1.
fn text_of(bytes: &[u8], format: Format) -> Result<Cow<'_, str>, Flaw> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) if format == Format::Properties => {
            Cow::Owned(bytes.iter().map(|byte| char::from(*byte)).collect())
        }
        Err(error) => {
            let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let place = Place::at(&String::from_utf8_lossy(valid), usize::MAX);
            return Err(Flaw::at(place, "it is not encoded in UTF-8"));
        }
    };
    match text.find('\0') {
        Some(at) => Err(Flaw::at(Place::at(&text, at), "it holds a NUL character")),
        None => Ok(text),
    }
}

#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod tests;
