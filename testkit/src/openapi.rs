//! Reads a document of OpenAPI as a client would, and holds answers against it.

use serde_json::{Map, Value};

/// A description of an API.
#[derive(Clone, Debug)]
pub struct OpenApi {
    document: Value,
}

/// How closely an answer is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Members {
    /// Objects may have members that are not described, as JSON Schema has it.
    Any,
    /// All members are described, unless the schema allows others in so many words.
    Described,
}

impl OpenApi {
    /// Of this document.
    pub fn new(document: Value) -> Self {
        Self { document }
    }

    /// The document.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// The templates of paths with their methods.
    pub fn operations(&self) -> Vec<(&str, &str, &Value)> {
        let paths = self.document["paths"].as_object().into_iter().flatten();
        paths
            .flat_map(|(path, methods)| {
                let methods = methods.as_object().into_iter().flatten();
                methods.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
            })
            .collect()
    }

    /// The operation that a request leads to: a template without names goes before one with them,
    /// and the last name may stand for several segments.
    pub fn operation(&self, method: &str, path: &str) -> Option<&Value> {
        let path = path.split('?').next()?;
        let paths = self.document["paths"].as_object()?;
        let fits = |template: &&String| {
            let (mut wanted, mut given) = (template.split('/').peekable(), path.split('/'));
            while let Some(segment) = wanted.next() {
                let Some(here) = given.next() else { return false };
                let is_name = segment.starts_with('{');
                if !is_name && segment != here || here.is_empty() && is_name {
                    return false;
                }
                if is_name && wanted.peek().is_none() {
                    return true;
                }
            }
            given.next().is_none()
        };
        let found = paths.keys().filter(fits);
        let found = found.min_by_key(|template| template.matches('{').count())?;
        paths[found].get(method)
    }

    /// What is said of a status of an operation: the response, with references followed.
    pub fn response<'d>(&'d self, operation: &'d Value, status: u16) -> Option<&'d Value> {
        Some(self.follow(operation["responses"].get(status.to_string())?))
    }

    /// The schema of a body of this media type.
    pub fn schema<'d>(&'d self, response: &'d Value, media_type: &str) -> Option<&'d Value> {
        let content = response["content"].as_object()?;
        let found = content.get(media_type).or_else(|| content.get("*/*"))?;
        found.get("schema")
    }

    /// Whether a value is as the schema says; otherwise where it is not, and why.
    pub fn check(&self, schema: &Value, value: &Value, members: Members) -> Result<(), String> {
        self.check_at("$", schema, value, members)
    }

    fn check_at(
        &self,
        at: &str,
        schema: &Value,
        value: &Value,
        members: Members,
    ) -> Result<(), String> {
        let schema = self.follow(schema);
        if let Some(forms) = schema["anyOf"].as_array() {
            let tried: Vec<_> =
                forms.iter().map(|form| self.check_at(at, form, value, members)).collect();
            if tried.iter().all(Result::is_err) {
                return Err(format!("{at} is of none of the forms: {tried:?}"));
            }
        }
        if let Some(words) = schema["enum"].as_array()
            && !words.contains(value)
        {
            return Err(format!("{at}: {value} is none of {words:?}"));
        }
        let is_of_type = match schema["type"].as_str() {
            None => true,
            Some("string") => value.is_string(),
            Some("integer") => value.is_i64() || value.is_u64(),
            Some("number") => value.is_number(),
            Some("boolean") => value.is_boolean(),
            Some("null") => value.is_null(),
            Some("array") => value.is_array(),
            Some("object") => value.is_object(),
            Some(other) => return Err(format!("{at}: the schema has an unknown type {other}")),
        };
        if !is_of_type {
            return Err(format!("{at} is no {}: {value}", schema["type"]));
        }
        if schema["format"] == "date-time" && !value.as_str().is_some_and(is_instant) {
            return Err(format!("{at} is no instant: {value}"));
        }
        for (index, item) in value.as_array().into_iter().flatten().enumerate() {
            self.check_at(&format!("{at}[{index}]"), &schema["items"], item, members)?;
        }
        match value.as_object() {
            Some(object) if schema["type"] == "object" => {
                self.check_members(at, schema, object, members)
            }
            _ => Ok(()),
        }
    }

    fn check_members(
        &self,
        at: &str,
        schema: &Value,
        object: &Map<String, Value>,
        members: Members,
    ) -> Result<(), String> {
        for name in schema["required"].as_array().into_iter().flatten() {
            if !object.contains_key(name.as_str().unwrap_or_default()) {
                return Err(format!("{at} lacks {name}"));
            }
        }
        for (name, member) in object {
            let at = format!("{at}.{name}");
            if let Some(described) = schema["properties"].get(name) {
                self.check_at(&at, described, member, members)?;
                continue;
            }
            match schema.get("additionalProperties") {
                Some(Value::Bool(true)) => {}
                Some(others) => self.check_at(&at, others, member, members)?,
                None if members == Members::Any => {}
                None => return Err(format!("{at} is not described")),
            }
        }
        Ok(())
    }

    fn follow<'d>(&'d self, value: &'d Value) -> &'d Value {
        let mut value = value;
        while let Some(place) = value["$ref"].as_str().and_then(|place| place.strip_prefix('#')) {
            value = self.document.pointer(place).unwrap_or(&Value::Null);
        }
        value
    }
}

fn is_instant(text: &str) -> bool {
    text.len() >= 20 && text.as_bytes()[10] == b'T' && text.ends_with(['Z', '0'])
}
