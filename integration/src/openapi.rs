//! An independent reader of what a service says of its API: `openapi-spec-validator`, and `jsonschema` for answers.

use std::process::Command;

use serde_json::{Value, json};

use crate::build_directory;
use crate::promtool::fed;

/// An answer, and where its schema stands in the document (`/components/schemas/Health`).
#[derive(Debug)]
pub struct Held {
    /// The place of the schema, as a JSON pointer.
    pub schema: String,
    /// The answer.
    pub value: Value,
}

/// Complains of all that is wrong with a document of OpenAPI 3.1, and with answers that are not as it says.
#[track_caller]
pub fn complaints(document: &Value, answers: &[Held]) -> String {
    let folder = build_directory().parent().expect("target").join("openapi-validator");
    assert!(
        folder.join("installed").exists(),
        "the validator of OpenAPI is missing; install it with: make openapi-validator"
    );
    let answers: Vec<Value> =
        answers.iter().map(|one| json!({ "schema": one.schema, "value": one.value })).collect();
    let given = json!({ "document": document, "answers": answers });
    let mut command = Command::new(folder.join("bin/python"));
    command.args(["-I", "-c", include_str!("openapi.py")]);
    let output = fed(&mut command, &given.to_string());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.is_empty(), "the validator fails: {said}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
