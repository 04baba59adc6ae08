//! Forms of values as JSON Schema (draft 2020-12, which OpenAPI 3.1 speaks).

use std::{borrow::Cow, collections::BTreeMap};

use serde_json::{Map, Value, json};

use super::put;
use crate::model::{
    parameter::{Parameter, Shape},
    schema::{Member, Schema},
};

/// The schemas that have names, as far as something refers to them.
#[derive(Debug, Default)]
pub(super) struct Schemas {
    named: BTreeMap<Cow<'static, str>, Value>,
}

impl Schemas {
    /// This form; what has a name in it is described once.
    pub(super) fn of(&mut self, schema: Schema) -> Value {
        match schema {
            Schema::Any => json!({}),
            Schema::Null => json!({ "type": "null" }),
            Schema::Text => json!({ "type": "string" }),
            Schema::Integer => json!({ "type": "integer" }),
            Schema::Number => json!({ "type": "number" }),
            Schema::Boolean => json!({ "type": "boolean" }),
            Schema::Instant => json!({ "type": "string", "format": "date-time" }),
            Schema::Duration => json!({ "type": "string", "format": "duration" }),
            Schema::Words(words) => json!({ "type": "string", "enum": words }),
            Schema::List(items) => json!({ "type": "array", "items": self.of(*items) }),
            Schema::Map(values) => {
                json!({ "type": "object", "additionalProperties": self.of(*values) })
            }
            Schema::Object(members) => self.object(members),
            Schema::Open(members) => {
                let mut object = self.object(members);
                put(&mut object, "additionalProperties", true);
                object
            }
            Schema::Either(forms) => {
                let forms: Vec<Value> = forms.iter().map(|form| self.of(*form)).collect();
                json!({ "anyOf": forms })
            }
            Schema::Named(name, schema) => {
                // There before it is described: what is inside may refer to it.
                if !self.named.contains_key(name) {
                    self.named.insert(name.into(), Value::Null);
                    let described = self.of(*schema);
                    self.named.insert(name.into(), described);
                }
                reference(name)
            }
            Schema::Around(name) => reference(name),
        }
    }

    /// Gives a schema a name of its own, for several to refer to.
    pub(super) fn name(&mut self, name: String, schema: Value) -> Value {
        let reference = reference(&name);
        self.named.insert(name.into(), schema);
        reference
    }

    fn object(&mut self, members: &[Member]) -> Value {
        let required: Vec<&str> =
            members.iter().filter(|member| member.is_required).map(|member| member.name).collect();
        let properties: Map<String, Value> =
            members.iter().map(|member| (member.name.to_owned(), self.of(member.schema))).collect();
        let mut object = json!({ "type": "object", "properties": properties });
        if !required.is_empty() {
            put(&mut object, "required", required);
        }
        object
    }

    /// All that have been referred to.
    pub(super) fn into_named(self) -> BTreeMap<Cow<'static, str>, Value> {
        self.named
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// The form of an argument.
pub(super) fn of_shape(shape: Shape) -> Value {
    match shape {
        Shape::Text => json!({ "type": "string" }),
        Shape::Integer => json!({ "type": "integer" }),
        Shape::Number => json!({ "type": "number" }),
        Shape::Boolean => json!({ "type": "boolean" }),
        Shape::DateTime => json!({ "type": "string", "format": "date-time" }),
        Shape::Date => json!({ "type": "string", "format": "date" }),
        // More is read than ISO 8601.
        Shape::Duration => json!({ "type": "string", "examples": ["PT10M", "10m"] }),
        Shape::Enumeration(words) => json!({ "type": "string", "enum": words }),
        Shape::List(items) => json!({ "type": "array", "items": of_shape(*items) }),
        Shape::Object => json!({ "type": "object" }),
    }
}

/// The body of a write that takes these members.
pub(super) fn of_body<'p>(members: impl Iterator<Item = &'p Parameter>) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for member in members {
        let mut schema = of_shape(member.shape);
        if !member.is_required {
            schema = json!({ "anyOf": [schema, { "type": "null" }] });
        }
        if !member.description.is_empty() {
            put(&mut schema, "description", member.description);
        }
        properties.insert(member.name.to_owned(), schema);
        if member.is_required {
            required.push(member.name);
        }
    }
    if properties.is_empty() {
        return json!({ "type": "object" });
    }
    let mut body = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        put(&mut body, "required", required);
    }
    body
}
