//! `/healthcheck` as py-healthcheck writes it: one result per check, kept for a while each; 500 if
//! a check that counts has failed.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Value};

use super::{
    checkup::{Checkup, Seen, Sight},
    json,
    query::not_selected,
};
use crate::{
    health::{Candidate, HealthGroup, Selection},
    info::InfoRegistry,
    model::{
        answer::Answer,
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation, Produces, Selector},
        reply::Reply,
        schema::Schema,
    },
    support::clock::Clock,
};

const OPERATIONS: &[Operation] = &[
    Operation::read(&[])
        .producing(Produces::Resource)
        .doing("Health, in the form of py-healthcheck.")
        .answering(ANSWERS),
    Operation::read(&[Selector::Remaining("check")])
        .producing(Produces::Resource)
        .doing("One check, in the form of py-healthcheck.")
        .answering(ANSWERS),
];
const ANSWERS: &[Answer] = &[
    Answer::document("application/json", Schema::Map(&Schema::Any)),
    Answer::not_found("There is no such check."),
    Answer::document("application/json", Schema::Map(&Schema::Any)).with_status(500),
];
/// The members that no section can take.
pub const RESERVED: [&str; 4] = ["hostname", "status", "timestamp", "results"];
const WITHHELD: &str = "withheld";

/// How long results are kept, and what stands beside them.
#[derive(Clone, Debug)]
pub struct HealthcheckSettings {
    /// How long a good result is kept.
    pub success_ttl: Duration,
    /// How long a bad result is kept.
    pub failure_ttl: Duration,
    /// The members of `/info` that are shown too.
    pub sections: Vec<String>,
}

/// The document of the whole health.
#[derive(Debug)]
pub struct HealthcheckView {
    checkup: Checkup,
    settings: HealthcheckSettings,
    info: Arc<InfoRegistry>,
    hostname: String,
    clock: Clock,
    kept: Mutex<BTreeMap<String, Kept>>,
}

#[derive(Clone, Debug)]
struct Kept {
    seen: Seen,
    expires: SystemTime,
    since: Instant,
    ttl: Duration,
}

impl HealthcheckView {
    /// The view of these checks on this host.
    pub fn new(
        checkup: &Checkup,
        settings: &HealthcheckSettings,
        (info, hostname): (Arc<InfoRegistry>, String),
        clock: Clock,
    ) -> Self {
        let (checkup, settings) = (checkup.clone(), settings.clone());
        Self { checkup, settings, info, hostname, clock, kept: Mutex::default() }
    }

    async fn answer(&self, call: &Call<'_>) -> EndpointResult {
        let group = self.checkup.groups.primary();
        let sight = self.checkup.sight(group, call.principal);
        let named = if call.operation == 0 {
            call.text("check").filter(|name| !name.is_empty())
        } else {
            Some(call.selectors.join("/"))
        };
        let mut wanted = Selection::default();
        if let Some(name) = named {
            if !sight.components {
                return Ok(Reply::NotFound);
            }
            wanted.checks.push(name);
        }
        let members = self.checkup.members(group);
        // Without a single check all is well, as in py-healthcheck.
        if let Err(error) = wanted.among(&members)
            && !(members.is_empty() && wanted.is_everything())
        {
            return not_selected(&error);
        }
        let is_wanted = |member: &&Candidate| wanted.selects(&member.path, &member.options);
        let paths: Vec<&str> =
            members.iter().filter(is_wanted).map(|member| &*member.path).collect();
        let results = self.results(group, &paths, &members).await;
        let counts = |kept: &&Kept| kept.seen.report.options.critical;
        let passed = results.iter().filter(counts).all(|kept| kept.seen.passed(group));
        let sections = self.sections().await;
        let shown = if sight.components { results.as_slice() } else { &[] };
        let document = Document { view: self, group, sight, passed, results: shown, sections };
        json(if passed { 200 } else { 500 }, &document)
    }

    /// The results of these checks: those that are kept, the others asked.
    async fn results<'p>(
        &self,
        group: &HealthGroup,
        paths: &[&'p str],
        members: &[Candidate],
    ) -> Vec<Kept> {
        // Copied at once: another caller may be about to renew them.
        let mut known: BTreeMap<&str, Kept> = {
            let kept = self.kept();
            let known = |path: &&'p str| Some((*path, kept.get(*path)?.clone()));
            paths.iter().filter_map(known).filter(|(_, kept)| self.is_good(kept)).collect()
        };
        let due: Vec<&str> =
            paths.iter().copied().filter(|path| !known.contains_key(path)).collect();
        let asked = if due.is_empty() {
            Vec::new()
        } else {
            self.checkup.ask(group, &|path, _| due.contains(&path)).await.checks
        };
        let mut kept = self.kept();
        // Checks come and go while the service runs.
        kept.retain(|path, _| members.iter().any(|member| *member.path == **path));
        for seen in asked {
            let settings = &self.settings;
            let ttl = if seen.passed(group) { settings.success_ttl } else { settings.failure_ttl };
            let expires = seen.report.at.checked_add(ttl).unwrap_or(seen.report.at);
            let since = self.clock.instant();
            let renewed = Kept { seen, expires, since, ttl };
            kept.insert(renewed.seen.path.clone(), renewed.clone());
            if let Some(path) = paths.iter().find(|path| **path == renewed.seen.path) {
                known.insert(path, renewed);
            }
        }
        paths.iter().filter_map(|path| known.remove(path)).collect()
    }

    /// Whether a result may still be shown: by its own timestamps, and also if somebody has turned
    /// the clock back meanwhile.
    fn is_good(&self, kept: &Kept) -> bool {
        let age = self.clock.instant().saturating_duration_since(kept.since);
        kept.expires >= self.clock.now() && age <= kept.ttl
    }

    /// The members of `/info` that settings name, without secrets; none of them is one of our own.
    async fn sections(&self) -> Map<String, Value> {
        if self.settings.sections.is_empty() {
            return Map::new();
        }
        let fixed = &self.info.fixed().properties;
        let fixed = fixed.iter().map(|(name, value)| (name.clone(), value.clone()));
        let provided = self.info.provided().await;
        let provided = provided.into_iter().map(|(name, value)| (name.to_owned(), value));
        let wanted = |name: &String| {
            self.settings.sections.contains(name) && !RESERVED.contains(&name.as_str())
        };
        let sections: Map<String, Value> =
            fixed.chain(provided).filter(|(name, _)| wanted(name)).collect();
        let text = Value::Object(sections).to_string();
        serde_json::from_str(&self.checkup.sanitizer.sanitize_text(&text)).unwrap_or_default()
    }

    fn kept(&self) -> MutexGuard<'_, BTreeMap<String, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Endpoint for HealthcheckView {
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

struct Document<'d> {
    view: &'d HealthcheckView,
    group: &'d HealthGroup,
    sight: Sight,
    passed: bool,
    results: &'d [Kept],
    sections: Map<String, Value>,
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let results: Vec<_> = self.results.iter().map(|kept| self.result(kept)).collect();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("hostname", &self.view.hostname)?;
        map.serialize_entry("status", if self.passed { "success" } else { "failure" })?;
        map.serialize_entry("timestamp", &epoch(self.view.clock.now()))?;
        map.serialize_entry("results", &results)?;
        for (name, value) in &self.sections {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

#[derive(Serialize)]
struct CheckResult<'d> {
    checker: &'d str,
    output: Value,
    passed: bool,
    /// Seconds since 1970, as the next one.
    timestamp: f64,
    expires: f64,
    /// Seconds.
    response_time: f64,
}

impl<'d> Document<'d> {
    fn result(&self, kept: &'d Kept) -> CheckResult<'d> {
        let seen = &kept.seen;
        CheckResult {
            checker: &seen.path,
            output: if self.sight.details { self.output(seen) } else { WITHHELD.into() },
            passed: seen.passed(self.group),
            timestamp: epoch(seen.report.at),
            expires: epoch(kept.expires),
            response_time: seen.seconds(),
        }
    }

    /// The error of a check, else what it says, else its status.
    fn output(&self, seen: &Seen) -> Value {
        let (checkup, health) = (&self.view.checkup, &seen.report.health);
        let reason = checkup.reason(health).map(Value::String);
        reason.or_else(|| checkup.said(health)).unwrap_or_else(|| health.status().code().into())
    }
}

/// Seconds since 1970.
fn epoch(at: SystemTime) -> f64 {
    at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}
