//! From a document to flat properties: objects joined by `.`, lists by `[i]`, as Spring does.

use serde_json::Value;

use super::{EnvProperty, EnvValue};

/// How many properties one document may give.
const MAX_PROPERTIES: usize = 5_000;
/// How deep one document may be.
const MAX_DEPTH: usize = 32;
/// How much text one document may give, names and values together, in bytes.
const MAX_TEXT: usize = 1024 * 1024;

/// The properties of a document. One that is too large ends with a property `error`.
pub fn flatten(document: Value) -> Vec<EnvProperty> {
    let mut flat = Flat { properties: Vec::new(), text: 0, truncated: false };
    flat.add(String::new(), document, 0);
    if flat.truncated {
        flat.properties.push(EnvProperty::error("the source is too large to be shown whole"));
    }
    flat.properties
}

struct Flat {
    properties: Vec<EnvProperty>,
    text: usize,
    truncated: bool,
}

impl Flat {
    fn add(&mut self, name: String, value: Value, depth: usize) {
        if depth > MAX_DEPTH || self.properties.len() >= MAX_PROPERTIES || self.text > MAX_TEXT {
            self.truncated = true;
            return;
        }
        match value {
            Value::Object(members) => {
                for (key, value) in members {
                    let name = if name.is_empty() { key } else { format!("{name}.{key}") };
                    self.add(name, value, depth + 1);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.into_iter().enumerate() {
                    self.add(format!("{name}[{index}]"), item, depth + 1);
                }
            }
            Value::Null => self.leaf(name, None),
            Value::Bool(value) => self.leaf(name, Some(EnvValue::Boolean(value))),
            Value::Number(value) => self.leaf(name, Some(EnvValue::Number(value))),
            Value::String(value) => self.leaf(name, Some(EnvValue::Text(value))),
        }
    }

    fn leaf(&mut self, name: String, value: Option<EnvValue>) {
        // A document that is a single value has no name of its own.
        let name = if name.is_empty() { "value".to_owned() } else { name };
        self.text += name.len() + value.as_ref().map_or(0, EnvValue::text_length);
        self.properties.push(EnvProperty { name, value, origin: None });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn documents_are_flattened_as_spring_does() {
        let flat = flatten(json!({"b": {"l": [1, {"p": true}], "e": {}}, "n": null}));
        let pairs: Vec<(String, Option<EnvValue>)> =
            flat.into_iter().map(|property| (property.name, property.value)).collect();
        assert_eq!(
            pairs,
            [
                ("b.l[0]".to_owned(), Some(EnvValue::Number(1.into()))),
                ("b.l[1].p".to_owned(), Some(EnvValue::Boolean(true))),
                ("n".to_owned(), None),
            ]
        );
        assert_eq!(flatten(json!(5))[0].name, "value");
    }

    #[test]
    fn a_document_that_is_too_large_is_cut_and_says_so() {
        for large in [
            json!((0..100_000).collect::<Vec<u32>>()),
            json!(vec!["x".repeat(100_000); 100]),
            (0..100).fold(json!(1), |inner, _| json!([inner])),
        ] {
            let flat = flatten(large);
            assert!(flat.len() <= MAX_PROPERTIES + 1);
            assert_eq!(flat.last().unwrap().name, "error");
        }
    }
}
