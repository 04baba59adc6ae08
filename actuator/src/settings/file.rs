//! A TOML file as a property source: names by its tables, origins by line and column.

use std::{fs, io};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{Property, PropertySource, SourceKind, ValueKind, location::Location};
use crate::error::{Error, ErrorKind};

/// Reads the file of a location and profile; none if there is no such file.
pub fn read(location: &Location, profile: Option<&str>) -> Result<Option<PropertySource>, Error> {
    let shown = location.shown(profile);
    match fs::read_to_string(location.file(profile)) {
        Ok(text) => parse(&shown, &text).map(Some),
        Err(error)
            if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            Ok(None)
        }
        Err(error) => Err(Error::new(
            ErrorKind::Setting,
            format!("{shown} cannot be read: {error}; make it readable or remove it"),
        )
        .with_cause(error)),
    }
}

/// The properties of a TOML text. `name` is how it is shown.
pub fn parse(name: &str, text: &str) -> Result<PropertySource, Error> {
    let lines = Lines::new(text);
    let table = DeTable::parse(text).map_err(|error| {
        let place = error.span().map(|span| lines.place(span.start)).unwrap_or_default();
        Error::new(
            ErrorKind::Setting,
            format!("{name}:{place} is not TOML: {}", error.message().trim().replace('\n', ", ")),
        )
    })?;
    let mut source = PropertySource::new(name, SourceKind::File);
    let mut reader = Reader { source: &mut source, lines, file: name };
    reader.table("", table.get_ref());
    Ok(source)
}

struct Reader<'r> {
    source: &'r mut PropertySource,
    lines: Lines,
    file: &'r str,
}

impl Reader<'_> {
    fn table(&mut self, prefix: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let key = key.get_ref();
            let name = if prefix.is_empty() { key.to_string() } else { format!("{prefix}.{key}") };
            self.value(&name, value);
        }
    }

    fn value(&mut self, name: &str, value: &Spanned<DeValue<'_>>) {
        let start = value.span().start;
        match value.get_ref() {
            DeValue::Table(table) => self.table(name, table),
            // As in Spring, an empty list is an empty text: it wins over lists below it.
            DeValue::Array(items) if items.is_empty() => {
                self.leaf(name, "", ValueKind::Text, start);
            }
            DeValue::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(&format!("{name}[{index}]"), item);
                }
            }
            DeValue::String(text) => self.leaf(name, text, ValueKind::Text, start),
            DeValue::Boolean(value) => {
                self.leaf(name, &value.to_string(), ValueKind::Boolean, start);
            }
            DeValue::Datetime(value) => {
                self.leaf(name, &value.to_string(), ValueKind::Text, start);
            }
            DeValue::Float(value) => self.leaf(name, value.as_str(), ValueKind::Number, start),
            DeValue::Integer(value) => {
                // 0x10 is the number 16; what is larger than any setting keeps its text.
                let text = i128::from_str_radix(value.as_str(), value.radix())
                    .map_or_else(|_| value.to_string(), |number| number.to_string());
                self.leaf(name, &text, ValueKind::Number, start);
            }
        }
    }

    fn leaf(&mut self, name: &str, value: &str, kind: ValueKind, start: usize) {
        let origin = format!("{}:{}", self.file, self.lines.place(start));
        self.source.insert(name, Property { kind, ..Property::text(value, origin) });
    }
}

/// From byte offsets to lines and columns.
struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    fn new(text: &str) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        Self { starts: std::iter::once(0).chain(ends).collect() }
    }

    /// `line:column`, both from 1, the column in bytes.
    fn place(&self, offset: usize) -> String {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        format!("{line}:{}", offset - start + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_type_and_know_their_place() {
        let text = "[server]\nport = 0x1F90\n\n[spring.boot.admin]\nclient = { enabled = true, url = [\"http://a\", \"http://b\"] }\nsince = 2026-01-02\n";
        let source = parse("actuator.toml", text).unwrap();
        let get = |name: &str| {
            let property = source.get(name).unwrap();
            (property.value.as_str(), property.kind, property.origin.as_str())
        };
        assert_eq!(get("server.port"), ("8080", ValueKind::Number, "actuator.toml:2:8"));
        assert_eq!(
            get("spring.boot.admin.client.enabled"),
            ("true", ValueKind::Boolean, "actuator.toml:5:22")
        );
        assert_eq!(get("spring.boot.admin.client.url[1]").0, "http://b");
        assert_eq!(get("spring.boot.admin.since").0, "2026-01-02");
    }

    #[test]
    fn what_is_not_toml_is_refused_with_its_place() {
        let error = parse("actuator.toml", "[server]\nport = = 1\n").unwrap_err();
        assert!(error.is_setting());
        assert!(error.to_string().starts_with("actuator.toml:2:8 is not TOML: "), "{error}");
    }
}
