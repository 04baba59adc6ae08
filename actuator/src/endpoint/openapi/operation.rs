//! One operation of the document: its name, its arguments, its body.

use serde_json::{Map, Value, json};

use super::{
    put,
    responses::{ACTUATOR_JSON, Responses},
    schemas::{self, Schemas},
    security,
};
use crate::model::{
    endpoint::{Operation, OperationKind, Selector},
    parameter::{Parameter, ParameterPlace},
    surface::Needed,
};

/// What operations share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// The schemas with names.
    pub(super) schemas: Schemas,
    /// The responses of many.
    pub(super) responses: Responses,
    /// How callers show who they are; `None` where nobody is asked.
    pub(super) security: Option<Vec<(String, Value)>>,
}

/// What of an operation does not depend on its forms.
#[derive(Debug)]
pub(super) struct Described<'d> {
    /// The id of the endpoint.
    pub(super) tag: &'d str,
    /// Unique within the document.
    pub(super) name: String,
    /// The names of the segments as the path has them.
    pub(super) segments: &'d [String],
    /// The operation, once for each form of its answer.
    pub(super) forms: &'d [&'d Operation],
    /// What a caller needs.
    pub(super) needed: &'d Needed,
}

impl Shared {
    /// The operation.
    pub(super) fn describe(&mut self, described: &Described<'_>) -> Value {
        let Described { tag, name, segments, forms, needed } = described;
        let Some(first) = forms.first() else { return Value::Null };
        let summary = forms.iter().map(|form| form.summary).find(|summary| !summary.is_empty());
        let is_guarded = self.security.is_some();
        let mut operation = json!({
            "tags": [tag],
            "operationId": name,
            "summary": summary.unwrap_or_else(|| usual_summary(first.kind)),
            "responses": self.responses.of(forms, is_guarded, &mut self.schemas),
        });
        let parameters = parameters(segments, forms);
        if !parameters.is_empty() {
            put(&mut operation, "parameters", parameters);
        }
        if let Some(body) = self.body(first, name) {
            put(&mut operation, "requestBody", body);
        }
        if let Some(schemes) = &self.security {
            put(&mut operation, "security", security::requirement(schemes, needed));
            if let Some(told) = security::told(needed) {
                put(&mut operation, "description", told);
            }
        }
        operation
    }

    /// What a write takes.
    fn body(&mut self, operation: &Operation, name: &str) -> Option<Value> {
        if !operation.takes_body {
            return None;
        }
        let members = operation.parameters.iter().filter(|one| one.place == ParameterPlace::Body);
        let is_required = members.clone().any(|member| member.is_required);
        let schema = schemas::of_body(members);
        let schema = self.schemas.name(format!("{}Request", capital(name)), schema);
        let of_type = |media_type: &str| (media_type.to_owned(), json!({ "schema": schema }));
        let content: Map<String, Value> = ACTUATOR_JSON.into_iter().map(of_type).collect();
        Some(json!({ "required": is_required, "content": content }))
    }
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

fn usual_summary(kind: OperationKind) -> &'static str {
    match kind {
        OperationKind::Read => "Reads.",
        OperationKind::Write => "Writes.",
        OperationKind::Delete => "Deletes.",
    }
}

/// The segments of the path, then the parameters of the query, those of all forms.
fn parameters(segments: &[String], forms: &[&Operation]) -> Vec<Value> {
    let selectors = forms.first().map_or(&[][..], |form| form.selectors);
    let known = |place: ParameterPlace| {
        let all = forms.iter().flat_map(|form| form.parameters);
        all.filter(move |parameter| parameter.place == place)
    };
    let mut parameters: Vec<Value> = segments
        .iter()
        .zip(selectors)
        .map(|(segment, selector)| {
            let told =
                known(ParameterPlace::Path).find(|parameter| parameter.name == selector.name());
            segment_of_path(segment, *selector, told)
        })
        .collect();
    for parameter in known(ParameterPlace::Query) {
        // Of several forms, one is enough.
        if parameters.iter().all(|known| known["name"] != parameter.name || known["in"] != "query")
        {
            parameters.push(json!({
                "name": parameter.name,
                "in": "query",
                "required": parameter.is_required,
                "description": parameter.description,
                "schema": schemas::of_shape(parameter.shape),
            }));
        }
    }
    parameters
}

fn segment_of_path(name: &str, selector: Selector, told: Option<&Parameter>) -> Value {
    let text = told.map_or("", |told| told.description);
    let schema =
        told.map_or_else(|| json!({ "type": "string" }), |told| schemas::of_shape(told.shape));
    let description = match selector {
        Selector::One(_) => text.to_owned(),
        // A template of OpenAPI stands for one segment.
        Selector::Remaining(_) => {
            format!("{text} Several segments stand one behind the other.").trim_start().to_owned()
        }
    };
    json!({
        "name": name,
        "in": "path",
        "required": true,
        "description": description,
        "schema": schema,
    })
}
