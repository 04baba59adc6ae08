//! `conditions`: why each endpoint and each part that can be left out is there, or is not.
//!
//! The form is Spring's report of auto-configuration (recorded: golden `conditions/get`); Spring
//! Boot Admin's view needs both maps and both lists of a negative match.

use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::model::{
    answer::Answer,
    call::Call,
    condition::{Condition, Conditions, Outcome},
    endpoint::{BoxFuture, Endpoint, EndpointResult, Operation},
    reply::Reply,
    schema::{Member, Schema},
};

const OPERATIONS: &[Operation] = &[Operation::read(&[])
    .doing("What spoke for each part, and what against it.")
    .answering(&[Answer::of(CONDITIONS)])];

/// The `conditions` endpoint.
#[derive(Debug)]
pub struct ConditionsEndpoint {
    context: String,
    conditions: Conditions,
}

impl ConditionsEndpoint {
    /// The conditions of the application named `context`.
    pub fn new(context: impl Into<String>, conditions: Conditions) -> Self {
        Self { context: context.into(), conditions }
    }
}

impl Endpoint for ConditionsEndpoint {
    fn id(&self) -> &'static str {
        "conditions"
    }

    fn operations(&self) -> &[Operation] {
        OPERATIONS
    }

    fn description(&self) -> &'static str {
        "Why endpoints and other parts that can be left out are there, or are not."
    }

    fn invoke<'a>(&'a self, _: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(async move { Reply::json(&ConditionsDescriptor { contexts: Contexts(self) }) })
    }
}

const OUTCOMES: Schema = Schema::List(&Schema::Object(&[
    Member::new("condition", Schema::Text),
    Member::new("message", Schema::Text),
]));
const CONDITIONS: Schema = Schema::Named(
    "Conditions",
    &Schema::Object(&[Member::new(
        "contexts",
        Schema::Map(&Schema::Object(&[
            Member::new("positiveMatches", Schema::Map(&OUTCOMES)),
            Member::new(
                "negativeMatches",
                Schema::Map(&Schema::Object(&[
                    Member::new("notMatched", OUTCOMES),
                    Member::new("matched", OUTCOMES),
                ])),
            ),
            Member::new("unconditionalClasses", Schema::List(&Schema::Text)),
        ])),
    )]),
);

#[derive(Serialize)]
struct ConditionsDescriptor<'a> {
    contexts: Contexts<'a>,
}

struct Contexts<'a>(&'a ConditionsEndpoint);

impl Serialize for Contexts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let all = self.0.conditions.get().map(Vec::as_slice).unwrap_or_default();
        let context = ContextDescriptor {
            positive_matches: Positive(all),
            negative_matches: Negative(all),
            unconditional_classes: [],
        };
        let mut contexts = serializer.serialize_map(Some(1))?;
        contexts.serialize_entry(&self.0.context, &context)?;
        contexts.end()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ContextDescriptor<'a> {
    positive_matches: Positive<'a>,
    negative_matches: Negative<'a>,
    unconditional_classes: [&'static str; 0],
}

struct Positive<'a>(&'a [Condition]);

impl Serialize for Positive<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let there = self.0.iter().filter(|condition| condition.not_matched.is_empty());
        serializer.collect_map(
            there.map(|condition| (&condition.part, OutcomeDescriptor::all(&condition.matched))),
        )
    }
}

struct Negative<'a>(&'a [Condition]);

impl Serialize for Negative<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let missing = self.0.iter().filter(|condition| !condition.not_matched.is_empty());
        serializer.collect_map(missing.map(|condition| {
            let not_matched = OutcomeDescriptor::all(&condition.not_matched);
            let matched = OutcomeDescriptor::all(&condition.matched);
            (&condition.part, NegativeDescriptor { not_matched, matched })
        }))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NegativeDescriptor<'a> {
    not_matched: Vec<OutcomeDescriptor<'a>>,
    matched: Vec<OutcomeDescriptor<'a>>,
}

#[derive(Serialize)]
struct OutcomeDescriptor<'a> {
    condition: &'static str,
    message: &'a str,
}

impl<'a> OutcomeDescriptor<'a> {
    fn all(outcomes: &'a [Outcome]) -> Vec<Self> {
        let describe =
            |outcome: &'a Outcome| Self { condition: outcome.condition, message: &outcome.message };
        outcomes.iter().map(describe).collect()
    }
}
