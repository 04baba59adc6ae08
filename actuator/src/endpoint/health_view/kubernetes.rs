//! `/livez`, `/readyz`, `/startupz` and `/healthz` in the form of Kubernetes' own components
//! (`k8s.io/apiserver/pkg/server/healthz`): text, `?verbose`, `?exclude=`, a path per check.

use std::{borrow::Cow, collections::BTreeSet, fmt::Write as _, sync::Arc};

use super::checkup::{Checkup, Round, Sight};
use crate::{
    health::{Candidate, HealthGroup, HealthGroups},
    model::{
        answer::Answer,
        call::Call,
        endpoint::{BoxFuture, Endpoint, EndpointResult, Operation, Produces, Selector},
        reply::{Headers, Reply},
        schema::Schema,
    },
    support::text::is_at_or_below,
};

const OPERATIONS: &[Operation] = &[
    Operation::read(&[])
        .producing(Produces::Resource)
        .doing("A probe, in the form of Kubernetes' own components.")
        .answering(ANSWERS),
    Operation::read(&[Selector::Remaining("check")])
        .producing(Produces::Resource)
        .doing("One check of a probe.")
        .answering(ANSWERS),
];
const ANSWERS: &[Answer] = &[
    Answer::document(TEXT, Schema::Text),
    Answer::not_found("There is no such check."),
    Answer::document(TEXT, Schema::Text).with_status(503),
];
const TEXT: &str = "text/plain; charset=utf-8";
const HEADERS: Headers = Cow::Borrowed(&[("x-content-type-options", Cow::Borrowed("nosniff"))]);
/// The check of a group that has none, as Kubernetes installs it.
const PING: &str = "ping";
/// More names are not looked at.
const MAX_EXCLUDED: usize = 256;

/// One of the four paths.
#[derive(Debug)]
pub struct KubernetesView {
    checkup: Checkup,
    /// The name of the path, as the last line of an answer gives it.
    name: &'static str,
    /// The group that it speaks for; `None` for the whole.
    group: Option<&'static str>,
    /// The HTTP status of a failure.
    failure: u16,
}

/// The four names, each with its group.
pub const PATHS: [(&str, Option<&str>); 4] = [
    ("livez", Some("liveness")),
    ("readyz", Some("readiness")),
    ("startupz", Some("startup")),
    ("healthz", None),
];

impl KubernetesView {
    /// A view of the group; one that does not exist has no view.
    pub fn new(
        checkup: &Checkup,
        (name, group): (&'static str, Option<&'static str>),
        failure: u16,
    ) -> Option<Self> {
        checkup.group(group)?;
        Some(Self { checkup: checkup.clone(), name, group, failure })
    }

    async fn all(&self, group: &HealthGroup, call: &Call<'_>) -> Reply {
        let sight = self.checkup.sight(group, call.principal);
        let members = self.checkup.members(group);
        let excluded = Excluded::of(call, &members, &self.checkup.groups);
        let round = self.checkup.ask(group, &|path, _| excluded.has(path).is_none()).await;
        let lines = Lines { members: &members, round: &round, group, excluded: &excluded };
        self.answer(round.passed, call, &lines, sight)
    }

    fn answer(&self, passed: bool, call: &Call<'_>, lines: &Lines<'_>, sight: Sight) -> Reply {
        if passed && call.query_values("verbose").next().is_none() {
            return text(200, "ok".to_owned());
        }
        let mut body = String::new();
        if sight.components {
            lines.write(&mut body);
        }
        let (status, outcome) = if passed { (200, "passed") } else { (self.failure, "failed") };
        let _ = writeln!(body, "{} check {outcome}", self.name);
        text(status, body)
    }

    async fn one(&self, group: &HealthGroup, call: &Call<'_>) -> Reply {
        let names: Vec<&str> = call.selectors.iter().map(AsRef::as_ref).collect();
        let sight = self.checkup.sight(group, call.principal);
        if names.is_empty() || !sight.components {
            return not_found();
        }
        let Some(round) = self.checkup.ask_at(&names, group).await else {
            let is_ping = names == [PING] && self.checkup.members(group).is_empty();
            return if is_ping { text(200, "ok".to_owned()) } else { not_found() };
        };
        if round.passed {
            return text(200, "ok".to_owned());
        }
        let failed = round.checks.iter().find(|check| !check.passed(group));
        let reason = failed.filter(|_| sight.details).map(|check| {
            let health = &check.report.health;
            self.checkup.reason(health).unwrap_or_else(|| health.status().code().to_owned())
        });
        let reason = reason.as_deref().unwrap_or("reason withheld");
        text(self.failure, format!("internal server error: {reason}\n"))
    }
}

impl Endpoint for KubernetesView {
    /// What it shows is that endpoint's, and so is the access to it.
    fn id(&self) -> &'static str {
        "health"
    }

    fn operations(&self) -> &[Operation] {
        OPERATIONS
    }

    fn invoke<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, EndpointResult> {
        Box::pin(async move {
            let Some(group) = self.checkup.group(self.group) else { return Ok(not_found()) };
            Ok(if call.operation == 0 {
                self.all(group, &call).await
            } else {
                self.one(group, &call).await
            })
        })
    }
}

/// What `?exclude=` names.
struct Excluded<'c> {
    /// The members that are left out.
    paths: Vec<(Arc<str>, Exclusion<'c>)>,
    /// The names that are neither a member, nor a composite or group with members.
    unknown: BTreeSet<&'c str>,
}

/// How a member is left out.
#[derive(Clone, Copy)]
enum Exclusion<'c> {
    /// By its own name, or that of a composite that holds it.
    Name,
    /// With this group.
    Group(&'c str),
}

impl<'c> Excluded<'c> {
    fn of(call: &'c Call<'_>, members: &[Candidate], groups: &HealthGroups) -> Self {
        let names: BTreeSet<&str> = call.query_values("exclude").take(MAX_EXCLUDED).collect();
        let mut excluded = Self { paths: Vec::new(), unknown: BTreeSet::new() };
        for name in names {
            let known = excluded.paths.len();
            for member in members {
                let with_group = || {
                    groups.get(name).is_some_and(|group| group.has(&member.path, &member.options))
                };
                if is_at_or_below(&member.path, name) {
                    excluded.paths.push((Arc::clone(&member.path), Exclusion::Name));
                } else if with_group() {
                    excluded.paths.push((Arc::clone(&member.path), Exclusion::Group(name)));
                }
            }
            if excluded.paths.len() == known {
                excluded.unknown.insert(name);
            }
        }
        excluded
    }

    /// How a check is left out, if it is.
    fn has(&self, path: &str) -> Option<Exclusion<'c>> {
        let found = self.paths.iter().find(|(excluded, _)| **excluded == *path);
        found.map(|(_, exclusion)| *exclusion)
    }
}

/// The lines of a verbose answer: all members in their order, asked or excluded.
struct Lines<'l> {
    members: &'l [Candidate],
    round: &'l Round,
    group: &'l HealthGroup,
    excluded: &'l Excluded<'l>,
}

impl Lines<'_> {
    fn write(&self, body: &mut String) {
        if self.members.is_empty() {
            let _ = writeln!(body, "[+]{PING} ok");
        }
        for Candidate { path, options } in self.members {
            let asked = self.round.checks.iter().find(|check| *check.path == **path);
            let passed = asked.map(|check| check.passed(self.group));
            let _ = match (self.excluded.has(path), passed) {
                (Some(Exclusion::Group(group)), _) => {
                    writeln!(body, "[+]{path} excluded with {group}: ok")
                }
                (Some(Exclusion::Name), _) => writeln!(body, "[+]{path} excluded: ok"),
                (None, Some(true)) => writeln!(body, "[+]{path} ok"),
                (None, Some(false)) if !options.critical => {
                    writeln!(body, "[+]{path} failed but not critical: ok")
                }
                (None, Some(false)) => writeln!(body, "[-]{path} failed: reason withheld"),
                // It was removed meanwhile.
                (None, None) => Ok(()),
            };
        }
        if !self.excluded.unknown.is_empty() {
            let names: Vec<_> =
                self.excluded.unknown.iter().map(|name| format!("{name:?}")).collect();
            let _ = writeln!(
                body,
                "warn: some health checks cannot be excluded: no matches for {}",
                names.join(",")
            );
        }
    }
}

fn text(status: u16, body: String) -> Reply {
    Reply::Document { status, content_type: TEXT, headers: HEADERS, body: body.into() }
}

fn not_found() -> Reply {
    text(404, "404 page not found\n".to_owned())
}
