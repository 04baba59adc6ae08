//! `docs/settings.schema.json`, by which editors know the settings in TOML, YAML and JSON. `make
//! docs` writes it; this test finds out when that was forgotten.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Entry, Kind, entries};

/// What may stand below a name: known names, and those that somebody chooses.
#[derive(Default)]
struct Node {
    entry: Option<&'static Entry>,
    below: BTreeMap<&'static str, Node>,
}

impl Node {
    fn put(&mut self, segments: &[&'static str], entry: &'static Entry) {
        match segments.split_first() {
            None => self.entry = Some(entry),
            Some((first, rest)) => self.below.entry(*first).or_default().put(rest, entry),
        }
    }

    fn schema(&self) -> Value {
        let leaf = self.entry.map(leaf);
        if self.below.is_empty() {
            return leaf.unwrap_or_else(|| json!({}));
        }
        let mut object = Map::from_iter([("type".to_owned(), json!("object"))]);
        let mut known = Map::new();
        for (name, node) in &self.below {
            if *name == "*" {
                // A key may hold dots, which are tables too: `logging.level.a.b`.
                let any = json!({ "anyOf": [node.schema(), { "type": "object" }] });
                object.insert("patternProperties".to_owned(), json!({ "^": any }));
            } else {
                known.insert((*name).to_owned(), node.schema());
            }
        }
        if !known.is_empty() {
            object.insert("properties".to_owned(), Value::Object(known));
        }
        match leaf {
            Some(leaf) => json!({ "anyOf": [leaf, object] }),
            None => Value::Object(object),
        }
    }
}

fn leaf(entry: &Entry) -> Value {
    let kind = match entry.kind {
        Kind::Text => "text",
        Kind::Number => "number",
        Kind::Bool => "boolean",
        Kind::Duration => "duration",
        Kind::Size => "size",
        Kind::List => "list",
    };
    let mut schema = json!({
        "allOf": [{ "$ref": format!("#/definitions/{kind}") }],
        "description": entry.description,
    });
    if !entry.default.is_empty() {
        schema["default"] = json!(entry.default);
    }
    if let Some(new) = entry.deprecated_by() {
        schema["deprecated"] = json!(true);
        schema["description"] = json!(format!("Deprecated: {new} takes its place."));
    } else if entry.has_no_effect() {
        schema["description"] = json!(format!("{} No effect here.", entry.description));
    }
    schema
}

/// What values look like. Placeholders are allowed everywhere.
fn definitions() -> Value {
    let placeholder = json!({ "type": "string", "pattern": "\\$\\{" });
    json!({
        "text": { "type": ["string", "number", "boolean", "null"] },
        "number": { "anyOf": [
            { "type": "number" }, { "type": "string", "pattern": "^\\s*[+-]?[0-9]" }, placeholder
        ] },
        "boolean": { "anyOf": [
            { "type": "boolean" },
            { "enum": ["true", "false", "on", "off", "yes", "no", 0, 1, ""] },
            placeholder
        ] },
        "duration": { "anyOf": [
            { "type": "integer", "minimum": 0 },
            { "type": "string", "pattern": "^\\s*([0-9]+\\s*[a-zA-Z]{0,2}\\s*)*$" },
            { "type": "string", "pattern": "^\\s*[pP]([0-9.]+[dD])?([tT]([0-9.]+[hmsHMS])+)?\\s*$" },
            placeholder
        ] },
        "size": { "anyOf": [
            { "type": "integer", "minimum": 0 },
            { "type": "string", "pattern": "^\\s*[0-9]+\\s*([kKmMgGtT]?[iI]?[bB])?\\s*$" },
            placeholder
        ] },
        "list": { "anyOf": [
            { "type": "array", "items": { "$ref": "#/definitions/text" } },
            { "$ref": "#/definitions/text" }
        ] },
    })
}

fn schema() -> Value {
    let mut root = Node::default();
    for entry in entries() {
        let segments: Vec<&'static str> = entry.name.split('.').collect();
        root.put(&segments, entry);
    }
    let Value::Object(names) = root.schema() else { panic!("the root is an object") };
    let mut schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Settings of services with the actuator crate",
        "description": "For actuator.toml, actuator.yml and actuator.json. Names of the application's own are allowed everywhere.",
        "definitions": definitions(),
    });
    for (key, value) in names {
        schema[key] = value;
    }
    schema
}

/// The same with its keys in order, whatever other crates make of the maps of `serde_json`.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let keys: BTreeMap<String, Value> = map.into_iter().collect();
            Value::Object(keys.into_iter().map(|(key, value)| (key, sorted(value))).collect())
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}

#[test]
fn the_schema_for_editors_is_that_of_the_catalog() {
    let path = format!("{}/../docs/settings.schema.json", env!("CARGO_MANIFEST_DIR"));
    let expected = format!("{:#}\n", sorted(schema()));
    if std::fs::read_to_string(&path).is_ok_and(|text| text == expected) {
        return;
    }
    let may_write = std::env::var_os("UPDATE_DOCS").is_some();
    if may_write {
        std::fs::write(&path, expected).unwrap();
    }
    assert!(may_write, "docs/settings.schema.json is not up to date; run `make docs`");
}

#[test]
fn the_schema_knows_every_name_and_what_stands_below_chosen_ones() {
    let schema = schema();
    for entry in entries() {
        let mut node = &schema;
        for segment in entry.name.split('.') {
            let object = match node.get("anyOf") {
                Some(either) => {
                    either.as_array().unwrap().iter().find(|one| one["type"] == "object")
                }
                None => Some(node),
            };
            let object = object.unwrap_or_else(|| panic!("{} is a leaf: {node}", entry.name));
            node = match segment {
                "*" => &object["patternProperties"]["^"]["anyOf"][0],
                name => &object["properties"][name],
            };
        }
        let leaf = node.get("anyOf").map_or(node, |either| &either[0]);
        assert!(leaf["allOf"][0]["$ref"].is_string(), "{}: {leaf}", entry.name);
    }
}
