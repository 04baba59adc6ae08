//! What an operation may answer: what it says itself, and what stands before every operation.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::schemas::Schemas;
use crate::model::{
    answer::{Answer, Content},
    endpoint::{Operation, OperationKind, Produces},
    schema::{Member, Schema},
};

/// The media types of the actuator's JSON, the one that `*/*` gets first.
pub(in crate::endpoint) const ACTUATOR_JSON: [&str; 3] = [
    "application/vnd.spring-boot.actuator.v3+json",
    "application/vnd.spring-boot.actuator.v2+json",
    "application/json",
];
const TEXT: &str = "text/plain;charset=UTF-8";

/// The document of an error. Which members are there is for settings to say.
const ERROR: Schema = Schema::Named(
    "Error",
    &Schema::Object(&[
        Member::new("timestamp", Schema::Instant),
        Member::new("status", Schema::Integer),
        Member::new("error", Schema::Text),
        Member::optional("exception", Schema::Text),
        Member::optional("trace", Schema::Text),
        Member::optional("message", Schema::Text),
        Member::optional("path", Schema::Text),
        Member::optional("requestId", Schema::Text),
    ]),
);

/// A refusal that many operations share: its status, its name among the components, and what it
/// says. `web` gives it before, or instead of, asking the endpoint.
type Refusal = (u16, &'static str, &'static str);

const BAD_REQUEST: Refusal = (400, "BadRequest", "An argument is missing or cannot be read.");
const UNAUTHORIZED: Refusal = (401, "Unauthorized", "Nobody is known by these credentials.");
const FORBIDDEN: Refusal =
    (403, "Forbidden", "Not for this caller, or not from a page of somebody else.");
const NOT_ACCEPTABLE: Refusal =
    (406, "NotAcceptable", "The header `Accept` of the answer names the media types on offer.");
const TOO_LARGE: Refusal = (413, "ContentTooLarge", "The body is too long.");
const UNSUPPORTED: Refusal =
    (415, "UnsupportedMediaType", "The header `Accept` of the answer names what is read.");
const TOO_MANY: Refusal =
    (429, "TooManyRequests", "Too many wrong credentials; `Retry-After` says when to come again.");
const UNAVAILABLE: Refusal =
    (503, "Unavailable", "It cannot be known now who asks; `Retry-After` says when to come again.");

/// Writes the responses of operations, and keeps what they share.
#[derive(Debug, Default)]
pub(super) struct Responses {
    shared: BTreeMap<&'static str, Value>,
}

impl Responses {
    /// Those of `operations`, which answer the same method of one path in several forms.
    pub(super) fn of(
        &mut self,
        operations: &[&Operation],
        is_guarded: bool,
        schemas: &mut Schemas,
    ) -> Value {
        let mut responses: BTreeMap<String, Value> = BTreeMap::new();
        for operation in operations {
            let usual = [usual(operation)];
            let answers = if operation.answers.is_empty() { &usual[..] } else { operation.answers };
            for answer in answers {
                let response = responses
                    .entry(answer.status.to_string())
                    .or_insert_with(|| json!({ "description": description(answer) }));
                add_answer(response, operation.produces, answer, schemas);
            }
        }
        for refusal in refusals(operations, is_guarded) {
            if let Some(own) = responses.get_mut(&refusal.0.to_string()) {
                add_error(own, schemas);
            } else {
                let shared = self.shared(refusal, schemas);
                responses.insert(refusal.0.to_string(), shared);
            }
        }
        let other = self.shared((0, "Other", "Any other error."), schemas);
        responses.insert("default".to_owned(), other);
        json!(responses)
    }

    fn shared(&mut self, (status, name, text): Refusal, schemas: &mut Schemas) -> Value {
        self.shared.entry(name).or_insert_with(|| {
            let mut response = json!({ "description": text });
            // That one has no body.
            if status != UNAUTHORIZED.0 {
                add_error(&mut response, schemas);
            }
            response
        });
        json!({ "$ref": format!("#/components/responses/{name}") })
    }

    /// What has been shared.
    pub(super) fn into_shared(self) -> BTreeMap<&'static str, Value> {
        self.shared
    }
}

/// The answer of an operation that tells none.
fn usual(operation: &Operation) -> Answer {
    match operation.produces {
        Produces::Nothing => Answer::nothing(),
        Produces::Text => Answer::of(Schema::Text),
        Produces::Named(form) | Produces::Ranked(form) if form.starts_with("text/") => {
            Answer::of(Schema::Text)
        }
        _ => Answer::of(Schema::Any),
    }
}

fn description(answer: &Answer) -> &'static str {
    match (answer.description, answer.status) {
        ("", 200) => "Done.",
        ("", 204) => "Done; there is nothing to say.",
        ("", _) => "As the status says.",
        (description, _) => description,
    }
}

/// What one form of an operation answers with a status.
fn add_answer(response: &mut Value, produces: Produces, answer: &Answer, schemas: &mut Schemas) {
    let (types, schema): (&[&str], Schema) = match (answer.content, &produces) {
        (Content::Nothing, _) | (Content::Produced(_), Produces::Nothing) => return,
        (Content::Of(media_type, schema), _) => (&[media_type], schema),
        (Content::Produced(schema), Produces::Json) => (&ACTUATOR_JSON, schema),
        (Content::Produced(schema), Produces::Text) => (&[TEXT], schema),
        (Content::Produced(schema), Produces::Named(form) | Produces::Ranked(form)) => {
            (std::slice::from_ref(form), schema)
        }
        (Content::Produced(schema), Produces::OneOf(forms)) => (forms, schema),
        (Content::Produced(schema), Produces::Resource | Produces::Octets) => (&["*/*"], schema),
    };
    let schema = schemas.of(schema);
    for media_type in types {
        add_content(response, media_type, &schema);
    }
}

/// The document of an error, in the type of JSON that the caller reads.
fn add_error(response: &mut Value, schemas: &mut Schemas) {
    let schema = schemas.of(ERROR);
    for media_type in ACTUATOR_JSON {
        add_content(response, media_type, &schema);
    }
}

/// A further form of a body.
fn add_content(response: &mut Value, media_type: &str, schema: &Value) {
    let Some(response) = response.as_object_mut() else { return };
    let content = response.entry("content").or_insert_with(|| Map::new().into());
    let Some(content) = content.as_object_mut() else { return };
    let described = match content.get(media_type).and_then(|known| known.get("schema")) {
        Some(known) if known == schema => return,
        Some(known) => json!({ "anyOf": [known, schema] }),
        None => schema.clone(),
    };
    content.insert(media_type.to_owned(), json!({ "schema": described }));
}

/// What `web` may refuse of these operations.
fn refusals(operations: &[&Operation], is_guarded: bool) -> Vec<Refusal> {
    let is_write = operations.iter().any(|one| one.kind == OperationKind::Write);
    // Where one of the forms looks at nothing, nothing is refused.
    let negotiates = operations
        .iter()
        .all(|one| !matches!(one.produces, Produces::Resource | Produces::Nothing));
    let mut refusals = vec![BAD_REQUEST, FORBIDDEN];
    if is_guarded {
        refusals.extend([UNAUTHORIZED, TOO_MANY, UNAVAILABLE]);
    }
    if negotiates {
        refusals.push(NOT_ACCEPTABLE);
    }
    if is_write {
        refusals.extend([TOO_LARGE, UNSUPPORTED]);
    }
    refusals
}
