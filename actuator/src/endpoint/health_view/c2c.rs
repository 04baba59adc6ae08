//! `/c2c/health_check` as c2cwsgiutils writes it: failures and successes by name, each with its
//! level and its time in seconds; indented, keys sorted; 500 if a check that counts has failed.

use std::{borrow::Cow, collections::BTreeMap};

use serde::Serialize;
use serde_json::Value;

use super::{
    checkup::{Checkup, Seen, Sight},
    query::selection,
};
use crate::{
    health::SelectionError,
    model::{
        answer::Answer,
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation, Produces},
        reply::{Headers, Reply},
        schema::Schema,
    },
};

const OPERATIONS: &[Operation] = &[Operation::read(&[])
    .producing(Produces::Resource)
    .doing("Health, in the form of c2cwsgiutils.")
    .answering(&[
        Answer::document("application/json", Schema::Map(&Schema::Any)),
        Answer::document("application/json", Schema::Map(&Schema::Any)).with_status(500),
    ])];
const HEADERS: Headers = Cow::Borrowed(&[(
    "cache-control",
    Cow::Borrowed("max-age=0, must-revalidate, no-cache, no-store"),
)]);
/// What load balancers ask: the vital checks.
const DEFAULT_MAX_LEVEL: u32 = 1;

/// The document of the whole health.
#[derive(Debug)]
pub struct C2cView {
    checkup: Checkup,
}

#[derive(Default, Serialize)]
struct Document {
    failures: BTreeMap<String, Entry>,
    successes: BTreeMap<String, Entry>,
}

/// Its members in the order of their names.
#[derive(Serialize)]
struct Entry {
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Value>,
    /// Seconds.
    timing: f64,
}

impl C2cView {
    /// The view of these checks.
    pub fn new(checkup: &Checkup) -> Self {
        Self { checkup: checkup.clone() }
    }

    async fn answer(&self, call: &Call<'_>) -> EndpointResult {
        let group = self.checkup.groups.primary();
        let sight = self.checkup.sight(group, call.principal);
        let mut selection = selection(call)?;
        selection.max_level.get_or_insert(DEFAULT_MAX_LEVEL);
        if !selection.checks.is_empty() && !sight.components {
            return Ok(Reply::NotFound);
        }
        if let Err(error) = selection.among(&self.checkup.members(group)) {
            return unselected(&error, sight);
        }
        let round = self.checkup.ask(group, &selection.selector()).await;
        let mut document = Document::default();
        for check in round.checks.iter().filter(|_| sight.components) {
            let passed = check.passed(group);
            let side = if passed { &mut document.successes } else { &mut document.failures };
            side.insert(check.path.clone(), self.entry(check, passed, sight));
        }
        reply(if round.passed { 200 } else { 500 }, &document)
    }

    fn entry(&self, check: &Seen, passed: bool, sight: Sight) -> Entry {
        let health = &check.report.health;
        let message = (!passed).then(|| {
            let reason = self.checkup.reason(health).filter(|_| sight.details);
            reason.unwrap_or_else(|| health.status().code().to_owned())
        });
        Entry {
            level: Some(check.report.options.level),
            message,
            result: self.checkup.said(health).filter(|_| sight.details),
            timing: check.seconds(),
        }
    }
}

impl Endpoint for C2cView {
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

/// A selection of nothing is a failure: c2cwsgiutils answers `{}` with 200, which looks well.
fn unselected(error: &SelectionError, sight: Sight) -> EndpointResult {
    let failures = error
        .reasons()
        .filter(|_| sight.components)
        .map(|(name, reason)| {
            let name = if name.is_empty() { "selection" } else { name };
            let message = Some(reason.to_owned());
            (name.to_owned(), Entry { level: None, message, result: None, timing: 0.0 })
        })
        .collect();
    reply(404, &Document { failures, ..Document::default() })
}

fn reply(status: u16, document: &Document) -> EndpointResult {
    Ok(Reply::Document {
        status,
        content_type: "application/json",
        headers: HEADERS,
        body: serde_json::to_vec_pretty(document)?.into(),
    })
}
