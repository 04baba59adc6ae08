//! `/health`, `/health/live`, `/health/ready` and `/health/started` as `MicroProfile` Health
//! writes them: `{"status":"UP","checks":[{"name":"db","status":"UP","data":{…}}]}`.

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::{
    checkup::{Checkup, Round, Seen, Sight},
    json,
};
use crate::{
    health::{Health, HealthGroup},
    model::{
        answer::Answer,
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation, Produces, Selector},
        reply::Reply,
        schema::Schema,
    },
};

const OPERATIONS: &[Operation] = &[
    Operation::read(&[])
        .producing(Produces::Resource)
        .doing("Health, in the form of MicroProfile Health.")
        .answering(ANSWERS),
    Operation::read(&[Selector::One("kind")])
        .producing(Produces::Resource)
        .doing("One kind of checks, in the form of MicroProfile Health.")
        .answering(ANSWERS),
];
const ANSWERS: &[Answer] = &[
    Answer::document("application/json", Schema::Map(&Schema::Any)),
    Answer::not_found("There is no such kind."),
    Answer::document("application/json", Schema::Map(&Schema::Any)).with_status(503),
];

/// All four paths.
#[derive(Debug)]
pub struct MicroProfileView {
    checkup: Checkup,
}

impl MicroProfileView {
    /// The view of these checks.
    pub fn new(checkup: &Checkup) -> Self {
        Self { checkup: checkup.clone() }
    }

    fn group(&self, kind: Option<&str>) -> Option<&HealthGroup> {
        let name = match kind {
            None => None,
            Some("live") => Some("liveness"),
            Some("ready") => Some("readiness"),
            Some("started") => Some("startup"),
            Some(_) => return None,
        };
        self.checkup.group(name)
    }

    async fn answer(&self, call: &Call<'_>) -> EndpointResult {
        let Some(group) = self.group(call.selectors.first().map(AsRef::as_ref)) else {
            return Ok(Reply::NotFound);
        };
        let Round { passed, checks } = self.checkup.ask(group, &|_, _| true).await;
        let sight = self.checkup.sight(group, call.principal);
        let shown = if sight.components { checks.as_slice() } else { &[] };
        let document = Document {
            status: word(passed),
            checks: shown
                .iter()
                .map(|check| Check::new(check, group, &self.checkup, sight))
                .collect(),
        };
        json(if passed { 200 } else { 503 }, &document)
    }
}

impl Endpoint for MicroProfileView {
    /// What it shows is that endpoint's, and so is the access to it.
    fn id(&self) -> &'static str {
        "health"
    }

    fn operations(&self) -> &[Operation] {
        OPERATIONS
    }

    fn invoke<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(async move { self.answer(&call).await })
    }
}

#[derive(Serialize)]
struct Document<'d> {
    status: &'static str,
    checks: Vec<Check<'d>>,
}

#[derive(Serialize)]
struct Check<'d> {
    name: &'d str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Data<'d>>,
}

impl<'d> Check<'d> {
    fn new(check: &'d Seen, group: &HealthGroup, checkup: &'d Checkup, sight: Sight) -> Self {
        let health = &*check.report.health;
        let has_data = sight.details && health.details().next().is_some();
        Self {
            name: &check.path,
            status: word(check.passed(group)),
            data: has_data.then_some(Data { health, checkup }),
        }
    }
}

/// The details; the format knows texts, numbers and booleans only.
struct Data<'d> {
    health: &'d Health,
    checkup: &'d Checkup,
}

impl Serialize for Data<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let flat = self.health.details().filter_map(|(key, value)| {
            let value = match self.checkup.detail(key, value) {
                Value::Null => return None,
                nested @ (Value::Array(_) | Value::Object(_)) => Value::String(nested.to_string()),
                scalar => scalar,
            };
            Some((key, value))
        });
        serializer.collect_map(flat)
    }
}

fn word(passed: bool) -> &'static str {
    if passed { "UP" } else { "DOWN" }
}
